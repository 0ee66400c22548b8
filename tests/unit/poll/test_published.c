/* What published profiles make rows of: parts of the index, other tables, constants. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "poll/naming.h"
#include "poll/plan.h"
#include "poll/rowindex.h"
#include "poll/rows.h"
#include "unit/poll/tables.h"

#include <stdio.h>

/* Branches of power units: index branch.6.mac; the unit's name is in a table of index 6.mac. */
enum { PDU, BRANCH, MAC, SITE, CURRENT, N_COLUMNS };

static struct index_part pdu_parts[] = {{1, 7, false}};
static struct index_part branch_parts[] = {{0, 0, false}};
static struct index_part mac_parts[] = {{1, 0, true}};

static const uint8_t unit[] = {6, 0, 36, 27, 53, 3, 46};

struct bench {
	struct table table;
	struct rowset *set;
	struct rows_change change;
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct table *table = &bench->table;
	static const char *const names[] = {"pdu", "branch", "mac", "site"};

	*table = (struct table){.name = mem_strdup("branches"), .discontinuity = -1};
	for (int i = PDU; i <= SITE; i++) {
		add_column(table, names[i], KIND_TEXT);
		if (i == PDU)
			add_source(table, 0);
	}
	add_column(table, "current", KIND_GAUGE);
	add_source(table, 0);
	table->columns[PDU].is_foreign = true;
	table->columns[PDU].parts = pdu_parts;
	table->columns[PDU].n_parts = 1;
	table->columns[BRANCH].parts = branch_parts;
	table->columns[BRANCH].n_parts = 1;
	table->columns[MAC].parts = mac_parts;
	table->columns[MAC].n_parts = 1;
	table->columns[MAC].format = VALUE_FORMAT_MAC;
	table->columns[SITE].constant = (char *)(uintptr_t) "lab";
	bench->set = rowset_new(table);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	rowset_free(bench->set);
	drop_table(&bench->table);
	free(bench);
	return 0;
}

static void found(struct walked *walked, size_t asked, const uint8_t *index, size_t len, const char *text)
{
	struct value value = {.type = VALUE_OCTETS};

	value.bytes.p = (const uint8_t *)text;
	value.bytes.len = (uint32_t)strlen(text);
	walked_add(walked, asked, index, len, &value);
}

static void found_branch(struct walked *walked, uint8_t branch)
{
	uint8_t index[1 + sizeof unit] = {branch};

	memcpy(index + 1, unit, sizeof unit);
	found(walked, 1, index, sizeof index, "12");
}

/* Two branches of one unit; its name as given, or not there. */
static void merge(struct bench *bench, const char *name)
{
	struct walked *walked = walked_new(&bench->table);

	assert_int_equal(walked->n_asked, 2);
	if (name != NULL)
		found(walked, 0, unit, sizeof unit, name);
	found_branch(walked, 1);
	found_branch(walked, 2);
	rows_merge(bench->set, walked, true, NULL, &bench->change);
	walked_free(walked);
}

static void other_tables_name_rows_and_make_none(void **state)
{
	struct bench *bench = *state;
	struct walked *walked = walked_new(&bench->table);

	found(walked, 0, unit, sizeof unit, "pdu-7");
	found(walked, 0, unit + 1, sizeof unit - 1, "of nobody");
	found_branch(walked, 1);
	rows_merge(bench->set, walked, true, NULL, &bench->change);
	walked_free(walked);
	assert_int_equal(bench->set->n_rows, 1);
	assert_string_equal(rowset_tag(bench->set, 0, PDU), "pdu-7");
	assert_string_equal(bench->set->rows[0].key, "pdu-7");
}

static void one_cell_serves_many_rows(void **state)
{
	struct bench *bench = *state;

	merge(bench, "pdu-7");
	assert_int_equal(bench->set->n_rows, 2);
	for (size_t row = 0; row < 2; row++) {
		assert_string_equal(rowset_tag(bench->set, row, PDU), "pdu-7");
		assert_string_equal(rowset_tag(bench->set, row, MAC), "00:24:1b:35:03:2e");
		assert_string_equal(rowset_tag(bench->set, row, SITE), "lab");
		assert_string_equal(rowset_tag(bench->set, row, BRANCH), row == 0 ? "1" : "2");
		assert_string_equal(bench->set->rows[row].key, row == 0 ? "1" : "2");
		assert_false(bench->set->rows[row].weak_key);
	}
}

