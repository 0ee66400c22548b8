/* Where in a profile, or in `custom`, objects stand, and what their MIB adds to each. */
#include "base/mem.h"
#include "base/str.h"
#include "config/mibnames.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NOTHING "1.3.0" /* stands for an object whose name is wrong: that is told, and enough */

/* What an object is in a profile. */
enum role {
	ROLE_METRIC,
	ROLE_TAG,
	ROLE_OTHER, /* its value is not shown: a table, a guard, a probe, a fallback */
};

struct context {
	struct mibnames *names;
	const char *module; /* where to look first; NULL = nowhere */
	bool is_scalar;	    /* a group of scalars, the device as a whole */
	bool is_table;	    /* the table itself is named, or a probe of a column: no instance is asked for */
	bool has_type;	    /* metric_type of the entry */
	enum role role;
};

/* ---- what the MIB says of an object ---- */

static bool has(const struct yaml_node *node, const char *key)
{
	return yaml_get(node, key) != NULL;
}

/* Names of numbers, where the file does not say itself what the number is. */
static void add_labels(
    const struct context *context, const struct yaml_node *node, const struct mib_object *object)
{
	const struct yaml_node *into;
	const char *kind = yaml_text(yaml_get(node, "kind"));

	if (has(node, "enum") || has(node, "mapping") || has(node, "conversion") || context->has_type ||
	    has(node, "metric_type") || has(node, "forced_type"))
		return;
	if (object->is_bits) {
		if (kind == NULL && context->role == ROLE_METRIC && !has(node, "tag"))
			mibnames_put(context->names, node, "kind", "bits");
		return;
	}
	if (object->n_labels == 0 || (kind != NULL && strcmp(kind, "enum") != 0 && strcmp(kind, "text") != 0))
		return;
	into = mibnames_put(context->names, node, "enum", NULL);
	for (size_t i = 0; i < object->n_labels; i++) {
		char number[32];

		snprintf(number, sizeof number, "%" PRId64, object->labels[i].number);
		mibnames_put(context->names, into, number, object->labels[i].name);
	}
}

/* The words of MIBs in ours. NULL: of no use; "0.1 volts" would need a scale. */
static const char *unit_of(const char *units)
{
	static const struct {
		const char *theirs, *ours;
	} table[] = {{"octets", "octets"}, {"octet", "octets"}, {"bytes", "B"}, {"byte", "B"},
	    {"seconds", "s"}, {"second", "s"}, {"minutes", "min"}, {"minute", "min"}, {"milliseconds", "ms"},
	    {"percent", "%"}, {"percentage", "%"}, {"degrees celsius", "°C"}, {"degrees c", "°C"},
	    {"degree celsius", "°C"}, {"celsius", "°C"}, {"degrees centigrade", "°C"}, {"watts", "W"},
	    {"watt", "W"}, {"volts", "V"}, {"volt", "V"}, {"rms volts", "V"}, {"amperes", "A"}, {"amps", "A"},
	    {"amp", "A"}, {"hertz", "Hz"}, {"rpm", "rpm"}, {"bits per second", "bit/s"},
	    {"bits/second", "bit/s"}, {"bps", "bit/s"}};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (strcasecmp(table[i].theirs, units) == 0)
			return table[i].ours;
	}
	return units[0] >= '0' && units[0] <= '9' ? NULL : units;
}

static void add_unit(
    const struct context *context, const struct yaml_node *node, const struct mib_object *object)
{
	const char *unit = object->units != NULL ? unit_of(object->units) : NULL;

	/* What is scaled is another number. */
	if (unit != NULL && object->n_labels == 0 && !has(node, "unit") && !has(node, "chart_meta") &&
	    !has(node, "scale") && !has(node, "scale_factor") && !has(node, "tag"))
		mibnames_put(context->names, node, "unit", unit);
}

/* ---- one object ---- */

static void set_oid(const struct context *context, const struct yaml_node *node, const char *oid)
{
	if (yaml_get(node, "OID") != NULL)
		mibnames_set(context->names, yaml_get(node, "OID"), oid);
	else
		mibnames_put(context->names, node, "OID", oid);
}

static bool is_named(const struct yaml_node *node)
{
	return yaml_text(yaml_get(node, "name")) != NULL || yaml_text(yaml_get(node, "symbol")) != NULL;
}

static char *dotted(const uint32_t *id, size_t n)
{
	struct str text = {0};

	for (size_t i = 0; i < n; i++)
		str_addf(&text, "%s%" PRIu32, i > 0 ? "." : "", id[i]);
	return str_steal(&text);
}

