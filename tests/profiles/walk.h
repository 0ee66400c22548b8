/* walk: what an agent answers, as text, in the form of `snmpwalk -On`:
 *
 *     .1.3.6.1.2.1.1.1.0 = STRING: "a switch"
 *     .1.3.6.1.2.1.2.2.1.10.1 = Counter32: 1000
 *
 * Types: INTEGER, STRING, Hex-STRING, OID, IpAddress, Counter32, Counter64, Gauge32, Timeticks,
 * Opaque: Float or Double, NULL, "" for empty text. Names of states and units behind numbers are passed over,
 * as is a line of `No Such ...`. A line that begins otherwise belongs to the text before. # begins a comment,
 * + an object of another type that counts (numbers, or eight octets), in NAME.2.walk. */
#ifndef TESTS_PROFILES_WALK_H
#define TESTS_PROFILES_WALK_H

#include "base/str.h"
#include "scenario/replay_agent.h"

#include <stdbool.h>
#include <stddef.h>

struct walk_object {
	char *oid; /* without the leading dot */
	struct value value;
	uint8_t *octets; /* the value's */
	bool counts;	 /* rises on from turn to turn, whatever its type */
};

struct walk {
	struct walk_object *objects;
	size_t n, cap;
};

/* False, with the reason in *error, if there is no such file or a line that is none of the above. */
bool walk_read(struct walk *walk, const char *path, struct str *error);
void walk_fini(struct walk *walk);

/* The agent as it is at its turn 0, 1, ... `second` is what is different at turn 1 (counters, states); it
 * stays, but for counters, which rise on by the same amount at each further turn, and hrSystemDate, which
 * follows the clock. sysUpTime is set at turn 0 and runs by itself. */
void walk_serve(
    const struct walk *first, const struct walk *second, struct replay_device *device, unsigned turn);

#endif
