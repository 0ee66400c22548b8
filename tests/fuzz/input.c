#include "fuzz/input.h"

#include "base/mem.h"
#include "base/str.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *input_text(const uint8_t *octets, size_t len)
{
	size_t size = strnlen((const char *)octets, len);
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, octets, size);
	text[size] = '\0';
	return text;
}

const uint8_t *input_part(const uint8_t *octets, size_t len, size_t n, size_t *part_len)
{
	const size_t mark = strlen(INPUT_NEXT);

	for (;; n--) {
		const uint8_t *next = len > 0 ? memmem(octets, len, INPUT_NEXT, mark) : NULL;

		*part_len = next != NULL ? (size_t)(next - octets) : len;
		if (n == 0)
			return octets;
		if (next == NULL)
			return NULL;
		len -= *part_len + mark;
		octets = next + mark;
	}
}

void input_folder_init(struct input_folder *folder)
{
	snprintf(folder->path, sizeof folder->path, "%s/rollcall-fuzz-XXXXXX",
	    access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(folder->path) == NULL)
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void input_folder_fini(struct input_folder *folder)
{
	if (nftw(folder->path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		abort();
}

char *input_folder_put(const struct input_folder *folder, const char *name, const uint8_t *octets, size_t len)
{
	char *path = str_format("%s/%s", folder->path, name);
	int fd;

	for (char *slash = path + strlen(folder->path) + 1; (slash = strchr(slash, '/')) != NULL;
	     *slash++ = '/') {
		*slash = '\0';
		(void)mkdir(path, 0700);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || (len > 0 && write(fd, octets, len) != (ssize_t)len))
		abort();
	close(fd);
	return path;
}
