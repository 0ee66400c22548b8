#include "unit/store/fixture.h"

#include "store/format.h"

#include <fcntl.h>

static struct {
	char folder[64], good[96], copy[96];
	uint8_t *bytes;
	size_t size;
} g;

static int make_good(void **state)
{
	(void)state;
	const char *definitions[] = {"DS:in_octets:GAUGE:126:0:U", "DS:nineteen_letters_ab:GAUGE:200:U:U",
	    "RRA:AVERAGE:0.5:1:30", "RRA:AVERAGE:0.5:5:20", "RRA:MAX:0.999:5:20"};
	const char *samples[] = {"1700000100.250:1:2", "1700000160.123:3:U"};
	strcpy(g.folder, "/tmp/rollcall-format-XXXXXX");
	if (!mkdtemp(g.folder))
		return -1;
	snprintf(g.good, sizeof g.good, "%s/good.rrd", g.folder);
	snprintf(g.copy, sizeof g.copy, "%s/copy.rrd", g.folder);
	if (rrd_create_r2(g.good, 60, T0, 0, NULL, NULL, 5, definitions) ||
	    rrd_update_r(g.good, NULL, 2, samples))
		return -1;
	FILE *in = fopen(g.good, "r");
	g.bytes = mem_alloc(1 << 20);
	g.size = fread(g.bytes, 1, 1 << 20, in);
	fclose(in);
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	free(g.bytes);
	return nftw(g.folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_copy(const uint8_t *bytes, size_t size)
{
	FILE *out = fopen(g.copy, "w");
	assert_int_equal(fwrite(bytes, 1, size, out), size);
	fclose(out);
}

static enum err read_copy(struct format_file *file)
{
	const char *why;
	enum err err = format_read(g.copy, file, &why);
	if (err == ERR_CORRUPT)
		assert_true(*why != 0);
	return err;
}

static void a_good_file_is_read_as_librrd_reads_it(void **state)
{
	(void)state;
	struct format_file file;
	const char *why;
	assert_int_equal(format_read(g.good, &file, &why), ERR_OK);
	assert_int_equal(file.last, 1700000160123);
	assert_int_equal(file.last / 1000, rrd_last_r(g.good));
	assert_int_equal(file.step, 60);
	assert_int_equal(file.heartbeat, 126);
	assert_int_equal(file.n_ds, 2);
	assert_string_equal(file.ds[0], "in_octets");
	assert_string_equal(file.ds[1], "nineteen_letters_ab");
	assert_int_equal(file.size, g.size);
	assert_int_equal(file.size, format_header_size(2, 3) + 70 * 2 * 8);
}

static void every_truncation_is_seen(void **state)
{
	(void)state;
	struct format_file file;
	for (size_t size = 0; size < g.size; size += size < 1200 ? 1 : 37) {
		write_copy(g.bytes, size);
		assert_int_equal(read_copy(&file), ERR_CORRUPT);
	}
}

static void what_is_no_rrd_is_seen(void **state)
{
	(void)state;
	struct format_file file;
	const char *why;
	write_copy((const uint8_t *)"RRD", 4);
	assert_int_equal(read_copy(&file), ERR_CORRUPT);
	assert_int_equal(format_read("/dev/null", &file, &why), ERR_CORRUPT);
	assert_int_equal(format_read(g.folder, &file, &why), ERR_CORRUPT);
	assert_int_equal(format_read("/tmp/there/is/no/such.rrd", &file, &why), ERR_NOT_FOUND);
	unlink(g.copy);
	assert_int_equal(mkfifo(g.copy, 0600), 0);
	assert_int_equal(read_copy(&file), ERR_CORRUPT);
	unlink(g.copy);
}

/* Whatever passes the check must be safe for librrd. */
static void mutated_files_do_no_harm(void **state)
{
	(void)state;
	struct format_file file;
	const char *sample[] = {"1700003760:1:2"};
	uint64_t seed = 4711;
	unsigned passed = 0, refused = 0;
	uint8_t *bytes = mem_alloc(g.size);
	for (int round = 0; round < 10000; round++) {
		memcpy(bytes, g.bytes, g.size);
		for (uint64_t i = 0; i <= seed % 3; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			size_t at = (seed >> 33) % format_header_size(2, 3);
			bytes[at] = (uint8_t)(round % 2 ? bytes[at] ^ 1u << (seed >> 61) : seed >> 20);
		}
		write_copy(bytes, g.size);
		if (read_copy(&file)) {
			refused++;
			continue;
		}
		passed++;
		rrd_clear_error();
		(void)!rrd_update_r(g.copy, NULL, 1, sample);
	}
	assert_in_range(passed, 1000, 9000);
	assert_in_range(refused, 1000, 9000);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_file_is_read_as_librrd_reads_it),
	    cmocka_unit_test(every_truncation_is_seen),
	    cmocka_unit_test(what_is_no_rrd_is_seen),
	    cmocka_unit_test(mutated_files_do_no_harm),
	};
	alarm(120);
	return cmocka_run_group_tests(tests, make_good, remove_all);
}
