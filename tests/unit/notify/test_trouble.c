/* A disk that fails at one moment or another: SQLite reads and writes through a layer that can be told to. */
#include "unit/notify/bench.h"

#include <sqlite3.h>
#include <stdatomic.h>

/* Operations that still succeed; from then on `failing` of them fail. */
static atomic_int reads_left = -1, writes_left = -1, writes_failing;
static const sqlite3_io_methods *real[4]; /* of databases, of journals */
static sqlite3_io_methods failing[ARRAY_LEN(real)];
static int (*real_open)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *);

static const sqlite3_io_methods *real_of(const sqlite3_file *file)
{
	return real[file->pMethods - failing];
}

static int failing_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	if (reads_left == 0)
		return SQLITE_IOERR_READ;
	if (reads_left > 0)
		reads_left--;
	return real_of(file)->xRead(file, to, n, at);
}

static int failing_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	if (writes_left == 0 && writes_failing > 0) {
		writes_failing--;
		return SQLITE_FULL;
	}
	if (writes_left > 0)
		writes_left--;
	return real_of(file)->xWrite(file, from, n, at);
}

static int open_through(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	int rc = real_open(vfs, name, file, flags, out);

	size_t i = 0;

	if (rc != SQLITE_OK)
		return rc;
	while (real[i] != NULL && real[i] != file->pMethods)
		i++;
	assert_true(i < ARRAY_LEN(real));
	real[i] = file->pMethods;
	failing[i] = *file->pMethods;
	failing[i].xRead = failing_read;
	failing[i].xWrite = failing_write;
	file->pMethods = &failing[i];
	return rc;
}

static void fail_after(int reads, int writes, int failures)
{
	reads_left = reads;
	writes_failing = failures;
	writes_left = writes;
}

static void all_is_well(void)
{
	fail_after(-1, -1, 0);
}

static size_t count(struct bench *b)
{
	return bench_query(b, &(struct event_filter){0});
}

/* What cannot be read now says nothing about the file: it is not set aside, and opens when the disk is well.
 */
static void a_failing_read_is_no_damage(void **state)
{
	struct bench b;
	bool opened = false;

	(void)state;
	bench_new(&b);
	bench_open(&b);
	for (int i = 0; i < 300; i++)
		bench_raise(&b, "sw1", "a row", "cpu");
	assert_int_equal(bench_flush(&b), ERR_OK);
	bench_close(&b);
	for (int reads = 0; !opened; reads++) {
		char *error = NULL;
		struct eventdb *db;

		fail_after(reads, -1, 0);
		db = eventdb_open(b.path, &error);
		opened = db != NULL && reads_left > 0;
		eventdb_close(db);
		free(error);
		all_is_well();
		assert_int_equal(bench_files(&b, ".bad-", false), 0);
	}
	bench_open(&b);
	assert_int_equal(count(&b), 300);
	bench_free(&b);
}

static void count_silence(void *arg, const struct silence *silence)
{
	(void)silence;
	++*(size_t *)arg;
}

static void count_ack(void *arg, const struct ack *ack)
{
	(void)ack;
	++*(size_t *)arg;
}

static const struct silence a_silence = {
    .device = "sw1", .reason = "r", .author = "a", .from = T0, .until = T0 + UNITS_SEC};
static const struct ack an_ack = {.device = "sw1", .rule = "cpu", .reason = "r", .author = "a", .time = T0};

