/* varbind: one variable binding out of a PDU, decoded in place (RFC 3416 section 3).
 *
 * All types of SMIv1 and v2 and the Opaque-wrapped ones of net-snmp. Types other
 * than declared are none of its business: it tells what came. A value whose frame
 * is sound but whose content is not becomes VALUE_BAD, so that one broken object
 * does not cost its neighbours; a broken frame fails the whole list. */
#ifndef ROLLCALL_SNMP_VARBIND_H
#define ROLLCALL_SNMP_VARBIND_H

#include "model/value.h"
#include "snmp/ber.h"

struct varbind {
	const uint8_t *name; /* content octets, as they came: see varbind_oid_is_sound() */
	size_t name_len;
	struct value value; /* points into the input */
};

enum varbind_step { VARBIND_OK, VARBIND_END, VARBIND_MALFORMED };

enum varbind_step varbind_next(struct ber *list, struct varbind *varbind);

/* Complete, minimal, sub-identifiers of 32 bits, 1 to OID_MAX of them (RFC 2578 3.5, X.690 8.19). */
bool varbind_oid_is_sound(const uint8_t *ber, size_t len);

#endif
