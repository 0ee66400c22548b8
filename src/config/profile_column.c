#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX	4096
#define BORROWED_FACTOR UINT64_C(0x9e3779b97f4a7c15)

/* ---- kind ---- */

#define KIND_FLAG (-2) /* one character of a text of flags: a gauge */

/* The types of the published format. -1: none of them. */
static int kind_of_type(struct profile_reader *reader, const struct yaml_node *node, const char *text)
{
	static const struct {
		const char *type;
		int kind;
	} types[] = {{"gauge", KIND_GAUGE}, {"counter", KIND_COUNTER}, {"rate", KIND_COUNTER},
	    {"percent", KIND_COUNTER}, {"monotonic_count", KIND_COUNTER},
	    {"monotonic_count_and_rate", KIND_COUNTER}, {"flag_stream", KIND_FLAG}};
	const char *names[ARRAY_LEN(types)];

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		names[i] = types[i].type;
		if (strcmp(types[i].type, text) == 0)
			return types[i].kind;
	}
	diag_unknown(reader->diag, DIAG_ERROR, node->place, "metric type", text, names, ARRAY_LEN(names));
	return -1;
}

/* NULL when the symbol itself has none. */
static const struct yaml_node *own_type(const struct yaml_node *node)
{
	const struct yaml_node *type = yaml_get(node, "metric_type");

	return type != NULL ? type : yaml_get(node, "forced_type");
}

static const char *type_of(
    struct profile_reader *reader, const struct yaml_node *node, const struct column_defaults *defaults)
{
	const char *text = node_text(reader, own_type(node));

	return text != NULL ? text : defaults->type;
}

/* As another profile has it for the same object. */
static bool borrow_kind(
    struct profile_reader *reader, const struct yaml_node *node, enum kind *kind, const char **unit)
{
	const char *text = yaml_text(yaml_get(node, "OID"));
	struct oid oid;

	if (text == NULL || oid_parse(text, &oid) != ERR_OK ||
	    !profile_kinds_find(reader->kinds, &oid, kind, unit))
		return false;
	if (yaml_get(node, "scale") != NULL || yaml_get(node, "scale_factor") != NULL)
		*unit = NULL; /* of another number */
	reader->borrowed = (reader->borrowed + (uint64_t)*kind + 1) * BORROWED_FACTOR;
	if (*unit != NULL)
		reader->borrowed ^= str_hash(*unit, strlen(*unit));
	return true;
}

/* *unit becomes that of a kind that is borrowed. */
static int read_kind(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, const char **unit)
{
	static const char *const kinds[] = {
	    "gauge", "counter", "enum", "bits", "timeticks", "datetime", "text"};
	const struct yaml_node *given = yaml_get(node, "kind");
	enum kind borrowed;
	const char *text;
	int kind;

	if (yaml_text(given) != NULL)
		return node_choice(reader, given, "kind", kinds, ARRAY_LEN(kinds));
	/* Named values are a state, also where the published type says gauge: their mean says nothing. */
	if (yaml_get(node, "enum") != NULL || yaml_get(node, "mapping") != NULL)
		return KIND_ENUM;
	kind = draft_conversion_kind(node);
	if (kind >= 0)
		return kind;
	text = type_of(reader, node, defaults);
	if (text != NULL)
		return kind_of_type(reader, own_type(node) != NULL ? own_type(node) : node, text);
	if (borrow_kind(reader, node, &borrowed, unit))
		return (int)borrowed;
	node_kindless(reader, node, yaml_text(yaml_get(node, "name")));
	return KIND_GAUGE;
}

/* ---- what is the same for all sorts of columns ---- */

static void add_text(
    struct profile_reader *reader, const struct yaml_entry *e, const char *value, struct column *column)
{
	if (!column->is_tag) {
		diag_error(reader->diag, e->key->place,
		    "neither '%s' nor '%s' is a number; write {1: up, 2: down}", e->key->text, value);
		return;
	}
	column->texts = mem_realloc(column->texts, column->n_texts + 1, sizeof *column->texts);
	column->texts[column->n_texts++] = (struct text_name){mem_strdup(e->key->text), mem_strdup(value)};
}

