#include "store/undo.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC 0x4f444e55u /* a slot of another shape is none */

/* The file as a whole, shared with the kernel. */
struct slot {
	_Atomic uint32_t kept; /* MAGIC while a file is being written */
	uint32_t crc;	       /* of the head */
	uint64_t inode, size, head;
	char path[4096];
	uint8_t octets[UNDO_HEAD_MAX];
};

struct undo {
	struct slot *slot;
};

struct undo *undo_open(const char *state)
{
	char *path = str_format("%s/spool/undo", state);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	struct undo *undo = NULL;
	struct slot *slot = MAP_FAILED;

	/* A hole in it would be SIGBUS on a full disk. */
	if (fd >= 0 && posix_fallocate(fd, 0, sizeof *slot) == 0)
		slot = mmap(NULL, sizeof *slot, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (slot != MAP_FAILED) {
		undo = mem_alloc(sizeof *undo);
		undo->slot = slot;
	} else {
		log_warn("a daemon that is killed could leave a file half written", "file=%s err=\"%s\"",
		    path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return undo;
}

void undo_close(struct undo *undo)
{
	if (undo == NULL)
		return;
	munmap(undo->slot, sizeof *undo->slot);
	free(undo);
}

static uint32_t crc_of(const struct slot *slot)
{
	return (uint32_t)crc32(crc32(0, NULL, 0), slot->octets, (uInt)slot->head);
}

void undo_apply(struct undo *undo)
{
	struct slot *slot = undo == NULL ? NULL : undo->slot;
	struct stat st;
	int fd;

	if (slot == NULL || slot->kept != MAGIC || slot->head > UNDO_HEAD_MAX || slot->crc != crc_of(slot) ||
	    memchr(slot->path, 0, sizeof slot->path) == NULL)
		return;
	fd = open(slot->path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
	/* Another file may have taken its place. */
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == slot->inode &&
	    (uint64_t)st.st_size == slot->size) {
		if (pwrite(fd, slot->octets, slot->head, 0) == (ssize_t)slot->head)
			log_info("file that was being written when the daemon died is as before", "file=%s",
			    slot->path);
		else
			log_error("file was being written when the daemon died, and may be a row off",
			    "file=%s err=\"%s\"", slot->path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	slot->kept = 0;
}

void undo_keep(struct undo *undo, const char *path, size_t head)
{
	struct slot *slot = undo == NULL ? NULL : undo->slot;
	struct stat st;
	int fd;

	if (slot == NULL || head > UNDO_HEAD_MAX || strlen(path) >= sizeof slot->path)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && pread(fd, slot->octets, head, 0) == (ssize_t)head) {
		slot->inode = st.st_ino;
		slot->size = (uint64_t)st.st_size;
		slot->head = head;
		slot->crc = crc_of(slot);
		memcpy(slot->path, path, strlen(path) + 1);
		slot->kept = MAGIC;
	}
	close(fd);
}

void undo_done(struct undo *undo)
{
	if (undo != NULL)
		undo->slot->kept = 0;
}
