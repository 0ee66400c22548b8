/* profile_kinds: what kind of number each object is, as far as any of the profiles says.
 *
 * Published files leave that to the type on the wire, which does not tell; but most of
 * their objects stand in one of the shipped profiles too, with a `kind`. */
#ifndef ROLLCALL_CONFIG_PROFILE_KINDS_H
#define ROLLCALL_CONFIG_PROFILE_KINDS_H

#include "config/yaml.h"
#include "model/oid.h"
#include "model/profile.h"

#include <stdbool.h>

struct profile_kinds; /* NULL is empty */

/* Takes what the file at `root` says. Text is borrowed: the file must outlive it. */
void profile_kinds_add(struct profile_kinds **kinds, const struct yaml_node *root);
void profile_kinds_free(struct profile_kinds *kinds);
/* Of the object `oid`, with or without .0. False when no file says that it is a gauge or a counter, or two
 * contradict each other. *unit may be NULL. */
bool profile_kinds_find(
    struct profile_kinds *kinds, const struct oid *oid, enum kind *kind, const char **unit);

#endif