void draft_read_names(struct profile_reader *reader, const struct yaml_node *node, struct column *column)
{
	if (node == NULL)
		return;
	if (node->type == YAML_MAPPING && yaml_get(node, "items") != NULL &&
	    yaml_get(node, "items")->type == YAML_MAPPING) {
		if (yaml_get(node, "mode") != NULL)
			node_unused(reader, yaml_get(node, "mode"), "mapping.mode");
		node = yaml_get(node, "items");
	}
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
		if (str_to_i64(key, &number))
			column->names[column->n_names++] = (struct enum_name){number, mem_strdup(value)};
		else if (str_to_i64(value, &number))
			column->names[column->n_names++] = (struct enum_name){number, mem_strdup(key)};
		else
			add_text(reader, e, value, column);
	}
}

/* chart_meta, and its parts where older files have them beside the symbol's own keys. */
static void read_chart(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out)
{
	static const char *const styles[] = {"line", "area", "stacked"};
	const struct yaml_node *meta = yaml_get(node, "chart_meta");
	const char *unit = node_text(reader, yaml_get(node, "unit"));
	int style;

	out->title = node_text(reader, yaml_get(node, "description"));
	if (meta != NULL && node_keys(reader, meta, WHERE_CHART)) {
		const char *title = node_text(reader, yaml_get(meta, "description"));

		if (unit == NULL)
			unit = node_text(reader, yaml_get(meta, "unit"));
		if (title != NULL)
			out->title = title;
		style = node_choice(reader, yaml_get(meta, "type"), "chart type", styles, ARRAY_LEN(styles));
		out->style = style > 0 ? SERIES_AREA : SERIES_LINE;
	}
	if (unit != NULL && out->column.kind != KIND_ENUM) /* states are no amounts of anything */
		out->column.unit = draft_unit(unit, out->column.kind);
	else
		out->column.unit = mem_strdup(out->column.kind == KIND_TIMETICKS ? "s" : "");
}

