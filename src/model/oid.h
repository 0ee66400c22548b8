/* oid: object identifiers.
 *
 * Two forms. `struct oid` is for people and configuration. The steady path uses
 * BER content octets (X.690 8.19): a row's name is the octets of its column
 * followed by the octets of its index, so it is joined by memcpy. */
#ifndef ROLLCALL_MODEL_OID_H
#define ROLLCALL_MODEL_OID_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OID_MAX	     128	   /* sub-identifiers, RFC 2578 3.5 */
#define OID_BER_MAX  (OID_MAX * 5) /* content octets of the longest */
#define OID_TEXT_MAX (OID_MAX * 11)

struct oid {
	uint32_t id[OID_MAX];
	uint8_t len;
};

/* "1.3.6.1.2.1.1.3.0", a leading dot is fine. ERR_INVALID, ERR_LIMIT. */
enum err oid_parse(const char *text, struct oid *oid) MUST_USE;
char *oid_format(const struct oid *oid, char *buf, size_t size); /* returns buf, cut when too small */
int oid_compare(const struct oid *a, const struct oid *b);	 /* lexicographic: <0 0 >0 */
bool oid_starts(const struct oid *oid, const struct oid *prefix);
void oid_append(struct oid *oid, uint32_t id); /* at OID_MAX nothing happens */

/* Content octets of the whole OID (first two sub-identifiers joined). Returns their
 * number, 0 when it cannot be encoded (fewer than two sub-identifiers, first > 2, ...). */
size_t oid_to_ber(const struct oid *oid, uint8_t out[OID_BER_MAX]);
/* Content octets of a part that follows a prefix: each sub-identifier by itself. */
size_t oid_index_to_ber(const uint32_t *id, size_t count, uint8_t out[OID_BER_MAX]);
/* Strict: minimal encoding, complete, sub-identifiers below 2^32, at most OID_MAX. */
enum err oid_from_ber(const uint8_t *ber, size_t len, struct oid *oid) MUST_USE;
enum err oid_index_from_ber(const uint8_t *ber, size_t len, uint32_t id[OID_MAX], size_t *count) MUST_USE;
/* "3" or "10.0.0.1" for an index in content octets. Returns buf. */
char *oid_index_format(const uint8_t *ber, size_t len, char *buf, size_t size);
/* Order of two encoded OIDs as the SNMP protocol orders names: <0 0 >0. */
int oid_ber_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

#endif
