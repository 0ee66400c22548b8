/* An event log in a temporary folder, asked and waited for. */
#ifndef ROLLCALL_TESTS_NOTIFY_BENCH_H
#define ROLLCALL_TESTS_NOTIFY_BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "model/event.h"
#include "notify/eventlog.h"

#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define T0 (INT64_C(1700000000) * UNITS_SEC) /* wall ns */

struct bench {
	char folder[64], path[96];
	struct loop *loop;
	struct eventlog *log;
	enum err err; /* of the last answer */
	size_t n;
	struct event *events[64]; /* the first ones of the last answer */
};

static inline void bench_open(struct bench *b)
{
	char *error = NULL;

	b->loop = loop_new(clock_real());
	b->log = eventlog_new(b->loop, b->path, 0, &error);
	if (b->log == NULL)
		fail_msg("%s", error);
}

static inline void bench_forget(struct bench *b)
{
	for (size_t i = 0; i < ARRAY_LEN(b->events); i++) {
		free(b->events[i]);
		b->events[i] = NULL;
	}
}

static inline void bench_close(struct bench *b)
{
	bench_forget(b);
	eventlog_free(b->log);
	loop_free(b->loop);
	b->log = NULL;
}

static inline void bench_new(struct bench *b)
{
	memset(b, 0, sizeof *b);
	strcpy(b->folder, "/tmp/rollcall-notify-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->path, sizeof b->path, "%s/events.db", b->folder);
}

/* Files in the folder whose names have `part` in them; removes them too if told. */
static inline size_t bench_files(const struct bench *b, const char *part, bool remove_them)
{
	DIR *dir = opendir(b->folder);
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] == '.' || strstr(entry->d_name, part) == NULL)
			continue;
		n++;
		if (remove_them)
			assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
	}
	closedir(dir);
	return n;
}

static inline void bench_free(struct bench *b)
{
	bench_close(b);
	bench_files(b, "", true);
	assert_int_equal(rmdir(b->folder), 0);
}

static inline void bench_done(void *arg, enum err err)
{
	struct bench *b = arg;

	b->err = err;
	loop_stop(b->loop);
}

static inline enum err bench_flush(struct bench *b)
{
	eventlog_flush(b->log, bench_done, b);
	loop_run(b->loop);
	return b->err;
}

static inline void bench_found(void *arg, enum err err, struct event **events, size_t n)
{
	struct bench *b = arg;

	bench_forget(b);
	b->n = n;
	for (size_t i = 0; i < n && i < ARRAY_LEN(b->events); i++)
		b->events[i] = event_dup(events[i]);
	eventlog_events_free(events, n);
	bench_done(b, err);
}

static inline size_t bench_query(struct bench *b, const struct event_filter *filter)
{
	eventlog_query(b->log, filter, bench_found, b);
	loop_run(b->loop);
	assert_int_equal(b->err, ERR_OK);
	return b->n;
}

static inline struct event raise_of(const char *device, const char *object, const char *rule, int64_t at)
{
	return (struct event){.time = T0 + at * UNITS_SEC,
	    .device = device,
	    .object = object,
	    .rule = rule,
	    .kind = EVENT_RAISE,
	    .severity = SEVERITY_CRITICAL,
	    .text = "it is so",
	    .value = NAN};
}

static inline int64_t bench_raise(struct bench *b, const char *device, const char *object, const char *rule)
{
	struct event event = raise_of(device, object, rule, 0);

	return eventlog_add(b->log, &event);
}

static inline int64_t bench_clear(struct bench *b, const char *device, const char *object, const char *rule)
{
	struct event event = raise_of(device, object, rule, 60);

	event.kind = EVENT_CLEAR;
	return eventlog_add(b->log, &event);
}

#endif
