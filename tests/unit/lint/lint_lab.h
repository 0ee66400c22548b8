/* A profile with one table, made by hand: rows of sensors. Included by the tests of lint alone, after cmocka.
 */
#ifndef ROLLCALL_TESTS_LINT_LAB_H
#define ROLLCALL_TESTS_LINT_LAB_H

#include "base/mem.h"
#include "lint/finding.h"
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

/* Columns; their objects are 1.3.6.1.4.1.9999.1.1.N + 2, below the index's own column. */
enum { NAME, TEMP, LOAD, STATE, PACKETS, LAB_COLUMNS };

struct lab {
	struct profile profile;
	struct table table;
	struct finding_list findings;
};

static inline void lab_column(
    struct lab *lab, size_t number, const char *name, enum kind kind, const char *unit)
{
	struct column *column = &lab->table.columns[number];
	struct oid oid = {{1, 3, 6, 1, 4, 1, 9999, 1, 1, (uint32_t)number + 2}, 10};

	*column =
	    (struct column){.name = mem_strdup(name), .kind = kind, .unit = mem_strdup(unit), .counter = -1};
	column->is_tag = kind == KIND_TEXT;
	column->n_sources = 1;
	column->sources = mem_calloc(1, sizeof *column->sources);
	column->sources[0].name = mem_strdup(name);
	column->sources[0].scale = 1;
	column->sources[0].bits = 32;
	source_set_oid(&column->sources[0], &oid);
	if (!column->is_tag && kind != KIND_ENUM)
		column->ds = mem_strdup(name);
}

static inline void lab_init(struct lab *lab)
{
	struct column *state;

	*lab = (struct lab){0};
	lab->profile.name = (char *)(uintptr_t) "lab";
	lab->profile.file = (char *)(uintptr_t) "/etc/lab.yaml";
	lab->profile.tables = &lab->table;
	lab->profile.n_tables = 1;
	lab->table = (struct table){.name = mem_strdup("sensors"), .discontinuity = -1};
	lab->table.columns = mem_calloc(LAB_COLUMNS, sizeof *lab->table.columns);
	lab->table.n_columns = LAB_COLUMNS;
	lab->table.keys = mem_calloc(1, sizeof *lab->table.keys);
	lab->table.n_keys = 1;
	lab_column(lab, NAME, "sensorName", KIND_TEXT, "");
	lab_column(lab, TEMP, "temp", KIND_GAUGE, "°C");
	lab_column(lab, LOAD, "load", KIND_GAUGE, "%");
	lab_column(lab, STATE, "state", KIND_ENUM, "");
	lab_column(lab, PACKETS, "packets", KIND_COUNTER, "");
	lab->table.columns[PACKETS].counter = 0;
	lab->table.n_counters = 1;
	lab->table.n_ds = 3;
	state = &lab->table.columns[STATE];
	state->names = mem_calloc(2, sizeof *state->names);
	state->n_names = 2;
	state->names[0] = (struct enum_name){1, mem_strdup("ok")};
	state->names[1] = (struct enum_name){2, mem_strdup("failed")};
}

static inline void lab_fini(struct lab *lab)
{
	table_fini(&lab->table);
	finding_list_fini(&lab->findings);
}

/* The findings of a kind; the last one in *found. */
static inline size_t lab_count(const struct lab *lab, enum finding_kind kind, const struct finding **found)
{
	size_t n = 0;

	for (size_t i = 0; i < lab->findings.n; i++) {
		if (lab->findings.v[i].kind != kind)
			continue;
		n++;
		if (found != NULL)
			*found = &lab->findings.v[i];
	}
	return n;
}

#endif
