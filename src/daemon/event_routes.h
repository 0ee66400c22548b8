/* event_routes: the part of the API that is about events, silences and acknowledgements.
 *
 *     GET  /api/v1/events     device, rule, object (names or patterns), severity (at least), since (epoch
 *                             seconds), after (an event's id: those that follow it, else the last ones),
 *                             limit (1000; at most 10,000)
 *     GET  /api/v1/silences, /api/v1/acks
 *     POST /api/v1/silences          device (name or pattern), rule, object, for (seconds), reason, author
 *     POST /api/v1/silences/remove   id
 *     POST /api/v1/acks              device (empty = the collector), rule, object, reason, author
 *
 * Those that change something answer {"saved": ...}: false when it is in force, but not on disk. */
#ifndef ROLLCALL_DAEMON_EVENT_ROUTES_H
#define ROLLCALL_DAEMON_EVENT_ROUTES_H

#include "base/loop.h"
#include "daemon/http.h"
#include "daemon/pipeline.h"
#include "notify/desk.h"

#include <stdbool.h>

struct event_routes;

struct event_routes *event_routes_new(struct loop *loop, struct desk *desk, struct pipeline *pipeline);
/* Refuses what is being answered; what the event log still has to say later finds nobody. NULL is fine. */
void event_routes_free(struct event_routes *routes);

/* False when the path is none of theirs; else the request is answered, now or later. */
bool event_routes_get(struct event_routes *routes, struct http_request *request);
bool event_routes_post(struct event_routes *routes, struct http_request *request);

#endif
