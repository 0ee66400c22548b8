/* profile_node: reading values out of a profile's YAML, with a message for each mistake.
 *
 * All are NULL-safe: a key that is not there gives the default and no message. */
#ifndef ROLLCALL_CONFIG_PROFILE_NODE_H
#define ROLLCALL_CONFIG_PROFILE_NODE_H

#include "base/match.h"
#include "config/diag.h"
#include "config/profile_kinds.h"
#include "config/profile_load.h"
#include "config/yaml.h"
#include "model/oid.h"

#include <stdbool.h>
#include <stddef.h>

/* What is said in one message per file, when all have been read. */
struct profile_said {
	struct said {
		struct diag_place place;
		char *what; /* owned */
	} * v;
	size_t n, cap;
};

struct profile_reader {
	struct diag *diag;
	struct profile_said unused, kindless;
	struct profile_kinds *kinds; /* of all files */
	uint64_t borrowed;	     /* digest of what was taken from there for the profile being built */
};
/* Says it. */
void profile_reader_report(struct profile_reader *reader);
void profile_reader_fini(struct profile_reader *reader);

/* Where in a profile: one set of keys each. */
enum profile_where {
	WHERE_PROFILE,
	WHERE_MATCH,
	WHERE_ENTRY,  /* of metrics */
	WHERE_OBJECT, /* {OID, name}: table, guard */
	WHERE_PROBE,
	WHERE_BY,
	WHERE_SYMBOL,
	WHERE_FALLBACK,
	WHERE_TAG, /* of metric_tags */
	WHERE_DERIVED,
	WHERE_GRAPH,
	WHERE_SERIES,
	WHERE_RANGE,	/* of index_transform */
	WHERE_STATIC,	/* of static_tags */
	WHERE_CHART,	/* chart_meta */
	WHERE_OPTIONS,	/* of flag_stream */
	WHERE_VENDOR,	/* device */
	WHERE_METADATA, /* of the device */
	WHERE_FIELD,	/* of metadata */
	WHERE_SELECTOR,
	WHERE_LISTS, /* {include, exclude} */
	WHERE_VIRTUAL,
	WHERE_FROM, /* of virtual metrics */
	WHERE_COUNT
};
/* Warns of keys that are unknown, or known but of no use yet. False, with an error, when
 * the node is no mapping. */
bool node_keys(struct profile_reader *reader, const struct yaml_node *node, enum profile_where where);
/* Notes that something is read but not used. */
void node_unused(struct profile_reader *reader, const struct yaml_node *at, const char *what);
/* Notes that a metric does not say what kind of number it is. */
void node_kindless(struct profile_reader *reader, const struct yaml_node *at, const char *name);
/* False when it is not there or, with an error, something else. */
bool node_is_list(struct profile_reader *reader, const struct yaml_node *node, const char *what);

const char *node_text(
    struct profile_reader *reader, const struct yaml_node *node); /* NULL: not there, or no text */
double node_number(struct profile_reader *reader, const struct yaml_node *node, double otherwise);
bool node_bool(struct profile_reader *reader, const struct yaml_node *node, bool otherwise);
/* Index among `names`, or -1 when not there or (with an error) not among them. */
int node_choice(struct profile_reader *reader, const struct yaml_node *node, const char *what,
    const char *const *names, size_t n);
bool node_oid(struct profile_reader *reader, const struct yaml_node *node, struct oid *oid);
struct match *node_match(struct profile_reader *reader, const struct yaml_node *node);
int64_t node_duration(
    struct profile_reader *reader, const struct yaml_node *node, int64_t least, int64_t most);
/* Place of byte `offset` of a scalar, as far as that can be said. */
struct diag_place node_place(const struct yaml_node *node, size_t offset);

#endif
