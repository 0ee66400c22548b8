/* A store in a temporary folder on a virtual clock, and a table with data sources. */
#ifndef ROLLCALL_TESTS_STORE_FIXTURE_H
#define ROLLCALL_TESTS_STORE_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "store/store.h"

#include <ftw.h>
#include <math.h>
#include <rrd.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* cmocka's own compares floats. */
#define assert_near(a, b, epsilon)                                                                           \
	do {                                                                                                 \
		double a_ = (a), b_ = (b);                                                                   \
		if (!(fabs(a_ - b_) <= (epsilon)))                                                           \
			fail_msg("%s is %.17g, not %.17g", #a, a_, b_);                                      \
	} while (0)

#define T0 INT64_C(1700000040) /* s; a multiple of 60 */

struct fixture {
	char folder[64];
	struct clock_virtual clock;
	struct loop *loop;
	struct archive archives[2];
	struct settings settings;
	struct column columns[3];
	struct table table;
	struct store *store;
	struct sink sink;
};

static inline int fixture_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void fixture_open(struct fixture *f)
{
	f->loop = loop_new_virtual(&f->clock);
	f->store = store_new(f->loop, &f->settings);
	assert_non_null(f->store);
	f->sink = store_sink(f->store);
}

static inline void fixture_close(struct fixture *f)
{
	store_free(f->store);
	loop_free(f->loop);
	f->store = NULL;
	f->loop = NULL;
}

static inline struct fixture *fixture_new(void)
{
	struct fixture *f = mem_alloc(sizeof *f);
	strcpy(f->folder, "/tmp/rollcall-store-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	clock_virtual_init(&f->clock, T0 * UNITS_SEC);
	f->archives[0] = (struct archive){60 * UNITS_SEC, 7200 * UNITS_SEC, false};
	f->archives[1] = (struct archive){300 * UNITS_SEC, 86400 * UNITS_SEC, true};
	f->settings = (struct settings){.interval = 60 * UNITS_SEC,
	    .timeout = 2 * UNITS_SEC,
	    .retries = 2,
	    .writer = STORE_RRD,
	    .gather = 0,
	    .archives = f->archives,
	    .n_archives = 2,
	    .state = f->folder};
	f->columns[0] =
	    (struct column){.name = (char *)"ifHCInOctets", .kind = KIND_COUNTER, .ds = (char *)"in_octets"};
	f->columns[1] = (struct column){.name = (char *)"ifAlias", .kind = KIND_TEXT, .is_tag = true};
	f->columns[2] =
	    (struct column){.name = (char *)"temperature", .kind = KIND_GAUGE, .ds = (char *)"temp"};
	f->table =
	    (struct table){.name = (char *)"interfaces", .columns = f->columns, .n_columns = 3, .n_ds = 2};
	fixture_open(f);
	return f;
}

static inline void fixture_free(struct fixture *f)
{
	if (f->store)
		fixture_close(f);
	nftw(f->folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
}

static inline series_id fixture_series(struct fixture *f, const char *device, const char *key)
{
	struct series_def def = {device, &f->table, key, 60 * UNITS_SEC, 6 * UNITS_SEC};
	return f->sink.ops->series(f->sink.self, &def);
}

static inline void fixture_put(struct fixture *f, series_id id, int64_t at_ms, double a, double b)
{
	f->sink.ops->put(f->sink.self, id, at_ms * UNITS_MS, (double[]){a, b}, NULL, 2);
}

/* A poll at its time: the clock moves there, then the sample is put. */
static inline void fixture_poll(struct fixture *f, series_id id, int64_t at_s, double a, double b)
{
	if (f->clock.wall < at_s * UNITS_SEC)
		loop_run_until(f->loop, f->clock.mono + at_s * UNITS_SEC - f->clock.wall);
	fixture_put(f, id, at_s * 1000, a, b);
}

struct fixture_answer {
	bool done;
	enum err err;
};

static inline void fixture_done(void *arg, enum err err)
{
	struct fixture_answer *answer = arg;
	answer->done = true;
	answer->err = err;
}

static inline void fixture_wait(struct fixture *f, const struct fixture_answer *answer)
{
	while (!answer->done) {
		sched_yield();
		loop_run_until(f->loop, f->clock.mono);
	}
}

static inline enum err fixture_flush(struct fixture *f, const char *device)
{
	struct fixture_answer answer = {0};
	f->sink.ops->flush(f->sink.self, device, fixture_done, &answer);
	fixture_wait(f, &answer);
	return answer.err;
}

static inline struct store_stats fixture_stats(struct fixture *f)
{
	struct store_stats stats;
	store_stats(f->store, &stats);
	return stats;
}

static inline char *fixture_path(struct fixture *f, const char *below)
{
	return str_format("%s/rrd/%s", f->folder, below);
}

/* The value of a data source in the step that ends at `end` (s); NaN when unknown. */
static inline double fixture_fetch(struct fixture *f, const char *below, const char *ds, int64_t end)
{
	char *path = fixture_path(f, below), **names;
	time_t from = (time_t)end - 60, to = (time_t)end;
	unsigned long step = 60, n;
	rrd_value_t *data;
	double found = NAN;
	rrd_clear_error();
	int rc = rrd_fetch_r(path, "AVERAGE", &from, &to, &step, &n, &names, &data);
	if (rc)
		fail_msg("%s: %s", path, rrd_get_error());
	assert_int_equal(step, 60);
	for (unsigned long i = 0; i < n; i++) {
		/* Rows are from + step, from + 2 steps, ...: the one that ends at `end`. */
		if (!strcmp(names[i], ds))
			found = data[((unsigned long)(end - from) / step - 1) * n + i];
		rrd_freemem(names[i]);
	}
	rrd_freemem(names);
	rrd_freemem(data);
	free(path);
	return found;
}

static inline size_t fixture_count(struct fixture *f, const char *folder, const char *part)
{
	char *command = str_format("find '%s/rrd/%s' -name '*%s*' | wc -l", f->folder, folder, part);
	FILE *in = popen(command, "r");
	size_t n = 0;
	assert_non_null(in);
	assert_int_equal(fscanf(in, "%zu", &n), 1);
	pclose(in);
	free(command);
	return n;
}

#endif
