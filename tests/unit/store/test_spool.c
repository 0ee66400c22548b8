/* The spool by itself: what is appended is read again, by the same run and by the next. */
#include "unit/store/fixture.h"

#include "store/segment.h"
#include "store/spool_reader.h"

#include <fcntl.h>

struct bench {
	struct fixture *f; /* its table and folder; its store is closed */
	struct series_table *table;
	struct spool *spool;
	struct spool_reader *reader;
	struct batch *batch;
};

static void begin_run(struct bench *bench)
{
	bench->table = series_table_new();
	bench->spool = spool_open(bench->f->folder, bench->table);
	bench->reader = spool_reader_new(bench->spool, "rrd");
}

static void end_run(struct bench *bench)
{
	spool_reader_free(bench->reader);
	spool_close(bench->spool);
	series_table_free(bench->table);
}

static int set_up(void **state)
{
	struct bench *bench = mem_alloc(sizeof *bench);

	bench->f = fixture_new();
	fixture_close(bench->f);
	bench->batch = batch_new(true);
	begin_run(bench);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	end_run(bench);
	batch_free(bench->batch);
	fixture_free(bench->f);
	free(bench);
	return 0;
}

static series_id series(struct bench *bench, const char *device, const char *key)
{
	return series_table_add(
	    bench->table, &(struct series_def){device, &bench->f->table, key, 60 * UNITS_SEC, 6 * UNITS_SEC});
}

/* A batch with one sample of the series, of the second `at`. */
static enum err append(struct bench *bench, series_id id, int64_t at)
{
	const struct sample_raw raws[2] = {{(uint64_t)at, 1}, {7, 2}};

	batch_clear(bench->batch);
	bench->batch->mono = bench->batch->wall = at * UNITS_SEC;
	assert_true(
	    batch_add(bench->batch, id, at * UNITS_SEC, at * 1000, (double[]){(double)at, NAN}, raws, 2));
	return spool_append(bench->spool, bench->batch);
}

/* The next sample's second; 0 when there is none. Its series becomes *id. */
static int64_t next(struct bench *bench, series_id *id, bool *old)
{
	struct batch *batch;
	struct record record;
	int64_t at = 0;
	size_t place = 0;

	while (at == 0 && (batch = spool_reader_next(bench->reader, spool_end(bench->spool), old)) != NULL) {
		if (batch_next(batch, &place, &record)) {
			at = record.stamp / 1000;
			*id = record.series;
			assert_int_equal(record.wall, at * UNITS_SEC);
			assert_true(record.values[0] == (double)at && isnan(record.values[1]));
			assert_int_equal(record_raw(&record, 0).bits, at);
			assert_int_equal(record_raw(&record, 1).form, 2);
		}
		place = 0;
		batch_free(batch);
	}
	return at;
}

static size_t files(struct bench *bench, const char *end)
{
	char *command = str_format("ls '%s/spool' | grep -c '%s$'", bench->f->folder, end);
	FILE *in = popen(command, "r");
	size_t n = 0;

	assert_int_equal(fscanf(in, "%zu", &n), 1);
	pclose(in);
	free(command);
	return n;
}

static void a_reader_gets_what_it_did_not_skip(void **state)
{
	struct bench *bench = *state;
	series_id a = series(bench, "sw1", "eth0"), b = series(bench, "sw1", "eth1"), id;
	bool old;

	assert_int_equal(next(bench, &id, &old), 0);
	assert_int_equal(append(bench, a, 10), ERR_OK);
	assert_int_equal(append(bench, b, 20), ERR_OK);
	spool_reader_skip(bench->reader, spool_end(bench->spool));
	assert_int_equal(append(bench, a, 30), ERR_OK);
	assert_int_equal(next(bench, &id, &old), 30);
	assert_int_equal(id, a);
	assert_false(old);
	assert_int_equal(append(bench, b, 40), ERR_OK);
	assert_int_equal(next(bench, &id, &old), 40);
	assert_int_equal(id, b);
	assert_int_equal(next(bench, &id, &old), 0);
}

