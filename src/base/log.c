#include "base/log.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_MAX 4096 /* PIPE_BUF: what a pipe takes in one piece */

static atomic_int level_now = LOG_LEVEL_INFO;

static const struct {
	const char *word;
	const char *prefix; /* of sd-daemon(3), syslog's numbers */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", "<3>"},
    [LOG_LEVEL_WARN] = {"warn", "<4>"},
    [LOG_LEVEL_INFO] = {"info", "<6>"},
    [LOG_LEVEL_DEBUG] = {"debug", "<7>"},
};

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&level_now, (int)level, memory_order_relaxed);
}

bool log_enabled(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&level_now, memory_order_relaxed);
}

/* systemd.exec(5): the variable is inherited by shells too, so that only the numbers of
 * device and inode tell whether our own standard error goes to the journal. */
static bool to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t dev, ino;
	struct stat st;

	if (stream == NULL || sscanf(stream, "%" SCNuMAX ":%" SCNuMAX, &dev, &ino) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static size_t put_head(char *line, size_t size, enum log_level level)
{
	struct timespec now;
	struct tm tm;
	size_t len;
	int n;

	if (to_journal()) {
		n = snprintf(line, size, "%s", levels[level].prefix);
		return n > 0 ? (size_t)n : 0;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	len = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &tm);
	n = snprintf(line + len, size - len, ".%03ldZ %s ", now.tv_nsec / 1000000, levels[level].word);
	return n > 0 ? len + (size_t)n : len;
}

/* A line is a line: what callers failed to quote must not start another one. */
static void flatten(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
}

static void write_line(const char *line, size_t len)
{
	while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
		;
}

void log_write(enum log_level level, const char *msg, const char *fields, ...)
{
	int saved = errno; /* callers log first and look at errno later */
	char line[LOG_LINE_MAX];
	const size_t room = sizeof line - 1; /* the newline always fits */
	size_t len;
	va_list ap;
	int n;

	if (!log_enabled(level))
		return;
	len = put_head(line, room, level);
	n = snprintf(line + len, room - len, "msg=\"%s\" ", msg);
	if (n > 0)
		len = len + (size_t)n < room ? len + (size_t)n : room - 1;
	errno = saved; /* for %m */
	va_start(ap, fields);
	n = vsnprintf(line + len, room - len, fields, ap);
	va_end(ap);
	if (n > 0 && len + (size_t)n < room) {
		len += (size_t)n;
	} else if (n > 0) {
		len = room - 1;
		memcpy(line + len - 3, "...", 3);
	}
	flatten(line, len);
	while (len > 0 && line[len - 1] == ' ')
		len--;
	line[len++] = '\n';
	write_line(line, len);
	errno = saved;
}

/* --- values --- */

static bool is_bare(const char *text)
{
	if (*text == '\0')
		return false;
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '"' || *p == '\\' || *p == '=')
			return false;
	return true;
}

/* Writes one character's escaped form, its length as result; `piece` has room for 16. */
static size_t escape(char *piece, const unsigned char *s, size_t bytes, int32_t code)
{
	if (code == '"' || code == '\\' || code == '\n' || code == '\t' || code == '\r') {
		piece[0] = '\\';
		piece[1] = (char)(code == '\n' ? 'n' : code == '\t' ? 't' : code == '\r' ? 'r' : code);
		return 2;
	}
	if (code >= 0 && utf8_is_harmless(code)) {
		memcpy(piece, s, bytes);
		return bytes;
	}
	for (size_t i = 0; i < bytes; i++)
		snprintf(piece + 4 * i, 5, "\\x%02x", s[i]);
	return 4 * bytes;
}

char *log_quote(char *buf, unsigned size, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), len = 0;

	if (size == 0)
		return buf;
	if (size < 3 || is_bare(text)) {
		snprintf(buf, size, "%s", size < 3 ? "" : text);
		return buf;
	}
	buf[len++] = '"';
	while (left > 0) {
		char piece[17];
		int32_t code;
		size_t bytes = utf8_decode(s, left, &code);
		size_t n = escape(piece, s, bytes, code);

		if (len + n + 2 > size) /* the closing quote and the terminator */
			break;
		memcpy(buf + len, piece, n);
		len += n;
		s += bytes;
		left -= bytes;
	}
	buf[len++] = '"';
	buf[len] = '\0';
	return buf;
}
