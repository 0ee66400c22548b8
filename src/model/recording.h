/* recording: what an agent has to say, held in memory: objects in the order of SNMP (RFC 3416 4.2.2).
 *
 * Filled by a reader of files or by a walk, sorted once, then asked. Names and octets are copied into large
 * blocks, 40 octets and the name per object: 200,000 objects take 12 MB. Nothing is ever taken out. One
 * thread; any number may read while nobody adds. */
#ifndef ROLLCALL_MODEL_RECORDING_H
#define ROLLCALL_MODEL_RECORDING_H

#include "base/err.h"
#include "model/value.h"

#include <stddef.h>
#include <stdint.h>

#define RECORDING_OBJECTS_MAX 4000000
#define RECORDING_OCTETS_MAX  65535 /* of one value: more than a datagram carries */

struct recorded {
	const uint8_t *name; /* content octets, sound */
	uint32_t name_len;
	uint32_t order;	    /* in which it was added */
	struct value value; /* its octets are the recording's */
};

struct recording;

struct recording *recording_new(void);
void recording_free(struct recording *recording); /* NULL is fine */

/* Copies name and octets. ERR_INVALID: no whole OID of at least two sub-identifiers, or one of more than
 * OID_MAX; ERR_LIMIT: see above. Any value may be kept, the exceptions and NULL too. */
enum err recording_add(
    struct recording *recording, const uint8_t *name, size_t name_len, const struct value *value) MUST_USE;

/* Puts the objects into order. Of several with one name the last that was added stays: it is the one that was
 * asked for again. Returns how many went. May be called again after more was added. */
size_t recording_sort(struct recording *recording);

/* Until recording_sort() in the order in which they were added. Pointers are good until the next
 * recording_add() or recording_sort(); the octets they point to as long as the recording. */
size_t recording_count(const struct recording *recording);
const struct recorded *recording_at(
    const struct recording *recording, size_t index); /* NULL beyond the end */

/* Of a sorted one; binary search. The object of this name, the first behind this name; NULL when there is
 * none. recording_index() is the place of an object, for recording_at(). */
const struct recorded *recording_find(
    const struct recording *recording, const uint8_t *name, size_t name_len);
const struct recorded *recording_next(
    const struct recording *recording, const uint8_t *name, size_t name_len);
size_t recording_index(const struct recording *recording, const struct recorded *object);
/* The place of the first object that is not before this name, which need be no whole one: where what lies
 * below it begins. The count when there is none. */
size_t recording_from(const struct recording *recording, const uint8_t *name, size_t name_len);

/* The object by its name in text, as "1.3.6.1.2.1.1.5.0"; NULL when there is none or it is no OID. */
const struct recorded *recording_find_text(const struct recording *recording, const char *oid);

/* Octets in memory. */
size_t recording_size(const struct recording *recording);

#endif
