#include "ctl/devicefile.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- text --- */

static void add_quoted(struct str *out, const char *text)
{
	str_add_char(out, '"');
	for (const char *p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ') {
			str_addf(out, "\\x%02x", *p);
			continue;
		}
		if (*p == '"' || *p == '\\')
			str_add_char(out, '\\');
		str_add_char(out, *p);
	}
	str_add_char(out, '"');
}

/* Quoted, unless nothing but text can be meant. */
void devicefile_add_scalar(struct str *out, const char *text)
{
	static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
	bool bare = ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z');

	for (const char *p = text; *p != '\0'; p++)
		bare = bare && strchr(":{}[],#&*!|>'\"%@`\\ \t", *p) == NULL;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		bare = bare && strcasecmp(words[i], text) != 0;
	if (bare)
		str_add(out, text);
	else
		add_quoted(out, text);
}

char *devicefile_clean_name(const char *sysname)
{
	struct str name = {0};

	for (const char *p = sysname != NULL ? sysname : ""; *p != '\0' && name.len < 63; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z');

		if (plain || ((*p == '.' || *p == '_' || *p == '-') && name.len > 0))
			str_add_char(&name, *p);
	}
	while (name.len > 0 && strchr("._-", name.s[name.len - 1]) != NULL)
		name.s[--name.len] = '\0';
	str_add(&name, "");
	return str_steal(&name);
}

/* --- files --- */

static bool read_whole(const char *path, struct str *text)
{
	char buffer[4096];
	FILE *in = fopen(path, "re");
	size_t n;

	if (in == NULL)
		return errno == ENOENT;
	while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
		str_add_n(text, buffer, n);
	n = (size_t)ferror(in);
	fclose(in);
	return n == 0;
}

/* The first thing in it that is no comment: a list in lines can be gone on with. */
static bool is_list_in_lines(const char *text)
{
	while (*text != '\0') {
		text += strspn(text, " \t\r\n");
		if (*text == '#' || strncmp(text, "---", 3) == 0)
			text += strcspn(text, "\n");
		else
			return *text == '\0' || (*text == '-' && strchr(" \t\n", text[1]) != NULL);
	}
	return true;
}

static bool append(const char *path, const struct str *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	bool good = fd >= 0 && write(fd, text->s, text->len) == (ssize_t)text->len && fsync(fd) == 0;

	if (!good)
		fprintf(stderr, "rollcall: cannot write %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}

/* What is in it, if a list can be gone on with; false after a message. */
static bool read_list(const char *path, struct str *text)
{
	if (!read_whole(path, text)) {
		fprintf(stderr, "rollcall: cannot read %s: %s\n", path, strerror(errno));
		return false;
	}
	if (!is_list_in_lines(str_text(text))) {
		fprintf(stderr, "rollcall: %s is no list of lines that begin with '- '; name another file\n",
		    path);
		return false;
	}
	return true;
}

bool devicefile_check(const char *path)
{
	struct str text = {0};
	bool good = read_list(path, &text);

	str_fini(&text);
	return good;
}

bool devicefile_append(const char *path, const char *heading, const struct str *lines)
{
	struct str before = {0}, text = {0};
	time_t now = time(NULL);
	struct tm tm;
	char day[32];
	bool good = read_list(path, &before);

	localtime_r(&now, &tm);
	strftime(day, sizeof day, "%Y-%m-%d", &tm);
	if (good) {
		if (before.len > 0 && before.s[before.len - 1] != '\n')
			str_add_char(&text, '\n');
		str_addf(&text, "# %s, %s\n", heading, day);
		str_add(&text, str_text(lines));
		good = append(path, &text);
	}
	str_fini(&before);
	str_fini(&text);
	return good;
}
