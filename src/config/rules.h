/* rules: rule files, thresholds that are changed, rules that are switched off. For the .c files of
 * config/ alone. docs/rules.md is the reference of what is read here. */
#ifndef ROLLCALL_CONFIG_RULES_H
#define ROLLCALL_CONFIG_RULES_H

#include "config/loader.h"

#define RULES_MAX	 1000
#define RULES_LIMITS_MAX 10000 /* of `limits`; their number must fit a hold's 16 bits */

/* Rules as they are read; the files stay in memory until all are bound. */
struct rules;

struct rules *rules_new(struct loader *loader);
void rules_free(struct rules *rules); /* what is in the inventory stays */

/* rules_read.c: the built-in ones, then the shipped ones below `shipped` (which may be missing), then the
 * user's -> inventory->rules. Same name: a user's replaces a shipped one. */
void rules_read(struct rules *rules, const char *shipped);

/* rules_bind.c: once profiles and devices are there, each rule over each table that has its names. */
void rules_bind(struct rules *rules);

/* rules_limits.c: `limits` and `disable` of the main file -> inventory->settings; after rules_read(). */
void rules_read_limits(struct loader *loader);
/* `disable` of the layers, the main file left out -> device->disabled. */
void rules_read_disabled(
    struct loader *loader, struct device *device, const struct yaml_node *const *layers, size_t n_layers);

/* What the files above share: a rule and where its texts stand. */
struct rule_draft {
	struct rule *rule; /* the inventory's */
	const struct yaml_node *node;
};
const struct rule_draft *rules_drafts(const struct rules *rules, size_t *n);
struct loader *rules_loader(const struct rules *rules);
/* "80%" of `node` -> number and unit; false when it is malformed, which is told. */
bool rules_amount(
    struct loader *loader, const char *key, const struct yaml_node *node, double *number, const char **unit);
struct rule *rules_find(const struct loader *loader, const char *name); /* NULL if none */

#endif
