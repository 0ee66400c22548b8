#include "unit/store/fixture.h"

#include "store/catalogue.h"

static char state_dir[64], device_dir[128];

static int make(void **state)
{
	(void)state;
	strcpy(state_dir, "/tmp/rollcall-catalogue-XXXXXX");
	if (!mkdtemp(state_dir))
		return -1;
	snprintf(device_dir, sizeof device_dir, "%s/rrd", state_dir);
	if (mkdir(device_dir, 0750))
		return -1;
	snprintf(device_dir, sizeof device_dir, "%s/rrd/core%%2Fsw1", state_dir);
	return mkdir(device_dir, 0750);
}

static int clean(void **state)
{
	(void)state;
	return nftw(state_dir, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void what_is_added_is_found(void **state)
{
	(void)state;
	static const char *const keys[] = {
	    "Gi1/0/1", "tab\there", "new\nline", "100%", "-", "..", "한국", NULL};
	struct catalogue catalogue;
	char file[32];
	for (int i = 0; keys[i]; i++) {
		snprintf(file, sizeof file, "interfaces/%d.rrd", i);
		assert_int_equal(catalogue_add(device_dir, file, "interfaces", keys[i]), ERR_OK);
	}
	assert_int_equal(catalogue_add(device_dir, "memory.rrd", "memory", NULL), ERR_OK);
	assert_int_equal(catalogue_add(device_dir, "memory.rrd", "memory", NULL), ERR_OK); /* begun anew */

	assert_int_equal(catalogue_read(state_dir, "core/sw1", &catalogue), ERR_OK);
	assert_int_equal(catalogue.n, 8);
	for (int i = 0; keys[i]; i++) {
		const struct catalogue_entry *entry = catalogue_find(&catalogue, "interfaces", keys[i]);
		assert_non_null(entry);
		snprintf(file, sizeof file, "interfaces/%d.rrd", i);
		assert_string_equal(entry->file, file);
		assert_ptr_equal(entry, &catalogue.v[i]);
	}
	char *path = catalogue_path(&catalogue, catalogue_find(&catalogue, "memory", NULL));
	assert_true(str_starts(path, device_dir) && str_ends(path, "/memory.rrd"));
	assert_null(catalogue_find(&catalogue, "memory", "Gi1/0/1"));
	free(path);
	catalogue_fini(&catalogue);
}

static void torn_and_foreign_lines_are_skipped(void **state)
{
	(void)state;
	struct catalogue catalogue;
	char path[160];
	snprintf(path, sizeof path, "%s/catalogue", device_dir);
	FILE *out = fopen(path, "w");
	fputs("a.rrd\tt\t1\n../../../etc/x.rrd\tt\t2\n/etc/x.rrd\tt\t3\nb.rrd\tt\t4\t5\nx/../"
	      "y.rrd\tt\t6\n\n\t\t\n"
	      "c.rrd\tt\t%zz\nd.rrd\tt\t%00\npasswd\tt\t7\ne..f.rrd\tt\t8\nlast.rrd\tt\tto",
	    out);
	fclose(out);
	/* The torn line gets its end; the next one stands by itself. */
	assert_int_equal(catalogue_add(device_dir, "after.rrd", "t", "9"), ERR_OK);
	assert_int_equal(catalogue_read(state_dir, "core/sw1", &catalogue), ERR_OK);
	assert_non_null(catalogue_find(&catalogue, "t", "1"));
	assert_non_null(catalogue_find(&catalogue, "t", "8"));
	assert_non_null(catalogue_find(&catalogue, "t", "9"));
	assert_int_equal(catalogue.n, 4); /* and the torn one, as far as it came */
	catalogue_fini(&catalogue);

	/* Listed again as a whole, it takes the torn one's place. */
	assert_int_equal(catalogue_add(device_dir, "last.rrd", "t", "torn"), ERR_OK);
	assert_int_equal(catalogue_read(state_dir, "core/sw1", &catalogue), ERR_OK);
	assert_int_equal(catalogue.n, 4);
	assert_null(catalogue_find(&catalogue, "t", "to"));
	assert_string_equal(catalogue_find(&catalogue, "t", "torn")->file, "last.rrd");
	catalogue_fini(&catalogue);
}

static void nothing_stored_is_not_found(void **state)
{
	(void)state;
	struct catalogue catalogue;
	assert_int_equal(catalogue_read(state_dir, "nobody", &catalogue), ERR_NOT_FOUND);
	catalogue_fini(&catalogue);
}

static void what_is_listed_is_not_listed_again(void **state)
{
	struct stat before, after;
	char path[160];

	(void)state;
	snprintf(path, sizeof path, "%s/catalogue", device_dir);
	assert_int_equal(catalogue_add(device_dir, "a/b.rrd", "a", "b"), ERR_OK);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(catalogue_add(device_dir, "a/b.rrd", "a", "b"), ERR_OK);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	/* The end of another's line is none. */
	assert_int_equal(catalogue_add(device_dir, "b.rrd", "a", "b"), ERR_OK);
	assert_int_equal(stat(path, &after), 0);
	assert_true(after.st_size > before.st_size);
}

/* After a power cut: RRD files are synced, the catalogue is not. */
static void a_lost_line_comes_back(void **state)
{
	struct fixture *f = fixture_new();
	struct catalogue catalogue;
	char *path = fixture_path(f, "sw1/catalogue");

	(void)state;
	fixture_poll(f, fixture_series(f, "sw1", "eth0"), T0, 1, 1);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	fixture_close(f);
	assert_int_equal(unlink(path), 0);
	fixture_open(f);
	fixture_poll(f, fixture_series(f, "sw1", "eth0"), T0 + 60, 2, 2);
	assert_int_equal(fixture_flush(f, NULL), ERR_OK);
	assert_int_equal(catalogue_read(f->folder, "sw1", &catalogue), ERR_OK);
	assert_int_equal(catalogue.n, 1);
	assert_non_null(catalogue_find(&catalogue, "interfaces", "eth0"));
	catalogue_fini(&catalogue);
	free(path);
	fixture_free(f);
}

static void the_store_fills_it(void **state)
{
	(void)state;
	struct fixture *f = fixture_new();
	struct catalogue catalogue;
	fixture_poll(f, fixture_series(f, "core/sw1", "Gi1/0/1"), T0, 1, 1);
	fixture_poll(f, fixture_series(f, "core/sw1", NULL), T0, 1, 1);
	fixture_flush(f, NULL);
	assert_int_equal(catalogue_read(f->folder, "core/sw1", &catalogue), ERR_OK);
	assert_int_equal(catalogue.n, 2);
	const struct catalogue_entry *entry = catalogue_find(&catalogue, "interfaces", "Gi1/0/1");
	assert_non_null(entry);
	char *path = catalogue_path(&catalogue, entry);
	assert_int_equal(access(path, R_OK), 0);
	assert_string_equal(catalogue_find(&catalogue, "interfaces", NULL)->file, "interfaces.rrd");
	free(path);
	catalogue_fini(&catalogue);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_is_added_is_found, make, clean),
	    cmocka_unit_test_setup_teardown(torn_and_foreign_lines_are_skipped, make, clean),
	    cmocka_unit_test_setup_teardown(nothing_stored_is_not_found, make, clean),
	    cmocka_unit_test_setup_teardown(what_is_listed_is_not_listed_again, make, clean),
	    cmocka_unit_test(a_lost_line_comes_back),
	    cmocka_unit_test(the_store_fills_it),
	};
	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
