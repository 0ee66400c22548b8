/* live: what a recording would say by now, had its device gone on: counters rise, sysUpTime and
 * hrSystemUptime run, hrSystemDate follows the clock. All else stays.
 *
 * A counter rises at the rate between this recording and a later one of the same device, where there is one.
 * Else at its own average since the device's start (counter / sysUpTime), a little more or less, made from
 * `seed` and the object's name: the same in each run. What never counted stays still. Octets of an interface
 * stay below its ifHighSpeed or ifSpeed, and its 32-bit counters are its 64-bit ones modulo 2^32, as they are
 * on a device. A closed form of the time: nothing is kept by request. */
#ifndef ROLLCALL_PLAY_LIVE_H
#define ROLLCALL_PLAY_LIVE_H

#include "model/recording.h"

#include <stdint.h>

struct live;

/* `recording` must outlive it. `later` NULL: there is none; one without sysUpTime is taken to be a minute
 * later, one of after a restart of the device is no use. `start`: monotonic ns, when the recording's values
 * are the true ones. */
struct live *live_new(
    const struct recording *recording, const struct recording *later, const char *seed, int64_t start);
void live_free(struct live *live); /* NULL is fine */

/* The time that live_value() answers for; `wall` in ns since the epoch, for the date. */
void live_set_time(struct live *live, int64_t now, int64_t wall);
/* For query_source.value; `live` is a struct live. */
void live_value(void *live, const struct recorded *object, struct value *value);

#endif