/* Why an object of that sort cannot stand here; NULL: it can. */
static const char *objection(
    const struct context *context, const struct yaml_node *node, const struct name_of *name)
{
	bool has_index = name->n_index > 0 || has(node, "instance");

	switch (name->object.class) {
	case MIB_TABLE:
	case MIB_ROW:
	case MIB_NODE:
		if (!context->is_table)
			return "has no value; name an object in it";
		break;
	case MIB_NOTIFICATION:
		return "cannot be asked for; name an object";
	case MIB_COLUMN:
		if (context->is_scalar && !context->is_table && !has_index)
			return "has many rows; put it below a `table`, or say which row, as in ifInOctets.3";
		break;
	case MIB_SCALAR:
		break;
	}
	if (!context->is_scalar && name->n_index > 0)
		return "is asked for in all rows; leave out what stands behind its name";
	return NULL;
}

static void fill_in(const struct context *context, const struct yaml_node *node, struct name_of *name)
{
	struct oid *oid = &name->object.oid;
	bool is_zero = name->n_index == 1 && name->index[0] == 0;
	char *text;

	if (context->is_scalar && !context->is_table && name->n_index == 0 && !has(node, "instance"))
		is_zero = true;
	if (is_zero) {
		oid_append(oid, 0);
	} else if (name->n_index > 0) {
		text = dotted(name->index, name->n_index);
		mibnames_put(context->names, node, "instance", text);
		free(text);
	}
	text = dotted(oid->id, oid->len);
	set_oid(context, node, text);
	free(text);
	if (!is_named(node))
		mibnames_put(context->names, node, "name", name->object.name);
	if (context->role == ROLE_OTHER)
		return;
	add_labels(context, node, &name->object);
	if (context->role == ROLE_METRIC)
		add_unit(context, node, &name->object);
}

/* The mistake at `at` was told. */
static void give_up(const struct context *context, const struct yaml_node *node, const struct yaml_node *at)
{
	if (!is_named(node))
		mibnames_put(context->names, node, "name", at->text);
	set_oid(context, node, NOTHING);
}

/* {OID, name}: where the OID is a name, or lacks. */
static void complete_object(struct context context, const struct yaml_node *node)
{
	const struct yaml_node *at = yaml_get(node, "OID");
	struct name_of name;
	const char *why;

	if (node == NULL || node->type != YAML_MAPPING || has(node, "constant_value_one"))
		return;
	if (yaml_text(yaml_get(node, "MIB")) != NULL)
		context.module = yaml_text(yaml_get(node, "MIB"));
	if (yaml_text(at) == NULL)
		at = yaml_text(yaml_get(node, "name")) != NULL ? yaml_get(node, "name")
							       : yaml_get(node, "symbol");
	else if (!mibnames_is_name(at->text))
		return;
	if (yaml_text(at) == NULL)
		return; /* told where it is read */
	if (!mibnames_resolve(context.names, at, context.module, &name)) {
		give_up(&context, node, at);
		return;
	}
	why = objection(&context, node, &name);
	if (why == NULL) {
		fill_in(&context, node, &name);
	} else {
		mibnames_object(context.names, at, &name.object, why);
		give_up(&context, node, at);
	}
}

/* ---- where they stand ---- */

static void complete_fallback(struct context context, const struct yaml_node *fallback)
{
	context.role = ROLE_OTHER;
	if (fallback == NULL || fallback->type != YAML_SEQUENCE) {
		complete_object(context, fallback);
		return;
	}
	for (const struct yaml_entry *e = yaml_first(fallback); e != NULL; e = e->next)
		complete_object(context, e->value);
}

static void complete_symbol(struct context context, const struct yaml_node *node)
{
	if (node == NULL || node->type != YAML_MAPPING)
		return;
	complete_object(context, node);
	complete_fallback(context, yaml_get(node, "fallback"));
}

static void complete_symbols(struct context context, const struct yaml_node *list)
{
	if (list == NULL || list->type != YAML_SEQUENCE)
		return;
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next)
		complete_symbol(context, e->value);
}

