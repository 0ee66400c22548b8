/* profile: what to ask a kind of device, and what its answers mean.
 *
 * Loaded from the YAML format that the field shares (Datadog, ktranslate, Netdata)
 * and our own keys on top. A profile is flattened when loaded: `extends` is
 * resolved, entries of one logical table are merged. Immutable and shared.
 *
 * Words: a table has columns; a column is a tag (text that names or describes a
 * row) or a metric (a number). A group of scalars is a table with one row whose
 * index is 0. A metric may have several sources, tried in order per row: the
 * 64-bit counter, else the 32-bit one. A derived metric is a formula over the
 * others of its row. */
#ifndef ROLLCALL_MODEL_PROFILE_H
#define ROLLCALL_MODEL_PROFILE_H

#include "base/expr.h"
#include "base/match.h"
#include "model/oid.h"
#include "model/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROFILE_COLUMNS_MAX 250 /* of one table: a column number fits a byte */
#define PROFILE_DS_MAX	    19	/* characters of a data source's name, rrdtool's limit */

/* The meaning of a number; never guessed from the wire type. */
enum kind {
	KIND_GAUGE,
	KIND_COUNTER,	/* only ever rises, until it wraps or is reset; has a rate */
	KIND_ENUM,	/* a state, named by `names` */
	KIND_BITS,	/* a set of flags */
	KIND_TIMETICKS, /* hundredths of a second; value in seconds (rowset_value divides, `scale` stays 1) */
	KIND_DATETIME,	/* DateAndTime; value in epoch seconds */
	KIND_TEXT,	/* tags */
};
const char *kind_name(enum kind kind); /* "gauge" */

struct source {
	char *name;   /* the MIB object's name */
	uint8_t *ber; /* owned; content octets of the column's name; of scalars the object's, without .0 */
	size_t ber_len;
	unsigned bits;	  /* counters: 32 or 64, the width at which it wraps */
	double scale;	  /* value = number * scale; 1 when not given */
	bool is_instance; /* scalars only: the name is a complete instance name (laLoadInt.1), nothing is
			     appended to it */
	double *absent;	  /* raw numbers that mean "none" */
	size_t n_absent;
	struct match *extract; /* of this source alone, else the column's; NULL = none */
	char *rewrite;	       /* with extract, see column */
};

struct enum_name {
	int64_t number;
	char *name;
};

struct text_name { /* of tags: one text for another */
	char *from, *to;
};

/* Sub-identifiers of a row's index, counted from 0, both ends included. */
struct index_part {
	uint8_t first;
	uint8_t last; /* or, from_end, how many are left out at the end */
	bool from_end;
};

/* What octets are, where neither a number in text nor the SMI's own syntaxes. */
enum convert {
	CONVERT_NONE,
	CONVERT_ONE,	    /* whatever is there counts as 1 */
	CONVERT_BIG_ENDIAN, /* an unsigned integer of 1 to 8 octets */
	CONVERT_LITTLE_ENDIAN,
	CONVERT_FLAGS, /* text of 0 and 1; character n (from 0) is bit n */
};

struct column {
	char *name; /* = sources[0].name, or the derived metric's own */
	enum kind kind;
	bool is_tag;
	bool is_static; /* read at walks only, not at every poll */
	char *unit; /* of the value: "octets", "bit/s", "%", "B", "s"; "" when none. A counter's rate has unit
		       + "/s" */
	char *ds;   /* data source in the row's RRD file; NULL = not stored */
	enum value_format format;
	struct source *sources; /* at least one, none for derived */
	size_t n_sources;
	struct match *extract; /* part of a text: capture group 1; NULL = none */
	char *rewrite;	       /* with extract: what becomes of a match instead, with $1 to $9; NULL = none */
	enum convert convert;
	struct enum_name *names;
	size_t n_names;
	struct text_name *texts;
	size_t n_texts;
	char *alias;	  /* the published tag's or metric's name, good in formulas too; NULL = none */
	char *constant;	  /* a tag's text that is the same always; such have no sources. NULL = none */
	bool is_presence; /* 1 while the row is there, 0 when it has gone; no sources, no formula */
	bool is_foreign;  /* a tag of another table: its cells make no rows of this one */
	/* A tag without sources: its text. A foreign one: the index in that table; none = the same. */
	struct index_part *parts;
	size_t n_parts;
	bool has_pointer; /* a foreign one: its index there is, or its parts are of, the value of `pointer` */
	int pointer;	  /* column number: a tag, or a static metric */
	struct expr *formula;  /* derived metrics; slots are column numbers of the table, PROFILE_SLOT_NOW =
				  wall time in s, from PROFILE_SLOT_OUTER on the table's outers */
	struct expr *max_rate; /* counters: the highest believable rate, for telling a wrap from a reset; may
				  be NULL */
	size_t max_rate_as;    /* of the first column that has the same max_rate; its own number otherwise */
	int counter;	       /* number among the table's counters, -1 when not a counter */
};
#define PROFILE_SLOT_NOW   255
#define PROFILE_SLOT_OUTER 1024

/* One number made of a column's rows. */
enum fold {
	FOLD_NONE, /* of a group of scalars: its one row */
	FOLD_SUM,
	FOLD_MEAN,
	FOLD_LEAST,
	FOLD_GREATEST,
	FOLD_COUNT, /* of rows; no column */
};

/* What formulas read of another table of the profile. */
struct outer {
	enum fold fold;
	size_t table;	    /* of the profile */
	int column;	    /* -1: none */
	struct expr *where; /* a condition on the other table's rows, of column numbers: those for which it
			       holds; NULL = all */
};

