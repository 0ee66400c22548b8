/* A folder with a program that writes down how it was called, and a loop that turns until all calls are over.
 */
#ifndef ROLLCALL_TESTS_NOTIFY_THEATRE_H
#define ROLLCALL_TESTS_NOTIFY_THEATRE_H

#include "unit/notify/bench.h"

#include "notify/hook.h"

#include <sys/wait.h>

struct theatre {
	struct bench bench; /* its folder; no event log is opened */
	struct loop *loop;
	struct loop_timer tick;
	void (*stats)(void *arg, struct hook_stats *stats);
	void *arg;
	char program[96], calls[96];
};

/* Writes the program: `body` is shell. $CALLS is a file for what it has to say. */
static inline void theatre_new(struct theatre *t, const char *body)
{
	FILE *file;

	memset(t, 0, sizeof *t);
	bench_new(&t->bench);
	snprintf(t->program, sizeof t->program, "%s/program", t->bench.folder);
	snprintf(t->calls, sizeof t->calls, "%s/calls", t->bench.folder);
	file = fopen(t->program, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\nCALLS='%s'\n%s\n", t->calls, body);
	fclose(file);
	assert_int_equal(chmod(t->program, 0755), 0);
	t->loop = loop_new(clock_real());
}

static inline void theatre_free(struct theatre *t)
{
	loop_free(t->loop);
	bench_files(&t->bench, "", true);
	assert_int_equal(rmdir(t->bench.folder), 0);
}

static inline void theatre_look(void *arg)
{
	struct theatre *t = arg;
	struct hook_stats stats;

	t->stats(t->arg, &stats);
	if (stats.running == 0 && stats.waiting == 0)
		loop_stop(t->loop);
	else
		loop_timer_in(t->loop, &t->tick, 2 * UNITS_MS);
}

/* Until nothing runs and nothing waits. */
static inline void theatre_wait(struct theatre *t)
{
	loop_timer_init(&t->tick, theatre_look, t);
	loop_timer_in(t->loop, &t->tick, 0);
	loop_run(t->loop);
}

/* What the program has written; caller frees. */
static inline char *theatre_calls(const struct theatre *t)
{
	struct str text = {0};
	char part[4096];
	FILE *file = fopen(t->calls, "r");
	size_t n;

	while (file != NULL && (n = fread(part, 1, sizeof part, file)) > 0)
		str_add_n(&text, part, n);
	if (file != NULL)
		fclose(file);
	return str_steal(&text);
}

static inline void assert_calls(const struct theatre *t, const char *wanted)
{
	char *calls = theatre_calls(t);

	assert_string_equal(calls, wanted);
	free(calls);
}

#endif
