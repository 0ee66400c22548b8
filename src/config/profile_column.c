#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 4096

/* ---- kind ---- */

/* The types of the published format. -1: a type of which we make no number yet. */
static int kind_of_type(struct profile_reader *reader, const struct yaml_node *node, const char *text)
{
	static const struct {
		const char *type;
		int kind;
	} types[] = {{"gauge", KIND_GAUGE}, {"counter", KIND_COUNTER}, {"rate", KIND_COUNTER},
	    {"percent", KIND_COUNTER}, {"monotonic_count", KIND_COUNTER},
	    {"monotonic_count_and_rate", KIND_COUNTER}, {"flag_stream", -1}};
	const char *names[ARRAY_LEN(types)];

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		names[i] = types[i].type;
		if (strcmp(types[i].type, text) != 0)
			continue;
		if (types[i].kind < 0)
			node_unused(reader, node, types[i].type);
		return types[i].kind;
	}
	diag_unknown(reader->diag, DIAG_ERROR, node->place, "metric type", text, names, ARRAY_LEN(names));
	return -1;
}

static int read_kind(
    struct profile_reader *reader, const struct yaml_node *node, const struct column_defaults *defaults)
{
	static const char *const kinds[] = {
	    "gauge", "counter", "enum", "bits", "timeticks", "datetime", "text"};
	const struct yaml_node *kind = yaml_get(node, "kind"), *type = yaml_get(node, "metric_type");
	const char *text;

	if (yaml_text(kind) != NULL)
		return node_choice(reader, kind, "kind", kinds, ARRAY_LEN(kinds));
	/* Named values are a state, also where the published type says gauge: their mean says nothing. */
	if (yaml_get(node, "enum") != NULL || yaml_get(node, "mapping") != NULL)
		return KIND_ENUM;
	if (type == NULL)
		type = yaml_get(node, "forced_type");
	text = node_text(reader, type);
	if (text != NULL)
		return kind_of_type(reader, type, text);
	if (defaults->type != NULL)
		return kind_of_type(reader, node, defaults->type);
	diag_warning(reader->diag, node->place,
	    "'%s' has no kind, taken as gauge; the type on the wire does not tell: add 'kind: gauge' or "
	    "'kind: counter'",
	    yaml_text(yaml_get(node, "name")) ? yaml_text(yaml_get(node, "name")) : "?");
	return KIND_GAUGE;
}

/* ---- what is the same for all sorts of columns ---- */

static void read_names(struct profile_reader *reader, const struct yaml_node *node, struct column *column)
{
	if (node == NULL)
		return;
	if (node->type != YAML_MAPPING || node->count > NAMES_MAX) {
		diag_error(reader->diag, node->place,
		    "must be a mapping of at most %d numbers to names; write {1: up, 2: down}", NAMES_MAX);
		return;
	}
	column->names = mem_calloc(node->count, sizeof *column->names);
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next) {
		const char *key = e->key->text, *value = node_text(reader, e->value);
		int64_t number;

		if (value == NULL)
			continue;
		/* Datadog and Netdata map numbers to names, ktranslate names to numbers. */
		if (str_to_i64(key, &number)) {
			column->names[column->n_names++] = (struct enum_name){number, mem_strdup(value)};
		} else if (str_to_i64(value, &number)) {
			column->names[column->n_names++] = (struct enum_name){number, mem_strdup(key)};
		} else {
			diag_error(reader->diag, e->key->place,
			    "neither '%s' nor '%s' is a number; write {1: up, 2: down}", key, value);
		}
	}
}

static enum value_format read_format(struct profile_reader *reader, const struct yaml_node *node)
{
	static const char *const names[] = {"text", "mac", "mac_address", "hex", "ip", "ip_address", "date"};
	static const enum value_format formats[] = {VALUE_FORMAT_TEXT, VALUE_FORMAT_MAC, VALUE_FORMAT_MAC,
	    VALUE_FORMAT_HEX, VALUE_FORMAT_IP, VALUE_FORMAT_IP, VALUE_FORMAT_DATE};
	int choice = node_choice(reader, node, "format", names, ARRAY_LEN(names));

