/* profile_draft: a profile while it is put together from its file and those it extends.
 *
 * Names in keys and formulas stay YAML nodes until all entries have been merged;
 * profile_finish() then turns them into numbers. Nodes must outlive the draft. */
#ifndef ROLLCALL_CONFIG_PROFILE_DRAFT_H
#define ROLLCALL_CONFIG_PROFILE_DRAFT_H

#include "config/profile_node.h"
#include "model/profile.h"

struct draft_column {
	struct column column;		 /* without formula, max_rate and counter */
	const struct yaml_node *node;	 /* its mapping */
	const struct yaml_node *ds_node; /* NULL when the name was not given */
	const struct yaml_node *formula; /* NULL unless derived by one */
	const struct yaml_node *fold_of; /* NULL unless derived of another table's rows */
	const struct yaml_node *where;	 /* with fold_of; may be NULL */
	enum fold fold;
	const struct yaml_node *max_rate; /* may be NULL */
	const struct yaml_node *pointer;  /* of a tag: the column whose value is the index; may be NULL */
	/* Of published files; all may be absent. */
	const struct yaml_node *condition;
	double poll_time;  /* s; 0 = not given */
	const char *title; /* of its graph; the file's */
	enum series_style style;
	bool is_metric_tag; /* from `metric_tags`: may be an object that is a metric as well */
	bool is_elsewhere;  /* such a one, and not below its entry's table */
	bool allow_duplicate;
};

struct draft_graph {
	struct graph graph;
	const struct yaml_node *node, *series; /* series of graph, one by one */
};

#define DEVICE_GROUP "device" /* what is said of the device as a whole */

enum draft_ranking { RANK_TO_DO, RANK_AT_IT, RANK_DONE };

struct draft_table {
	struct table table; /* all that needs no column numbers; columns and graphs are empty */
	const struct yaml_node *node;
	const struct yaml_node *key, *discontinuity, *exclude_if; /* NULL when not given */
	const struct yaml_node *presence;			  /* NULL when not wanted */
	int64_t keep;						  /* ns, with presence */
	struct {
		struct draft_column *v;
		size_t n, cap;
	} columns;
	struct {
		struct draft_graph *v;
		size_t n, cap;
	} graphs;
	const struct yaml_node *by_table, *by_tags; /* rows taken together; NULL = it has its own */
	size_t number;				    /* of the profile's; SIZE_MAX = left out */
	enum draft_ranking ranking;
};