static void what_other_tables_lack_is_absent(void **state)
{
	struct bench *bench = *state;

	merge(bench, "pdu-7");
	merge(bench, NULL);
	assert_int_equal(bench->set->n_rows, 2);
	assert_null(rowset_tag(bench->set, 0, PDU));
	assert_string_equal(rowset_tag(bench->set, 0, SITE), "lab");
}

/* Beside the cells: the unit's name, under the unit's own index. The others have nothing to ask for. */
static void names_are_checked_where_they_live(void **state)
{
	struct bench *bench = *state;
	struct plan plan = {0};
	uint8_t name[OID_BER_MAX];
	const struct source *source = &bench->table.columns[PDU].sources[0];
	size_t len, n_names = 0;

	merge(bench, "pdu-7");
	plan_add_table(&plan, 0, bench->set, CHECK_KEYS);
	for (size_t i = 0; i < plan.n; i++) {
		if (plan.items[i].role != ITEM_NAME)
			continue;
		n_names++;
		assert_int_equal(plan.items[i].column, PDU);
		len = plan_name(&plan.items[i], bench->set, name);
		assert_int_equal(len, source->ber_len + sizeof unit);
		assert_memory_equal(name, source->ber, source->ber_len);
		assert_memory_equal(name + source->ber_len, unit, sizeof unit);
	}
	assert_int_equal(n_names, 2);
	plan_fini(&plan);
}

/* A partial walk confirms rows by their tags, joined and computed ones included. */
static void partial_walks_know_them_again(void **state)
{
	struct bench *bench = *state;
	struct walked *walked = walked_new(&bench->table);

	merge(bench, "pdu-7");
	rows_unplace(bench->set);
	found(walked, 0, unit, sizeof unit, "pdu-7");
	found_branch(walked, 2);
	rows_merge(bench->set, walked, false, NULL, &bench->change);
	walked_free(walked);
	assert_false(bench->set->rows[0].placed);
	assert_true(bench->set->rows[1].placed);
}

static void short_and_broken_indexes(void **state)
{
	struct column column = {.is_tag = true, .parts = mac_parts, .n_parts = 1};
	static const uint8_t cut[] = {1, 0x81}, lone[] = {5};
	uint8_t out[OID_BER_MAX];
	struct str text = {0};

	(void)state;
	assert_int_equal(rowindex_cut(&column, lone, sizeof lone, out), 0);
	assert_int_equal(rowindex_cut(&column, cut, sizeof cut, out), 0);
	assert_false(rowindex_text(&column, lone, sizeof lone, &text));
	column.parts = pdu_parts;
	assert_int_equal(rowindex_cut(&column, unit, sizeof unit, out), 0);
	column.n_parts = 0;
	assert_int_equal(rowindex_cut(&column, unit, sizeof unit, out), sizeof unit);
	assert_memory_equal(out, unit, sizeof unit);
	str_fini(&text);
}

static void written_indexes(void **state)
{
	struct column column = {.is_tag = true};
	static struct index_part last[] = {{10, 0, true}};
	static const char *const wrong[] = {
	    "", ".", "7.", ".7", "7 ", "-1", "4294967296", "99999999999999999999", "7..1", "eth0"};
	uint8_t out[OID_BER_MAX];
	char text[400] = "1";

	(void)state;
	assert_int_equal(rowindex_cut_text(&column, "300", out), 2);
	assert_memory_equal(out, ((const uint8_t[]){0x82, 0x2c}), 2);
	assert_int_equal(rowindex_cut_text(&column, "6.0.36", out), 3);
	assert_memory_equal(out, ((const uint8_t[]){6, 0, 36}), 3);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(rowindex_cut_text(&column, wrong[i], out), 0);
	column.parts = last;
	column.n_parts = 1;
	assert_int_equal(rowindex_cut_text(&column, "1.3.6.1.2.1.2.2.1.1.7", out), 1);
	assert_int_equal(out[0], 7);
	assert_int_equal(rowindex_cut_text(&column, "0.0", out), 0); /* zeroDotZero: it is no port's */
	column.n_parts = 0;
	for (int i = 0; i < 80; i++)
		strcat(text, ".1");
	assert_int_equal(rowindex_cut_text(&column, text, out), 0);
}

