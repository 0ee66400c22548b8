/* frame: what is around the PDU in a message of version 3 with USM (RFC 3412 section 6, RFC 3414
 * section 2.4), read and written. It believes nothing and knows no keys: v3.h does. */
#ifndef FLEET_FRAME_H
#define FLEET_FRAME_H

#include "fleet/codec.h"

#define FRAME_NAME_MAX	 32 /* octets of an engine-id, and of a user's name */
#define FRAME_MAC_MAX	 48
#define FRAME_AUTH	 0x01 /* msgFlags */
#define FRAME_PRIV	 0x02
#define FRAME_LEVEL	 (FRAME_AUTH | FRAME_PRIV)
#define FRAME_REPORTABLE 0x04

struct frame {
	struct span message; /* the whole, where it was read from */
	int32_t id, max_size;
	uint8_t flags;
	struct span engine, user, mac, salt;
	int32_t boots, time;
	struct span data; /* the scoped PDU, header included; with FRAME_PRIV what it is encrypted to */
};

struct scoped {
	struct span engine, context; /* contextEngineID, contextName */
	struct span pdu;	     /* with header */
};

/* False when it is no whole message of version 3 with USM. Slices of `message`. */
bool frame_read(struct span message, struct frame *frame);
/* Octets behind the scoped PDU are taken for a cipher's padding. */
bool frame_read_scoped(struct span in, struct scoped *scoped);

/* Writing goes backwards, in front of what is at *start. `end` is where the message ends. */
void frame_put_scoped(uint8_t **start, const uint8_t *end, struct span engine, struct span context);
/* Puts all of `frame` but its data, which is at *start, in front. mac: its octets are zero, and as many as
 * frame->mac.len. Returns where they are. */
uint8_t *frame_put(uint8_t **start, const uint8_t *end, const struct frame *frame);
/* Octets around a PDU, at most, for names, MAC and salt of these lengths. */
size_t frame_around(const struct frame *frame, size_t context_len);

#endif
