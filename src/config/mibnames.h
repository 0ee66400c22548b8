/* mibnames: MIB names instead of OIDs, in profiles and in `custom` of devices.
 *
 *     ifInOctets    IF-MIB::ifInOctets    upsAlarmsPresent.0    UCD-SNMP-MIB::laLoadInt.1
 *
 * What stands in a file is completed in its tree: where an object is given by name, its OID is put there,
 * and so are the named numbers and the unit of its MIB where the file has none. Whoever reads the tree
 * afterwards sees numbers only. MIB files (src/mib) are looked through when the first name comes: who
 * names nothing pays nothing. */
#ifndef ROLLCALL_CONFIG_MIBNAMES_H
#define ROLLCALL_CONFIG_MIBNAMES_H

#include "config/diag.h"
#include "config/yaml.h"
#include "mib/library.h"

#include <stdbool.h>

struct mibnames;

/* `shipped` is the folder of the modules that come along (copied). Must outlive the trees that it completes.
 */
struct mibnames *mibnames_new(struct diag *diag, const char *shipped);
void mibnames_free(struct mibnames *names); /* NULL-safe */
/* A user's file, folder (all below it) or pattern, relative to `dir`; one that is not there is an error. */
void mibnames_add(struct mibnames *names, const char *dir, const struct yaml_node *node);

/* One that is written: with module and index or without. `node` is where, its text the name. */
struct name_of {
	struct mib_object object;
	uint32_t index[OID_MAX]; /* what stands behind the name: .3, .0 */
	size_t n_index;
};
/* Whether `text` is meant as a name rather than an OID. */
bool mibnames_is_name(const char *text);
/* False, with an error at the node, when it is none. `module` is where to look first; NULL = nowhere. */
bool mibnames_resolve(
    struct mibnames *names, const struct yaml_node *node, const char *module, struct name_of *out);

/* Completes a profile's file, and a device's list of custom numbers; what is wrong is told, and gets an OID
 * that means nothing, so that it is told once. */
void mibnames_complete_profile(struct mibnames *names, const struct yaml_node *root);
void mibnames_complete_custom(struct mibnames *names, const struct yaml_node *list);

/* Warns of what was not understood in MIB files, notes which of them replace shipped ones. Once, at the end.
 */
void mibnames_report(struct mibnames *names);

/* For mibnames_complete.c. */
/* "'ifTable' of IF-MIB is a table and WHY", at the node. */
void mibnames_object(
    struct mibnames *names, const struct yaml_node *node, const struct mib_object *object, const char *why);
/* Changes of the tree. Texts are copied. */
void mibnames_set(struct mibnames *names, const struct yaml_node *scalar, const char *text);
/* The new value, a scalar (text) or an empty mapping (NULL). */
const struct yaml_node *mibnames_put(
    struct mibnames *names, const struct yaml_node *mapping, const char *key, const char *text);

#endif
