/* player: agents that answer out of recordings, each at a loopback address of its own, in one loop.
 *
 * Only addresses within 127.0.0.0/8 are taken: what a recording holds, and its lack of access control, is for
 * nobody else. */
#ifndef ROLLCALL_PLAY_PLAYER_H
#define ROLLCALL_PLAY_PLAYER_H

#include "base/err.h"
#include "base/loop.h"
#include "model/credential.h"
#include "model/recording.h"
#include "play/authority.h"

#include <stdbool.h>
#include <stdint.h>

struct player;

struct player_options {
	const struct secret *community; /* NULL: any */
	struct authority *authority;	/* NULL: no SNMPv3 */
	bool live;			/* see play/live.h */
};

/* What the options point to, and the loop, must outlive it. */
struct player *player_new(struct loop *loop, const struct player_options *options);
void player_free(struct player *player); /* NULL is fine */

/* Another agent, at address (host order) and port. Takes over `recording`, sorted, in any case; `later`
 * (NULL: there is none) stays the caller's and is not looked at again. `name` makes the engine-id where the
 * recording has none. ERR_INVALID: no loopback address; ERR_IO: errno tells; ERR_UNSUPPORTED: no SNMPv3 with
 * this engine-id. */
enum err player_add(struct player *player, const char *name, struct recording *recording,
    const struct recording *later, uint32_t address, uint16_t port) MUST_USE;

/* Descriptors that so many agents take, and a few more. False: the system allows fewer. */
bool player_make_room(size_t agents);

#endif
