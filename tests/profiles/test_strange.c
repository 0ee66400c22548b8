/* Devices as there are some among any few thousand, too large to be written down as a walk. The others are
 * strange-*.walk. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "profiles/site.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR 60 /* turns */

#define IF_ENTRY      "1.3.6.1.2.1.2.2.1"
#define IFX_ENTRY     "1.3.6.1.2.1.31.1.1.1"
#define STORAGE_ENTRY "1.3.6.1.2.1.25.2.3.1"
#define FIXED_DISK    "1.3.6.1.2.1.25.2.1.4"

/* ---- agents ---- */

static const char *at(const char *column, const char *index)
{
	static char oid[1024];

	snprintf(oid, sizeof oid, "%s.%s", column, index);
	return oid;
}

static void begin(struct site *site, const char *object_id)
{
	assert_true(site_open(site, "strange", ""));
	replay_system(site->device, object_id, "A strange device");
}

static void put_oid(struct replay_device *device, const char *oid, const char *value)
{
	uint8_t ber[OID_BER_MAX];
	struct value octets = {.type = VALUE_OID, .bytes = {ber, 0}};
	struct oid parsed;

	assert_int_equal(oid_parse(value, &parsed), ERR_OK);
	octets.bytes.len = (uint32_t)oid_to_ber(&parsed, ber);
	replay_value(device, oid, &octets);
}

/* A port of 1 Gbit/s that is up and takes in `rate` octets a second. */
static void put_port(
    struct replay_device *device, const char *index, const char *name, const char *descr, uint64_t rate)
{
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	replay_text(device, at(IFX_ENTRY ".1", index), name);
	replay_text(device, at(IF_ENTRY ".2", index), descr);
	replay_int(device, at(IF_ENTRY ".7", index), VALUE_INTEGER, 1);
	replay_int(device, at(IF_ENTRY ".8", index), VALUE_INTEGER, 1);
	replay_int(device, at(IFX_ENTRY ".15", index), VALUE_GAUGE32, 1000);
	replay_counter(device, at(IFX_ENTRY ".6", index), 64, 5000, rate);
}

static void put_disk(struct replay_device *device, const char *index, const char *name, int64_t size)
{
	put_oid(device, at(STORAGE_ENTRY ".2", index), FIXED_DISK);
	replay_text(device, at(STORAGE_ENTRY ".3", index), name);
	replay_int(device, at(STORAGE_ENTRY ".4", index), VALUE_INTEGER, 4096);
	replay_int(device, at(STORAGE_ENTRY ".5", index), VALUE_INTEGER, size);
	replay_int(device, at(STORAGE_ENTRY ".6", index), VALUE_INTEGER, size / 2);
}

/* ---- what is known of them ---- */

static size_t series_of(const struct site *site, const char *table)
{
	size_t n = 0;

	for (size_t i = 0; i < site->memory.n; i++)
		n += strcmp(site->memory.series[i].table->name, table) == 0;
	return n;
}

static size_t row_of(const struct rowset *set, const char *key)
{
	for (size_t i = 0; i < set->n_rows; i++) {
		if (strcmp(set->rows[i].key, key) == 0)
			return i;
	}
	fail_msg("no row %s", key);
	return 0;
}

static double rate_of(const struct site *site, const char *key, const char *column)
{
	const struct rowset *set = site_rows(site, "interfaces");

	return rowset_number(set, row_of(set, key), (size_t)table_column(set->table, column));
}

static void assert_near(double got, double want)
{
	if (!(fabs(got - want) <= want * 1e-3))
		fail_msg("%g, not %g", got, want);
}

static void assert_calm(const struct site *site)
{
	struct device_report report = site_report(site);

	assert_int_equal(report.status.state, DEVICE_UP);
	for (size_t i = 0; i < report.n_problems; i++)
		print_error("%s: %s\n", report.problems[i].rule, report.problems[i].text);
	assert_int_equal(report.n_problems, 0);
	assert_string_equal(str_text(&site->told), "");
}

