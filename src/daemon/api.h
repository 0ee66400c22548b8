/* api: the daemon's two sockets. status.sock only reads; control.sock also operates.
 *
 *     GET  /api/v1/status[?device=NAME]     who is present
 *     GET  /api/v1/devices                  the same
 *     GET  /api/v1/devices/NAME             every table, row and value last polled
 *     GET  /api/v1/stats                    the collector about itself
 *     POST /api/v1/flush[?device=NAME]      control only: answers when all samples are in the files
 *     POST /api/v1/reload                   control only: answers when the configuration is taken over, or
 * not POST /api/v1/rename?from=NAME&to=NAME control only: the same, and the history has moved
 *
 * Events, silences and acknowledgements are in event_routes.h. Errors are {"error": text} with a fitting
 * status. */
#ifndef ROLLCALL_DAEMON_API_H
#define ROLLCALL_DAEMON_API_H

#include "base/loop.h"
#include "daemon/collector.h"
#include "daemon/reload.h"

struct api;

/* Makes `run` (0750) if needed and listens. NULL with *error (caller frees). */
struct api *api_new(
    struct loop *loop, struct collector *collector, struct reload *reload, const char *run, char **error);
void api_free(struct api *api);

#endif
