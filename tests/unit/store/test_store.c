#include "unit/store/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define FILE1 "sw1/interfaces/eth0.rrd"

static void a_constant_comes_out(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	for (int i = 0; i <= 10; i++)
		fixture_poll(f, id, T0 + 60 * i, 1234567.890123, -40.25);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	for (int i = 1; i <= 10; i++) {
		assert_near(fixture_fetch(f, FILE1, "in_octets", T0 + 60 * i), 1234567.890123, 1e-8);
		assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60 * i), -40.25, 0);
	}
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.samples_stored, 22);
	assert_int_equal(stats.samples_lost + stats.samples_refused + stats.errors + stats.queued, 0);
	fixture_free(f);
}

static void a_ramp_comes_out(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	for (int i = 0; i <= 20; i++) {
		fixture_poll(f, id, T0 + 60 * i, 1e9 * i, 1.0 / 3 * i);
		assert_int_equal(fixture_flush(f, "sw1"), ERR_OK);
	}
	for (int i = 1; i <= 20; i++) {
		assert_near(fixture_fetch(f, FILE1, "in_octets", T0 + 60 * i), 1e9 * i, 1e-3);
		assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60 * i), 1.0 / 3 * i, 1e-13);
	}
	assert_int_equal(fixture_stats(f).rrd_opens, 21);
	fixture_free(f);
}

static void the_file_is_as_planned(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	struct stat st;
	char *path = fixture_path(f, FILE1), *folder = fixture_path(f, "sw1/interfaces");
	fixture_poll(f, fixture_series(f, "sw1", "eth0"), T0, 1, 2);
	fixture_flush(f, NULL);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_size, store_file_size(&f->settings, 60 * UNITS_SEC, 2));
	assert_true(st.st_blocks * 512 >= st.st_size); /* no holes */
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	rrd_info_t *info = rrd_info_r(path), *at;
	unsigned seen = 0;
	for (at = info; at; at = at->next) {
		seen += !strcmp(at->key, "step") && at->value.u_cnt == 60;
		seen += !strcmp(at->key, "ds[in_octets].minimal_heartbeat") && at->value.u_cnt == 126;
		seen += !strcmp(at->key, "ds[in_octets].min") && at->value.u_val == 0;
		seen += !strcmp(at->key, "ds[temp].min") && isnan(at->value.u_val);
		seen += !strcmp(at->key, "ds[temp].max") && isnan(at->value.u_val);
		seen += !strcmp(at->key, "rra[0].rows") && at->value.u_cnt == 120;
		seen += !strcmp(at->key, "rra[2].cf") && !strcmp(at->value.u_str, "MAX");
	}
	assert_int_equal(seen, 7);
	rrd_info_free(info);
	free(path);
	free(folder);
	fixture_free(f);
}

static void unknown_is_unknown_and_a_gap_stays_one(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	for (int i = 0; i <= 12; i++)
		if (i < 5 || i > 7) /* three polls missing: more than the heartbeat */
			fixture_poll(f, id, T0 + 60 * i, i == 3 ? NAN : 5, 6);
	fixture_flush(f, NULL);
	for (int i = 1; i <= 12; i++) {
		bool gap = i >= 5 && i <= 8;
		assert_int_equal(
		    isnan(fixture_fetch(f, FILE1, "in_octets", T0 + 60 * i)) != 0, gap || i == 3);
		assert_int_equal(isnan(fixture_fetch(f, FILE1, "temp", T0 + 60 * i)) != 0, gap);
	}
	assert_int_equal(fixture_stats(f).samples_stored, 19);
	fixture_free(f);
}

static void one_lost_poll_is_bridged(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	fixture_poll(f, id, T0, 5, 5);
	fixture_poll(f, id, T0 + 120, 7, 7);
	fixture_flush(f, NULL);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60), 7, 0);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 120), 7, 0);
	fixture_free(f);
}

static void duplicate_late_and_future_are_refused(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	fixture_poll(f, id, T0, 1, 1);
	fixture_poll(f, id, T0 + 60, 1, 1);
	fixture_put(f, id, (T0 + 60) * 1000, 9, 9);			/* duplicate */
	fixture_put(f, id, (T0 + 30) * 1000, 9, NAN);			/* late */
	fixture_put(f, id, (T0 + 60 + 10 * 365 * 86400L) * 1000, 9, 9); /* future */
	fixture_put(f, id, (T0 + 60 + 6) * 1000, 9, 9);			/* a little too far */
	fixture_poll(f, id, T0 + 120, 1, 1);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	struct store_stats stats = fixture_stats(f);
	assert_int_equal(stats.samples_refused, 7);
	assert_int_equal(stats.samples_stored, 6);
	assert_int_equal(stats.samples_lost, 0);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60), 1, 0);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 120), 1, 0);
	fixture_free(f);
}

