/* Files that get another layout while the store runs. */
#include "unit/store/fixture.h"

#include "base/log.h"
#include "store/format.h"
#include "store/migration.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define FILE1 "sw1/interfaces/eth0.rrd"

static struct format_file look_at(struct fixture *f, const char *below)
{
	struct format_file file;
	const char *why;
	char *path = fixture_path(f, below);
	enum err err = format_read(path, &file, &why);
	if (err)
		fail_msg("%s: %s %s", below, err_text(err), why);
	free(path);
	return file;
}

/* One tick, and what comes of it. */
static void turn(struct fixture *f)
{
	loop_run_until(f->loop, f->clock.mono + 250 * UNITS_MS);
	fixture_flush(f, "nobody");
}

static void turn_until_done(struct fixture *f)
{
	for (int turns = 0; turns < 5000; turns++) {
		turn(f);
		if (turns > 3 && fixture_stats(f).migrating == 0)
			return;
	}
	fail_msg("files are still waiting");
}

static void poll_all(struct fixture *f, const series_id *id, int n, int64_t at)
{
	for (int i = 0; i < n; i++)
		fixture_poll(f, id[i], at, (double)i + 0.25, (double)(at - T0));
}

static void add_series(struct fixture *f, series_id *id, int n)
{
	for (int i = 0; i < n; i++) {
		char key[16];
		snprintf(key, sizeof key, "eth%d", i);
		id[i] = fixture_series(f, "sw1", key);
	}
}

static void assert_value_at(struct fixture *f, int i, int64_t at)
{
	char *below = str_format("sw1/interfaces/eth%d.rrd", i);
	assert_near(fixture_fetch(f, below, "in_octets", at), (double)i + 0.25, 1e-12);
	assert_near(fixture_fetch(f, below, "temp", at), (double)(at - T0), 1e-9);
	free(below);
}

static void a_reload_gives_files_their_layout(void **state)
{
	(void)state;
	enum { N = 5 };
	struct fixture *f = fixture_new();
	series_id id[N];
	add_series(f, id, N);
	for (int i = 0; i <= 20; i++)
		poll_all(f, id, N, T0 + 60 * i);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	f->archives[0].keep = 4 * 3600 * UNITS_SEC;
	f->archives[1].step = 600 * UNITS_SEC;
	store_reload(f->store, &f->settings);
	turn_until_done(f);
	assert_int_equal(fixture_stats(f).migrated, N);
	struct format_file file = look_at(f, FILE1);
	assert_int_equal(file.size, store_file_size(&f->settings, 60 * UNITS_SEC, 2));
	assert_int_equal(file.rra[0].rows, 240);
	assert_int_equal(file.rra[1].pdps, 10);
	assert_int_equal(file.last, (T0 + 1200) * 1000);
	struct stat st;
	char *path = fixture_path(f, FILE1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_true(st.st_blocks * 512 >= st.st_size);
	free(path);
	for (int i = 21; i <= 30; i++)
		poll_all(f, id, N, T0 + 60 * i);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	for (int i = 0; i < N; i++)
		for (int k = 1; k <= 30; k++)
			assert_value_at(f, i, T0 + 60 * k);
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.samples_stored, 31 * N * 2);
	assert_int_equal(stats.samples_lost + stats.samples_refused + stats.errors, 0);
	/* Once is enough. */
	store_reload(f->store, &f->settings);
	turn_until_done(f);
	assert_int_equal(fixture_stats(f).migrated, N);
	assert_int_equal(fixture_count(f, "", "new"), 0);
	fixture_free(f);
}

static void a_restart_with_other_archives_does_too(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id;
	add_series(f, &id, 1);
	for (int i = 0; i <= 10; i++)
		poll_all(f, &id, 1, T0 + 60 * i);
	fixture_close(f);
	f->archives[1].with_max = false;
	fixture_open(f);
	add_series(f, &id, 1);
	poll_all(f, &id, 1, T0 + 660);
	turn_until_done(f);
	assert_int_equal(fixture_stats(f).migrated, 1);
	assert_int_equal(look_at(f, FILE1).n_rras, 2);
	for (int k = 1; k <= 11; k++)
		assert_value_at(f, 0, T0 + 60 * k);
	fixture_free(f);
}

