/* kill -9 at any point: a child puts samples into a store, minute by minute, and tells after each minute how
 * far it got (KILLS=1000 in the environment: so many of each kind, not 60); it is killed at a moment, or at
 * one of the calls that bring something to the disk. Then another store opens the same folder. Each value
 * that was told must be in its file, and nothing twice. */
#include "unit/store/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#define ROWS	4
#define MINUTES 40

/* Shared with the child. */
struct told {
	_Atomic int minutes; /* whose samples were put, and the writer had them */
	_Atomic int calls;   /* that bring something to the disk */
	_Atomic int kill_at; /* before this one; 0 = at none */
};
static struct told *told;

/* The calls themselves come here, also those of the libraries. */
static void call(void)
{
	int n;

	if (told == NULL || told->kill_at == 0)
		return;
	n = ++told->calls;
	if (n == told->kill_at)
		kill(getpid(), SIGKILL);
}

ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t at)
{
	call();
	return syscall(SYS_pwritev, fd, parts, n, at, 0);
}

int rename(const char *from, const char *to)
{
	call();
	return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	call();
	return (int)syscall(SYS_renameat, from_folder, from, to_folder, to);
}

int unlinkat(int folder, const char *name, int flags)
{
	call();
	return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int fdatasync(int fd)
{
	call();
	return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	call();
	return (int)syscall(SYS_fsync, fd);
}

int munmap(void *at, size_t len) /* librrd, after an update */
{
	call();
	return (int)syscall(SYS_munmap, at, len);
}

static double value(int row, int minute)
{
	return 1000 * row + minute + 0.5;
}

static void put_minute(struct fixture *f, const series_id *ids, int minute)
{
	for (int row = 0; row < ROWS; row++)
		fixture_poll(f, ids[row], T0 + 60 * minute, value(row, minute), row);
}

static void child(struct fixture *f, int64_t gather)
{
	series_id ids[ROWS];
	char key[16];

	fixture_close(f);
	f->settings.gather = gather;
	clock_virtual_init(&f->clock, T0 * UNITS_SEC);
	fixture_open(f);
	for (int row = 0; row < ROWS; row++) {
		snprintf(key, sizeof key, "eth%d", row);
		ids[row] = fixture_series(f, "sw1", key);
	}
	for (int minute = 0; minute < MINUTES; minute++) {
		put_minute(f, ids, minute);
		/* A barrier, as for a reader of another device: what was put is in the spool. */
		if (fixture_flush(f, "nobody") != ERR_OK)
			_exit(1);
		told->minutes = minute + 1;
	}
	fixture_close(f);
	_exit(0);
}

/* What a run left is there: the values of all minutes told, and those of one more, or not. */
static void check(struct fixture *f, int minutes)
{
	struct store_stats stats;
	char below[64];

	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	stats = fixture_stats(f);
	assert_int_equal(stats.samples_lost + stats.samples_refused + stats.queued + stats.quarantined, 0);
	assert_int_equal(stats.samples_stored, stats.samples_replayed);
	for (int row = 0; row < ROWS; row++) {
		snprintf(below, sizeof below, "sw1/interfaces/eth%d.rrd", row);
		for (int minute = 0; minute < minutes; minute++)
			if (fixture_fetch(f, below, "in_octets", T0 + 60 * minute) != value(row, minute))
				fail_msg("row %d, minute %d of %d is %g", row, minute, minutes,
				    fixture_fetch(f, below, "in_octets", T0 + 60 * minute));
	}
}

/* A run that is killed, then one that finds all. Returns how far the first one got, MINUTES if it was not
 * killed. */
static int crash(int64_t gather, int kill_at, long after_ns)
{
	struct fixture *f = fixture_new();
	struct timespec moment = {.tv_nsec = after_ns};
	int status, minutes;
	pid_t pid;

	/* A store has threads: the child makes its own. */
	fixture_close(f);
	told->minutes = told->calls = 0;
	told->kill_at = kill_at;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fixture_open(f);
		child(f, gather);
	}
	if (after_ns > 0) {
		nanosleep(&moment, NULL);
		kill(pid, SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	told->kill_at = 0;
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	minutes = told->minutes;
	f->settings.gather = gather;
	fixture_open(f);
	/* The first tick, as the first samples bring it. */
	check(f, minutes);
	fixture_close(f);
	/* A third run finds nothing new. */
	fixture_open(f);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(fixture_stats(f).samples_replayed, 0);
	fixture_free(f);
	return WIFSIGNALED(status) ? minutes : MINUTES;
}

static int calls_of_a_whole_run(int64_t gather)
{
	crash(gather, INT32_MAX, 0);
	return told->calls;
}

static int kills(void)
{
	const char *wanted = getenv("KILLS");

	return wanted == NULL ? 60 : atoi(wanted);
}

static void killed_at_every_call(int64_t gather)
{
	int calls = calls_of_a_whole_run(gather), step;

	assert_true(calls > 50);
	step = calls / kills() + 1;
	for (int at = 1; at < calls; at += step)
		crash(gather, at, 0);
}

static void killed_at_calls_while_each_sample_is_written(void **state)
{
	(void)state;
	killed_at_every_call(0);
}

static void killed_at_calls_while_samples_are_gathered(void **state)
{
	(void)state;
	killed_at_every_call(300 * UNITS_SEC);
}

static void killed_at_any_moment(void **state)
{
	int killed = 0;

	(void)state;
	srandom(7);
	for (int i = 0; i < kills(); i++)
		killed += crash(i % 2 ? 0 : 600 * UNITS_SEC, 0, 1 + random() % 60000000) < MINUTES;
	assert_true(killed > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_at_calls_while_each_sample_is_written),
	    cmocka_unit_test(killed_at_calls_while_samples_are_gathered),
	    cmocka_unit_test(killed_at_any_moment),
	};

	told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
