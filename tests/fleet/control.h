/* control: lines that change the fleet or ask about it while it runs, from stdin
 * and from connections to a unix stream socket. Each line is answered by lines of
 * which the last is "ok" or begins with "error: ".
 *
 * A line is a command (control_help() lists them) or a fault line (fault.h),
 * which holds from now, or `at` so many seconds from now. */
#ifndef FLEET_CONTROL_H
#define FLEET_CONTROL_H

#include "fleet/fleet.h"

struct control;
struct pollfd;

#define CONTROL_CLIENTS 8
#define CONTROL_FDS	(CONTROL_CLIENTS + 1)

/* NULL with a message on stderr when the socket cannot be made. */
struct control *control_new(struct fleet *fleet);
void control_free(struct control *control); /* removes the socket */

int control_fds(
    const struct control *control, struct pollfd *fds); /* how many of fds[CONTROL_FDS] were set */
void control_ready(struct control *control, const struct pollfd *fds, int n);

#endif
