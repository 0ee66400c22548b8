#include "config/profile_node.h"

#include "base/mem.h"

const struct profile_keys *profile_keys_all(size_t *n)
{
	static const char *const none[] = {NULL};
	static const char *const profile[] = {"extends", "match", "metrics", "probe", "sysobjectid", NULL};
	static const char *const profile_later[] = {"description", "device", "metadata", "metric_tags",
	    "name", "provider", "rules", "selector", "static_tags", "trap", "traps", "topology",
	    "virtual_metrics", NULL};
	static const char *const match[] = {"sysdescr", NULL};
	static const char *const entry[] = {"MIB", "OID", "as", "derived", "discontinuity", "exclude",
	    "exclude_if", "forced_type", "graphs", "group", "guard", "interval", "key", "metric_tags",
	    "metric_type", "name", "symbol", "symbols", "table", "title", NULL};
	static const char *const entry_later[] = {
	    "chart_meta", "options", "static_tags", "virtual_metric", NULL};
	static const char *const object[] = {"OID", "name", NULL};
	static const char *const symbol[] = {"OID", "absent", "bits", "ds", "enum", "extract_value",
	    "fallback", "forced_type", "format", "instance", "kind", "mapping", "max_rate", "metric_type",
	    "name", "scale", "scale_factor", "static", "tag", "unit", NULL};
	static const char *const symbol_later[] = {"allow_duplicate", "chart_meta", "condition",
	    "constant_value_one", "description", "match_pattern", "match_value", "options", "poll_time_sec",
	    "transform", NULL};
	static const char *const fallback[] = {"OID", "absent", "bits", "instance", "name", "scale", NULL};
	static const char *const tag[] = {"MIB", "OID", "column", "enum", "extract_value", "format",
	    "instance", "mapping", "name", "static", "symbol", "table", "tag", NULL};
	static const char *const tag_later[] = {"index", "index_transform", "match", "tags", NULL};
	static const char *const derived[] = {
	    "ds", "enum", "formula", "kind", "mapping", "name", "unit", NULL};
	static const char *const graph[] = {
	    "max", "min", "name", "percentile", "series", "title", "unit", NULL};
	static const char *const series[] = {"colour", "dashed", "formula", "label", "style", NULL};
	/* By enum profile_where. */
	static const struct profile_keys all[WHERE_COUNT] = {
	    [WHERE_PROFILE] = {"a profile", profile, profile_later},
	    [WHERE_MATCH] = {"match", match, none},
	    [WHERE_ENTRY] = {"an entry of metrics", entry, entry_later},
	    [WHERE_OBJECT] = {"an object", object, none},
	    [WHERE_SYMBOL] = {"a symbol", symbol, symbol_later},
	    [WHERE_FALLBACK] = {"a fallback", fallback, none},
	    [WHERE_TAG] = {"a metric tag", tag, tag_later},
	    [WHERE_DERIVED] = {"a derived metric", derived, none},
	    [WHERE_GRAPH] = {"a graph", graph, none},
	    [WHERE_SERIES] = {"a series", series, none},
	};

	*n = WHERE_COUNT;
	return all;
}
