/* log: logfmt lines on standard error, for journald and people.
 *
 *     log_warn("walk cut short", "dev=%s table=%s err=%s", dev, table, err);
 *     -> warn msg="walk cut short" dev=core-sw1 table=interfaces err=timeout
 *
 * Values that need it are quoted by the caller with log_quote(). Under systemd
 * (JOURNAL_STREAM names our standard error) a <N> prefix replaces time and level.
 * Thread-safe: one write(2) per line. The level is the one mutable file static
 * of the program. */
#ifndef ROLLCALL_BASE_LOG_H
#define ROLLCALL_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);
void log_write(enum log_level level, const char *msg, const char *fields, ...)
    __attribute__((format(printf, 3, 4)));

/* A zero-length field list is written as log_info("ready", " "). */
#define log_error(msg, ...) log_write(LOG_LEVEL_ERROR, msg, __VA_ARGS__)
#define log_warn(msg, ...)  log_write(LOG_LEVEL_WARN, msg, __VA_ARGS__)
#define log_info(msg, ...)  log_write(LOG_LEVEL_INFO, msg, __VA_ARGS__)
#define log_debug(msg, ...)                                                                                  \
	do {                                                                                                 \
		if (log_enabled(LOG_LEVEL_DEBUG))                                                            \
			log_write(LOG_LEVEL_DEBUG, msg, __VA_ARGS__);                                        \
	} while (0)

/* Text as a logfmt value: quoted and escaped when it has spaces, quotes or control
 * characters; cut at size - 1. Returns buf. */
char *log_quote(char *buf, unsigned size, const char *text);

#endif
