/* mangle: effects upon a varbind, upon the headers, and upon the encoded message. */
#ifndef FLEET_MANGLE_H
#define FLEET_MANGLE_H

#include "fleet/agent.h"
#include "fleet/mib.h"

/* `where` is the instance that it is about. */
void mangle_varbind(const struct effect *effect, const struct mib_view *view, const struct mib_at *where,
    struct name *name, struct value *value);
void mangle_header(const struct agent_ask *ask, struct header *header);
/* In place, or into other[room]; both have AGENT_SLACK octets behind what they may hold otherwise. */
struct span mangle_message(const struct agent_ask *ask, struct span message, uint8_t *other, size_t room);

#endif
