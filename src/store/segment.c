#include "store/segment.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#define HEAD_MAGIC  "rcspool\n"
#define BLOCK_MAGIC 0x4b424352u
#define CHUNK	    65536 /* octets read at once while looking for a sound block */

struct head_octets {
	char magic[8];
	struct segment_head head;
	uint32_t crc, none;
};

struct block_head {
	uint32_t magic, len, crc, none;
};

static_assert(sizeof(struct head_octets) == 40, "the file's head");
static_assert(sizeof(struct block_head) == 16, "a block's head");

static uint64_t padded(uint64_t len)
{
	return (len + 7) & ~UINT64_C(7);
}

uint64_t segment_block_size(size_t len)
{
	return sizeof(struct block_head) + padded(len);
}

static uint32_t head_crc(const struct head_octets *octets)
{
	return (uint32_t)crc32(crc32(0, NULL, 0), (const Bytef *)octets, offsetof(struct head_octets, crc));
}

static uint32_t block_crc(uint32_t len, const void *content)
{
	uLong crc = crc32(crc32(0, NULL, 0), (const Bytef *)&len, sizeof len);

	return (uint32_t)crc32(crc, content, len);
}

/* ---- writing ---- */

/* All of it, or the file is cut to where it ended. */
static enum err put(struct segment *segment, struct iovec *parts, int n)
{
	size_t want = 0;
	ssize_t wrote;
	int saved;

	for (int i = 0; i < n; i++)
		want += parts[i].iov_len;
	do
		wrote = pwritev(segment->fd, parts, n, (off_t)segment->end);
	while (wrote < 0 && errno == EINTR);
	if (wrote == (ssize_t)want) {
		segment->end += want;
		return ERR_OK;
	}
	/* A disk that took a part of it is full. */
	saved = wrote < 0 ? errno : ENOSPC;
	if (wrote > 0 && ftruncate(segment->fd, (off_t)segment->end) != 0)
		saved = errno;
	errno = saved;
	return ERR_IO;
}

enum err segment_create(
    struct segment *segment, int folder, const char *name, const struct segment_head *head)
{
	struct head_octets octets = {.magic = HEAD_MAGIC, .head = *head};
	struct iovec part = {&octets, sizeof octets};
	int saved;

	octets.crc = head_crc(&octets);
	*segment =
	    (struct segment){.fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)};
	if (segment->fd < 0)
		return ERR_IO;
	if (put(segment, &part, 1) == ERR_OK)
		return ERR_OK;
	saved = errno;
	segment_close(segment);
	(void)unlinkat(folder, name, 0);
	errno = saved;
	return ERR_IO;
}

enum err segment_append(struct segment *segment, const void *content, size_t len)
{
	static const uint64_t none;
	struct block_head head = {.magic = BLOCK_MAGIC, .len = (uint32_t)len};
	struct iovec parts[] = {{&head, sizeof head}, {(void *)(uintptr_t)content, len},
	    {(void *)(uintptr_t)&none, padded(len) - len}};

	assert(len <= SEGMENT_BLOCK_MAX);
	head.crc = block_crc(head.len, content);
	return put(segment, parts, 3);
}

enum err segment_sync(const struct segment *segment)
{
	return segment->fd < 0 || fdatasync(segment->fd) == 0 ? ERR_OK : ERR_IO;
}

void segment_close(struct segment *segment)
{
	if (segment->fd >= 0)
		close(segment->fd);
	segment->fd = -1;
}

/* ---- reading ---- */

/* As much as there is, up to `len`; -1 with errno. */
static ssize_t get(int fd, void *out, size_t len, uint64_t at)
{
	size_t had = 0;

	while (had < len) {
		ssize_t n = pread(fd, (char *)out + had, len - had, (off_t)(at + had));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		had += (size_t)n;
	}
	return (ssize_t)had;
}

enum err segment_open(struct segment_reader *reader, int folder, const char *name)
{
	struct head_octets octets;
	ssize_t n;

	*reader = (struct segment_reader){.fd = openat(folder, name, O_RDONLY | O_CLOEXEC)};
	if (reader->fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	n = get(reader->fd, &octets, sizeof octets, 0);
	if (n == (ssize_t)sizeof octets && memcmp(octets.magic, HEAD_MAGIC, sizeof octets.magic) == 0 &&
	    octets.crc == head_crc(&octets)) {
		reader->head = octets.head;
		reader->at = sizeof octets;
		if (octets.head.version == SEGMENT_VERSION)
			return ERR_OK;
	}
	segment_reader_close(reader);
	if (n < 0)
		return ERR_IO;
	return reader->at > 0 ? ERR_UNSUPPORTED : ERR_CORRUPT;
}

/* The block at reader->at: ERR_OK; ERR_CORRUPT: that is none; ERR_NOT_FOUND: it does not end before `until`.
 */
static enum err read_block(struct segment_reader *reader, uint64_t until)
{
	struct block_head head;
	ssize_t n;

	if (reader->at + sizeof head > until)
		return ERR_NOT_FOUND;
	n = get(reader->fd, &head, sizeof head, reader->at);
	if (n < 0)
		return ERR_IO;
	if ((size_t)n < sizeof head)
		return ERR_NOT_FOUND;
	if (head.magic != BLOCK_MAGIC || head.len > SEGMENT_BLOCK_MAX ||
	    reader->at + segment_block_size(head.len) > until)
		return ERR_CORRUPT;
	if (reader->content == NULL)
		reader->content = mem_alloc(SEGMENT_BLOCK_MAX);
	n = get(reader->fd, reader->content, head.len, reader->at + sizeof head);
	if (n < 0)
		return ERR_IO;
	if ((size_t)n < head.len || head.crc != block_crc(head.len, reader->content))
		return ERR_CORRUPT;
	reader->len = head.len;
	return ERR_OK;
}

/* Moves to the next place where a block may begin. False at the end. */
static enum err look_on(struct segment_reader *reader, uint64_t until)
{
	uint64_t from = reader->at;
	uint32_t words[CHUNK / sizeof(uint32_t)];
	ssize_t n;

	reader->at += 8;
	while (reader->at < until) {
		n = get(reader->fd, words, sizeof words, reader->at);
		if (n < 0)
			return ERR_IO;
		if (n < 8)
			break;
		for (size_t i = 0; (i + 1) * 8 <= (size_t)n; i++, reader->at += 8) {
			if (words[2 * i] == BLOCK_MAGIC) {
				reader->damaged += reader->at - from;
				return ERR_OK;
			}
		}
	}
	/* Nothing sound follows: a torn end. */
	reader->at = until;
	reader->damaged += until - from;
	return ERR_NOT_FOUND;
}

enum err segment_next(struct segment_reader *reader, uint64_t until)
{
	enum err err;

	if (reader->fd < 0)
		return ERR_NOT_FOUND;
	while ((err = read_block(reader, until)) == ERR_CORRUPT)
		if ((err = look_on(reader, until)) != ERR_OK)
			return err;
	if (err == ERR_OK)
		reader->at += segment_block_size(reader->len);
	return err;
}

void segment_reader_close(struct segment_reader *reader)
{
	if (reader->fd >= 0)
		close(reader->fd);
	free(reader->content);
	reader->fd = -1;
	reader->content = NULL;
}