/* Sensors in modules: a sensor's module is the value of a column, and its name in the modules' own table. */
static void names_through_a_value(void **state)
{
	enum { NAME, INSIDE, MODULE, TRUNK, VALUE, PORT };
	struct table table = {.name = mem_strdup("sensors"), .discontinuity = -1};
	static const uint8_t sensor[] = {21}, module[] = {20}, port[] = {0x82, 0x2c};
	struct plan plan = {0};
	struct rows_change change;
	struct rowset *set;
	struct walked *walked;
	uint8_t name[OID_BER_MAX];
	size_t len;

	(void)state;
	add_column(&table, "name", KIND_TEXT);
	add_source(&table, 0);
	add_column(&table, "inside", KIND_TEXT);
	add_source(&table, 0);
	add_column(&table, "module", KIND_TEXT);
	add_source(&table, 0);
	add_column(&table, "trunk", KIND_TEXT);
	add_source(&table, 0);
	add_column(&table, "value", KIND_GAUGE);
	add_source(&table, 0);
	add_column(&table, "port", KIND_GAUGE);
	add_source(&table, 0);
	table.columns[INSIDE].is_foreign = true;
	table.columns[MODULE].is_foreign = table.columns[MODULE].has_pointer = true;
	table.columns[MODULE].pointer = INSIDE;
	table.columns[TRUNK].is_foreign = table.columns[TRUNK].has_pointer = true;
	table.columns[TRUNK].pointer = PORT;
	table.columns[PORT].is_static = true;
	table.keys = mem_calloc(2, sizeof *table.keys);
	table.keys[0] = MODULE;
	table.keys[1] = TRUNK;
	table.n_keys = 2;
	set = rowset_new(&table);
	walked = walked_new(&table);
	found(walked, NAME, sensor, 1, "temperature");
	found(walked, INSIDE, sensor, 1, "20");
	found(walked, INSIDE, module, 1, "1");
	found(walked, MODULE, module, 1, "slot 3");
	found(walked, MODULE, sensor, 1, "temperature");
	found(walked, TRUNK, port, 2, "Gi1/0/1");
	found(walked, VALUE, sensor, 1, "40");
	found(walked, PORT, sensor, 1, "300");
	rows_merge(set, walked, true, NULL, &change);
	walked_free(walked);
	assert_int_equal(set->n_rows, 1);
	assert_string_equal(rowset_tag(set, 0, MODULE), "slot 3");
	assert_string_equal(rowset_tag(set, 0, TRUNK), "Gi1/0/1");
	assert_string_equal(set->rows[0].key, "slot 3");
	plan_add_table(&plan, 0, set, CHECK_KEYS); /* value, module, trunk */
	assert_int_equal(plan.n, 3);
	len = plan_name(&plan.items[1], set, name);
	assert_int_equal(len, table.columns[MODULE].sources[0].ber_len + 1);
	assert_int_equal(name[len - 1], 20);
	len = plan_name(&plan.items[2], set, name);
	assert_memory_equal(name + len - 2, port, 2);
	plan_fini(&plan);
	rowset_free(set);
	drop_table(&table);
}

static void assert_text(const struct column *column, const uint8_t *index, size_t len, const char *expected)
{
	struct str text = {0};

	assert_true(rowindex_text(column, index, len, &text));
	assert_string_equal(str_text(&text), expected);
	str_fini(&text);
}

