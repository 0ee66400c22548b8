#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/busy.h"
#include "model/inventory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(s) ((char *)(uintptr_t)(s))

/* Interfaces as profiles have them; other tables have `cpu_used`, `used_percent`, `memory_percent`. */
static struct column port_columns[] = {
    {.name = TEXT("ifName"), .kind = KIND_TEXT, .is_tag = true, .counter = -1},
    {.name = TEXT("ifHCInOctets"), .kind = KIND_COUNTER, .ds = TEXT("in_octets"), .counter = 0},
    {.name = TEXT("ifHCOutOctets"), .kind = KIND_COUNTER, .ds = TEXT("out_octets"), .counter = 1},
    {.name = TEXT("in_util"), .counter = -1}, {.name = TEXT("out_util"), .counter = -1}};
static struct column host_columns[] = {{.name = TEXT("cpu_used"), .counter = -1},
    {.name = TEXT("used"), .ds = TEXT("used_percent"), .counter = -1},
    {.name = TEXT("memory_percent"), .counter = -1}};

static struct table table_called(const char *name, bool is_port)
{
	return (struct table){.name = TEXT(name),
	    .columns = is_port ? port_columns : host_columns,
	    .n_columns = is_port ? ARRAY_LEN(port_columns) : ARRAY_LEN(host_columns),
	    .n_counters = is_port ? 2 : 0};
}

static struct rowset *one_row(const struct table *table)
{
	struct rowset *set = rowset_new(table);

	rowset_add(set, mem_strdup("Gi1"), mem_alloc(1), 1, mem_calloc(set->n_tags + 1, sizeof(char *)));
	return set;
}

static void put(struct rowset *set, size_t column, double value)
{
	memcpy(&set->raw[column], &value, sizeof value);
	set->form[column] = CELL_DOUBLE | CELL_NO_SOURCE << 2;
	set->quality[column] = QUALITY_OK;
	if (set->table->columns[column].counter >= 0)
		set->rate[set->table->columns[column].counter] = value;
}

static bool value_of(struct rowset *set, enum busy_class class, struct busy_value *value)
{
	struct busy_columns columns;

	return busy_columns(set->table, class, &columns) && busy_value(set, 0, class, &columns, value);
}

static void names_are_read_back(void **state)
{
	enum busy_class class;

	(void)state;
	for (int i = 0; i < BUSY_CLASS_COUNT; i++) {
		assert_true(busy_parse(busy_name((enum busy_class)i), &class));
		assert_int_equal(class, i);
	}
	assert_false(busy_parse("Traffic", &class));
	assert_false(busy_parse("", &class));
}

static void traffic_is_both_ways_and_a_share_the_larger(void **state)
{
	struct table table = table_called("interfaces", true);
	struct rowset *set = one_row(&table);
	struct busy_value value;

	(void)state;
	put(set, 1, 100);
	put(set, 2, 50);
	put(set, 3, 10);
	put(set, 4, 30);
	assert_true(value_of(set, BUSY_TRAFFIC, &value));
	assert_true(value.in == 100 && value.out == 50 && value.value == 150);
	assert_true(value_of(set, BUSY_UTILISATION, &value));
	assert_true(value.in == 10 && value.out == 30 && value.value == 30);
	assert_false(value_of(set, BUSY_CPU, &value));
	assert_false(value_of(set, BUSY_ERRORS, &value)); /* this table has none */
	rowset_free(set);
}

static void half_known_is_what_is_known_and_unknown_is_nothing(void **state)
{
	struct table table = table_called("interfaces", true);
	struct rowset *set = one_row(&table);
	struct busy_value value;

	(void)state;
	assert_false(value_of(set, BUSY_TRAFFIC, &value));
	put(set, 1, 100);
	assert_true(value_of(set, BUSY_TRAFFIC, &value));
	assert_true(value.value == 100 && isnan(value.out));
	set->quality[1] = QUALITY_TIMEOUT; /* what an earlier poll said is not now */
	assert_false(value_of(set, BUSY_TRAFFIC, &value));
	put(set, 1, 100);
	set->rows[0].excluded = true;
	assert_false(value_of(set, BUSY_TRAFFIC, &value));
	rowset_free(set);
}

static bool looks_at(const char *name, enum busy_class class, int expected)
{
	struct table table = table_called(name, false);
	struct busy_columns columns;

	return busy_columns(&table, class, &columns) && columns.value == expected;
}

static void tables_and_names_decide(void **state)
{
	(void)state;
	assert_true(looks_at("memory", BUSY_MEMORY, 1));
	assert_true(looks_at("memory_pools", BUSY_MEMORY, 1));
	assert_true(looks_at("ios_memory", BUSY_MEMORY, 1));
	assert_true(looks_at("processors", BUSY_MEMORY, 2)); /* memory_percent, wherever it is */
	assert_true(looks_at("nas", BUSY_CPU, 0));
	assert_true(looks_at("storage", BUSY_STORAGE, 1));
	assert_false(looks_at("swap", BUSY_STORAGE, 1));
	assert_false(looks_at("inodes", BUSY_STORAGE, 1));
	assert_false(looks_at("interfaces", BUSY_TRAFFIC, 1)); /* in name only */
}

static void tags_belong_to_groups(void **state)
{
	(void)state;
	assert_true(tag_in_group("site", "site"));
	assert_true(tag_in_group("site:seoul", "site"));
	assert_true(tag_in_group("site:seoul", "site:seoul"));
	assert_false(tag_in_group("sites", "site"));
	assert_false(tag_in_group("si", "site"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_read_back),
	    cmocka_unit_test(traffic_is_both_ways_and_a_share_the_larger),
	    cmocka_unit_test(half_known_is_what_is_known_and_unknown_is_nothing),
	    cmocka_unit_test(tables_and_names_decide),
	    cmocka_unit_test(tags_belong_to_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
