/* mangle: effects upon a varbind, upon the headers, and upon the encoded message. */
#ifndef FLEET_MANGLE_H
#define FLEET_MANGLE_H

#include "fleet/agent.h"

void mangle_varbind(const struct effect *effect, struct name *name, struct value *value);
void mangle_header(const struct agent_ask *ask, struct header *header);
/* In place; `message` lies in a buffer with AGENT_SLACK octets behind it. */
struct span mangle_message(const struct agent_ask *ask, struct span message);

#endif