enum series_style { SERIES_LINE, SERIES_AREA, SERIES_STACK };

/* One curve: an RPN-free expression over the row's data sources ("in_octets * 8"). */
struct graph_series {
	char *label;
	char *formula; /* names are data sources of the table; text, as views turn it into a CDEF */
	enum series_style style;
	unsigned colour; /* 1..5: s1..s5 of DASHBOARD.md; areas of stacks take a1..a5 */
	bool dashed;
};

struct graph {
	char *name;  /* "traffic" */
	char *title; /* "Traffic" */
	char *unit;  /* of the axis: "bit/s", "%", "B" */
	bool has_min, has_max;
	double min, max; /* rigid axis limits */
	bool percentile; /* show the 95th */
	struct graph_series *series;
	size_t n_series;
};

struct table {
	char *name; /* logical: "interfaces", "storage", "cpu" */
	bool is_scalar;
	char *title; /* "Interfaces"; for people */
	struct column *columns;
	size_t n_columns, n_counters, n_ds;
	int *keys; /* column numbers of tags, tried in order, that name a row */
	size_t n_keys;
	bool *key_joined;    /* likewise: this tag names together with the one before it; NULL = none does */
	bool keys_guessed;   /* nobody gave them: one that only repeats the index comes last */
	int discontinuity;   /* column whose change invalidates the row's counters, or -1 */
	struct source guard; /* scalar that changes when rows are renumbered (ifTableLastChange); guard.name
				NULL = none */
	struct match *exclude; /* default filter on the key; NULL = none */
	struct expr *
	    exclude_if; /* default filter on numbers of the row ("ifType == softwareLoopback"); NULL = none */
	int64_t interval; /* ns; 0 = the device's */
	int64_t presence; /* ns for which a row that has gone is told to be so; which rows there are is read
			     at each poll. 0 = no column tells whether a row is there */
	struct graph *graphs;
	size_t n_graphs;
	/* Rows are those of another table of the profile taken together: a row for each text of some of its
	 * tags, which are the own tags in their order. */
	size_t group_of;
	int *group_tags;      /* columns there; owned */
	size_t n_group_tags;  /* 0 = it has rows of its own */
	struct outer *outers; /* owned */
	size_t n_outers;
	unsigned rank; /* higher than that of each table that its formulas read */
};

/* One of several ways in which a device may fit (Netdata). */
struct selector {
	char **sysobjectids; /* as those of a profile */
	size_t n_sysobjectids;
	struct match *object_id, *not_object_id; /* further patterns, on the dotted text; NULL = none */
	struct match *sysdescr, *not_sysdescr;
	/* What is included, as written, for people who ask why a profile was chosen. */
	char **patterns; /* of object_id */
	size_t n_patterns;
	char **words; /* of sysdescr */
	size_t n_words;
};

/* An object that must answer. */
struct profile_probe {
	struct source source; /* of scalars without .0 */
	bool any_row;	      /* a column of a table: any row of it */
};

struct profile {
	char *name; /* file name without .yaml */
	char *file;
	uint64_t digest;     /* of its content, extended profiles included: equal = the same profile */
	bool is_abstract;    /* only to be extended: no sysobjectid, no match, no selector */
	char **sysobjectids; /* dotted, may end in .* or be "*" */
	size_t n_sysobjectids;
	struct match *sysdescr;	    /* must match sysDescr as well; NULL = any */
	struct selector *selectors; /* further ways to fit, beside sysobjectids */
	size_t n_selectors;
	struct profile_probe *probes; /* all must answer */
	size_t n_probes;
	struct table *tables;
	size_t n_tables;
};

void profile_free(struct profile *profile);
/* What a table is made of, for those who build one piece by piece; members free what they own. */
void table_fini(struct table *table);
void column_fini(struct column *column);
void source_fini(struct source *source);
/* The name that it asks for. False (and none) when it cannot be sent: see oid_to_ber(). Of a source without
 * one source_oid() gives the empty one. */
bool source_set_oid(struct source *source, const struct oid *oid);
void source_oid(const struct source *source, struct oid *oid);
bool source_same_oid(const struct source *a, const struct source *b);
void graph_fini(struct graph *graph);
void selector_fini(struct selector *selector);
int table_column(
    const struct table *table, const char *name); /* by any of its names, by ds or alias; -1 if none */
/* How many of the key tags from the `first` on name a row together. */
size_t table_key_run(const struct table *table, size_t first);
/* Whether a tag may tell a row from others where no key is given: not one that is the same for all, nor a
 * state, nor what is a metric as well. */
bool table_identifies(const struct table *table, size_t column);
/* Whether it makes numbers of other tables' rows, and has a row for that alone. */
bool table_folds(const struct table *table);
const struct table *profile_table(const struct profile *profile, const char *name); /* NULL if none */
const char *column_enum_text(const struct column *column, int64_t number);	    /* NULL if unnamed */

/* How well a profile fits a device: 0 not at all, else higher is more specific.
 * `probed` tells whether all of the profile's probes have answered. An exact
 * sysObjectID beats a longer wildcard beats a shorter one beats "*"; a sysDescr
 * match and probes each add. */
int profile_fit(const struct profile *profile, const char *sysobjectid, const char *sysdescr, bool probed);
/* The same of one selector. Neither text is NULL. */
int selector_fit(const struct selector *selector, const char *sysobjectid, const char *sysdescr);

#endif