static void indexes_read_as_what_they_are(void **state)
{
	static struct index_part whole[] = {{0, 0, true}}, two[] = {{3, 4, false}, {0, 0, false}};
	static const uint8_t name[] = {4, 'e', 't', 'h', '0'}, address[] = {10, 0, 0, 1},
			     large[] = {1, 0x82, 0x2c};
	static struct enum_name names[] = {{2, (char *)(uintptr_t) "ipv6"}};
	struct column column = {.is_tag = true, .parts = whole, .n_parts = 1, .format = VALUE_FORMAT_TEXT};
	struct str text = {0};

	(void)state;
	assert_text(&column, name, sizeof name, "eth0");
	column.format = VALUE_FORMAT_IP;
	assert_text(&column, address, sizeof address, "10.0.0.1");
	assert_false(rowindex_text(&column, large, sizeof large, &text)); /* 300 is no octet */
	column.format = VALUE_FORMAT_AUTO;
	assert_text(&column, large, sizeof large, "1.300");
	column.parts = two;
	column.n_parts = 2;
	assert_text(&column, name, sizeof name, "104.48.4");
	column.parts = branch_parts;
	column.n_parts = 1;
	column.names = names;
	column.n_names = 1;
	assert_text(&column, (const uint8_t[]){2, 9}, 2, "ipv6");
	assert_text(&column, (const uint8_t[]){3, 9}, 2, "3");
	str_fini(&text);
}

/* A group that nobody need be asked for is there all the same. */
static void constants_alone(void **state)
{
	struct table table = {.name = mem_strdup("device"), .is_scalar = true, .discontinuity = -1};
	struct rows_change change;
	struct rowset *set;
	struct walked *walked;

	(void)state;
	add_column(&table, "vendor", KIND_TEXT)->constant = (char *)(uintptr_t) "example";
	set = rowset_new(&table);
	walked = walked_new(&table);
	assert_int_equal(walked->n_asked, 0);
	rows_merge(set, walked, true, NULL, &change);
	walked_free(walked);
	assert_int_equal(set->n_rows, 1);
	assert_string_equal(set->rows[0].key, "device");
	assert_string_equal(rowset_tag(set, 0, 0), "example");
	rowset_free(set);
	drop_table(&table);
}

/* ifIndex as the first tag: names that stay go before it, unless somebody wants it so. */
static void an_index_by_another_name_comes_last(void **state)
{
	struct table table;
	struct walked *walked;

	(void)state;
	make_table(&table);
	for (int guessed = 0; guessed <= 1; guessed++) {
		table.keys_guessed = guessed;
		walked = walked_new(&table);
		found_row(walked, 3, "3", "port a", NULL);
		found_row(walked, 4, "4", "port b", NULL);
		assert_int_equal(naming_assign(walked), 0);
		assert_string_equal(walked->rows->key, guessed ? "port a" : "3");
		walked_free(walked);
	}
	walked = walked_new(&table);
	found_row(walked, 3, "3", NULL, NULL);
	found_row(walked, 4, "4", "", NULL);
	naming_assign(walked);
	assert_string_equal(walked->rows->key, "3");
	assert_false(walked->rows->weak_key);
	walked_free(walked);
	drop_table(&table);
}

/* States and what is the same everywhere tell no row from another. */
static void what_identifies(void **state)
{
	static struct enum_name names[] = {{1, (char *)(uintptr_t) "up"}};
	struct bench *bench = *state;
	struct table *table = &bench->table;
	struct oid oid;

	assert_true(table_identifies(table, PDU));
	assert_true(table_identifies(table, BRANCH));
	assert_false(table_identifies(table, SITE));
	assert_false(table_identifies(table, CURRENT));
	table->columns[PDU].n_names = 1;
	table->columns[PDU].names = names;
	assert_false(table_identifies(table, PDU));
	table->columns[PDU].n_names = 0;
	source_oid(&table->columns[CURRENT].sources[0], &oid);
	source_set_oid(&table->columns[PDU].sources[0], &oid);
	assert_false(table_identifies(table, PDU));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(other_tables_name_rows_and_make_none, setup, teardown),
	    cmocka_unit_test_setup_teardown(one_cell_serves_many_rows, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_other_tables_lack_is_absent, setup, teardown),
	    cmocka_unit_test_setup_teardown(names_are_checked_where_they_live, setup, teardown),
	    cmocka_unit_test_setup_teardown(partial_walks_know_them_again, setup, teardown),
	    cmocka_unit_test(short_and_broken_indexes),
	    cmocka_unit_test(written_indexes),
	    cmocka_unit_test(names_through_a_value),
	    cmocka_unit_test(indexes_read_as_what_they_are),
	    cmocka_unit_test(constants_alone),
	    cmocka_unit_test(an_index_by_another_name_comes_last),
	    cmocka_unit_test_setup_teardown(what_identifies, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
