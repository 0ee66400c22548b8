/* silences: which problems call nobody, as people have said. Pure: no clock, no file.
 *
 * A silence of a device covers the device, its rows, and all that stands behind it (`parent`): whoever
 * takes a switch out of its rack need not name the forty machines below it. One that is narrowed to a rule
 * or a row covers just that, on the devices that it names; nobody who silences the processor alarm of a
 * switch means those of the machines behind it. */
#ifndef ROLLCALL_NOTIFY_SILENCES_H
#define ROLLCALL_NOTIFY_SILENCES_H

#include "base/err.h"
#include "model/silence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SILENCES_MAX 10000 /* at a time; acknowledgements likewise */

struct silences {
	struct silence **v; /* in the order of their ids */
	size_t n, cap;
};

void silences_fini(struct silences *silences);
/* Copied. ERR_LIMIT when there are SILENCES_MAX. */
enum err silences_add(struct silences *silences, const struct silence *silence) MUST_USE;
bool silences_remove(struct silences *silences, int64_t id); /* false if there is none */

/* The first one that covers the problem, or NULL, of those that were made by `since` (wall ns; INT64_MAX =
 * all) and are not over at `wall`. Whether one has begun is not asked of the clock: when that is set back,
 * what is silenced stays so. `device` NULL = the collector itself, which only a pattern that fits everything
 * ("*") names. `parents` are the names of the devices before it, nearest first. */
const struct silence *silences_match(const struct silences *silences, const char *device, const char *rule,
    const char *object, const char *const *parents, size_t n_parents, int64_t since, int64_t wall);

/* Removes what is over at `wall`; how many were. Calls ended() for each before it goes; NULL is fine. */
size_t silences_expire(struct silences *silences, int64_t wall,
    void (*ended)(void *arg, const struct silence *silence), void *arg);
/* Those of exactly device `old` become those of `name`; patterns stay. */
void silences_rename(struct silences *silences, const char *old, const char *name);
/* When the next one ends (wall ns); INT64_MAX without any. */
int64_t silences_next_end(const struct silences *silences);

struct acks {
	struct ack **v; /* in the order in which they were made */
	size_t n, cap;
};

void acks_fini(struct acks *acks);
/* Copied; replaces an earlier one of the same problem. ERR_LIMIT when there are SILENCES_MAX. */
enum err acks_set(struct acks *acks, const struct ack *ack) MUST_USE;
const struct ack *acks_find(
    const struct acks *acks, const char *device, const char *rule, const char *object); /* NULL if none */
/* All of device `old` become those of `name`, whose own go before. */
void acks_rename(struct acks *acks, const char *old, const char *name);
void acks_remove(struct acks *acks, const char *device, const char *rule, const char *object);

#endif
