#include "config/rules.h"

#include "base/mem.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/check.h"
#include "config/paths.h"
#include "model/rule.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_MAX_BYTES 64
#define POLLS_MAX      1000
#define HOLD_MAX       (7 * 86400 * UNITS_SEC)

struct rules {
	struct loader *loader;
	struct {
		struct yaml **v;
		size_t n, cap;
	} files;
	struct {
		struct rule_draft *v;
		size_t n, cap;
	} drafts;
};

struct rules *rules_new(struct loader *loader)
{
	struct rules *rules = mem_alloc(sizeof *rules);

	rules->loader = loader;
	return rules;
}

void rules_free(struct rules *rules)
{
	for (size_t i = 0; i < rules->files.n; i++)
		yaml_free(rules->files.v[i]);
	vec_fini(&rules->files);
	vec_fini(&rules->drafts);
	free(rules);
}

const struct rule_draft *rules_drafts(const struct rules *rules, size_t *n)
{
	*n = rules->drafts.n;
	return rules->drafts.v;
}

struct loader *rules_loader(const struct rules *rules)
{
	return rules->loader;
}

struct rule *rules_find(const struct loader *loader, const char *name)
{
	for (size_t i = 0; i < loader->inventory->n_rules; i++)
		if (strcmp(loader->inventory->rules[i]->name, name) == 0)
			return loader->inventory->rules[i];
	return NULL;
}

static void add_rule(struct loader *loader, struct rule *rule)
{
	struct inventory *inventory = loader->inventory;

	inventory->rules = mem_realloc(inventory->rules, inventory->n_rules + 1, sizeof *inventory->rules);
	inventory->rules[inventory->n_rules++] = rule;
}

/* Judged from the states of devices; here they have a name that can be switched off. */
static void add_built_in(struct loader *loader)
{
	static const struct {
		const char *name, *of;
		enum rule_kind kind;
	} all[] = {{"device-down", "device", RULE_DEVICE_DOWN},
	    {"collector-blind", "collector", RULE_COLLECTOR_BLIND}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct rule *rule = mem_alloc(sizeof *rule);

		rule->kind = all[i].kind;
		rule->name = mem_strdup(all[i].name);
		rule->of = mem_strdup(all[i].of);
		rule->is_shipped = true;
		rule->severity = SEVERITY_CRITICAL;
		rule->warning = rule->critical = NAN;
		add_rule(loader, rule);
	}
}

/* --- one rule --- */

bool rules_amount(
    struct loader *loader, const char *key, const struct yaml_node *node, double *number, const char **unit)
{
	const char *text = yaml_text(node);

	if (text == NULL)
		return false; /* told, or not there */
	if (expr_parse_amount(text, number, unit))
		return true;
	diag_error(loader->diag, node->place,
	    "%s '%s' is no threshold; write a number, or one with its unit, as in 80%%, 30s, 5m, 10G or "
	    "100Mbit/s",
	    key, text);
	return false;
}

static void read_thresholds(struct loader *loader, const struct yaml_node *node, struct rule *rule)
{
	const struct yaml_node *warning = yaml_get(node, "warning"), *critical = yaml_get(node, "critical");
	const struct yaml_node *severity = yaml_get(node, "severity");
	const char *first = "", *second = "", *text = yaml_text(severity);

	rule->warning = rule->critical = NAN;
	rules_amount(loader, "warning", warning, &rule->warning, &first);
	rules_amount(loader, "critical", critical, &rule->critical, &second);
	if (*first != '\0' && *second != '\0' && strcmp(first, second) != 0)
		diag_error(loader->diag, critical->place,
		    "warning is in %s, and critical in %s; give both the same unit", first, second);
	strncpy(rule->limit_unit, *first != '\0' ? first : second, sizeof rule->limit_unit - 1);
	if (rule->warning >= rule->critical && rule->warning <= rule->critical)
		diag_error(loader->diag, critical->place,
		    "critical is the same as warning; change one, or leave it out");
	if (severity != NULL && (warning != NULL || critical != NULL))
		diag_error(loader->diag, severity->place,
		    "a rule with warning or critical has its severity from them; remove one or the other");
	if (severity == NULL && warning == NULL && critical == NULL)
		diag_error(loader->diag, node->place,
		    "a rule without severity; give it one, or the thresholds warning and critical");
	rule->severity = SEVERITY_WARNING;
	for (int s = SEVERITY_INFO; text != NULL && s <= SEVERITY_CRITICAL; s++)
		if (strcmp(text, severity_name((enum severity)s)) == 0)
			rule->severity = (enum severity)s;
}

/* "5m", or "2 polls". */
static void read_hold(struct loader *loader, const struct yaml_node *node, struct rule *rule)
{
	const char *text = yaml_text(node);
	size_t digits = text != NULL ? strspn(text, "0123456789") : 0;
	int64_t polls = 0;

	if (text == NULL)
		return;
	if (digits > 0 && (strcmp(text + digits, " polls") == 0 || strcmp(text + digits, " poll") == 0)) {
		char *number = mem_strndup(text, digits);

		if (!str_to_i64(number, &polls) || polls < 1 || polls > POLLS_MAX)
			diag_error(loader->diag, node->place, "for %s is out of range; write 1 to %d polls",
			    text, POLLS_MAX);
		else
			rule->hold_polls = (unsigned)polls;
		free(number);
	} else if (units_parse_duration(text, &rule->hold) != ERR_OK || rule->hold > HOLD_MAX) {
		rule->hold = 0;
		diag_error(loader->diag, node->place,
		    "for '%s' is no time; write it as in 0s, 30s, 5m (at most 1w), or as in 2 polls", text);
	}
}

static bool is_name(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("-_.", *p) == NULL)
			return false;
	return isalnum((unsigned char)text[0]) && strlen(text) <= NAME_MAX_BYTES;
}