/* ---- stories ---- */

/* A storage server with 551 file systems without a size among 593: files for the others, and no alarms. */
static void file_systems_without_a_size(void **state)
{
	struct site site;
	char index[16], name[32];

	(void)state;
	begin(&site, "1.3.6.1.4.1.8072.3.2.10");
	for (int i = 1; i <= 593; i++) {
		snprintf(index, sizeof index, "%d", i);
		snprintf(name, sizeof name, "/vol/%d", i);
		put_disk(site.device, index, name, i % 14 == 0 ? 1000 * i : 0);
	}
	site_run(&site, 2 * HOUR);
	assert_int_equal(site_rows(&site, "storage")->n_rows, 593);
	assert_int_equal(series_of(&site, "storage"), 42);
	assert_calm(&site);
	site_close(&site);
}

/* 1,791 ports without any name: their indexes name them, and go on to do so. */
static void names_that_are_empty(void **state)
{
	struct site site;
	char index[16];

	(void)state;
	begin(&site, "1.3.6.1.4.1.99999.2");
	for (int i = 1; i <= 1791; i++) {
		snprintf(index, sizeof index, "%d", i);
		put_port(site.device, index, "", "", (uint64_t)i);
	}
	site_run(&site, 5);
	replay_reboot(site.device);
	site_run(&site, 2 * HOUR);
	str_clear(&site.told); /* it has restarted */
	assert_int_equal(series_of(&site, "interfaces"), 1791);
	assert_near(rate_of(&site, "7", "ifHCInOctets"), 7);
	assert_near(rate_of(&site, "1791", "ifHCInOctets"), 1791);
	assert_calm(&site);
	site_close(&site);
}

/* 48 ports that are all called "Port": the order of their indexes tells them apart. When ports are dealt
 * other indexes in the same order, as after a module was plugged in before them, each keeps its history. */
static void names_that_are_all_the_same(void **state)
{
	struct site site;
	char index[16];

	(void)state;
	begin(&site, "1.3.6.1.4.1.99999.2");
	for (int round = 0; round < 2; round++) {
		replay_remove(site.device, IF_ENTRY);
		replay_remove(site.device, IFX_ENTRY);
		for (int i = 1; i <= 48; i++) {
			snprintf(index, sizeof index, "%d", round * 1000 + i);
			put_port(site.device, index, "Port", "Port", (uint64_t)i * 10);
		}
		replay_reboot(site.device);
		site_run(&site, 5);
	}
	str_clear(&site.told);
	assert_int_equal(series_of(&site, "interfaces"), 48);
	assert_near(rate_of(&site, "Port", "ifHCInOctets"), 10);
	assert_near(rate_of(&site, "Port#48", "ifHCInOctets"), 480);
	assert_calm(&site);
	site_close(&site);
}

/* Texts of 32 KB where there are names, descriptions and numbers. */
static void values_of_32_kilobytes(void **state)
{
	struct site site;
	const struct rowset *set;
	char *text = mem_calloc(32769, 1);
	const char *name;

	(void)state;
	memset(text, 'x', 32768);
	begin(&site, "1.3.6.1.4.1.8072.3.2.10");
	replay_text(site.device, "1.3.6.1.2.1.1.1.0", text);
	replay_text(site.device, "1.3.6.1.2.1.1.5.0", text);
	put_port(site.device, "1", "eth0", text, 10);
	replay_text(site.device, at(IFX_ENTRY ".18", "1"), text);
	put_port(site.device, "2", text, text, 20);
	put_disk(site.device, "1", "/", 1000);
	replay_text(site.device, at(STORAGE_ENTRY ".5", "1"), text);
	site_run(&site, 2 * HOUR);
	set = site_rows(&site, "interfaces");
	assert_int_equal(set->n_rows, 2);
	assert_int_equal(series_of(&site, "interfaces"), 2);
	assert_near(rate_of(&site, "eth0", "ifHCInOctets"), 10);
	name = set->rows[1 - row_of(set, "eth0")].key;
	assert_true(strlen(name) <= 512);
	assert_near(rate_of(&site, name, "ifHCInOctets"), 20);
	set = site_rows(&site, "storage");
	assert_true(isnan(rowset_number(set, 0, (size_t)table_column(set->table, "size"))));
	set = site_rows(&site, "system");
	assert_true(strlen(rowset_tag(set, 0, (size_t)table_column(set->table, "sysDescr"))) <= 512);
	assert_calm(&site);
	site_close(&site);
	free(text);
}

