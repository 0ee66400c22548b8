/* oneshot: a few polls of one device without the daemon: the same sessions and engine,
 * nothing stored, nothing judged. Has a loop of its own; returns when done. */
#ifndef ROLLCALL_DAEMON_ONESHOT_H
#define ROLLCALL_DAEMON_ONESHOT_H

#include "base/err.h"
#include "model/failure.h"
#include "model/inventory.h"
#include "model/report.h"

#include <stdbool.h>
#include <stdint.h>

struct oneshot_result {
	bool answered;
	enum failure failure; /* of the last poll */
	int error_number;
};

/* Polls `device` (whose credentials and profiles are `inventory`'s): once, and `wait` ns
 * after it once more if it answered and wait > 0. Then calls `report` exactly once.
 * ERR_IO when no socket can be had. */
enum err oneshot_poll(struct inventory *inventory, const struct device *device, int64_t wait,
    void (*report)(void *arg, const struct device_report *report, const struct oneshot_result *result),
    void *arg) MUST_USE;

#endif
