/* The shipped MIB modules against the shipped profiles: every object's name has the OID that its profile
 * gives, and numbers are named alike. */
#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"
#include "mib/catalog.h"
#include "mib/library.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

/* Where one object is asked for twice in a table, or goes by a word of ours. */
static const struct {
	const char *ours, *theirs;
} aliases[] = {
    {"connectionsHigh", "cfwConnectionStatValue"},
    {"connectionsInUse", "cfwConnectionStatValue"},
    {"drive", "hrStorageDescr"},
    {"input_frequency", "upsInputFrequency"},
    {"input_voltage", "upsInputVoltage"},
    {"load1", "laLoadInt"},
    {"load15", "laLoadInt"},
    {"load5", "laLoadInt"},
    {"load_1", "upsOutputPercentLoad"},
    {"load_2", "upsOutputPercentLoad"},
    {"load_3", "upsOutputPercentLoad"},
    {"mgoutputLoadPerPhase_1", "mgoutputLoadPerPhase"},
    {"mgoutputLoadPerPhase_2", "mgoutputLoadPerPhase"},
    {"mgoutputLoadPerPhase_3", "mgoutputLoadPerPhase"},
    {"output_voltage", "upsOutputVoltage"},
    {"primaryUnit", "cfwHardwareStatusValue"},
    {"secondaryUnit", "cfwHardwareStatusValue"},
    {"supply", "prtMarkerSuppliesDescription"},
};

struct shelf {
	struct mib_library *library;
	glob_t files;
	struct inventory *inventory;
	struct str wrong;
	size_t n_objects, n_labels;
};

/* The module's name is the file's. */
static const char *module_of(const struct shelf *shelf, size_t i)
{
	return strrchr(shelf->files.gl_pathv[i], '/') + 1;
}

