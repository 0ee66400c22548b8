/* usm_ids: which devices have which engine-id. An engine-id is meant to be unique (RFC 3411 section 5);
 * devices made from one image share one, and whoever correlates by it mixes them up. */
#ifndef ROLLCALL_SNMP_USM_IDS_H
#define ROLLCALL_SNMP_USM_IDS_H

#include "snmp/usm_derive.h"

struct usm_ids;

struct usm_ids *usm_ids_new(void);
void usm_ids_free(struct usm_ids *ids); /* NULL is fine */
/* Texts are copied. Returns the name of another device that has it, at another address, or NULL; good until
 * the next call. Devices at one address are contexts of one agent, which may well have one engine-id. */
const char *usm_ids_add(
    struct usm_ids *ids, const struct usm_engine_id *engine, const char *device, const char *address);
void usm_ids_remove(struct usm_ids *ids, const struct usm_engine_id *engine, const char *device);

#endif
