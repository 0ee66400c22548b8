/* loader: what the parts of one config_load() share. For the .c files of config/ alone. */
#ifndef ROLLCALL_CONFIG_LOADER_H
#define ROLLCALL_CONFIG_LOADER_H

#include "config/config.h"
#include "config/diag.h"
#include "config/mibnames.h"
#include "config/yaml.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>

/* A credential by name; `loaded` is NULL when it has mistakes, which are told. */
struct credential_entry {
	const char *name;
	const struct credential *loaded;
};

struct loader {
	struct diag *diag;
	struct inventory *inventory;
	struct mibnames *names; /* of MIBs */
	struct yaml *main_yaml;
	const struct yaml_node *root; /* of the main file: a mapping, or NULL when there is nothing in it */
	char *dir;		      /* of the main file */
	/* Parts that could not be read: what follows from their lack is not told. */
	bool devices_missing, profiles_missing, rules_missing;
	bool inline_told; /* an inline community in a file that others may read */
	struct {
		int64_t *v; /* ns; intervals whose archives were looked at */
		size_t n, cap;
	} intervals;
	struct {
		struct credential_entry *v;
		size_t n, cap;
	} credentials;
};

/* settings.c: interval .. run -> inventory->settings. */
void settings_read(struct loader *loader);
/* "1m becomes 1m30s, ..." at `place` when archive steps are no multiples of `interval`. */
void settings_check_archives(struct loader *loader, int64_t interval, struct diag_place place);

/* credentials.c: `credentials` -> inventory->credentials. */
void credentials_read(struct loader *loader);
/* Tells of names in `value` (may be NULL) that are no credential. */
void credentials_check(struct loader *loader, const struct yaml_node *value);
/* The credentials that `value` names (one or a list), those that can be used now, in order. NULL = the
 * default ones; then `device` is where it is told when there are none. Gives an array (caller frees) and its
 * length. */
const struct credential **credentials_pick(
    struct loader *loader, const struct yaml_node *value, struct diag_place device, size_t *n);
/* The default ones -> inventory->default_credentials; without a word on what is missing. */
void credentials_pick_default(struct loader *loader);

/* rows.c: `rows` of the layers, the most specific first -> device->rows. */
void rows_read(
    struct loader *loader, struct device *device, const struct yaml_node *const *layers, size_t n_layers);

/* custom.c: `custom` -> a table of scalars; NULL when there is none, or none that is right. */
struct table *custom_read(struct loader *loader, const struct yaml_node *list);

#endif