static void a_restart_does_not_write_twice(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	fixture_poll(f, id, T0, 1, 1);
	fixture_put(f, id, (T0 + 1) * 1000 + 250, 2, 2);
	fixture_close(f);
	fixture_open(f);
	id = fixture_series(f, "sw1", "eth0");
	fixture_put(f, id, (T0 + 1) * 1000 + 250, 2, 2);
	fixture_put(f, id, (T0 + 1) * 1000 + 750, 3, 3); /* its second is the next */
	fixture_put(f, id, T0 * 1000, 1, 1);
	fixture_flush(f, NULL);
	assert_int_equal(fixture_stats(f).samples_refused, 4);
	assert_int_equal(fixture_stats(f).samples_stored, 2);
	assert_int_equal(fixture_stats(f).errors, 0);
	fixture_free(f);
}

/* Polls once a second that wander around the middle of a second: each has a second of its own. */
static void samples_near_one_second_are_both_kept(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	static const int at_ms[] = {600, 1400, 2510, 3490, 4300};
	for (size_t i = 0; i < sizeof at_ms / sizeof at_ms[0]; i++)
		fixture_put(f, id, T0 * 1000 + at_ms[i], (double)i, 1);
	fixture_put(f, id, T0 * 1000 + 4310, 9, 9); /* a duplicate is one */
	fixture_flush(f, NULL);
	assert_int_equal(fixture_stats(f).samples_stored, 10);
	assert_int_equal(fixture_stats(f).samples_refused, 2);
	fixture_free(f);
}

static void clock_steps_cost_at_most_their_own_length(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	fixture_poll(f, id, T0, 1, 1);
	/* An hour ahead: believed when it has stood. */
	clock_virtual_step_wall(&f->clock, 3600 * UNITS_SEC);
	fixture_put(f, id, f->clock.wall / UNITS_MS, 2, 2);
	assert_int_equal(fixture_stats(f).samples_refused, 2);
	clock_virtual_advance(&f->clock, 60 * UNITS_SEC);
	fixture_put(f, id, f->clock.wall / UNITS_MS, 2, 2);
	fixture_flush(f, NULL);
	assert_int_equal(fixture_stats(f).samples_refused, 2);
	assert_int_equal(fixture_stats(f).samples_stored, 4);
	/* Ten minutes back: refused until the file's last time is reached, then as before. */
	clock_virtual_step_wall(&f->clock, -600 * UNITS_SEC);
	for (int i = 0; i < 11; i++) {
		clock_virtual_advance(&f->clock, 60 * UNITS_SEC);
		fixture_put(f, id, f->clock.wall / UNITS_MS, 3, 3);
	}
	fixture_flush(f, NULL);
	assert_int_equal(fixture_stats(f).samples_refused, 2 + 20);
	assert_int_equal(fixture_stats(f).samples_stored, 4 + 2);
	fixture_free(f);
}

static void damage(const char *path, int how)
{
	struct stat st;
	FILE *out;
	assert_int_equal(stat(path, &st), 0);
	switch (how) {
	case 0:
		assert_int_equal(truncate(path, 0), 0);
		break;
	case 1:
		assert_int_equal(truncate(path, st.st_size - 1), 0);
		break;
	case 2:
		assert_int_equal(truncate(path, 200), 0);
		break;
	case 3:
		out = fopen(path, "w");
		for (int i = 0; i < 40000; i++)
			fputc(i * 7919 >> 3 & 255, out);
		fclose(out);
		break;
	case 4:
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkdir(path, 0750), 0);
		break;
	default:
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkfifo(path, 0640), 0);
	}
}

/* Both while the store runs, and when it finds the file at its start. */
static void damaged_files_are_set_aside(void **state)
{
	(void)state;
	for (int how = 0; how < 6; how++) {
		for (int restart = 0; restart < 2; restart++) {
			struct fixture *f = fixture_new();
			char *path = fixture_path(f, FILE1);
			series_id id = fixture_series(f, "sw1", "eth0");
			fixture_poll(f, id, T0, 1, 1);
			fixture_flush(f, NULL);
			if (restart)
				fixture_close(f);
			damage(path, how);
			if (restart)
				fixture_open(f);
			id = fixture_series(f, "sw1", "eth0");
			fixture_poll(f, id, T0 + 60, 2, 2);
			assert_int_equal(fixture_flush(f, NULL), ERR_OK);
			assert_int_equal(fixture_stats(f).quarantined, 1);
			assert_int_equal(fixture_stats(f).samples_lost, 0);
			assert_int_equal(fixture_count(f, "sw1", ".rrd.bad-17000001"), 1);
			assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60), 2, 0);
			free(path);
			fixture_free(f);
		}
	}
}

