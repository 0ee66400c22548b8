#include "lint/offer.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "lint/group.h"
#include "unit/lint/lint_lab.h"
#include "unit/lint/objects.h"

#define ENTRY "1.3.6.1.4.1.9999.7.1.1"

/* A table of four sensors, some scalars, and a table of one column. */
static struct recording *sensors(bool later)
{
	static const char *const names[] = {"Inlet temp", "CPU temp", "Outlet temp", "Board temp"};
	static const int64_t index[] = {1, 2, 3, 4}, tenths[] = {215, 480, 333, 402}, states[] = {2, 2, 2, 3};
	int64_t packets[] = {100, 2000, 30, 0}, settings[] = {3600, 3600, 3600, 3600};
	struct recording *recording = recording_new();

	for (size_t i = 0; later && i < 4; i++)
		packets[i] += 50;
	object_column(recording, ENTRY ".1", VALUE_INTEGER, 4, index);
	object_texts(recording, ENTRY ".2", 4, names);
	object_column(recording, ENTRY ".3", VALUE_INTEGER, 4, tenths);
	object_column(recording, ENTRY ".4", VALUE_INTEGER, 4, states);
	object_column(recording, ENTRY ".5", VALUE_COUNTER32, 4, packets);
	object_column(recording, ENTRY ".6", VALUE_GAUGE32, 4, settings);
	object_number(recording, "1.3.6.1.4.1.9999.8.1.0", VALUE_GAUGE32, later ? 37 : 12);
	object_text(recording, "1.3.6.1.4.1.9999.8.2.0", "a text");
	object_number(recording, "1.3.6.1.2.1.1.3.0", VALUE_TIMETICKS, 4711);
	recording_sort(recording);
	return recording;
}

static void groups_without_a_mib(void **state)
{
	struct recording *recording = sensors(false);
	struct group group;
	char text[OID_TEXT_MAX];
	size_t n = 0, scalars = 0;

	(void)state;
	for (size_t at = 0; at < recording_count(recording); at += group.n) {
		group_at(recording, at, &group);
		n++;
		scalars += group.is_scalar;
		if (!group.is_scalar) {
			assert_int_equal(group.n, 4);
			assert_string_equal(oid_format(&group.entry, text, sizeof text), ENTRY);
		}
	}
	assert_int_equal(n, 9);
	assert_int_equal(scalars, 3);
	recording_free(recording);
}

static const struct offer *offer_of(const struct offer_list *list, const char *oid)
{
	char text[OID_TEXT_MAX];

	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(oid_format(&list->v[i].oid, text, sizeof text), oid) == 0)
			return &list->v[i];
	}
	return NULL;
}

static void what_things_look_like(void **state)
{
	struct recording *recording = sensors(false), *later = sensors(true);
	struct profile none = {0};
	struct offer_list list = {0};
	const struct offer *offer;

	(void)state;
	offer_find(&list, &none, recording, later);
	assert_true(list.n >= 4);
	offer = &list.v[0];
	assert_int_equal(offer->look, LOOK_TEMPERATURE);
	assert_string_equal(offer->hint, "tenths");
	assert_string_equal(offer->values, "215 480 333 402");
	assert_string_equal(offer->beside, "Inlet temp, CPU temp, Outlet temp, Board temp");
	assert_int_equal(offer->rows, 4);
	offer = offer_of(&list, ENTRY ".4");
	assert_int_equal(offer->look, LOOK_STATE);
	offer = offer_of(&list, ENTRY ".5");
	assert_int_equal(offer->look, LOOK_COUNTER);
	assert_true(offer->moved);
	offer = offer_of(&list, "1.3.6.1.4.1.9999.8.1.0");
	assert_int_equal(offer->look, LOOK_PERCENTAGE);
	assert_true(offer->is_scalar);
	/* Neither the row's number, nor a text, nor a setting, nor the system group. */
	assert_null(offer_of(&list, ENTRY ".1"));
	assert_null(offer_of(&list, ENTRY ".2"));
	assert_null(offer_of(&list, ENTRY ".6"));
	assert_null(offer_of(&list, "1.3.6.1.2.1.1.3.0"));
	offer_list_fini(&list);
	recording_free(recording);
	recording_free(later);
}

static void what_is_asked_for_is_not_offered(void **state)
{
	struct recording *recording = recording_new();
	static const int64_t temps[] = {20, 30, 40};
	struct offer_list list = {0};
	struct lab lab;

	(void)state;
	lab_init(&lab);
	object_column(recording, "1.3.6.1.4.1.9999.1.1.3", VALUE_INTEGER, 3, temps); /* the lab's `temp` */
	object_column(recording, "1.3.6.1.4.1.9999.1.1.9", VALUE_INTEGER, 3, temps);
	recording_sort(recording);
	offer_find(&list, &lab.profile, recording, NULL);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.v[0].oid.id[list.v[0].oid.len - 1], 9);
	offer_list_fini(&list);
	recording_free(recording);
	lab_fini(&lab);
}

static void a_column_that_names(void **state)
{
	struct recording *recording = sensors(false);
	struct oid entry, column;
	char *example = NULL;

	(void)state;
	assert_int_equal(oid_parse(ENTRY, &entry), ERR_OK);
	assert_true(group_naming_column(recording, &entry, &column, &example));
	assert_int_equal(column.id[column.len - 1], 2);
	assert_string_equal(example, "Inlet temp', 'CPU temp");
	free(example);
	recording_free(recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(groups_without_a_mib),
	    cmocka_unit_test(what_things_look_like),
	    cmocka_unit_test(what_is_asked_for_is_not_offered),
	    cmocka_unit_test(a_column_that_names),
	};

	return cmocka_run_group_tests_name("offer", tests, NULL, NULL);
}