static void the_next_run_gets_what_was_left(void **state)
{
	struct bench *bench = *state;
	series_id id = series(bench, "sw1", "eth0"), other = series(bench, "sw2", NULL);
	bool old;

	for (int64_t i = 1; i <= 5; i++)
		assert_int_equal(append(bench, i == 3 ? other : id, 10 * i), ERR_OK);
	for (int run = 0; run < 3; run++) {
		end_run(bench);
		begin_run(bench);
		/* Numbers are dealt anew; one of them is not there before the replay. */
		other = series(bench, "sw9", "eth0");
		id = series(bench, "sw1", "eth0");
		assert_int_equal(append(bench, other, 100), ERR_OK);
		for (int64_t i = 1; i <= 5; i++) {
			series_id found;

			assert_int_equal(next(bench, &found, &old), 10 * i);
			assert_true(old);
			if (i == 3) {
				const struct series *scalar = series_table_at(bench->table, found);

				assert_string_equal(scalar->path, "sw2/interfaces.rrd");
				assert_null(scalar->key);
				assert_int_equal(scalar->interval, 60 * UNITS_SEC);
				assert_string_equal(scalar->schema->ds[1].name, "temp");
				assert_true(scalar->schema->ds[0].never_negative);
			} else {
				assert_int_equal(found, id);
			}
		}
		/* What the runs between have put. */
		for (int i = 0; i <= run; i++)
			assert_int_equal(next(bench, &id, &old), 100);
		assert_false(old);
		assert_int_equal(next(bench, &id, &old), 0);
	}
	assert_int_equal(spool_reader_damage(bench->reader).records, 0);
}

static void what_is_passed_is_deleted_and_numbers_go_on(void **state)
{
	struct bench *bench = *state;
	series_id id = series(bench, "sw1", "eth0"), found;
	uint32_t number;
	bool old;

	spool_limit(bench->spool, 1, SPOOL_MAX); /* a segment for each batch */
	for (int64_t i = 1; i <= 5; i++)
		assert_int_equal(append(bench, id, 10 * i), ERR_OK);
	assert_int_equal(files(bench, "samples"), 5);
	assert_int_equal(next(bench, &found, &old), 10);
	assert_int_equal(next(bench, &found, &old), 20);
	assert_int_equal(next(bench, &found, &old), 30);
	spool_reader_release(bench->reader, spool_reader_place(bench->reader).number);
	assert_int_equal(files(bench, "samples"), 3);
	number = spool_end(bench->spool).number;
	end_run(bench);
	begin_run(bench);
	/* The reader had begun with the third. */
	assert_int_equal(next(bench, &found, &old), 30);
	assert_int_equal(next(bench, &found, &old), 40);
	assert_int_equal(next(bench, &found, &old), 50);
	assert_int_equal(next(bench, &found, &old), 0);
	spool_reader_release(bench->reader, spool_end(bench->spool).number);
	assert_int_equal(files(bench, "samples") + files(bench, "series"), 0);
	assert_int_equal(spool_bytes(bench->spool), 0);
	end_run(bench);
	begin_run(bench);
	assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 60), ERR_OK);
	assert_true(spool_end(bench->spool).number > number);
	assert_int_equal(next(bench, &found, &old), 60);
}

static void readers_do_not_hinder_each_other(void **state)
{
	struct bench *bench = *state;
	series_id id = series(bench, "sw1", "eth0"), found;
	struct spool_reader *first = bench->reader, *slow = spool_reader_new(bench->spool, "journal");
	bool old;

	spool_limit(bench->spool, 1, SPOOL_MAX);
	for (int64_t i = 1; i <= 3; i++)
		assert_int_equal(append(bench, id, 10 * i), ERR_OK);
	while (next(bench, &found, &old) != 0)
		;
	spool_reader_release(first, spool_end(bench->spool).number);
	assert_int_equal(files(bench, "samples"), 3);
	bench->reader = slow;
	assert_int_equal(next(bench, &found, &old), 10);
	assert_int_equal(next(bench, &found, &old), 20);
	spool_reader_release(slow, spool_reader_place(slow).number);
	assert_int_equal(files(bench, "samples"), 2);
	spool_reader_free(slow);
	bench->reader = first;
}

static void its_size_is_bounded(void **state)
{
	struct bench *bench = *state;
	series_id id = series(bench, "sw1", "eth0"), found;
	int64_t n = 0;
	bool old;

	spool_limit(bench->spool, 400, 4000);
	while (append(bench, id, 10 * (n + 1)) == ERR_OK)
		n++;
	assert_in_range(n, 20, 4000 / 80);
	assert_int_equal(append(bench, id, 10 * (n + 1)), ERR_FULL);
	assert_true(spool_bytes(bench->spool) <= 4000);
	for (int64_t i = 1; i <= n; i++)
		assert_int_equal(next(bench, &found, &old), 10 * i);
	spool_reader_release(bench->reader, spool_reader_place(bench->reader).number);
	assert_int_equal(append(bench, id, 10 * (n + 1)), ERR_OK);
}

