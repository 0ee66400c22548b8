#include "snmp/usm_keyfile.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_SIZE (64u << 20)

static int write_octets(int fd, const struct str *octets)
{
	size_t done = 0;

	while (done < octets->len) {
		ssize_t n = write(fd, octets->s + done, octets->len - done);

		if (n < 0 && errno != EINTR)
			return errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0 ? 0 : errno;
}

int usm_keyfile_write(const char *path, const struct str *octets)
{
	char *temporary = str_format("%s.new", path);
	int fd, error;

	unlink(temporary); /* it might be open to others */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	error = fd < 0 ? errno : write_octets(fd, octets);
	if (fd >= 0)
		close(fd);
	if (error == 0 && rename(temporary, path) != 0)
		error = errno;
	if (error != 0)
		unlink(temporary);
	free(temporary);
	return error;
}

bool usm_keyfile_read(const char *path, struct str *octets)
{
	FILE *in = fopen(path, "re");
	char buffer[65536];
	size_t n;

	if (in == NULL)
		return false;
	while ((n = fread(buffer, 1, sizeof buffer, in)) > 0 && octets->len < FILE_MAX_SIZE)
		str_add_n(octets, buffer, n);
	OPENSSL_cleanse(buffer, sizeof buffer);
	fclose(in);
	return true;
}

void usm_keyfile_set_aside(const char *path)
{
	char *to = str_format("%s.bad", path);

	log_error("file of derived keys is damaged and set aside", "file=%s to=%s", path, to);
	if (rename(path, to) != 0)
		log_warn("it could not be set aside", "err=\"%s\"", strerror(errno));
	free(to);
}
