#include "daemon/lock.h"

#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct lock {
	int fd;
};

static int make_folders(const char *path)
{
	char *copy = mem_strdup(path);
	int rc = 0;

	for (char *p = copy + 1; rc == 0 && copy[0] != '\0'; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0750) != 0 && errno != EEXIST)
			rc = -1;
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return rc;
}

static char *describe_holder(int fd, const char *state)
{
	char pid[24] = "";
	ssize_t n = pread(fd, pid, sizeof pid - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	return str_format(
	    "another rollcalld (pid %s) works in the state directory %s; stop it, or give this one "
	    "a `state` of its own",
	    pid[0] != '\0' ? pid : "unknown", state);
}

static bool write_pid(int fd)
{
	char *text = str_format("%ld\n", (long)getpid());
	bool written = ftruncate(fd, 0) == 0 && pwrite(fd, text, strlen(text), 0) == (ssize_t)strlen(text);

	free(text);
	return written;
}

struct lock *lock_take(const char *state, char **error)
{
	char *path = str_format("%s/lock", state);
	struct lock *lock = NULL;
	int fd = -1;

	if (make_folders(state) == 0)
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0) {
		*error = str_format("cannot use the state directory %s: %s", state, strerror(errno));
		goto out;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		*error = errno == EWOULDBLOCK ? describe_holder(fd, state)
					      : str_format("cannot lock %s: %s", path, strerror(errno));
		goto out;
	}
	/* A disk that is full is no reason not to poll: the pid is only for people. */
	(void)write_pid(fd);
	lock = mem_alloc(sizeof *lock);
	lock->fd = fd;
	fd = -1;
out:
	if (fd >= 0)
		close(fd);
	free(path);
	return lock;
}

void lock_free(struct lock *lock)
{
	if (lock == NULL)
		return;
	close(lock->fd);
	free(lock);
}