static void a_deleted_file_is_begun_anew(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	char *path = fixture_path(f, FILE1);
	series_id id = fixture_series(f, "sw1", "eth0");
	fixture_poll(f, id, T0, 1, 1);
	fixture_flush(f, NULL);
	unlink(path);
	fixture_poll(f, id, T0 + 60, 2, 2);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(fixture_stats(f).samples_stored, 4);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60), 2, 0);
	free(path);
	fixture_free(f);
}

static void a_profile_that_grew_keeps_its_file(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	series_id old = fixture_series(f, "sw1", "eth0");
	assert_int_equal(fixture_series(f, "sw1", "eth0"), old);
	fixture_poll(f, old, T0, 1, 1);
	f->columns[1] = (struct column){.name = (char *)"ifMtu", .ds = (char *)"mtu"};
	f->table.n_ds = 3;
	series_id id = fixture_series(f, "sw1", "eth0");
	assert_int_not_equal(id, old);
	loop_run_until(f->loop, f->clock.mono + 60 * UNITS_SEC);
	f->sink.ops->put(f->sink.self, id, (T0 + 60) * UNITS_SEC, (double[]){7, 1500, 8}, NULL, 3);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(fixture_stats(f).samples_stored, 4);
	assert_int_equal(fixture_stats(f).samples_lost, 1);
	assert_near(fixture_fetch(f, FILE1, "in_octets", T0 + 60), 7, 0);
	assert_near(fixture_fetch(f, FILE1, "temp", T0 + 60), 8, 0);
	fixture_free(f);
}

static void trouble_with_the_disk_is_counted_exactly(void **state)
{
	(void)state;
	struct rlimit limit = {30000, RLIM_INFINITY};
	struct fixture *f = fixture_new();
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_true(store_file_size(&f->settings, 60 * UNITS_SEC, 2) < 30000);
	series_id id = fixture_series(f, "sw1", "eth0");
	fixture_poll(f, id, T0, 1, 1);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	/* Now files are larger than the limit: librrd's write fails halfway. */
	limit.rlim_cur = 8192;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	series_id other = fixture_series(f, "sw1", "eth1");
	for (int i = 1; i <= 3; i++) {
		fixture_poll(f, other, T0 + 60 * i, 1, i == 2 ? NAN : 1);
		assert_int_equal(fixture_flush(f, NULL), ERR_IO);
	}
	assert_int_equal(fixture_stats(f).samples_lost, 0);
	assert_int_equal(fixture_stats(f).queued, 5);
	assert_true(fixture_stats(f).errors >= 3);
	assert_int_equal(fixture_count(f, "sw1", "new"), 0); /* nothing is left lying about */
	limit.rlim_cur = RLIM_INFINITY;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	fixture_poll(f, other, T0 + 240, 4, 4);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(fixture_stats(f).samples_lost, 0);
	assert_int_equal(fixture_stats(f).queued, 0);
	assert_int_equal(fixture_stats(f).samples_stored, 2 + 5 + 2);
	assert_near(fixture_fetch(f, "sw1/interfaces/eth1.rrd", "temp", T0 + 180), 1, 0);
	assert_near(fixture_fetch(f, "sw1/interfaces/eth1.rrd", "temp", T0 + 240), 4, 0);
	fixture_free(f);
}

static void a_full_disk_loses_only_what_has_no_file(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	fixture_close(f);
	/* In a mount namespace of its own, the mount ends with the process, whatever happens. */
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("rollcall-test", f->folder, "tmpfs", 0, "size=1m")) {
		print_message("no right to mount a tmpfs: %s\n", strerror(errno));
		fixture_open(f);
		fixture_free(f);
		skip();
	}
	fixture_open(f);
	enum { N = 100 };
	series_id id[N];
	for (int i = 0; i < N; i++) {
		char key[16];
		snprintf(key, sizeof key, "eth%d", i);
		id[i] = fixture_series(f, "sw1", key);
	}
	for (int round = 0; round < 5; round++)
		for (int i = 0; i < N; i++)
			fixture_poll(f, id[i], T0 + 60 * round, round, i);
	assert_int_equal(fixture_flush(f, NULL), ERR_IO);
	struct store_stats stats = fixture_stats(f);
	size_t files = fixture_count(f, "sw1", ".rrd");
	uint64_t size = store_file_size(&f->settings, 60 * UNITS_SEC, 2);
	assert_in_range(files, (900 << 10) / (size + 4096), (1 << 20) / size);
	assert_int_equal(stats.samples_stored, files * 5 * 2);
	assert_int_equal(stats.samples_lost + stats.queued, (N - files) * 5 * 2);
	/* Files that are there go on; the others still cannot be made. */
	for (int i = 0; i < N; i++)
		fixture_poll(f, id[i], T0 + 300, 77, 77);
	assert_int_equal(fixture_flush(f, NULL), ERR_IO);
	assert_int_equal(fixture_stats(f).samples_stored, files * 6 * 2);
	assert_int_equal(fixture_stats(f).samples_lost + fixture_stats(f).queued, (N - files) * 6 * 2);
	assert_int_equal(fixture_count(f, "sw1", ".rrd"), files);
	fixture_close(f);
	assert_int_equal(umount(f->folder), 0);
	fixture_open(f);
	fixture_free(f);
}