/* Indexes that make names of 114 and 128 sub-identifiers, the most that there may be (RFC 2578 3.5). */
static void names_of_128_parts(void **state)
{
	static const unsigned parts[] = {114 - 11, 128 - 11};
	struct site site;

	(void)state;
	begin(&site, "1.3.6.1.4.1.99999.2");
	for (size_t row = 0; row < 2; row++) {
		struct str index = {0};

		for (unsigned i = 0; i < parts[row]; i++)
			str_addf(&index, "%s%u", i > 0 ? "." : "", i * 3);
		put_port(site.device, str_text(&index), row == 0 ? "long" : "longest", "", 1000 * (row + 1));
		str_fini(&index);
	}
	site_run(&site, 3);
	assert_near(rate_of(&site, "long", "ifHCInOctets"), 1000);
	assert_near(rate_of(&site, "longest", "ifHCInOctets"), 2000);
	assert_calm(&site);
	site_close(&site);
}

/* 200,000 rows in a column that is polled: the table is given up, the device and its other tables are not,
 * and it is asked again ever more seldom. */
static void a_table_that_is_too_long(void **state)
{
	struct site site;
	uint64_t pdus;
	char index[16];

	(void)state;
	begin(&site, "1.3.6.1.4.1.8072.3.2.10");
	put_disk(site.device, "1", "/", 1000);
	put_port(site.device, "1", "eth0", "eth0", 10);
	for (int i = 2; i <= 200000; i++) {
		snprintf(index, sizeof index, "%d", i);
		replay_text(site.device, at(IFX_ENTRY ".1", index), "");
	}
	site_run(&site, 2);
	assert_int_equal(series_of(&site, "interfaces"), 0);
	assert_int_equal(series_of(&site, "storage"), 1);
	site_run(&site, 4 * HOUR);
	pdus = site.device->pdus;
	site_run(&site, 8 * HOUR);
	pdus = site.device->pdus - pdus;
	assert_int_equal(series_of(&site, "interfaces"), 0);
	assert_true(pdus / 8 < 8000); /* the simulated agent has ten rows to a packet, a real one more */
	assert_true(site.memory.samples >= 12 * HOUR);
	assert_calm(&site);
	site_close(&site);
}

static uint64_t pdus_with_rows_elsewhere(int rows)
{
	struct site site;
	uint64_t pdus;
	char oid[64];

	begin(&site, "1.3.6.1.4.1.8072.3.2.10");
	put_port(site.device, "1", "eth0", "eth0", 10);
	for (int i = 1; i <= rows; i++) {
		snprintf(oid, sizeof oid, "1.3.6.1.2.1.4.24.4.1.1.%d", i);
		replay_int(site.device, oid, VALUE_INTEGER, i);
	}
	site_run(&site, HOUR);
	pdus = site.device->pdus;
	assert_calm(&site);
	site_close(&site);
	return pdus;
}

/* A routing table that nobody wants costs nothing. */
static void a_long_table_that_nobody_wants(void **state)
{
	(void)state;
	assert_int_equal(pdus_with_rows_elsewhere(200000), pdus_with_rows_elsewhere(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(file_systems_without_a_size),
	    cmocka_unit_test(names_that_are_empty),
	    cmocka_unit_test(names_that_are_all_the_same),
	    cmocka_unit_test(values_of_32_kilobytes),
	    cmocka_unit_test(names_of_128_parts),
	    cmocka_unit_test(a_table_that_is_too_long),
	    cmocka_unit_test(a_long_table_that_nobody_wants),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