static void what_is_damaged_or_foreign_costs_itself_alone(void **state)
{
	struct bench *bench = *state;
	struct segment_head later = {SEGMENT_VERSION + 1, SEGMENT_SAMPLES, 1, 3, 0};
	struct segment segment;
	series_id found;
	bool old;
	char *path;
	int fd;

	spool_limit(bench->spool, 1, SPOOL_MAX);
	for (int64_t i = 1; i <= 4; i++)
		assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 10 * i), ERR_OK);
	/* The first is 1, as the run's series are. Damage the block of the second, replace the third by a
	 * later version's, make the head of the fourth unreadable; add what is nobody's. */
	path = str_format("%s/spool", bench->f->folder);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	int file = openat(fd, "0000000002.samples", O_WRONLY);
	assert_int_equal(pwrite(file, "?", 1, 70), 1);
	close(file);
	assert_int_equal(unlinkat(fd, "0000000003.samples", 0), 0);
	assert_int_equal(segment_create(&segment, fd, "0000000003.samples", &later), ERR_OK);
	segment_close(&segment);
	file = openat(fd, "0000000004.samples", O_WRONLY);
	assert_int_equal(pwrite(file, "?", 1, 9), 1);
	close(file);
	close(openat(fd, "notes.txt", O_WRONLY | O_CREAT, 0600));
	close(openat(fd, "0000000009.samples", O_WRONLY | O_CREAT, 0600));
	end_run(bench);
	begin_run(bench);
	assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 50), ERR_OK);
	assert_true(spool_end(bench->spool).number > 9);
	assert_int_equal(next(bench, &found, &old), 10);
	assert_int_equal(next(bench, &found, &old), 50);
	assert_int_equal(next(bench, &found, &old), 0);
	assert_true(spool_reader_damage(bench->reader).octets > 0);
	spool_reader_release(bench->reader, spool_reader_place(bench->reader).number);
	assert_int_equal(faccessat(fd, "notes.txt", F_OK, 0), 0);
	assert_int_equal(faccessat(fd, "0000000003.samples", F_OK, 0), 0);
	assert_int_equal(faccessat(fd, "0000000004.samples.bad", F_OK, 0), 0);
	close(fd);
	free(path);
}

static void a_renamed_device_is_not_begun_anew(void **state)
{
	struct bench *bench = *state;
	series_id found;
	bool old;

	assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 10), ERR_OK);
	assert_int_equal(append(bench, series(bench, "sw10", "eth0"), 20), ERR_OK);
	assert_int_equal(spool_mark_renamed(bench->spool, "sw1"), ERR_OK);
	assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 30), ERR_OK);
	end_run(bench);
	begin_run(bench);
	assert_int_equal(next(bench, &found, &old), 20);
	assert_int_equal(next(bench, &found, &old), 30);
	assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 40), ERR_OK);
	assert_int_equal(next(bench, &found, &old), 40);
}

static void a_folder_that_cannot_be_had_is_tried_again(void **state)
{
	struct bench *bench = *state;
	char *path = str_format("%s/spool", bench->f->folder);
	series_id found;
	bool old;

	end_run(bench);
	nftw(path, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
	close(open(path, O_WRONLY | O_CREAT, 0600)); /* a file is in the way */
	begin_run(bench);
	assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 10), ERR_IO);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(append(bench, series(bench, "sw1", "eth0"), 20), ERR_OK);
	assert_int_equal(next(bench, &found, &old), 20);
	free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_reader_gets_what_it_did_not_skip),
	    TEST(the_next_run_gets_what_was_left),
	    TEST(what_is_passed_is_deleted_and_numbers_go_on),
	    TEST(readers_do_not_hinder_each_other),
	    TEST(its_size_is_bounded),
	    TEST(what_is_damaged_or_foreign_costs_itself_alone),
	    TEST(a_renamed_device_is_not_begun_anew),
	    TEST(a_folder_that_cannot_be_had_is_tried_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
