/* agent: one request in, one reply out, as RFC 1157 and RFC 3416 say - or as the
 * device's effects bend it. No I/O, no memory of its own. */
#ifndef FLEET_AGENT_H
#define FLEET_AGENT_H

#include "fleet/codec.h"
#include "fleet/fault.h"

#define AGENT_SLACK 1024 /* octets above the largest reply that effects may need */

struct agent_ask {
	const struct fleet *fleet;
	const struct device *device;
	const struct request *request;
	const struct effect *effect; /* never NULL */
	uint64_t number;	     /* of the request at this device: where chance comes from */
	int64_t now;
	unsigned copy; /* 0, or the how-manyth reply to nobody */
};

/* Writes the reply into buf (CODEC_HEADROOM + max_size + AGENT_SLACK octets) and returns it; length 0
 * is no reply. *varbinds counts those in it. */
struct span agent_answer(const struct agent_ask *ask, uint8_t *buf, size_t *varbinds);

#endif