/* Somebody writes into it with another program, and takes his time. */
static void while_it_is_locked_events_wait(void **state)
{
	struct eventlog_stats stats;
	sqlite3 *other;
	struct bench b;

	(void)state;
	bench_new(&b);
	bench_open(&b);
	assert_int_equal(sqlite3_open(b.path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < 100; i++)
		bench_raise(&b, "sw1", NULL, "cpu");
	assert_int_equal(bench_flush(&b), ERR_IO);
	eventlog_stats(b.log, &stats);
	assert_int_equal(stats.waiting, 100);
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	assert_int_equal(bench_flush(&b), ERR_OK);
	assert_int_equal(count(&b), 100);
	eventlog_stats(b.log, &stats);
	assert_int_equal(stats.lost + stats.waiting, 0);
	assert_int_equal(bench_files(&b, ".bad-", false), 0);
	bench_free(&b);
}

/* Wherever the disk was full: no event is lost or twice, and what was told of a silence is true. */
static void a_full_disk_at_any_moment(void **state)
{
	struct bench b;

	(void)state;
	for (int writes = 0; writes < 40; writes++) {
		size_t silences = 0;
		enum err said;

		bench_new(&b);
		bench_open(&b);
		fail_after(-1, writes, 3);
		for (int i = 0; i < 20; i++)
			bench_raise(&b, "sw1", NULL, "cpu");
		eventlog_silence_add(b.log, &a_silence, bench_done, &b);
		loop_run(b.loop);
		said = b.err;
		for (int i = 0; i < 20; i++)
			bench_clear(&b, "sw1", NULL, "cpu");
		all_is_well();
		assert_int_equal(bench_flush(&b), ERR_OK);
		assert_int_equal(count(&b), 40);
		assert_int_equal(b.events[39]->id, 40);
		bench_close(&b);
		bench_open(&b);
		eventlog_silences(b.log, count_silence, &silences);
		assert_int_equal(silences, said == ERR_OK);
		assert_int_equal(bench_files(&b, ".bad-", false), 0);
		bench_free(&b);
	}
}

/* A clear that waits for the disk would end an acknowledgement that was made after it. */
static void an_ack_does_not_overtake_events(void **state)
{
	struct bench b;
	size_t acks = 0;
	enum err said;

	(void)state;
	bench_new(&b);
	bench_open(&b);
	bench_raise(&b, "sw1", NULL, "cpu");
	assert_int_equal(bench_flush(&b), ERR_OK);
	fail_after(-1, 0, 2);
	bench_clear(&b, "sw1", NULL, "cpu");
	bench_raise(&b, "sw1", NULL, "cpu");
	assert_int_equal(bench_flush(&b), ERR_IO);
	eventlog_ack_set(b.log, &an_ack, bench_done, &b);
	loop_run(b.loop);
	said = b.err;
	all_is_well();
	assert_int_equal(bench_flush(&b), ERR_OK);
	bench_close(&b);
	bench_open(&b);
	eventlog_acks(b.log, count_ack, &acks);
	assert_int_equal(acks, said == ERR_OK);
	bench_free(&b);
}

/* Pages that nothing has read yet, in a file that is open. */
static void damage(const struct bench *b, long from)
{
	static const char junk[4096] = "no page of a database";
	FILE *file = fopen(b->path, "r+");
	struct stat st;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	assert_true(st.st_size > from + 100 * (long)sizeof junk);
	fseek(file, from, SEEK_SET);
	for (long at = from; at + (long)sizeof junk <= st.st_size; at += (long)sizeof junk)
		assert_int_equal(fwrite(junk, sizeof junk, 1, file), 1);
	fclose(file);
}

/* Far more than SQLite keeps in memory; what comes first in the file stays whole. */
static void open_a_large_one(struct bench *b)
{
	bench_new(b);
	bench_open(b);
	eventlog_silence_add(b->log, &a_silence, NULL, NULL);
	bench_raise(b, "sw2", NULL, "load");
	for (int i = 0; i < 40000; i++) {
		if (i % 15000 == 0)
			assert_int_equal(bench_flush(b), ERR_OK);
		bench_raise(b, "sw1", "a row with a name that takes some room in the file", "filesystem");
	}
	assert_int_equal(bench_flush(b), ERR_OK);
	bench_close(b);
	bench_open(b);
}

static void a_question_that_meets_damage_is_answered(void **state)
{
	struct bench b;
	size_t silences = 0;

	(void)state;
	open_a_large_one(&b);
	damage(&b, 400000);
	assert_int_equal(bench_query(&b, &(struct event_filter){.device = "s*", .rule = "load"}), 0);
	assert_int_equal(bench_files(&b, ".bad-", false) > 0, 1);
	bench_close(&b);
	bench_open(&b);
	eventlog_silences(b.log, count_silence, &silences);
	assert_int_equal(silences, 1);
	assert_true(bench_raise(&b, "sw1", NULL, "cpu") > 40001); /* ids go on */
	bench_free(&b);
}

/* The file is set aside while there is no room for another one. */
static void what_a_full_disk_kept_aside_is_taken_over_later(void **state)
{
	struct bench b;
	size_t silences = 0;

	(void)state;
	open_a_large_one(&b);
	damage(&b, 400000);
	fail_after(-1, 0, 1000);
	eventlog_query(b.log, &(struct event_filter){.device = "s*", .rule = "load"}, bench_found, &b);
	loop_run(b.loop);
	assert_int_equal(b.err, ERR_CORRUPT);
	all_is_well();
	bench_raise(&b, "sw1", NULL, "cpu");
	assert_int_equal(bench_flush(&b), ERR_OK);
	bench_close(&b);
	bench_open(&b);
	eventlog_silences(b.log, count_silence, &silences);
	assert_int_equal(silences, 1);
	bench_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_failing_read_is_no_damage),
	    cmocka_unit_test(while_it_is_locked_events_wait),
	    cmocka_unit_test(a_full_disk_at_any_moment),
	    cmocka_unit_test(an_ack_does_not_overtake_events),
	    cmocka_unit_test(a_question_that_meets_damage_is_answered),
	    cmocka_unit_test(what_a_full_disk_kept_aside_is_taken_over_later),
	};
	sqlite3_vfs through = *sqlite3_vfs_find(NULL);

	real_open = through.xOpen;
	through.xOpen = open_through;
	through.zName = "through";
	sqlite3_vfs_register(&through, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
