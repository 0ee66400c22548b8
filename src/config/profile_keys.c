#include "config/profile_node.h"

#include "base/mem.h"

const struct profile_keys *profile_keys_all(size_t *n)
{
	static const char *const none[] = {NULL};
	static const char *const profile[] = {"description", "device", "extends", "match", "matches",
	    "metadata", "metric_tags", "metrics", "name", "probe", "provider", "selector", "static_tags",
	    "sysobjectid", "virtual_metrics", NULL};
	static const char *const profile_later[] = {"bgp", "from", "licensing", "matches_list",
	    "no_use_bulkwalkall", "profile", "rules", "sysobjectid_metadata", "topology", "trap", "traps",
	    NULL};
	static const char *const match[] = {"sysdescr", NULL};
	static const char *const entry[] = {"MIB", "OID", "as", "by", "derived", "discontinuity", "exclude",
	    "exclude_if", "forced_type", "graphs", "group", "guard", "interval", "key", "metric_tags",
	    "metric_type", "name", "options", "presence", "static_tags", "symbol", "symbols", "table",
	    "title", NULL};
	static const char *const entry_later[] = {"chart_meta", "is_interface", "virtual_metric", NULL};
	static const char *const object[] = {"MIB", "OID", "name", NULL};
	static const char *const by[] = {"table", "tags", NULL};
	static const char *const probe[] = {"MIB", "OID", "column", "instance", "name", NULL};
	static const char *const symbol[] = {"MIB", "OID", "absent", "allow_duplicate", "bits", "chart_meta",
	    "condition", "constant_value_one", "conversion", "description", "ds", "enum", "extract_value",
	    "fallback", "forced_type", "format", "instance", "kind", "mapping", "match_pattern",
	    "match_value", "max_rate", "metric_type", "name", "options", "poll_time_sec", "scale",
	    "scale_factor", "static", "tag", "unit", NULL};
	static const char *const symbol_later[] = {
	    "family", "mapping_ref", "match_attributes", "script", "transform", NULL};
	static const char *const fallback[] = {
	    "MIB", "OID", "absent", "bits", "instance", "name", "scale", NULL};
	static const char *const tag[] = {"MIB", "OID", "column", "conversion", "enum", "extract_value",
	    "format", "index", "index_from", "index_transform", "instance", "mapping", "match",
	    "match_pattern", "match_value", "name", "static", "symbol", "table", "tag", "tags", NULL};
	static const char *const tag_later[] = {"mapping_ref", NULL};
	static const char *const derived[] = {"count", "ds", "enum", "formula", "kind", "mapping", "max",
	    "mean", "min", "name", "sum", "unit", "where", NULL};
	static const char *const graph[] = {
	    "max", "min", "name", "percentile", "series", "title", "unit", NULL};
	static const char *const series[] = {"colour", "dashed", "formula", "label", "style", NULL};
	static const char *const range[] = {"drop_right", "end", "start", NULL};
	static const char *const fixed[] = {"tag", "value", NULL};
	static const char *const chart[] = {"description", "type", "unit", NULL};
	static const char *const chart_later[] = {"family", NULL};
	static const char *const options[] = {"metric_suffix", "placement", NULL};
	static const char *const vendor[] = {"vendor", NULL};
	static const char *const metadata[] = {"fields", NULL};
	static const char *const metadata_later[] = {"id_tags", NULL};
	static const char *const field[] = {"description", "symbol", "symbols", "value", NULL};
	static const char *const field_later[] = {"consumers", NULL};
	static const char *const selector[] = {"sysdescr", "sysobjectid", NULL};
	static const char *const lists[] = {"exclude", "include", NULL};
	static const char *const virtuals[] = {
	    "alternatives", "chart_meta", "group_by", "name", "per_row", "sources", NULL};
	static const char *const from[] = {"as", "dim", "metric", "table", NULL};
	/* By enum profile_where. */
	static const struct profile_keys all[WHERE_COUNT] = {
	    [WHERE_PROFILE] = {"a profile", profile, profile_later},
	    [WHERE_MATCH] = {"match", match, none},
	    [WHERE_ENTRY] = {"an entry of metrics", entry, entry_later},
	    [WHERE_OBJECT] = {"an object", object, none},
	    [WHERE_BY] = {"by of an entry", by, none},
	    [WHERE_PROBE] = {"a probe", probe, none},
	    [WHERE_SYMBOL] = {"a symbol", symbol, symbol_later},
	    [WHERE_FALLBACK] = {"a fallback", fallback, none},
	    [WHERE_TAG] = {"a metric tag", tag, tag_later},
	    [WHERE_DERIVED] = {"a derived metric", derived, none},
	    [WHERE_GRAPH] = {"a graph", graph, none},
	    [WHERE_SERIES] = {"a series", series, none},
	    [WHERE_RANGE] = {"a part of index_transform", range, none},
	    [WHERE_STATIC] = {"a static tag", fixed, none},
	    [WHERE_CHART] = {"chart_meta", chart, chart_later},
	    [WHERE_OPTIONS] = {"options", options, none},
	    [WHERE_VENDOR] = {"device", vendor, none},
	    [WHERE_METADATA] = {"device of metadata", metadata, metadata_later},
	    [WHERE_FIELD] = {"a field of metadata", field, field_later},
	    [WHERE_SELECTOR] = {"a selector", selector, none},
	    [WHERE_LISTS] = {"sysobjectid or sysdescr of a selector", lists, none},
	    [WHERE_VIRTUAL] = {"a virtual metric", virtuals, none},
	    [WHERE_FROM] = {"a source of a virtual metric", from, none},
	};

	*n = WHERE_COUNT;
	return all;
}
