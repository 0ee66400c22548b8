/* fault: what goes wrong at which devices, when: a plan of rules, one per line.
 *
 *   [at SECONDS] [for SECONDS] [all | device N | devices A-B] NAME [ARGUMENTS] [on OBJECT] [port N] [prob
 * PERCENT] [at SECONDS] [for SECONDS] [all | device N | devices A-B] as PERSONALITY
 *
 * `at` counts from the start (in a plan) or from now (given at run time); without
 * `for` a rule holds for ever. Effects bend single replies; events change a device
 * once, and those that can be undone are when `for` ends. Chance is a pure function
 * of seed, device and number of the request, so a run can be repeated. The names,
 * with arguments and defaults, are listed by fault_help(); personalities, which are
 * several faults under one name, in personality.h. */
#ifndef FLEET_FAULT_H
#define FLEET_FAULT_H

#include "fleet/fleet.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum fault {
	/* effects on the way */
	FAULT_SILENCE,
	FAULT_LOSS,
	FAULT_DELAY,
	FAULT_DUPLICATE,
	FAULT_REORDER,
	FAULT_WRONG_SOURCE,
	FAULT_WRONG_PORT,
	FAULT_SILENT_ABOVE,
	FAULT_BULK_SILENT,
	FAULT_RATE_LIMIT,
	FAULT_SERIAL,
	FAULT_STRAY,
	FAULT_SPLIT,
	/* effects on the message */
	FAULT_TRUNCATE,
	FAULT_GARBAGE,
	FAULT_FLIP,
	FAULT_TRAILING,
	FAULT_LONG_LENGTHS,
	FAULT_INDEFINITE,
	FAULT_WRONG_ID,
	FAULT_OLD_ID,
	FAULT_WRONG_COMMUNITY,
	FAULT_WRONG_VERSION,
	FAULT_WRONG_PDU,
	/* effects on the answer */
	FAULT_TOO_BIG,
	FAULT_MAX_SIZE,
	FAULT_ERROR,
	FAULT_ERROR_AT,
	FAULT_EMPTY,
	FAULT_FEWER,
	FAULT_EXTRA,
	FAULT_SWAPPED,
	FAULT_OTHER_OIDS,
	FAULT_NULL_VALUES,
	FAULT_TEXT_VALUES,
	FAULT_WRONG_TYPES,
	FAULT_OTHER_INTEGERS,
	FAULT_EXCEPTION,
	FAULT_ZERO_LENGTH,
	FAULT_NEGATIVE,
	FAULT_PADDED,
	FAULT_WIDE,
	FAULT_NO_SUCH,
	FAULT_HOSTILE_TEXT,
	FAULT_HIDE,
	FAULT_NAMES,
	FAULT_CLOCK_SKEW,
	FAULT_LONG_TEXT,
	FAULT_V1_COUNTER64,
	FAULT_CACHED,
	FAULT_JUMP,
	FAULT_UPTIME_SPEED,
	FAULT_UPTIME_UNIT,
	FAULT_RESTLESS,
	/* effects on walks */
	FAULT_WALK_SAME,
	FAULT_WALK_LOOP,
	FAULT_WALK_BACK,
	FAULT_WALK_CUT,
	FAULT_WALK_TWISTED,
	FAULT_ENDLESS,
	FAULT_COLUMN_END,
	FAULT_BULK_ERROR,
	FAULT_BULK_SINGLE,
	FAULT_BULK_ALL,
	/* effects that change the device, at every so-manyth request */
	FAULT_REBOOT_EVERY,
	FAULT_RENUMBER_EVERY,
	FAULT_VANISH_EVERY,
	/* events */
	FAULT_REBOOT,
	FAULT_REBOOT_RENUMBER,
	FAULT_RENUMBER,
	FAULT_RENUMBER_QUIET,
	FAULT_ADD_PORT,
	FAULT_REMOVE_PORT,
	FAULT_COUNTER_RESET,
	FAULT_DISCONTINUITY,
	FAULT_PORT_DOWN,
	FAULT_PORT_DISABLE,
	FAULT_FLAP,
	FAULT_RENAME_PORT,
	FAULT_COUNT,
};
_Static_assert(FAULT_COUNT <= 128, "effects are bits of two words");

/* What bends one reply. */
struct effect {
	bool any;
	uint64_t on[2]; /* bit per fault; of those set, the rest is valid: */
	int64_t arg[FAULT_COUNT][2];
	int32_t object[FAULT_COUNT]; /* entry of the tree that it is about; -1 = all */
	int64_t port[FAULT_COUNT];   /* -1 = all */
};
static inline bool effect_has(const struct effect *effect, enum fault fault)
{
	return (effect->on[fault / 64] >> fault % 64 & 1) != 0;
}

struct faults *faults_new(void);
void faults_free(struct faults *faults);

/* Adds one line, `now` being what `at` counts from. Empty lines and those that begin with # are
 * fine. Returns NULL, or what is wrong with it (valid until the next call). */
const char *faults_add(struct faults *faults, struct fleet *fleet, const char *line, int64_t now);
/* Adds a file's lines; complains on stderr with file and line. */
bool faults_load(struct faults *faults, struct fleet *fleet, const char *path);

/* Starts and ends what is due. Returns when to call again (monotonic ns; INT64_MAX = nothing waits). */
int64_t faults_turn(struct faults *faults, struct fleet *fleet, int64_t now);
/* Ends all rules, waiting ones unheard. What events did stays unless it can be undone. */
void faults_clear(struct faults *faults, struct fleet *fleet, int64_t now);

/* What holds for the device's request number `number`. Call only when device->faults > 0. */
void faults_gather(const struct faults *faults, const struct fleet *fleet, const struct device *device,
    uint64_t number, struct effect *effect);

void faults_list(const struct faults *faults, FILE *out);
void fault_help(FILE *out);

#endif
