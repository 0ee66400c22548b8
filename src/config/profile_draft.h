/* profile_draft: a profile while it is put together from its file and those it extends.
 *
 * Names in keys and formulas stay YAML nodes until all entries have been merged;
 * profile_finish() then turns them into numbers. Nodes must outlive the draft. */
#ifndef ROLLCALL_CONFIG_PROFILE_DRAFT_H
#define ROLLCALL_CONFIG_PROFILE_DRAFT_H

#include "config/profile_node.h"
#include "model/profile.h"

struct draft_column {
	struct column column;		  /* without formula, max_rate and counter */
	const struct yaml_node *node;	  /* its mapping */
	const struct yaml_node *ds_node;  /* NULL when the name was not given */
	const struct yaml_node *formula;  /* NULL unless derived */
	const struct yaml_node *max_rate; /* may be NULL */
};

struct draft_graph {
	struct graph graph;
	const struct yaml_node *node, *series; /* series of graph, one by one */
};

struct draft_table {
	struct table table; /* all that needs no column numbers; columns and graphs are empty */
	const struct yaml_node *node;
	const struct yaml_node *key, *discontinuity, *exclude_if; /* NULL when not given */
	struct {
		struct draft_column *v;
		size_t n, cap;
	} columns;
	struct {
		struct draft_graph *v;
		size_t n, cap;
	} graphs;
};

struct draft {
	struct profile_reader *reader;
	struct profile *profile; /* tables are empty until finished */
	struct {
		struct draft_table *v;
		size_t n, cap;
	} tables;
};

/* Takes profile. */
void draft_init(struct draft *draft, struct profile_reader *reader, struct profile *profile);
void draft_fini(struct draft *draft); /* frees what was not taken */

/* The logical table of that name, made if it is new. NULL, with an error, when there is one of the other
 * sort. */
struct draft_table *draft_table(
    struct draft *draft, const char *name, bool is_scalar, const struct yaml_node *node);
/* Adds the column, or puts it in the place of the one of that name; takes what it owns. A second
 * definition in the same file is told. */
void draft_put(struct draft *draft, struct draft_table *table, struct draft_column *column);
void draft_column_fini(struct draft_column *column);

/* profile_column.c: one symbol, tag or derived metric. False when there is nothing to add (told). */
struct column_defaults {
	const char *type; /* metric_type of the entry, or NULL */
	bool is_scalar;
	bool auto_ds; /* no symbol of the entry names a data source: all numbers are stored */
};
bool draft_read_symbol(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);
bool draft_read_tag(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);
bool draft_read_derived(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);

/* profile_source.c: an object that is asked for; without .0 for scalars. False when told to be wrong. */
bool draft_read_source(
    struct profile_reader *reader, const struct yaml_node *node, bool is_scalar, struct source *source);
bool draft_read_object(struct profile_reader *reader, const struct yaml_node *node, struct source *source);

/* profile_entry.c: the entries of `metrics` of one file. */
void draft_read_metrics(struct draft *draft, const struct yaml_node *metrics);

/* profile_graph.c */
void draft_read_graphs(struct draft *draft, struct draft_table *table, const struct yaml_node *graphs);
/* Moves the graphs into the table and checks their formulas against its data sources. */
void draft_finish_graphs(struct draft *draft, struct draft_table *table);

/* profile_formula.c: the formula of `node` over the columns before `limit`. NULL when told to be wrong. */
struct expr *draft_formula(
    struct profile_reader *reader, const struct yaml_node *node, const struct table *table, size_t limit);
/* The same over data sources only, for graphs: true if it is right. */
bool draft_check_graph_formula(
    struct profile_reader *reader, const struct yaml_node *node, const struct table *table);

/* profile_finish.c: everything merged -> draft->profile complete. */
void draft_finish(struct draft *draft);

#endif