static void a_thousand_series(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	enum { N = 1000 };
	series_id id[N];
	for (int i = 0; i < N; i++) {
		char device[16], key[32];
		snprintf(device, sizeof device, "sw%d", i / 50);
		snprintf(key, sizeof key, "Gi1/0/%d", i % 50);
		id[i] = fixture_series(f, device, key);
	}
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < N; i++)
			fixture_poll(f, id[i], T0 + 60 * round, i, round);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	for (int i = 0; i < N; i += 37) {
		char *below = str_format("sw%d/interfaces/Gi1%%2F0%%2F%d.rrd", i / 50, i % 50);
		assert_near(fixture_fetch(f, below, "in_octets", T0 + 120), i, 0);
		free(below);
	}
	assert_int_equal(fixture_stats(f).samples_stored, N * 3 * 2);
	fixture_free(f);
}

static void gathering_opens_a_file_once_per_period(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	fixture_close(f);
	f->settings.gather = 300 * UNITS_SEC;
	fixture_open(f);
	enum { N = 60, MINUTES = 20 };
	series_id id[N];
	uint64_t before = 0, most = 0;
	for (int i = 0; i < N; i++) {
		char key[16];
		snprintf(key, sizeof key, "eth%d", i);
		id[i] = fixture_series(f, "sw1", key);
	}
	for (int minute = 0; minute < MINUTES; minute++) {
		for (int i = 0; i < N; i++)
			fixture_poll(f, id[i], T0 + 60 * minute, 1, 1);
		/* To the end of the minute, then a barrier: a flush of nobody. */
		loop_run_until(f->loop, f->clock.mono + 59 * UNITS_SEC);
		fixture_flush(f, "nobody");
		uint64_t opens = fixture_stats(f).rrd_opens;
		if (opens - before > most)
			most = opens - before;
		before = opens;
	}
	struct store_stats stats = fixture_stats(f);
	assert_in_range(stats.rrd_opens, N * (MINUTES / 5 - 1), N * (MINUTES / 5));
	assert_in_range(most, 1, N / 2); /* spread: a fifth is even */
	assert_true(stats.queued > 0);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(fixture_stats(f).samples_stored, N * MINUTES * 2);
	fixture_free(f);
}

static void a_flush_of_one_device_leaves_the_others(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	fixture_close(f);
	f->settings.gather = 1800 * UNITS_SEC;
	fixture_open(f);
	fixture_poll(f, fixture_series(f, "sw1", "eth0"), T0, 1, 1);
	fixture_poll(f, fixture_series(f, "sw10", "eth0"), T0, 2, 2);
	assert_int_equal(fixture_flush(f, "sw1"), ERR_OK);
	assert_int_equal(fixture_stats(f).samples_stored, 2);
	assert_int_equal(fixture_stats(f).queued, 2);
	assert_int_equal(fixture_count(f, "", "sw10"), 0);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(fixture_count(f, "", "sw10"), 1);
	fixture_free(f);
}

