/* outage: why a device did not answer, in words for the person who has to find out. Pure. */
#ifndef ROLLCALL_DAEMON_OUTAGE_H
#define ROLLCALL_DAEMON_OUTAGE_H

#include "base/str.h"
#include "model/failure.h"
#include "model/inventory.h"
#include "model/status.h"

/* One sentence: what and where, with address and tries. `error_number` as in struct poll_outcome. */
void outage_text(struct str *out, const struct device *device, const char *address, enum failure failure,
    int error_number);

#endif
