/* service: what the service manager is told (sd_notify(3)), over the socket in NOTIFY_SOCKET.
 *
 *     READY=1            configuration read, sockets open
 *     RELOADING=1        with MONOTONIC_USEC, then READY=1 when it is over
 *     STATUS=1,203 of 1,210 present
 *     WATCHDOG=1         only while work gets done (pulse.h); WATCHDOG_USEC says how often
 *     STOPPING=1
 *
 * Without NOTIFY_SOCKET all of it does nothing. Messages are single datagrams that never block; one that
 * cannot be delivered is dropped. */
#ifndef ROLLCALL_DAEMON_SERVICE_H
#define ROLLCALL_DAEMON_SERVICE_H

#include "base/loop.h"
#include "daemon/pulse.h"

struct service;

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and removes them from the environment: they are not
 * meant for the programs that this one starts. `look` fills in the vitals; called from a timer. Never NULL.
 */
struct service *service_new(struct loop *loop, void (*look)(void *arg, struct vitals *vitals), void *arg);
/* Says STOPPING, if READY was said. NULL is fine. */
void service_free(struct service *service);
/* READY and the first STATUS; from now on the watchdog is fed. Also ends a reload. */
void service_ready(struct service *service);
void service_reloading(struct service *service);

#endif