struct draft {
	struct profile_reader *reader;
	struct profile *profile; /* tables are empty until finished */
	struct {
		struct yaml_node **v;
		size_t n, cap;
	} made; /* formulas that no file has */
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
/* A scalar that stands in no file but for messages at `at`; takes text. Lives as long as the draft. */
const struct yaml_node *draft_make_node(struct draft *draft, const struct yaml_node *at, char *text);

/* profile_column.c: one symbol, tag or derived metric. False when there is nothing to add (told). */
struct column_defaults {
	const char *type;		 /* metric_type of the entry, or NULL */
	const char *table;		 /* the MIB's name of the entry's table, or NULL */
	const struct yaml_node *options; /* of the entry, or NULL */
	const struct oid *table_oid;	 /* of the entry's table, or NULL */
	bool is_scalar;
	bool is_published; /* scalars as published: asked for as they stand, with .0 where they do not end so
			    */
	bool auto_ds;	   /* no symbol of the entry names a data source: all numbers are stored */
};
bool draft_read_symbol(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);
bool draft_read_derived(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);

/* What all columns may have: unit, title, format, patterns, names. */
void draft_read_common(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out);
/* `enum` or `mapping`; node may be NULL. */
void draft_read_names(struct profile_reader *reader, const struct yaml_node *node, struct column *column);
/* Sets sources and name. */
bool draft_read_sources(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct column *column);

/* profile_ds.c: `ds` of a metric, or the name that it is stored under without one. */
void draft_read_ds(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);
/* The metric's own name, or its beginning and a hash. Caller frees. */
char *draft_auto_ds(const char *name);

/* profile_text.c: format, patterns and conversion of one column. */
void draft_read_text(struct profile_reader *reader, const struct yaml_node *node, struct column *column);
int draft_conversion_kind(const struct yaml_node *node); /* enum kind; -1: `conversion` does not tell */
/* One character of a text of flags (flag_stream); the column gets a name of its own. */
bool draft_read_flag(struct profile_reader *reader, const struct yaml_node *node,
    const struct yaml_node *options, struct column *column);
char *draft_unit(const char *text, enum kind kind); /* in our words; caller frees */

/* profile_tag.c: `metric_tags` and `static_tags`; list may be NULL. */
bool draft_read_tag(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);
void draft_read_tags(struct draft *draft, struct draft_table *table, const struct yaml_node *list,
    const struct column_defaults *defaults);
void draft_read_one_tag(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const struct column_defaults *defaults);
/* The table that has a column beside that one. NULL if none. */
struct draft_table *draft_table_of(struct draft *draft, const struct oid *oid);
/* Tags of tables whose other columns are not asked for make no rows. */
void draft_find_foreign(struct draft_table *table);
void draft_read_statics(struct draft *draft, struct draft_table *table, const struct yaml_node *list);
void draft_put_constant(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const char *name, const char *text);

/* profile_device.c: what a file says of the device as a whole, as tags of the group `device`. */
void draft_read_device(struct draft *draft, const struct yaml_node *root);

/* profile_select.c: what a profile fits. Netdata's selector; node may be NULL. */
void draft_read_selectors(
    struct profile_reader *reader, const struct yaml_node *node, struct profile *profile);
/* ktranslate's `matches`: a device that `from` fits gets `to`, if its sysDescr matches the pattern. */
void draft_add_match(struct profile_reader *reader, const struct yaml_node *pattern,
    const struct profile *from, struct profile *to);
/* `probe`: an object or a list of them; node may be NULL. */
void draft_read_probes(struct profile_reader *reader, const struct yaml_node *node, struct profile *profile);
bool draft_is_object_id(const char *text); /* an OID, one that ends in .*, or "*" */

/* profile_virtual.c: Netdata's virtual metrics of a row, as graphs. Once all entries have been read. */
void draft_read_virtual(struct draft *draft, const struct yaml_node *list);

/* profile_condition.c: metrics that count in some rows only. */
void draft_apply_conditions(struct draft *draft, struct draft_table *table);

/* profile_source.c: an object that is asked for; without .0 for scalars. False when told to be wrong. */
bool draft_read_source(
    struct profile_reader *reader, const struct yaml_node *node, bool is_scalar, struct source *source);
bool draft_read_object(struct profile_reader *reader, const struct yaml_node *node, struct source *source);

/* profile_entry.c: the entries of `metrics` of one file. */
void draft_read_metrics(struct draft *draft, const struct yaml_node *metrics);

/* profile_graph.c */
void draft_read_graphs(struct draft *draft, struct draft_table *table, const struct yaml_node *graphs);
/* Where the file has titles for metrics, and no graphs: one of each stored metric. */
void draft_title_graphs(struct draft_table *table);
/* Moves the graphs into the table and checks their formulas against its data sources. */
void draft_finish_graphs(struct draft *draft, struct draft_table *table);

/* profile_formula.c: the formula of `node` over the columns before `limit`, and other groups' metrics. NULL
 * when told to be wrong. */
struct expr *draft_formula(
    struct draft *draft, const struct yaml_node *node, struct draft_table *table, size_t limit);
/* The same over data sources only, for graphs: true if it is right. */
bool draft_check_graph_formula(
    struct profile_reader *reader, const struct yaml_node *node, const struct table *table);

/* profile_outer.c: what is read of other tables; once all columns have their numbers. */
struct draft_table *draft_find_table(struct draft *draft, const char *name); /* NULL if none */
bool draft_read_fold(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out);
bool draft_is_outer(struct draft *draft, const char *name); /* "group.metric", maybe without such a metric */
/* The slot of "group.metric"; -1 when it is wrong: then *problem (caller frees) says why. */
int draft_outer_scalar(struct draft *draft, struct draft_table *from, const char *name,
    const struct column **column, char **problem);
/* The formula of a sum and the like, column `number` of `from`. NULL when told to be wrong. */
struct expr *draft_fold(
    struct draft *draft, struct draft_table *from, const struct draft_column *left, size_t number);
void draft_rank(struct draft *draft);

/* profile_refer.c: the number of the column of that name that is (or is not) a tag. -1, with an error, if
 * there is none. */
int draft_find_column(
    struct draft *draft, const struct yaml_node *node, const struct table *table, bool is_tag);
/* The columns whose values are indexes in other tables; `left` stand beside the table's columns. */
void draft_finish_pointers(struct draft *draft, struct table *table, const struct draft_column *left);

/* profile_group.c: rows of another table, taken together; node may be NULL. */
void draft_read_by(struct draft *draft, struct draft_table *table, const struct yaml_node *node);
void draft_group_by(
    struct draft *draft, struct draft_table *table, const struct yaml_node *of, const struct yaml_node *tags);
void draft_finish_by(struct draft *draft, struct draft_table *table);

/* profile_finish.c: everything merged -> draft->profile complete. */
void draft_finish(struct draft *draft);

#endif
