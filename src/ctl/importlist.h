/* importlist: devices out of other programs' files, as they become a device list of ours: each once, with a
 * name, a credential and a parent that are there.
 *
 * The readers (importread.h) add what they find; importlist_finish() settles what needs all of them. What is
 * left out, or cannot be taken over, is told with file and line, never with what stands there: communities
 * do. */
#ifndef ROLLCALL_CTL_IMPORTLIST_H
#define ROLLCALL_CTL_IMPORTLIST_H

#include "config/diag.h"
#include "ctl/nameset.h"
#include "model/addresses.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT_TAGS_MAX 64 /* of a device; the configuration takes no more */

/* How to ask, as a source has it: no name; the version -1 = not said. Texts are owned. */
struct import_access {
	int version;		 /* enum snmp_version */
	struct secret community; /* of versions 1 and 2c */
	char *name;		 /* what the source calls it, where it does */
	char *user, *auth, *priv, *context;
	struct secret auth_key, priv_key;
};
void import_access_fini(struct import_access *access);

struct import_device {
	char *name, *address; /* owned, as all texts here; name NULL = the address */
	char *port;	      /* NULL = as in the address, or 161 */
	struct import_access access;
	char **tags;
	size_t n_tags;
	char *parent;
	struct diag_place place;
	/* Made by the list. */
	const char *credential; /* borrowed; NULL = the default one */
};

/* A credential that the devices need, and the configuration may not have. */
struct import_credential {
	struct import_access access;
	char *name;	/* "imported-1", or what the source calls it */
	size_t used;	/* devices */
	bool is_known;	/* the configuration has it, under this name */
	bool is_hollow; /* nothing but its name is known */
};

struct import_skipped {
	struct diag_place place;
	char *name, *address; /* may be NULL */
	char *reason;
};

struct importlist {
	const struct inventory *inventory;
	const struct addresses *excluded;
	struct diag *diag;
	struct {
		struct import_device *v;
		size_t n, cap;
	} devices;
	struct {
		struct import_credential *v;
		size_t n, cap;
	} credentials;
	struct {
		struct import_skipped *v;
		size_t n, cap;
	} skipped;
	struct {
		struct import_access *v;
		size_t n, cap;
	} accesses; /* by name, that a source defines */
	/* Number of the device; SIZE_MAX - 1 - number: of the inventory's. Aliases are for those who name
	 * parents: hosts, and names as the source has them. */
	struct nameset by_address, by_name, by_alias;
};

void importlist_init(struct importlist *list, const struct inventory *inventory,
    const struct addresses *excluded, struct diag *diag);
void importlist_fini(struct importlist *list);

/* Takes what is in `device`. One whose address is no address, known, excluded, or there already, is told and
 * left out. */
void importlist_add(struct importlist *list, struct import_device *device);
/* Left out for another reason: told. Name and address may be NULL. */
void importlist_skip(struct importlist *list, struct diag_place place, const char *name, const char *address,
    const char *reason);
/* What a source calls `access->name`; takes it. */
void importlist_define(struct importlist *list, struct import_access *access);
/* Adds a tag, cleaned, unless it is there or empty. */
void import_device_tag(struct import_device *device, const char *text);

/* All are in: names, credentials, parents. */
void importlist_finish(struct importlist *list);

#endif
