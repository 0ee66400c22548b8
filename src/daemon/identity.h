/* identity: who a device is, by what it says of itself, whatever address it is asked at. Pure.
 *
 * An engineID, a serial number or a MAC address is shared by two devices too: cloned images, vendors'
 * placeholders, virtual systems of one chassis. So what is shared is held against what differs. */
#ifndef ROLLCALL_DAEMON_IDENTITY_H
#define ROLLCALL_DAEMON_IDENTITY_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTITY_MACS_MAX 256 /* of one device; more are left out */

struct identity {
	char *sysname, *descr; /* owned; NULL = not told */
	char *engine_id;       /* "0x80001f88...", RFC 3411; NULL = none that is worth anything */
	char *serial;	       /* of the chassis; NULL likewise */
	uint64_t bridge;       /* dot1dBaseBridgeAddress; 0 = none */
	uint64_t *macs;	       /* owned; of its interfaces, sorted, each once */
	size_t n_macs;
	double booted; /* epoch s, by its sysUpTime; NaN = not told */
};
void identity_fini(struct identity *identity);

/* What a device answers; what cannot tell devices apart (empty, zeros, placeholders, addresses that several
 * share by design) is left out. Bytes as they came. */
void identity_set_engine(struct identity *identity, const uint8_t *octets, size_t len);
void identity_set_serial(struct identity *identity, const void *octets, size_t len); /* the first counts */
void identity_set_bridge(struct identity *identity, const uint8_t *octets, size_t len);
void identity_add_mac(struct identity *identity, const uint8_t *octets, size_t len);
void identity_add_mac_text(struct str *out, uint64_t mac); /* "00:1b:21:3c:4d:5e" */

enum identity_match {
	IDENTITY_OTHER,	   /* nothing says that they are the same */
	IDENTITY_SAME,	   /* `evidence` says why */
	IDENTITY_DOUBTFUL, /* something is shared that should not be, and something else differs */
};
/* Appends to `evidence`: "engineID 0x8000..., serial X", and, when doubtful, ", but sysName a and b". */
enum identity_match identity_compare(
    const struct identity *a, const struct identity *b, struct str *evidence);

#endif