	return choice < 0 ? VALUE_FORMAT_AUTO : formats[choice];
}

/* A data source's name for a metric that was given none: its own, or its beginning and a hash. */
static char *auto_ds(const char *name)
{
	char ds[PROFILE_DS_MAX + 1];
	size_t n = 0;

	if (strlen(name) > PROFILE_DS_MAX) {
		snprintf(ds, sizeof ds, "%.10s_%08" PRIx32, name, (uint32_t)str_hash(name, strlen(name)));
		n = strlen(ds);
	} else {
		n = strlen(name);
		memcpy(ds, name, n + 1);
	}
	for (size_t i = 0; i < n; i++) {
		if (strchr("_-", ds[i]) == NULL && !(ds[i] >= '0' && ds[i] <= '9') &&
		    !(ds[i] >= 'a' && ds[i] <= 'z') && !(ds[i] >= 'A' && ds[i] <= 'Z'))
			ds[i] = '_';
	}
	return mem_strdup(ds);
}

static void check_ds(struct profile_reader *reader, const struct yaml_node *node, const struct column *column)
{
	const char *ds = column->ds;

	if (strlen(ds) > PROFILE_DS_MAX ||
	    strspn(ds, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != strlen(ds))
		diag_error(reader->diag, node->place,
		    "'%s' cannot be a data source; 1 to %d of A-Z a-z 0-9 _ -", ds, PROFILE_DS_MAX);
	else if (column->is_tag || column->kind == KIND_TEXT)
		diag_error(
		    reader->diag, node->place, "'%s' is text; only numbers have a data source", column->name);
	else if (column->kind == KIND_ENUM || column->kind == KIND_BITS)
		diag_error(reader->diag, node->place,
		    "'%s' is %s, whose mean says nothing; store a derived metric that is 1 or 0",
		    column->name, column->kind == KIND_ENUM ? "an enumeration" : "a set of flags");
}

static void read_ds(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	struct column *column = &out->column;
	const struct yaml_node *ds = yaml_get(node, "ds");
	const char *text = node_text(reader, ds);
	bool is_plain =
	    column->kind == KIND_GAUGE || column->kind == KIND_COUNTER || column->kind == KIND_TIMETICKS;

	if (text != NULL) {
		out->ds_node = ds;
		column->ds = mem_strdup(text);
		check_ds(reader, ds, column);
	} else if (ds == NULL && defaults->auto_ds && is_plain) {
		column->ds = auto_ds(column->name);
	}
}

static void read_common(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out)
{
	struct column *column = &out->column;
	const struct yaml_node *names = yaml_get(node, "enum");
	const char *unit = node_text(reader, yaml_get(node, "unit"));

	out->node = node;
	column->counter = -1;
	column->unit = mem_strdup(unit != NULL ? unit : column->kind == KIND_TIMETICKS ? "s" : "");
	column->format = read_format(reader, yaml_get(node, "format"));
	column->extract = node_match(reader, yaml_get(node, "extract_value"));
	read_names(reader, names != NULL ? names : yaml_get(node, "mapping"), column);
}

/* ---- sources ---- */

static bool read_fallback(
    struct profile_reader *reader, const struct yaml_node *node, bool is_scalar, struct column *column)
{
	struct source *source = &column->sources[column->n_sources];

	if (!node_keys(reader, node, WHERE_FALLBACK) || !draft_read_source(reader, node, is_scalar, source))
		return false;
	column->n_sources++;
	return true;
}

static bool read_sources(
    struct profile_reader *reader, const struct yaml_node *node, bool is_scalar, struct column *column)
{
	const struct yaml_node *fallback = yaml_get(node, "fallback");
	bool is_list = fallback != NULL && fallback->type == YAML_SEQUENCE, ok = true;
	size_t count = fallback == NULL ? 0 : is_list ? fallback->count : 1;

	if (count >= PROFILE_SOURCES_MAX) {
		diag_error(reader->diag, fallback->place, "more than %d fallbacks; leave some out",
		    PROFILE_SOURCES_MAX - 1);
		return false;
	}
	column->sources = mem_calloc(count + 1, sizeof *column->sources);
	if (!draft_read_source(reader, node, is_scalar, &column->sources[0]))
		return false;
	column->n_sources = 1;
	column->name = mem_strdup(column->sources[0].name);
	if (count > 0 && !is_list)
		return read_fallback(reader, fallback, is_scalar, column);
	for (const struct yaml_entry *e = is_list ? yaml_first(fallback) : NULL; e != NULL; e = e->next)
		ok &= read_fallback(reader, e->value, is_scalar, column);
	return ok;
}

/* ---- the three sorts ---- */

static void make_tag(struct column *column)
{
	column->is_tag = true;
	column->kind = KIND_TEXT;
}

bool draft_read_symbol(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	struct column *column = &out->column;
	bool is_tag = node_bool(reader, yaml_get(node, "tag"), false);
	int kind = KIND_TEXT;

	memset(out, 0, sizeof *out);
	if (yaml_get(node, "constant_value_one") !=
	    NULL) /* a number that is no object; told by node_keys() */
		return false;
	if (!is_tag)
		kind = read_kind(reader, node, defaults);
	if (kind < 0 || !read_sources(reader, node, defaults->is_scalar, column)) {
		draft_column_fini(out);
		return false;
	}
	column->kind = (enum kind)kind;
	if (kind == KIND_TEXT)
		make_tag(column);
	read_common(reader, node, out);
	column->is_static = node_bool(reader, yaml_get(node, "static"), column->is_tag);
	out->max_rate = yaml_get(node, "max_rate");
	if (out->max_rate != NULL && kind != KIND_COUNTER) {
		diag_error(reader->diag, out->max_rate->place, "'max_rate' is for counters; '%s' is a %s",
		    column->name, kind_name(column->kind));
		out->max_rate = NULL;
	}
	read_ds(reader, node, defaults, out);
	return true;
}

bool draft_read_tag(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	const struct yaml_node *body = yaml_get(node, "symbol");
	struct column *column = &out->column;

	memset(out, 0, sizeof *out);
	if (yaml_get(node, "index") != NULL || yaml_get(node, "index_transform") != NULL)
		return false; /* told by node_keys() */
	if (body == NULL)
		body = yaml_get(node, "column");
	if (body == NULL || body->type == YAML_SCALAR)
		body = node;
	else if (!node_keys(reader, body, WHERE_SYMBOL))
		return false;
	if (!read_sources(reader, body, defaults->is_scalar, column)) {
		draft_column_fini(out);
		return false;
	}
	make_tag(column);
	read_common(reader, body, out);
	if (column->n_names == 0 && body != node) { /* the mapping may stand beside the symbol */
		const struct yaml_node *names = yaml_get(node, "mapping");

		read_names(reader, names, column);
	}
	column->is_static = node_bool(reader, yaml_get(node, "static"), true);
	return true;
}

bool draft_read_derived(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	const char *name = node_text(reader, yaml_get(node, "name"));
	static const char *const kinds[] = {"gauge", "enum"};
	int kind;

	memset(out, 0, sizeof *out);
	if (name == NULL || node_text(reader, yaml_get(node, "formula")) == NULL) {
		diag_error(reader->diag, node->place,
		    "a derived metric needs a name and a formula; add what is missing");
		return false;
	}
	kind = node_choice(reader, yaml_get(node, "kind"), "kind", kinds, ARRAY_LEN(kinds));
	out->column.name = mem_strdup(name);
	out->column.kind = kind == 1 ? KIND_ENUM : KIND_GAUGE;
	out->formula = yaml_get(node, "formula");
	read_common(reader, node, out);
	read_ds(reader, node, defaults, out);
	return true;
}
