#include "config/rules.h"

#include "base/mem.h"
#include "model/rulebind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One rule against the tables it may be about. */
struct binder {
	struct loader *loader;
	const struct rule_draft *draft;
	bool any_table;
	struct rule_mistake best; /* of the tables that lack a name: where most of the rule was understood */
	/* Of the tables that have all names, but where these are of another type or unit. */
	struct rule_mistake misfit;
	const char *misfit_of; /* its profile, or NULL */
	size_t n_misfits;
};

static const struct yaml_node *part_node(const struct rule_draft *draft, enum rule_part part)
{
	static const char *const keys[] = {[RULE_PART_VALUE] = "value",
	    [RULE_PART_WHERE] = "where",
	    [RULE_PART_WHEN] = "when",
	    [RULE_PART_CLEAR] = "clear",
	    [RULE_PART_TEXT] = "text"};

	return yaml_get(draft->node, keys[part]);
}

/* Place of byte `offset` of a text; columns are characters. Text over several lines is folded: where
 * a byte of it stood is not known any more. */
static struct diag_place place_in(const struct yaml_node *node, size_t offset)
{
	struct diag_place place = node->place;

	if (node->end.line != place.line)
		return place;
	for (size_t i = 0; i < offset && node->text[i] != '\0'; i++)
		place.col += ((unsigned char)node->text[i] & 0xc0) != 0x80;
	return place;
}

static struct diag_place place_of(const struct binder *binder, const struct rule_mistake *mistake)
{
	const struct yaml_node *node = part_node(binder->draft, mistake->part);

	if (node == NULL) /* the text that was made of `when` */
		node = part_node(binder->draft, RULE_PART_WHEN);
	return place_in(node, mistake->column);
}

static void tell(const struct binder *binder, const struct rule_mistake *mistake)
{
	diag_error(binder->loader->diag, place_of(binder, mistake), "rule %s: %s", binder->draft->rule->name,
	    mistake->text);
}

/* It fits other tables of that name, and is judged there. */
static void tell_misfit(const struct binder *binder)
{
	char more[48] = "";

	if (binder->n_misfits > 1)
		snprintf(more, sizeof more, " and %zu more", binder->n_misfits - 1);
	diag_warning(binder->loader->diag, place_of(binder, &binder->misfit),
	    "rule %s: not judged where '%s' is that of profile %s%s: %s", binder->draft->rule->name,
	    binder->draft->rule->of, binder->misfit_of != NULL ? binder->misfit_of : "(custom)", more,
	    binder->misfit.text);
}

static bool is_further(const struct rule_mistake *a, const struct rule_mistake *b)
{
	if (b->text == NULL || a->part != b->part)
		return b->text == NULL || a->part > b->part;
	return a->column > b->column;
}

static void try_table(struct binder *binder, const struct table *table, const char *profile)
{
	struct rule_mistake mistake;

	binder->any_table = true;
	if (rulebind_add(binder->draft->rule, table, &mistake))
		return;
	if (!mistake.is_name && binder->n_misfits++ == 0) {
		binder->misfit = mistake;
		binder->misfit_of = profile;
	} else if (!mistake.is_name) {
		free(mistake.text);
	} else if (is_further(&mistake, &binder->best)) {
		free(binder->best.text);
		binder->best = mistake;
	} else {
		free(mistake.text);
	}
}

static void try_all(struct binder *binder)
{
	const struct inventory *inventory = binder->loader->inventory;
	const char *of = binder->draft->rule->of;

	if (strcmp(of, "device") == 0) {
		try_table(binder, NULL, NULL);
		return;
	}
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		const struct table *table = profile_table(inventory->profiles[i], of);

		if (table != NULL)
			try_table(binder, table, inventory->profiles[i]->name);
	}
	for (size_t i = 0; strcmp(of, "custom") == 0 && i < inventory->n_devices; i++)
		if (inventory->devices[i].custom != NULL)
			try_table(binder, inventory->devices[i].custom, NULL);
}

static void tell_no_table(const struct binder *binder)
{
	const struct inventory *inventory = binder->loader->inventory;
	const struct yaml_node *of = yaml_get(binder->draft->node, "of");
	const char **names;
	size_t room = 2, n = 0;

	for (size_t i = 0; i < inventory->n_profiles; i++)
		room += inventory->profiles[i]->n_tables;
	names = mem_calloc(room, sizeof *names);
	names[n++] = "device";
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		for (size_t t = 0; t < inventory->profiles[i]->n_tables; t++) {
			bool known = false;

			for (size_t k = 0; k < n; k++)
				known |= strcmp(names[k], inventory->profiles[i]->tables[t].name) == 0;
			if (!known)
				names[n++] = inventory->profiles[i]->tables[t].name;
		}
	}
	diag_unknown(binder->loader->diag, DIAG_ERROR, of->place, "table", of->text, names, n);
	free(names);
}

/* Thresholds that the condition does not read would silently be without effect. */
static void check_limit_is_read(const struct binder *binder)
{
	const struct rule *rule = binder->draft->rule;
	const struct yaml_node *when = part_node(binder->draft, RULE_PART_WHEN);
	bool reads = false;
	size_t n;

	if (!rule_has_limits(rule) || rule->n_bindings == 0)
		return;
	for (const int *slots = expr_slots(rule->bindings[0].when, &n); n > 0; n--)
		reads |= slots[n - 1] == RULE_SLOT_LIMIT;
	if (!reads)
		diag_error(binder->loader->diag, when->place,
		    "rule %s: warning and critical are read as 'limit', and this does not; compare with it, "
		    "as in "
		    "used_percent > limit",
		    rule->name);
}

/* A user's `custom` rule may be there before the first device that has such numbers. */
static bool may_be_empty(const struct binder *binder)
{
	return binder->draft->rule->is_shipped || strcmp(binder->draft->rule->of, "custom") == 0;
}

static void bind(struct loader *loader, const struct rule_draft *draft)
{
	struct binder binder = {.loader = loader, .draft = draft};

	try_all(&binder);
	if (!binder.any_table && !may_be_empty(&binder))
		tell_no_table(&binder);
	else if (binder.n_misfits > 0 && draft->rule->n_bindings == 0)
		tell(&binder, &binder.misfit);
	else if (binder.n_misfits > 0)
		tell_misfit(&binder);
	else if (draft->rule->n_bindings == 0 && binder.best.text != NULL && !draft->rule->is_shipped)
		tell(&binder, &binder.best);
	check_limit_is_read(&binder);
	free(binder.best.text);
	free(binder.misfit.text);
}

void rules_bind(struct rules *rules)
{
	struct loader *loader = rules_loader(rules);
	size_t n;
	const struct rule_draft *drafts = rules_drafts(rules, &n);

	if (loader->profiles_missing || loader->inventory->n_profiles == 0)
		return; /* that is told, and all else would follow from it */
	for (size_t i = 0; i < n; i++)
		bind(loader, &drafts[i]);
}
