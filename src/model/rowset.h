/* rowset: the live rows of one table of one device, as flat arrays.
 *
 * Laid out for millions of rows: per cell one 64-bit number and two bytes, per
 * counter one rate; no allocation per value. poll/ fills it, views/ read it.
 *
 * A row is known by its key (the first of the table's key tags that is there and
 * unique); its index is only where it lives today. */
#ifndef ROLLCALL_MODEL_ROWSET_H
#define ROLLCALL_MODEL_ROWSET_H

#include "model/failure.h"
#include "model/profile.h"
#include "model/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a cell's 64 bits are to be read. */
enum cell_form { CELL_NONE, CELL_UNSIGNED, CELL_SIGNED, CELL_DOUBLE };

/* Source number of a cell that none of its column's sources answers: not polled until the next walk. */
#define CELL_NO_SOURCE 63

struct row {
	char *key;	/* owned; unique within the rowset, clean UTF-8 */
	uint8_t *index; /* owned; content octets */
	char *
	    *tags; /* owned, one per column that is a tag, in column order (tag numbers); items may be NULL */
	int64_t mono, wall; /* of the last good sample, ns; 0 = never */
	uint32_t uptime;    /* sysUpTime in the PDU of the last good sample, 1/100 s */
	uint32_t spent;	    /* us that this PDU's answer took */
	uint16_t index_len;
	bool has_uptime : 1;
	bool excluded : 1; /* read and shown, but without rules, files and graphs */
	bool weak_key : 1; /* named by its index or its place: nothing better was there */
	bool filtered : 1; /* excluded by its key, whatever its numbers say */
	bool placed : 1;   /* its index is known to be its own now; else it is not polled */
	uint16_t missed;   /* complete walks in a row without it */
	series_id series;  /* SERIES_NONE until stored */
};

struct rowset {
	const struct table *table;
	struct row *rows;
	uint64_t *raw;	  /* [row * table->n_columns + column]; derived metrics are doubles */
	uint8_t *form;	  /* likewise: enum cell_form | source number << 2 */
	uint8_t *quality; /* likewise: enum quality */
	double *rate;	  /* [row * table->n_counters + column->counter]; NaN = unknown */
	int32_t *lag;	  /* likewise: us by which the counter was read later than the row */
	size_t n_rows, cap_rows;
	size_t n_tags;
	int64_t
	    refresh; /* ns between two refreshes of its counters by the agent, where that is known; else 0 */
	uint32_t generation;   /* counts changes of the set of rows, their names or indexes */
	uint16_t retire_after; /* complete walks without a row; 0 = ROWS_MISSED_MAX */
	bool whole;	       /* all rows of the device's table have been found some time */
};

struct rowset *rowset_new(const struct table *table);
void rowset_free(struct rowset *set);
/* Appends a row with empty cells (QUALITY_NEVER); takes key, index, tags. Returns its number. */
size_t rowset_add(struct rowset *set, char *key, uint8_t *index, size_t index_len, char **tags);
void rowset_remove(struct rowset *set, size_t row);	       /* keeps the order of the others */
size_t rowset_find(const struct rowset *set, const char *key); /* SIZE_MAX if none; linear */

static inline size_t rowset_cell(const struct rowset *set, size_t row, size_t column)
{
	return row * set->table->n_columns + column;
}
const struct source *rowset_source(
    const struct rowset *set, size_t row, size_t column); /* in use; NULL for derived */
/* The transformed value; NaN when unknown. After a time-out it is the one before. */
double rowset_value(const struct rowset *set, size_t row, size_t column);
/* Units per second of the counter's own unit; NaN when unknown or no counter. */
double rowset_rate(const struct rowset *set, size_t row, size_t column);
/* What formulas, rules and RRD files see: a counter's rate, else the value. NaN also when the
 * last poll did not answer: what was true before must not be judged or stored as new. */
double rowset_number(const struct rowset *set, size_t row, size_t column);
/* Exact integer behind a value with scale 1: false if it is none. */
bool rowset_integer(const struct rowset *set, size_t row, size_t column, bool *negative, uint64_t *magnitude);
const char *rowset_tag(const struct rowset *set, size_t row, size_t column); /* NULL when absent */
/* Values of the row's data sources, in the order of the table's columns that have a ds, and the raw numbers
 * of the last poll that they were made of (`raws` may be NULL). Returns their number. */
size_t rowset_samples(const struct rowset *set, size_t row, double *values, struct sample_raw *raws);
size_t rowset_memory(const struct rowset *set); /* bytes */

#endif
