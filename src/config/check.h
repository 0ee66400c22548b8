/* check: a mapping against a section of the schema: unknown keys, wrong types, units
 * and ranges, keys that are not yet active; all of it told, with the remedy. */
#ifndef ROLLCALL_CONFIG_CHECK_H
#define ROLLCALL_CONFIG_CHECK_H

#include "config/diag.h"
#include "config/schema.h"
#include "config/yaml.h"

/* False when `node` is not even a mapping: that is told, as "`what` is a mapping". */
bool check_section(
    struct diag *diag, const struct yaml_node *node, const struct schema_section *section, const char *what);

/* Reading what was checked. A key that is not there, or is wrong (and was told), leaves
 * *out as it is and gives false. All are NULL-safe. */
const char *field_text(const struct yaml_node *mapping, const char *key); /* NULL when not given */
bool field_duration(const struct yaml_node *value, int64_t *out);
bool field_size(const struct yaml_node *value, int64_t *out); /* octets */
bool field_int(const struct yaml_node *value, int64_t *out);
bool field_number(const struct yaml_node *value, double *out);
bool field_bool(const struct yaml_node *value, bool *out);

/* For values that are one text or a list of texts: each of them in turn.
 *     const struct yaml_entry *at = NULL;
 *     while ((text = field_next(value, &at)) != NULL) */
const struct yaml_node *field_next(const struct yaml_node *value, const struct yaml_entry **at);

#endif
