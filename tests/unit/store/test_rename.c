/* A device's history under another name. */
#include "unit/store/fixture.h"

#include "base/log.h"
#include "store/catalogue.h"
#include "store/format.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static enum err rename_now(struct fixture *f, const char *old, const char *new_name)
{
	struct fixture_answer answer = {0};
	store_rename(f->store, old, new_name, fixture_done, &answer);
	fixture_wait(f, &answer);
	return answer.err;
}

static enum err rename_offline(struct fixture *f, const char *old, const char *new_name, bool words)
{
	struct str why = {0};
	enum err err = store_rename_files(&f->settings, old, new_name, &why);
	assert_true((why.len > 0) == words);
	str_fini(&why);
	return err;
}

static void poll_row(struct fixture *f, const char *device, const char *key, int from, int to)
{
	series_id id = fixture_series(f, device, key);
	for (int i = from; i <= to; i++)
		fixture_put(f, id, (T0 + 60 * i) * 1000, (double)i / 3, (double)i);
}

static void assert_row(struct fixture *f, const char *below, int from, int to)
{
	for (int i = from; i <= to; i++) {
		assert_near(fixture_fetch(f, below, "in_octets", T0 + 60 * i), (double)i / 3, 1e-12);
		assert_near(fixture_fetch(f, below, "temp", T0 + 60 * i), (double)i, 1e-12);
	}
}

static bool exists(struct fixture *f, const char *below)
{
	struct stat st;
	char *path = fixture_path(f, below);
	bool there = lstat(path, &st) == 0;
	free(path);
	return there;
}

static size_t catalogued(struct fixture *f, const char *device)
{
	struct catalogue catalogue;
	size_t n = 0;
	if (!catalogue_read(f->folder, device, &catalogue))
		n = catalogue.n;
	catalogue_fini(&catalogue);
	return n;
}

static void to_time(struct fixture *f, int minutes)
{
	loop_run_until(f->loop, minutes * 60 * UNITS_SEC);
}

static void a_new_name_gets_the_folder(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	to_time(f, 10);
	poll_row(f, "sw1", "Gi1/0/1", 0, 5);
	poll_row(f, "sw1", NULL, 0, 5);
	poll_row(f, "sw2", "eth0", 0, 5);
	assert_int_equal(rename_now(f, "sw1", "core switch"), ERR_OK);
	assert_false(exists(f, "sw1"));
	assert_row(f, "core%20switch/interfaces/Gi1%2F0%2F1.rrd", 1, 5);
	assert_row(f, "core%20switch/interfaces.rrd", 1, 5);
	assert_int_equal(catalogued(f, "core switch"), 2);
	/* Who goes on under the new name goes on in the files; the old name begins anew. */
	poll_row(f, "core switch", "Gi1/0/1", 6, 10);
	poll_row(f, "sw1", "Gi1/0/1", 6, 7);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_row(f, "core%20switch/interfaces/Gi1%2F0%2F1.rrd", 1, 10);
	assert_row(f, "sw1/interfaces/Gi1%2F0%2F1.rrd", 6, 7);
	assert_true(isnan(fixture_fetch(f, "sw1/interfaces/Gi1%2F0%2F1.rrd", "temp", T0 + 240)));
	assert_int_equal(catalogued(f, "sw1"), 1);
	assert_row(f, "sw2/interfaces/eth0.rrd", 1, 5);
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.samples_stored, (6 * 3 + 5 + 2) * 2);
	assert_int_equal(stats.samples_lost + stats.samples_refused + stats.errors, 0);
	fixture_free(f);
}

static void what_is_wrong_is_answered(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	poll_row(f, "sw1", "eth0", 0, 0);
	fixture_flush(f, NULL);
	assert_int_equal(rename_now(f, "nobody", "sw2"), ERR_NOT_FOUND);
	assert_int_equal(rename_now(f, "sw1", "sw1"), ERR_INVALID);
	assert_int_equal(rename_offline(f, "nobody", "sw2", true), ERR_NOT_FOUND);
	assert_true(exists(f, "sw1/interfaces/eth0.rrd"));
	assert_false(exists(f, "sw2"));
	fixture_free(f);
}