static void the_order_of_archives_is_no_difference(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id;
	add_series(f, &id, 1);
	poll_all(f, &id, 1, T0);
	fixture_close(f);
	char *path = fixture_path(f, FILE1);
	const char *definitions[] = {"DS:temp:GAUGE:126:U:U", "DS:in_octets:GAUGE:126:0:U",
	    "RRA:MAX:0.999:5:288", "RRA:AVERAGE:0.5:5:288", "RRA:AVERAGE:0.5:1:120"};
	unlink(path);
	assert_int_equal(rrd_create_r2(path, 60, T0 - 60, 0, NULL, NULL, 5, definitions), 0);
	fixture_open(f);
	add_series(f, &id, 1);
	poll_all(f, &id, 1, T0);
	turn_until_done(f);
	assert_int_equal(fixture_stats(f).migrated, 0);
	assert_int_equal(fixture_stats(f).samples_stored, 2);
	free(path);
	fixture_free(f);
}

/* Another interval, the same step: the heartbeat is right before the first sample that needs it. */
static void a_longer_interval_costs_no_sample(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id;
	add_series(f, &id, 1);
	poll_all(f, &id, 1, T0);
	poll_all(f, &id, 1, T0 + 60);
	fixture_flush(f, NULL);
	store_reload(f->store, &f->settings);
	struct series_def def = {"sw1", &f->table, "eth0", 300 * UNITS_SEC, 6 * UNITS_SEC};
	id = f->sink.ops->series(f->sink.self, &def);
	for (int i = 1; i < 4; i++)
		fixture_poll(f, id, T0 + 60 + 300 * i, 7, 8);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	turn_until_done(f);
	assert_int_equal(look_at(f, FILE1).heartbeat, 606);
	for (int k = 2; k <= 16; k++)
		assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60 * k), 8, 0);
	assert_int_equal(fixture_stats(f).migrated, 0);
	assert_int_equal(fixture_stats(f).samples_stored, 10);
	/* And back. */
	def.interval = 60 * UNITS_SEC;
	id = f->sink.ops->series(f->sink.self, &def);
	fixture_poll(f, id, T0 + 1020, 7, 8);
	fixture_flush(f, NULL);
	assert_int_equal(look_at(f, FILE1).heartbeat, 126);
	fixture_free(f);
}

static void a_shorter_interval_makes_a_shorter_step(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id;
	add_series(f, &id, 1);
	for (int i = 0; i <= 10; i++)
		poll_all(f, &id, 1, T0 + 60 * i);
	struct series_def def = {"sw1", &f->table, "eth0", 30 * UNITS_SEC, 6 * UNITS_SEC};
	id = f->sink.ops->series(f->sink.self, &def);
	for (int i = 1; i <= 6; i++) {
		fixture_poll(f, id, T0 + 600 + 30 * i, 0.25, 9);
		turn(f);
	}
	turn_until_done(f);
	assert_int_equal(look_at(f, FILE1).step, 30);
	assert_int_equal(fixture_stats(f).migrated, 1);
	assert_int_equal(fixture_stats(f).samples_stored, 17 * 2);
	for (int k = 1; k <= 10; k++)
		assert_value_at(f, 0, T0 + 60 * k);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 780), 9, 0);
	fixture_free(f);
}

