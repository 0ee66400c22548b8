#include "config/secretfile.h"

#include "base/mem.h"
#include "config/paths.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *find(const char *name, const char *dir)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");

	if (credentials != NULL && credentials[0] == '/' && name[0] != '/') {
		char *path = paths_join(credentials, name);

		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return paths_join(dir, name);
}

/* The line in `bytes`, its end cut off. */
static bool take_line(const char *path, char *bytes, size_t len, struct diag_place place, struct diag *diag,
    struct secret *secret)
{
	const char *newline = memchr(bytes, '\n', len);
	size_t line = newline != NULL ? (size_t)(newline - bytes) : len;

	if (newline != NULL && line + 1 < len) {
		diag_error(diag, place,
		    "'%s' has more than one line; leave the secret on the first, and no other", path);
		return false;
	}
	if (line > 0 && bytes[line - 1] == '\r')
		line--;
	if (line == 0) {
		diag_error(diag, place, "'%s' is empty; write the secret into it, on one line", path);
		return false;
	}
	if (memchr(bytes, '\0', line) != NULL) {
		diag_error(diag, place, "'%s' holds a NUL byte; write text into it", path);
		return false;
	}
	secret_set(secret, bytes, line);
	return true;
}

bool secretfile_read(const struct yaml_node *value, const char *dir, struct diag *diag, struct secret *secret)
{
	const char *name = yaml_text(value);
	char *path = name != NULL ? find(name, dir) : NULL, bytes[SECRETFILE_MAX + 1];
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	ssize_t got = -1;
	struct stat st;
	bool good = false;

	if (path == NULL)
		return false;
	if (fd < 0 || fstat(fd, &st) != 0) {
		diag_error(diag, value->place, "cannot read '%s': %s; %s", path, strerror(errno),
		    errno == ENOENT ? "create it" : "let the user who runs this read it, and nobody else");
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		diag_error(diag, value->place, "'%s' is no file; name one", path);
		goto out;
	}
	if ((st.st_mode & (S_IROTH | S_IWOTH)) != 0) {
		diag_error(diag, value->place, "'%s' may be %s by others; chmod o-rw %s", path,
		    (st.st_mode & S_IROTH) != 0 ? "read" : "written", path);
		goto out;
	}
	got = read(fd, bytes, sizeof bytes);
	if (got < 0)
		diag_error(
		    diag, value->place, "cannot read '%s': %s; name a readable file", path, strerror(errno));
	else if (got > SECRETFILE_MAX)
		diag_error(diag, value->place,
		    "'%s' is longer than %d bytes; it takes one line with a secret", path, SECRETFILE_MAX);
	else
		good = take_line(path, bytes, (size_t)got, value->place, diag, secret);
out:
	explicit_bzero(bytes, sizeof bytes);
	if (fd >= 0)
		close(fd);
	free(path);
	return good;
}

int secretfile_key_octets(const struct secret *secret)
{
	if (secret->len < 2 || secret->bytes[0] != '0' ||
	    (secret->bytes[1] != 'x' && secret->bytes[1] != 'X'))
		return 0;
	for (size_t i = 2; i < secret->len; i++)
		if (!isxdigit(secret->bytes[i]))
			return -1;
	return secret->len > 2 && secret->len % 2 == 0 ? (int)(secret->len / 2 - 1) : -1;
}