/* Under the old name until 20, under the new one from then on; held in memory, all of it. */
static void both_histories_become_one(void **state)
{
	(void)state;
	for (int offline = 0; offline < 2; offline++) {
		struct fixture *f = fixture_new();
		fixture_close(f);
		f->settings.gather = 1800 * UNITS_SEC;
		fixture_open(f);
		to_time(f, 50);
		poll_row(f, "other", "eth0", 0, 0);
		fixture_flush(f, NULL); /* from now on samples are gathered */
		poll_row(f, "old", "eth0", 0, 20);
		poll_row(f, "old", "eth1", 0, 20);
		poll_row(f, "old", NULL, 0, 20);
		poll_row(f, "new", "eth0", 21, 40);
		poll_row(f, "new", "eth2", 21, 40);
		if (offline) {
			fixture_close(f);
			assert_int_equal(rename_offline(f, "old", "new", false), ERR_OK);
			f->clock.mono = 0;
			clock_virtual_init(&f->clock, T0 * UNITS_SEC);
			fixture_open(f);
			to_time(f, 50);
			poll_row(f, "new", "eth0", 41, 45);
			poll_row(f, "new", "eth1", 41, 45);
		} else {
			struct fixture_answer answer = {0};
			fixture_flush(f, "nobody");
			assert_false(exists(f, "old"));
			store_rename(f->store, "old", "new", fixture_done, &answer);
			poll_row(f, "new", "eth0", 41, 45);
			poll_row(f, "new", "eth1", 41, 45);
			fixture_wait(f, &answer);
			assert_int_equal(answer.err, ERR_OK);
		}
		assert_int_equal(fixture_flush(f, NULL), ERR_OK);
		assert_false(exists(f, "old"));
		assert_row(f, "new/interfaces/eth0.rrd", 1, 45);
		assert_row(f, "new/interfaces/eth1.rrd", 1, 20);
		assert_row(f, "new/interfaces/eth1.rrd", 42, 45);
		assert_true(isnan(fixture_fetch(f, "new/interfaces/eth1.rrd", "temp", T0 + 60 * 30)));
		assert_row(f, "new/interfaces.rrd", 1, 20);
		assert_row(f, "new/interfaces/eth2.rrd", 22, 40);
		assert_int_equal(catalogued(f, "new"), 4);
		if (!offline) {
			struct store_stats stats = fixture_stats(f);
			assert_int_equal(stats.samples_stored, (1 + 3 * 21 + 2 * 20 + 2 * 5) * 2);
			assert_int_equal(stats.samples_lost + stats.samples_refused + stats.queued, 0);
		}
		fixture_free(f);
	}
}

static void polling_goes_on_while_files_are_put_together(void **state)
{
	(void)state;
	enum { ROWS = 100 };
	struct fixture *f = fixture_new();
	struct fixture_answer answer = {0};
	struct store_progress progress;
	char key[16];
	to_time(f, 60);
	for (int i = 0; i < ROWS; i++) {
		snprintf(key, sizeof key, "eth%d", i);
		poll_row(f, "old", key, 0, 10);
		poll_row(f, "new", key, 11, 20);
	}
	store_rename(f->store, "old", "new", fixture_done, &answer);
	int minute = 20;
	uint64_t moves = 0;
	while (!answer.done || minute < 25) {
		minute++;
		for (int i = 0; i < ROWS && minute < 60; i++) {
			snprintf(key, sizeof key, "eth%d", i);
			poll_row(f, "new", key, minute, minute);
		}
		assert_int_equal(fixture_flush(f, "new"), ERR_OK);
		store_progress(f->store, &progress);
		assert_true(progress.moves > moves);
		moves = progress.moves;
	}
	assert_int_equal(answer.err, ERR_OK);
	minute = minute < 60 ? minute : 59;
	for (int i = 0; i < ROWS; i += 7) {
		char *below = str_format("new/interfaces/eth%d.rrd", i);
		assert_row(f, below, 1, minute);
		free(below);
	}
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.samples_stored, ROWS * (minute + 1) * 2);
	assert_int_equal(stats.samples_lost + stats.samples_refused, 0);
	assert_false(exists(f, "old"));
	fixture_free(f);
}

static void damaged_and_foreign_files_are_kept(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	to_time(f, 50);
	static const char *const keys[] = {"eth0", "eth1", "eth2"};
	for (size_t i = 0; i < 3; i++) {
		poll_row(f, "old", keys[i], 0, 20);
		poll_row(f, "new", keys[i], 21, 40);
	}
	fixture_close(f);
	char *path[] = {fixture_path(f, "old/interfaces/eth0.rrd"),
	    fixture_path(f, "new/interfaces/eth1.rrd"), fixture_path(f, "old/notes.txt"),
	    fixture_path(f, "new/notes.txt"), fixture_path(f, "old/.newAbC123")};
	assert_int_equal(truncate(path[0], 100) | truncate(path[1], 100), 0);
	for (int i = 2; i < 5; i++) {
		FILE *out = fopen(path[i], "w");
		fputs("hello\n", out);
		fclose(out);
	}
	assert_int_equal(rename_offline(f, "old", "new", false), ERR_OK);
	assert_false(exists(f, "old"));
	assert_row(f, "new/interfaces/eth0.rrd", 22, 40);
	assert_row(f, "new/interfaces/eth1.rrd", 1, 20);
	assert_row(f, "new/interfaces/eth2.rrd", 1, 40);
	assert_int_equal(fixture_count(f, "new", ".bad-"), 2);
	assert_true(exists(f, "new/notes.txt") && exists(f, "new/notes.txt-2"));
	assert_false(exists(f, "new/.newAbC123"));
	for (size_t i = 0; i < 5; i++)
		free(path[i]);
	fixture_free(f);
}