static void a_profile_that_grew_gets_its_data_source(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id;
	add_series(f, &id, 1);
	poll_all(f, &id, 1, T0);
	poll_all(f, &id, 1, T0 + 60);
	f->columns[1] = (struct column){.name = (char *)"ifMtu", .ds = (char *)"mtu"};
	f->table.n_ds = 3;
	add_series(f, &id, 1);
	for (int i = 2; i < 5; i++) {
		loop_run_until(f->loop, f->clock.mono + 60 * UNITS_SEC);
		f->sink.ops->put(
		    f->sink.self, id, (T0 + 60 * i) * UNITS_SEC, (double[]){7, 1500, 8}, NULL, 3);
		fixture_flush(f, NULL);
		turn_until_done(f);
	}
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.migrated, 1);
	assert_int_equal(stats.samples_lost, 1); /* the one that found it missing */
	assert_int_equal(stats.samples_stored, 4 + 9 - 1);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60), 60, 0);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 120), 8, 0);
	assert_near(fixture_fetch(f, FILE1, "mtu", T0 + 240), 1500, 0);
	assert_true(isnan(fixture_fetch(f, FILE1, "mtu", T0 + 60)));
	/* What the profile has no more is kept. */
	f->table.n_columns = 2;
	f->table.n_ds = 2;
	add_series(f, &id, 1);
	loop_run_until(f->loop, f->clock.mono + 60 * UNITS_SEC);
	fixture_put(f, id, (T0 + 300) * 1000, 7, 1500);
	fixture_flush(f, NULL);
	f->archives[0].keep *= 2;
	store_reload(f->store, &f->settings);
	turn_until_done(f);
	assert_int_equal(fixture_stats(f).migrated, 2);
	assert_int_equal(look_at(f, FILE1).n_ds, 3);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 240), 8, 0);
	fixture_free(f);
}

/* 200 files, polled every minute meanwhile, with samples held in memory. */
static void polling_goes_on_meanwhile(void **state)
{
	(void)state;
	enum { N = 200, BEFORE = 10, MINUTES = 25 };
	struct fixture *f = fixture_new();
	series_id id[N];
	fixture_close(f);
	f->settings.gather = 120 * UNITS_SEC;
	fixture_open(f);
	add_series(f, id, N);
	for (int i = 0; i < BEFORE; i++)
		poll_all(f, id, N, T0 + 60 * i);
	f->archives[0].keep *= 2;
	store_reload(f->store, &f->settings);
	struct store_progress progress;
	uint64_t before = 0, moves = 0, files = 0, most = 0;
	for (int i = BEFORE; i < MINUTES; i++) {
		poll_all(f, id, N, T0 + 60 * i);
		for (int k = 0; k < 40; k++) {
			turn(f);
			uint64_t done = fixture_stats(f).migrated;
			most = done - before > most ? done - before : most;
			files += done - before;
			before = done;
		}
		store_progress(f->store, &progress);
		assert_true(progress.moves > moves);
		moves = progress.moves;
	}
	/* At most one file per batch, of which a turn has some: what was polled, ticks, the flush. On a
	 * machine that is slow just now the last ones come later: its share of the time is kept. */
	assert_in_range(most, 1, 16);
	assert_in_range(files, N / 4, N);
	turn_until_done(f);
	assert_int_equal(fixture_stats(f).migrated, N);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.samples_stored, N * MINUTES * 2);
	assert_int_equal(stats.samples_lost + stats.samples_refused + stats.errors + stats.queued, 0);
	assert_int_equal(stats.migrating, 0);
	for (int i = 0; i < N; i += 13)
		for (int k = 1; k < MINUTES; k++)
			assert_value_at(f, i, T0 + 60 * k);
	fixture_free(f);
}

static void a_full_disk_leaves_the_old_files(void **state)
{
	(void)state;
	enum { N = 3 };
	struct fixture *f = fixture_new();
	struct rlimit limit = {16384, RLIM_INFINITY};
	series_id id[N];
	signal(SIGXFSZ, SIG_IGN);
	add_series(f, id, N);
	for (int i = 0; i <= 10; i++)
		poll_all(f, id, N, T0 + 60 * i);
	fixture_flush(f, NULL);
	f->archives[0].keep *= 20;
	assert_true(store_file_size(&f->settings, 60 * UNITS_SEC, 2) > limit.rlim_cur);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	store_reload(f->store, &f->settings);
	for (int i = 11; i <= 15; i++) {
		poll_all(f, id, N, T0 + 60 * i);
		turn(f);
		turn(f);
	}
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.errors, 1); /* the others wait too, ten minutes */
	assert_int_equal(stats.migrated, 0);
	assert_int_equal(stats.migrating, N);
	assert_int_equal(stats.samples_lost, 0);
	assert_int_equal(fixture_count(f, "", ".new"), 0);
	limit.rlim_cur = RLIM_INFINITY;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 16; i <= 30; i++) {
		poll_all(f, id, N, T0 + 60 * i);
		turn(f);
	}
	turn_until_done(f);
	fixture_flush(f, NULL);
	stats = fixture_stats(f);
	assert_int_equal(stats.migrated, N);
	assert_int_equal(stats.errors, 1);
	assert_int_equal(stats.samples_stored, 31 * N * 2);
	for (int i = 0; i < N; i++)
		for (int k = 1; k <= 30; k++)
			assert_value_at(f, i, T0 + 60 * k);
	fixture_free(f);
}

