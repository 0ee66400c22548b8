#include "fleet/frame.h"

#include <string.h>

#define MODEL_USM    3
#define MAX_SIZE_MIN 484
#define SALT_MAX     8

static bool read_limited(struct span *in, size_t max, struct span *out)
{
	return codec_read(in, BER_OCTETS, out) && out->len <= max;
}

/* msgGlobalData */
static bool read_global(struct span *message, struct frame *frame)
{
	struct span in, flags;
	int32_t model;

	if (!codec_read(message, BER_SEQUENCE, &in) || !codec_read_integer(&in, &frame->id) ||
	    !codec_read_integer(&in, &frame->max_size) || !codec_read(&in, BER_OCTETS, &flags) ||
	    flags.len != 1 || !codec_read_integer(&in, &model))
		return false;
	frame->flags = flags.p[0];
	return frame->id >= 0 && frame->max_size >= MAX_SIZE_MIN && model == MODEL_USM &&
	       (frame->flags & FRAME_LEVEL) != FRAME_PRIV;
}

/* msgSecurityParameters */
static bool read_parameters(struct span *message, struct frame *frame)
{
	struct span octets, in;

	return codec_read(message, BER_OCTETS, &octets) && codec_read(&octets, BER_SEQUENCE, &in) &&
	       read_limited(&in, FRAME_NAME_MAX, &frame->engine) && codec_read_integer(&in, &frame->boots) &&
	       codec_read_integer(&in, &frame->time) && read_limited(&in, FRAME_NAME_MAX, &frame->user) &&
	       read_limited(&in, FRAME_MAC_MAX, &frame->mac) && read_limited(&in, SALT_MAX, &frame->salt);
}

bool frame_read(struct span message, struct frame *frame)
{
	struct span in = message, body;
	int32_t version;

	*frame = (struct frame){.message = message};
	if (!codec_read(&in, BER_SEQUENCE, &body) || !codec_read_integer(&body, &version) ||
	    version != SNMP_V3 || !read_global(&body, frame) || !read_parameters(&body, frame))
		return false;
	if ((frame->flags & FRAME_PRIV) != 0)
		return codec_read(&body, BER_OCTETS, &frame->data);
	frame->data = body;
	return true;
}

bool frame_read_scoped(struct span in, struct scoped *scoped)
{
	struct span body;

	if (!codec_read(&in, BER_SEQUENCE, &body) || !codec_read(&body, BER_OCTETS, &scoped->engine) ||
	    !codec_read(&body, BER_OCTETS, &scoped->context))
		return false;
	scoped->pdu = body;
	return true;
}

void frame_put_scoped(uint8_t **start, const uint8_t *end, struct span engine, struct span context)
{
	codec_put_octets(start, context);
	codec_put_octets(start, engine);
	codec_put_head(start, BER_SEQUENCE, (size_t)(end - *start));
}

static uint8_t *put_parameters(uint8_t **start, const struct frame *frame)
{
	const uint8_t *end = *start;
	uint8_t *mac;

	codec_put_octets(start, frame->salt);
	*start -= frame->mac.len;
	mac = *start;
	memset(mac, 0, frame->mac.len);
	codec_put_head(start, BER_OCTETS, frame->mac.len);
	codec_put_octets(start, frame->user);
	codec_put_integer(start, frame->time);
	codec_put_integer(start, frame->boots);
	codec_put_octets(start, frame->engine);
	codec_put_head(start, BER_SEQUENCE, (size_t)(end - *start));
	codec_put_head(start, BER_OCTETS, (size_t)(end - *start));
	return mac;
}

uint8_t *frame_put(uint8_t **start, const uint8_t *end, const struct frame *frame)
{
	uint8_t *mac = put_parameters(start, frame);
	const uint8_t *global = *start;

	codec_put_integer(start, MODEL_USM);
	codec_put_octets(start, (struct span){&frame->flags, 1});
	codec_put_integer(start, frame->max_size);
	codec_put_integer(start, frame->id);
	codec_put_head(start, BER_SEQUENCE, (size_t)(global - *start));
	codec_put_integer(start, SNMP_V3);
	codec_put_head(start, BER_SEQUENCE, (size_t)(end - *start));
	return mac;
}

size_t frame_around(const struct frame *frame, size_t context_len)
{
	size_t global = 4 + 3 + 2 + 6 + 6 + 3 + 3; /* the message's head and version included */
	size_t parameters = 4 + 4 + 2 + frame->engine.len + 6 + 6 + 2 + frame->user.len + 2 + frame->mac.len +
			    2 + frame->salt.len;
	size_t scoped = 4 + 4 + 2 + frame->engine.len + 2 + context_len;

	return global + parameters + scoped + SALT_MAX; /* and a block of padding */
}