static void a_full_disk_leaves_both(void **state)
{
	(void)state;
	struct rlimit limit = {4096, RLIM_INFINITY};
	struct fixture *f = fixture_new();
	signal(SIGXFSZ, SIG_IGN);
	to_time(f, 50);
	poll_row(f, "old", "eth0", 0, 20);
	poll_row(f, "new", "eth0", 21, 40);
	fixture_flush(f, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(rename_now(f, "old", "new"), ERR_IO);
	limit.rlim_cur = RLIM_INFINITY;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_row(f, "old/interfaces/eth0.rrd", 1, 20);
	assert_row(f, "new/interfaces/eth0.rrd", 22, 40);
	assert_int_equal(fixture_count(f, "", ".new"), 0);
	assert_int_equal(rename_now(f, "old", "new"), ERR_OK);
	assert_row(f, "new/interfaces/eth0.rrd", 1, 40);
	assert_false(exists(f, "old"));
	fixture_free(f);
}

static void a_kill_is_made_good_by_the_same_again(void **state)
{
	(void)state;
	enum { ROWS = 30, KILLS = 12 };
	struct fixture *f = fixture_new();
	unsigned interrupted = 0;
	to_time(f, 50);
	for (int i = 0; i < KILLS; i++) {
		char old[16], new_name[16], key[16];
		snprintf(old, sizeof old, "old%d", i);
		snprintf(new_name, sizeof new_name, "new%d", i);
		for (int row = 0; row < ROWS; row++) {
			snprintf(key, sizeof key, "eth%d", row);
			poll_row(f, old, key, 0, 20);
			if (row % 3)
				poll_row(f, new_name, key, 21, 40);
		}
	}
	fixture_close(f);
	for (int i = 0; i < KILLS; i++) {
		char old[16], new_name[16];
		struct timespec moment = {.tv_nsec = 1000000L + 2500000L * i};
		snprintf(old, sizeof old, "old%d", i);
		snprintf(new_name, sizeof new_name, "new%d", i);
		pid_t child = fork();
		if (child == 0) {
			struct str why = {0};
			log_set_level(LOG_LEVEL_ERROR);
			_exit(store_rename_files(&f->settings, old, new_name, &why) != ERR_OK);
		}
		nanosleep(&moment, NULL);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		if (exists(f, old)) {
			interrupted++;
			assert_int_equal(rename_offline(f, old, new_name, false), ERR_OK);
		}
		assert_false(exists(f, old));
		assert_int_equal(fixture_count(f, new_name, "eth"), ROWS);
		assert_int_equal(catalogued(f, new_name), ROWS);
		for (int row = 0; row < ROWS; row++) {
			char *below = str_format("%s/interfaces/eth%d.rrd", new_name, row);
			assert_row(f, below, 1, row % 3 ? 40 : 20);
			free(below);
		}
	}
	assert_true(interrupted > 0);
	fixture_free(f);
}

static void closing_in_the_midst_is_answered(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	struct fixture_answer answer[2] = {{0}};
	to_time(f, 50);
	poll_row(f, "old", "eth0", 0, 20);
	poll_row(f, "new", "eth0", 21, 40);
	store_rename(f->store, "old", "new", fixture_done, &answer[0]);
	store_rename(f->store, "new", "newest", fixture_done, &answer[1]);
	store_free(f->store);
	f->store = NULL;
	loop_run_until(f->loop, f->clock.mono);
	assert_true(answer[0].done && answer[1].done);
	assert_int_equal(answer[0].err, ERR_OK);
	assert_int_equal(answer[1].err, ERR_OK);
	assert_row(f, "newest/interfaces/eth0.rrd", 1, 40);
	loop_free(f->loop);
	fixture_free(f);
}

int main(void)
{
	alarm(300);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_name_gets_the_folder),
	    cmocka_unit_test(what_is_wrong_is_answered),
	    cmocka_unit_test(both_histories_become_one),
	    cmocka_unit_test(polling_goes_on_while_files_are_put_together),
	    cmocka_unit_test(damaged_and_foreign_files_are_kept),
	    cmocka_unit_test(a_full_disk_leaves_both),
	    cmocka_unit_test(a_kill_is_made_good_by_the_same_again),
	    cmocka_unit_test(closing_in_the_midst_is_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