static bool has_required(struct loader *loader, const struct yaml_node *node)
{
	static const char *const required[] = {"rule", "of", "when"};
	const char *name = field_text(node, "rule");
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(required); i++) {
		if (yaml_get(node, required[i]) == NULL)
			diag_error(loader->diag, node->place,
			    "a rule without '%s'; a rule has at least rule, of, when, and severity or "
			    "warning "
			    "and critical",
			    required[i]);
		ok &= field_text(node, required[i]) != NULL;
	}
	if (name != NULL && !is_name(name)) {
		diag_error(loader->diag, yaml_get(node, "rule")->place,
		    "rule '%s' is malformed; use up to %d letters, digits, - _ and .", name, NAME_MAX_BYTES);
		ok = false;
	}
	return ok;
}

static struct rule *read_rule(struct loader *loader, const struct yaml_node *node, bool is_shipped)
{
	struct rule *rule = mem_alloc(sizeof *rule);
	const char *text = field_text(node, "text");

	rule->name = mem_strdup(field_text(node, "rule"));
	rule->of = mem_strdup(field_text(node, "of"));
	rule->file = mem_strdup(diag_file_name(loader->diag, node->place.file));
	rule->line = node->place.line;
	rule->is_shipped = is_shipped;
	rule->device = mem_strdup(field_text(node, "device"));
	rule->tag = mem_strdup(field_text(node, "tag"));
	rule->value = mem_strdup(field_text(node, "value"));
	rule->where = mem_strdup(field_text(node, "where"));
	rule->when = mem_strdup(field_text(node, "when"));
	rule->clear = mem_strdup(field_text(node, "clear"));
	rule->text = mem_strdup(text != NULL ? text : rule->when);
	read_thresholds(loader, node, rule);
	read_hold(loader, yaml_get(node, "for"), rule);
	return rule;
}

/* --- files --- */

static void place_rule(struct rules *rules, const struct yaml_node *node, struct rule *rule)
{
	struct loader *loader = rules->loader;
	struct diag_place place = yaml_get(node, "rule")->place;
	struct rule_draft draft = {rule, node};

	for (size_t i = 0; i < loader->inventory->n_rules; i++) {
		struct rule *there = loader->inventory->rules[i];

		if (strcmp(there->name, rule->name) != 0)
			continue;
		if (there->kind != RULE_CONDITION || there->is_shipped == rule->is_shipped) {
			diag_error(loader->diag, place,
			    "rule '%s' is there already, %s%s%s; give it another name", rule->name,
			    there->file != NULL ? "in " : "built in", there->file != NULL ? there->file : "",
			    "");
			rule_free(rule);
			return;
		}
		diag_note(loader->diag, place, "'%s' replaces the shipped rule of that name", rule->name);
		for (size_t d = 0; d < rules->drafts.n; d++)
			if (rules->drafts.v[d].rule == there)
				rules->drafts.v[d] = draft;
		loader->inventory->rules[i] = rule;
		rule_free(there);
		return;
	}
	if (loader->inventory->n_rules >= RULES_MAX) {
		diag_error(loader->diag, place, "more than %d rules; leave some out", RULES_MAX);
		rule_free(rule);
		return;
	}
	add_rule(loader, rule);
	vec_push(&rules->drafts, draft);
}

static void read_file(struct rules *rules, const char *path, struct diag_place named_at, bool is_shipped)
{
	struct loader *loader = rules->loader;
	const struct yaml_node *root;
	struct yaml *yaml;

	if (yaml_load(path, named_at, loader->diag, YAML_DUPLICATES_ERROR, &yaml) != ERR_OK) {
		loader->rules_missing = true;
		return;
	}
	vec_push(&rules->files, yaml);
	root = yaml_root(yaml);
	if (root->is_null)
		return;
	if (root->type != YAML_SEQUENCE) {
		diag_error(loader->diag, root->place,
		    "a rule file is a list, and this is %s; begin each rule with '- rule: NAME'",
		    yaml_type_name(root));
		loader->rules_missing = true;
		return;
	}
	for (const struct yaml_entry *e = root->first; e != NULL; e = e->next) {
		if (!check_section(loader->diag, e->value, schema_section("rule"), "a rule") ||
		    !has_required(loader, e->value))
			loader->rules_missing = true; /* told; what names it is not blamed */
		else
			place_rule(rules, e->value, read_rule(loader, e->value, is_shipped));
	}
}

static void read_pattern(
    struct rules *rules, const char *dir, const char *pattern, struct diag_place named_at, bool is_shipped)
{
	struct paths found = {0};

	if (paths_expand(dir, pattern, named_at, rules->loader->diag, &found) != ERR_OK)
		rules->loader->rules_missing = true;
	for (size_t i = 0; i < found.n; i++)
		read_file(rules, found.v[i], named_at, is_shipped);
	paths_fini(&found);
}

static void read_users(struct rules *rules)
{
	struct loader *loader = rules->loader;
	const struct yaml_node *named = yaml_get(loader->root, "rules"), *pattern;
	const struct yaml_entry *at = NULL;
	char *beside;

	while ((pattern = field_next(named, &at)) != NULL)
		read_pattern(rules, loader->dir, pattern->text, pattern->place, false);
	if (named != NULL)
		return;
	beside = paths_join(loader->dir, "rules.yaml");
	if (access(beside, F_OK) == 0)
		read_file(rules, beside, (struct diag_place){0}, false);
	free(beside);
}

void rules_read(struct rules *rules, const char *shipped)
{
	add_built_in(rules->loader);
	if (access(shipped, F_OK) == 0)
		read_pattern(rules, shipped, "**/*.yaml", (struct diag_place){0}, true);
	read_users(rules);
}
