/* serve: the sockets. One for all IPv4 devices, bound to every address of the
 * loopback interface: IP_PKTINFO says which device was asked, and the reply leaves
 * from that address. Datagrams travel in batches (recvmmsg, sendmmsg). */
#ifndef FLEET_SERVE_H
#define FLEET_SERVE_H

#include "fleet/fleet.h"

#include <stdint.h>

struct serve;

/* Binds options.port, or a free one. NULL with a message on stderr when that fails. */
struct serve *serve_new(struct fleet *fleet);
void serve_free(struct serve *serve);
uint16_t serve_port(const struct serve *serve);

#define SERVE_FDS 2
struct pollfd;
int serve_fds(const struct serve *serve, struct pollfd *fds); /* how many of fds[SERVE_FDS] were set */
void serve_ready(struct serve *serve, int64_t now);	      /* reads and answers all that has come */
void serve_due(struct serve *serve, int64_t now);	      /* sends the delayed replies that are due */
int64_t serve_next(const struct serve *serve);		      /* when the next one is; INT64_MAX = never */

#endif