/* Letters and digits decide: labels of MIBs have neither spaces nor underscores. */
static bool same_label(const char *a, const char *b)
{
	for (;;) {
		while (*a != '\0' && !isalnum((unsigned char)*a))
			a++;
		while (*b != '\0' && !isalnum((unsigned char)*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

/* Vendors count on where a standard's enumeration ends. */
static bool is_standard(const struct mib_object *object)
{
	static const struct oid mib_2 = {.id = {1, 3, 6, 1, 2, 1}, .len = 6};

	return oid_starts(&object->oid, &mib_2);
}

static void check_labels(struct shelf *shelf, const struct profile *profile, const struct column *column,
    const struct mib_object *object)
{
	for (size_t i = 0; i < column->n_names && object->n_labels > 0; i++) {
		const char *label = NULL;

		for (size_t k = 0; k < object->n_labels; k++) {
			if (object->labels[k].number == column->names[i].number)
				label = object->labels[k].name;
		}
		shelf->n_labels++;
		if (label == NULL && is_standard(object))
			continue;
		if (label == NULL || !same_label(label, column->names[i].name))
			str_addf(&shelf->wrong, "%s: %s is %s(%d) there, in %s %s\n", profile->name,
			    column->name, column->names[i].name, (int)column->names[i].number, object->module,
			    label != NULL ? label : "nothing");
	}
}

/* Among all modules the one that gives this OID; names of vendors' are not unique. */
static bool find(
    struct shelf *shelf, const char *name, const struct source *source, struct mib_object *object)
{
	struct oid oid;

	source_oid(source, &oid);
	for (size_t i = 0; i < shelf->files.gl_pathc; i++) {
		struct str why = {0};
		bool found = mib_library_has(shelf->library, module_of(shelf, i), name) &&
			     mib_library_find(shelf->library, module_of(shelf, i), name, object, &why);

		if (why.len > 0)
			str_addf(&shelf->wrong, "%s\n", str_text(&why));
		str_fini(&why);
		if (found && oid_starts(&oid, &object->oid) &&
		    (oid.len == object->oid.len || source->is_instance))
			return true;
	}
	return false;
}

static void check_source(struct shelf *shelf, const struct profile *profile, const struct table *table,
    const struct column *column, const struct source *source)
{
	const char *name = source->name;
	struct mib_object object;

	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		if (strcmp(aliases[i].ours, name) == 0)
			name = aliases[i].theirs;
	}
	shelf->n_objects++;
	if (!find(shelf, name, source, &object)) {
		char text[OID_TEXT_MAX + 1];
		struct oid oid;

		source_oid(source, &oid);
		str_addf(&shelf->wrong, "%s: no module of mibs/ has %s = %s\n", profile->name, name,
		    oid_format(&oid, text, sizeof text));
		return;
	}
	if (object.class != MIB_COLUMN && (object.class != MIB_SCALAR || !table->is_scalar))
		str_addf(&shelf->wrong, "%s: %s is %s in %s\n", profile->name, name,
		    mib_class_name(object.class), object.module);
	if (column != NULL && source == &column->sources[0])
		check_labels(shelf, profile, column, &object);
}

static void check_profile(struct shelf *shelf, const struct profile *profile)
{
	for (size_t t = 0; t < profile->n_tables; t++) {
		const struct table *table = &profile->tables[t];

		for (size_t c = 0; c < table->n_columns; c++) {
			for (size_t s = 0; s < table->columns[c].n_sources; s++)
				check_source(
				    shelf, profile, table, &table->columns[c], &table->columns[c].sources[s]);
		}
	}
}

static void test_profiles(void **state)
{
	struct shelf *shelf = *state;

	for (size_t i = 0; i < shelf->inventory->n_profiles; i++)
		check_profile(shelf, shelf->inventory->profiles[i]);
	if (shelf->wrong.len > 0)
		print_error("%s", str_text(&shelf->wrong));
	if (shelf->wrong.len > 0)
		fail_msg("these are to be added to mibs/, or to the aliases here");
	assert_true(shelf->n_objects > 1000); /* with those that are extended, in each profile anew */
	assert_true(shelf->n_labels > 500);
}

static void check_module(struct shelf *shelf, struct mib_catalog *catalog, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	struct mib_entry *entry, *other;

	assert_int_equal(mib_catalog_add(catalog, path, true), ERR_OK);
	assert_int_equal(mib_catalog_open(catalog, name, &entry, &other), ERR_OK);
	for (size_t i = 0; i < entry->module->faults.n; i++)
		str_addf(&shelf->wrong, "%s:%u: %s\n", path, (unsigned)entry->module->faults.v[i].line,
		    entry->module->faults.v[i].text);
	for (size_t i = 0; i < entry->module->definitions.n; i++) {
		struct mib_object object;
		struct str why = {0};

		if (!mib_library_find(
			shelf->library, name, entry->module->definitions.v[i].name, &object, &why))
			str_addf(&shelf->wrong, "%s\n", str_text(&why));
		str_fini(&why);
	}
}

/* Each file has the module of its name, which is read as a whole; all that it defines has an OID. */
static void test_modules(void **state)
{
	struct shelf *shelf = *state;
	struct mib_catalog *catalog = mib_catalog_new();

	for (size_t i = 0; i < shelf->files.gl_pathc; i++)
		check_module(shelf, catalog, shelf->files.gl_pathv[i]);
	assert_int_equal(mib_catalog_count(catalog), shelf->files.gl_pathc);
	mib_catalog_free(catalog);
	assert_string_equal(str_text(&shelf->wrong), "");
}

static int setup(void **state)
{
	struct shelf *shelf = mem_alloc(sizeof *shelf);
	const struct config_options options = {.file = "/dev/null", .profiles_dir = "etc/profiles"};
	struct config_report report = {0};

	shelf->library = mib_library_new();
	shelf->inventory = config_load_bare(&options, &report);
	if (shelf->inventory == NULL)
		fail_msg("%s", str_text(&report.messages));
	config_report_fini(&report);
	assert_int_equal(glob("mibs/*", 0, NULL, &shelf->files), 0);
	for (size_t i = 0; i < shelf->files.gl_pathc; i++)
		assert_int_equal(mib_library_add(shelf->library, shelf->files.gl_pathv[i], true), ERR_OK);
	*state = shelf;
	return 0;
}

static int teardown(void **state)
{
	struct shelf *shelf = *state;

	mib_library_free(shelf->library);
	inventory_free(shelf->inventory);
	globfree(&shelf->files);
	str_fini(&shelf->wrong);
	free(shelf);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_modules),
	    cmocka_unit_test(test_profiles),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