/* The object stands in `symbol`, in `column`, or beside `tag`; a tag of the index has none. */
static void complete_tag(struct context context, const struct yaml_node *node)
{
	static const char *const bodies[] = {"symbol", "column"};

	if (node->type != YAML_MAPPING)
		return;
	if (yaml_text(yaml_get(node, "MIB")) != NULL)
		context.module = yaml_text(yaml_get(node, "MIB"));
	/* Names of numbers may stand beside the object. */
	context.role = has(node, "mapping") || has(node, "enum") ? ROLE_OTHER : ROLE_TAG;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		const struct yaml_node *body = yaml_get(node, bodies[i]);

		if (body != NULL && body->type == YAML_MAPPING) {
			complete_symbol(context, body);
			return;
		}
	}
	if (has(node, "OID") || yaml_text(yaml_get(node, "symbol")) != NULL ||
	    (has(node, "name") && !has(node, "index") && !has(node, "index_transform")))
		complete_symbol(context, node);
}

static void complete_tags(struct context context, const struct yaml_node *list)
{
	if (list == NULL || list->type != YAML_SEQUENCE)
		return;
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next)
		complete_tag(context, e->value);
}

/* The table by an OID that is a name; by its name alone it needs none. */
static void complete_table(struct context context, const struct yaml_node *table)
{
	context.role = ROLE_OTHER;
	context.is_table = true;
	if (table != NULL && table->type == YAML_MAPPING && has(table, "OID"))
		complete_object(context, table);
}

static void complete_entry(struct context context, const struct yaml_node *node)
{
	const struct yaml_node *symbol = yaml_get(node, "symbol"), *table = yaml_get(node, "table");
	struct context other;

	if (node->type != YAML_MAPPING)
		return;
	context.module = yaml_text(yaml_get(node, "MIB"));
	context.is_scalar = table == NULL && yaml_text(yaml_get(node, "as")) == NULL;
	context.has_type = has(node, "metric_type") || has(node, "forced_type");
	complete_table(context, table);
	other = context;
	other.role = ROLE_OTHER;
	/* Older files: the entry itself is the symbol, and has no place for names of numbers. */
	if (symbol != NULL && symbol->type == YAML_MAPPING)
		complete_symbol(context, symbol);
	else if (has(node, "OID") || yaml_text(symbol) != NULL)
		complete_symbol(other, node);
	complete_symbols(context, yaml_get(node, "symbols"));
	complete_tags(context, yaml_get(node, "metric_tags"));
	other.is_scalar = true;
	complete_object(other, yaml_get(node, "guard"));
}

static void complete_probe(struct context context, const struct yaml_node *node)
{
	const char *column = yaml_text(yaml_get(node, "column"));

	context.role = ROLE_OTHER;
	context.is_table = column != NULL && strcmp(column, "true") == 0;
	complete_object(context, node);
}

void mibnames_complete_profile(struct mibnames *names, const struct yaml_node *root)
{
	struct context context = {.names = names, .is_scalar = true};
	const struct yaml_node *metrics = yaml_get(root, "metrics"), *probe = yaml_get(root, "probe");
	const struct yaml_node *fields = yaml_get(yaml_get(yaml_get(root, "metadata"), "device"), "fields");

	for (const struct yaml_entry *e = yaml_first(metrics); e != NULL; e = e->next)
		complete_entry(context, e->value);
	if (probe != NULL && probe->type == YAML_SEQUENCE)
		for (const struct yaml_entry *e = yaml_first(probe); e != NULL; e = e->next)
			complete_probe(context, e->value);
	else
		complete_probe(context, probe);
	context.role = ROLE_TAG;
	for (const struct yaml_entry *e = yaml_first(fields); e != NULL; e = e->next) {
		complete_symbol(context, yaml_get(e->value, "symbol"));
		complete_symbols(context, yaml_get(e->value, "symbols"));
	}
	complete_tags(context, yaml_get(root, "metric_tags"));
}

void mibnames_complete_custom(struct mibnames *names, const struct yaml_node *list)
{
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next) {
		const struct yaml_node *node = yaml_get(e->value, "oid");
		struct name_of name;
		char *text;

		if (yaml_text(node) == NULL || !mibnames_is_name(node->text))
			continue;
		if (!mibnames_resolve(names, node, NULL, &name)) {
			mibnames_set(names, node, NOTHING);
			continue;
		}
		if (name.object.class != MIB_SCALAR && name.object.class != MIB_COLUMN) {
			mibnames_object(names, node, &name.object, "has no value; name an object");
			mibnames_set(names, node, NOTHING);
			continue;
		}
		if (name.object.class == MIB_SCALAR && name.n_index == 0)
			oid_append(&name.object.oid, 0);
		for (size_t i = 0; i < name.n_index; i++)
			oid_append(&name.object.oid, name.index[i]);
		text = dotted(name.object.oid.id, name.object.oid.len);
		mibnames_set(names, node, text);
		free(text);
	}
}