static void migrate_for_ever(struct fixture *f, int n)
{
	series_id id[64];
	log_set_level(LOG_LEVEL_ERROR);
	fixture_open(f);
	add_series(f, id, n);
	for (;;) {
		f->archives[0].keep = (f->archives[0].keep == 7200 * UNITS_SEC ? 3 : 1) * 7200 * UNITS_SEC;
		store_reload(f->store, &f->settings);
		turn_until_done(f);
	}
}

static void a_kill_leaves_whole_files(void **state)
{
	(void)state;
	enum { N = 20, KILLS = 15 };
	struct fixture *f = fixture_new();
	series_id id[N];
	add_series(f, id, N);
	for (int i = 0; i <= 10; i++)
		poll_all(f, id, N, T0 + 60 * i);
	fixture_close(f);
	for (int kill_after = 1; kill_after <= KILLS; kill_after++) {
		pid_t child = fork();
		if (child == 0) {
			migrate_for_ever(f, N);
			_exit(0);
		}
		struct timespec moment = {.tv_nsec = 7000000L * kill_after + 3000000};
		nanosleep(&moment, NULL);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		for (int i = 0; i < N; i++) {
			char *below = str_format("sw1/interfaces/eth%d.rrd", i);
			assert_int_equal(look_at(f, below).last, (T0 + 600) * 1000);
			free(below);
			for (int k = 1; k <= 10; k++)
				assert_value_at(f, i, T0 + 60 * k);
		}
	}
	f->archives[0].keep = 5 * 7200 * UNITS_SEC;
	fixture_open(f);
	add_series(f, id, N);
	poll_all(f, id, N, T0 + 660);
	turn_until_done(f);
	assert_int_equal(fixture_stats(f).migrated, N);
	assert_int_equal(fixture_count(f, "", ".new"), 0);
	for (int i = 0; i < N; i++)
		for (int k = 1; k <= 11; k++)
			assert_value_at(f, i, T0 + 60 * k);
	fixture_free(f);
}

static void many_reloads_wait_for_nobody(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id;
	add_series(f, &id, 1);
	poll_all(f, &id, 1, T0);
	poll_all(f, &id, 1, T0 + 60);
	for (int i = 0; i < 3000; i++) { /* more than the queue takes */
		f->archives[0].keep = (120 + i) * 60 * UNITS_SEC;
		store_reload(f->store, &f->settings);
	}
	while (fixture_flush(f, NULL)) /* the queue is full for a while */
		;
	while (fixture_stats(f).migrating || look_at(f, FILE1).rra[0].rows != 3119)
		turn(f);
	assert_value_at(f, 0, T0 + 60);
	assert_int_equal(fixture_stats(f).samples_stored, 4);
	fixture_free(f);
}

int main(void)
{
	alarm(300);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_reload_gives_files_their_layout),
	    cmocka_unit_test(a_restart_with_other_archives_does_too),
	    cmocka_unit_test(the_order_of_archives_is_no_difference),
	    cmocka_unit_test(a_longer_interval_costs_no_sample),
	    cmocka_unit_test(a_shorter_interval_makes_a_shorter_step),
	    cmocka_unit_test(a_profile_that_grew_gets_its_data_source),
	    cmocka_unit_test(polling_goes_on_meanwhile),
	    cmocka_unit_test(a_full_disk_leaves_the_old_files),
	    cmocka_unit_test(a_kill_leaves_whole_files),
	    cmocka_unit_test(many_reloads_wait_for_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
