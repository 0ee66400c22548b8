#include "config/profile_kinds.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct profile_kinds {
	char *oid; /* dotted, without .0; owned */
	enum kind kind;
	const char *unit;
	bool is_disputed;
	UT_hash_handle hh;
};

static struct profile_kinds *find(struct profile_kinds *kinds, const struct oid *oid)
{
	char text[OID_TEXT_MAX + 1];
	struct oid object = *oid;
	struct profile_kinds *found = NULL;

	if (object.len > 0 && object.id[object.len - 1] == 0)
		object.len--;
	oid_format(&object, text, sizeof text);
	HASH_FIND_STR(kinds, text, found);
	return found;
}

static bool kind_of(const char *text, enum kind *kind)
{
	if (str_equal(text, "counter"))
		*kind = KIND_COUNTER;
	else if (str_equal(text, "gauge"))
		*kind = KIND_GAUGE;
	else
		return false;
	return true;
}

static void add(
    struct profile_kinds **kinds, const char *text, enum kind kind, const char *unit, bool is_instance)
{
	struct profile_kinds *one;
	struct oid oid;
	char dotted[OID_TEXT_MAX + 1];

	if (text == NULL || is_instance || oid_parse(text, &oid) != ERR_OK)
		return;
	one = find(*kinds, &oid);
	if (one != NULL) {
		one->is_disputed |= one->kind != kind;
		return;
	}
	if (oid.id[oid.len - 1] == 0)
		oid.len--;
	one = mem_alloc(sizeof *one);
	one->oid = mem_strdup(oid_format(&oid, dotted, sizeof dotted));
	one->kind = kind;
	one->unit = unit;
	HASH_ADD_KEYPTR(hh, *kinds, one->oid, strlen(one->oid), one);
}

static void add_symbol(struct profile_kinds **kinds, const struct yaml_node *node)
{
	const struct yaml_node *fallback = yaml_get(node, "fallback");
	const char *unit = yaml_text(yaml_get(node, "unit"));
	bool is_instance = yaml_get(node, "instance") != NULL;
	enum kind kind;

	if (!kind_of(yaml_text(yaml_get(node, "kind")), &kind))
		return;
	/* What is scaled has the unit of the scaled number. */
	if (yaml_get(node, "scale") != NULL || yaml_get(node, "scale_factor") != NULL)
		unit = NULL;
	add(kinds, yaml_text(yaml_get(node, "OID")), kind, unit, is_instance);
	if (fallback != NULL && fallback->type == YAML_MAPPING)
		add(kinds, yaml_text(yaml_get(fallback, "OID")), kind, NULL, is_instance);
	else if (fallback != NULL)
		for (const struct yaml_entry *e = yaml_first(fallback); e != NULL; e = e->next)
			add(kinds, yaml_text(yaml_get(e->value, "OID")), kind, NULL, is_instance);
}

void profile_kinds_add(struct profile_kinds **kinds, const struct yaml_node *root)
{
	for (const struct yaml_entry *e = yaml_first(yaml_get(root, "metrics")); e != NULL; e = e->next) {
		const struct yaml_node *symbols = yaml_get(e->value, "symbols");

		add_symbol(kinds, yaml_get(e->value, "symbol"));
		for (const struct yaml_entry *s = yaml_first(symbols); s != NULL; s = s->next)
			add_symbol(kinds, s->value);
	}
}

void profile_kinds_free(struct profile_kinds *kinds)
{
	struct profile_kinds *one, *next;

	HASH_ITER(hh, kinds, one, next)
	{
		HASH_DEL(kinds, one);
		free(one->oid);
		free(one);
	}
}

bool profile_kinds_find(
    struct profile_kinds *kinds, const struct oid *oid, enum kind *kind, const char **unit)
{
	const struct profile_kinds *found = find(kinds, oid);

	if (found == NULL || found->is_disputed)
		return false;
	*kind = found->kind;
	*unit = found->unit;
	return true;
}