void draft_read_common(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out)
{
	const struct yaml_node *names = yaml_get(node, "enum");

	out->node = node;
	out->column.counter = -1;
	read_chart(reader, node, out);
	draft_read_text(reader, node, &out->column);
	draft_read_names(reader, names != NULL ? names : yaml_get(node, "mapping"), &out->column);
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

/* A published scalar is asked for as it stands; that it needs .0 is only what it looks like. */
static void add_as_it_stands(
    struct profile_reader *reader, const struct yaml_node *node, struct column *column)
{
	struct source *source = &column->sources[column->n_sources], *first = &column->sources[0];
	struct oid oid;

	if (first->is_instance || !node_oid(reader, yaml_get(node, "OID"), &oid) || oid.id[oid.len - 1] == 0)
		return;
	*source = (struct source){
	    .name = mem_strdup(first->name), .bits = first->bits, .scale = first->scale, .is_instance = true};
	(void)source_set_oid(source, &oid); /* as the first one is good */
	source->absent = mem_dup(first->absent, first->n_absent * sizeof *first->absent);
	source->n_absent = first->n_absent;
	column->n_sources++;
}

bool draft_read_sources(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct column *column)
{
	const struct yaml_node *fallback = yaml_get(node, "fallback");
	bool is_list = fallback != NULL && fallback->type == YAML_SEQUENCE, ok = true;
	size_t count = fallback == NULL ? 0 : is_list ? fallback->count : 1;

	if (count >= PROFILE_SOURCES_MAX) {
		diag_error(reader->diag, fallback->place, "more than %d fallbacks; leave some out",
		    PROFILE_SOURCES_MAX - 1);
		return false;
	}
	column->sources = mem_calloc(count + 2, sizeof *column->sources);
	if (!draft_read_source(reader, node, defaults->is_scalar, &column->sources[0]))
		return false;
	column->n_sources = 1;
	column->name = mem_strdup(column->sources[0].name);
	if (defaults->is_scalar && defaults->is_published)
		add_as_it_stands(reader, node, column);
	if (count > 0 && !is_list)
		return read_fallback(reader, fallback, defaults->is_scalar, column);
	for (const struct yaml_entry *e = is_list ? yaml_first(fallback) : NULL; e != NULL; e = e->next)
		ok &= read_fallback(reader, e->value, defaults->is_scalar, column);
	return ok;
}

/* ---- the sorts ---- */

/* `tag` of a symbol: ours says whether it is one; ktranslate's renames a metric. */
static bool read_is_tag(struct profile_reader *reader, const struct yaml_node *node, const char **alias)
{
	const char *text = node_text(reader, node);

	*alias = NULL;
	if (text == NULL || strcmp(text, "false") == 0 || strcmp(text, "no") == 0)
		return false;
	if (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0)
		return true;
	*alias = text;
	return false;
}

/* `constant_value_one`: rows are counted by their tags. */
static bool read_one(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out)
{
	static const struct yaml_node one = {.type = YAML_SCALAR, .text = "1"};
	const char *name = node_text(reader, yaml_get(node, "name"));

	if (name == NULL) {
		diag_error(reader->diag, node->place, "a symbol without a name; add a 'name'");
		return false;
	}
	out->node = node;
	out->formula = &one;
	out->column = (struct column){
	    .name = mem_strdup(name), .kind = KIND_GAUGE, .unit = mem_strdup(""), .counter = -1};
	return true;
}

static void read_max_rate(
    struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out)
{
	out->max_rate = yaml_get(node, "max_rate");
	if (out->max_rate != NULL && out->column.kind != KIND_COUNTER) {
		diag_error(reader->diag, out->max_rate->place, "'max_rate' is for counters; '%s' is a %s",
		    out->column.name, kind_name(out->column.kind));
		out->max_rate = NULL;
	}
}

static void read_published(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	const char *type = type_of(reader, node, defaults);

	out->condition = yaml_get(node, "condition");
	out->allow_duplicate = node_bool(reader, yaml_get(node, "allow_duplicate"), false);
	out->poll_time = node_number(reader, yaml_get(node, "poll_time_sec"), 0);
	/* Seconds per second, shown as per cent. */
	for (size_t i = 0; str_equal(type, "percent") && i < out->column.n_sources; i++)
		out->column.sources[i].scale *= 100;
}

bool draft_read_symbol(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	const struct yaml_node *options = yaml_get(node, "options");
	struct column *column = &out->column;
	const char *alias, *unit = NULL;
	bool is_tag = read_is_tag(reader, yaml_get(node, "tag"), &alias), ok;
	int kind = KIND_TEXT;

	memset(out, 0, sizeof *out);
	if (node_bool(reader, yaml_get(node, "constant_value_one"), false))
		return read_one(reader, node, out);
	if (!is_tag)
		kind = read_kind(reader, node, defaults, &unit);
	ok = kind != -1 && draft_read_sources(reader, node, defaults, column);
	if (ok) {
		column->kind = kind == KIND_FLAG ? KIND_GAUGE : (enum kind)kind;
		column->is_tag = kind == KIND_TEXT;
		draft_read_common(reader, node, out);
	}
	if (ok && unit != NULL && column->unit[0] == '\0') {
		free(column->unit);
		column->unit = mem_strdup(unit);
	}
	if (ok && kind == KIND_FLAG)
		ok = draft_read_flag(reader, node, options != NULL ? options : defaults->options, column);
	if (!ok) {
		draft_column_fini(out);
		return false;
	}
	if (alias != NULL && strcmp(alias, column->name) != 0)
		column->alias = mem_strdup(alias);
	column->is_static = node_bool(reader, yaml_get(node, "static"), column->is_tag);
	read_max_rate(reader, node, out);
	read_published(reader, node, defaults, out);
	draft_read_ds(reader, node, defaults, out);
	return true;
}

bool draft_read_derived(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	const char *name = node_text(reader, yaml_get(node, "name"));
	static const char *const kinds[] = {"gauge", "enum"};
	int kind;

	memset(out, 0, sizeof *out);
	if (name == NULL) {
		diag_error(reader->diag, node->place, "a derived metric needs a name; add it");
		return false;
	}
	if (!draft_read_fold(reader, node, out))
		return false;
	kind = node_choice(reader, yaml_get(node, "kind"), "kind", kinds, ARRAY_LEN(kinds));
	out->column.name = mem_strdup(name);
	out->column.kind = kind == 1 ? KIND_ENUM : KIND_GAUGE;
	out->formula = yaml_get(node, "formula");
	draft_read_common(reader, node, out);
	draft_read_ds(reader, node, defaults, out);
	return true;
}