static void a_reader_holding_its_lock_loses_nothing(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	char *path = fixture_path(f, FILE1);
	int ready[2], end[2];
	char c = 0;
	series_id id = fixture_series(f, "sw1", "eth0");
	fixture_poll(f, id, T0, 1, 1);
	fixture_flush(f, NULL);
	assert_int_equal(pipe(ready) | pipe(end), 0);
	pid_t child = fork();
	if (child == 0) {
		struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
		struct timespec moment = {.tv_nsec = 20000000};
		int fd = open(path, O_RDONLY);
		_exit(fcntl(fd, F_SETLK, &lock) || write(ready[1], &c, 1) != 1 || read(end[0], &c, 1) != 1 ||
		      nanosleep(&moment, NULL));
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	fixture_poll(f, id, T0 + 60, 2, 2);
	assert_int_equal(write(end[1], &c, 1), 1);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(fixture_stats(f).samples_stored, 4);
	free(path);
	fixture_free(f);
}

/* Many times what the pool holds, in one turn of the loop: what the spool takes waits there, all is accounted
 * for. */
static void closing_while_the_queue_is_full(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	struct fixture_answer answer = {0};
	series_id id = fixture_series(f, "sw1", "eth0");
	enum { N = 1500000 };
	for (int i = 0; i < N; i++) {
		fixture_put(f, id, (T0 - 2 * N + i) * 1000, i, NAN);
		if (i % 4 == 0)
			fixture_put(f, id, (T0 - 2 * N + i) * 1000, i, NAN);
	}
	struct store_stats stats = fixture_stats(f);
	assert_true(stats.queued > 0);
	f->sink.ops->flush(f->sink.self, NULL, fixture_done, &answer);
	fixture_wait(f, &answer);
	stats = fixture_stats(f);
	assert_int_equal(stats.queued, 0);
	assert_int_equal(stats.samples_stored + stats.samples_lost + stats.samples_refused, N + N / 4);
	for (int i = 0; i < N; i++)
		fixture_put(f, id, (T0 - N + i) * 1000, i, NAN);
	fixture_free(f);
}

/* A sample now and then, more often than the writer writes: they share batches. */
static void a_trickle_does_not_use_up_the_pool(void **state)
{
	(void)state;
	enum { N = 20000 };
	struct fixture *f = fixture_new();
	series_id id = fixture_series(f, "sw1", "eth0");
	for (int i = 0; i < N; i++) {
		fixture_put(f, id, (T0 - N + i) * 1000, i, NAN);
		loop_run_until(f->loop, f->clock.mono + 25 * UNITS_MS);
	}
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(fixture_stats(f).samples_lost, 0);
	assert_int_equal(fixture_stats(f).samples_stored, N);
	fixture_free(f);
}

static void a_flush_under_way_is_answered_after_closing(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	struct fixture_answer answer = {0};
	fixture_poll(f, fixture_series(f, "sw1", "eth0"), T0, 1, 1);
	f->sink.ops->flush(f->sink.self, NULL, fixture_done, &answer);
	store_free(f->store);
	f->store = NULL;
	assert_false(answer.done);
	loop_run_until(f->loop, f->clock.mono);
	assert_true(answer.done);
	assert_int_equal(answer.err, ERR_OK);
	loop_free(f->loop);
	fixture_free(f);
}

static void nothing_is_kept_when_so_configured(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	fixture_close(f);
	f->settings.writer = STORE_NONE;
	fixture_open(f);
	assert_int_equal(fixture_series(f, "sw1", "eth0"), SERIES_NONE);
	fixture_put(f, SERIES_NONE, T0 * 1000, 1, 1);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	fixture_free(f);
}

int main(void)
{
	alarm(120); /* a test that hangs is a test that fails */
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_constant_comes_out),
	    cmocka_unit_test(a_ramp_comes_out),
	    cmocka_unit_test(the_file_is_as_planned),
	    cmocka_unit_test(unknown_is_unknown_and_a_gap_stays_one),
	    cmocka_unit_test(one_lost_poll_is_bridged),
	    cmocka_unit_test(duplicate_late_and_future_are_refused),
	    cmocka_unit_test(a_restart_does_not_write_twice),
	    cmocka_unit_test(samples_near_one_second_are_both_kept),
	    cmocka_unit_test(clock_steps_cost_at_most_their_own_length),
	    cmocka_unit_test(damaged_files_are_set_aside),
	    cmocka_unit_test(a_deleted_file_is_begun_anew),
	    cmocka_unit_test(a_profile_that_grew_keeps_its_file),
	    cmocka_unit_test(trouble_with_the_disk_is_counted_exactly),
	    cmocka_unit_test(a_full_disk_loses_only_what_has_no_file),
	    cmocka_unit_test(a_thousand_series),
	    cmocka_unit_test(gathering_opens_a_file_once_per_period),
	    cmocka_unit_test(a_flush_of_one_device_leaves_the_others),
	    cmocka_unit_test(a_reader_holding_its_lock_loses_nothing),
	    cmocka_unit_test(closing_while_the_queue_is_full),
	    cmocka_unit_test(a_trickle_does_not_use_up_the_pool),
	    cmocka_unit_test(a_flush_under_way_is_answered_after_closing),
	    cmocka_unit_test(nothing_is_kept_when_so_configured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
