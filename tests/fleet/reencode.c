#include "fleet/reencode.h"

#include <string.h>

#define CONSTRUCTED 0x20

/* Written backwards from the end of the room: contents are known before the lengths in front of them. */
struct writer {
	uint8_t *base, *at;
	bool good;
};

static void put(struct writer *writer, const uint8_t *bytes, size_t len)
{
	if ((size_t)(writer->at - writer->base) < len) {
		writer->good = false;
		return;
	}
	writer->at -= len;
	memcpy(writer->at, bytes, len);
}

static void put_header(struct writer *writer, uint8_t tag, size_t len, enum reencode_form form)
{
	const uint8_t long_form[] = {
	    tag, 0x84, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len};
	const uint8_t indefinite[] = {tag, 0x80};

	if (form == REENCODE_INDEFINITE && (tag & CONSTRUCTED) != 0)
		put(writer, indefinite, sizeof(indefinite));
	else
		put(writer, long_form, sizeof(long_form));
}

/* All elements of `in`, the last one first. */
static void rewrite(struct writer *writer, struct span in, enum reencode_form form)
{
	static const uint8_t end_of_contents[] = {0, 0};
	struct span content;
	const uint8_t *end;
	uint8_t tag;

	if (in.len == 0 || !writer->good)
		return;
	if (!codec_next(&in, &tag, &content)) {
		writer->good = false;
		return;
	}
	rewrite(writer, in, form);
	if (form == REENCODE_INDEFINITE && (tag & CONSTRUCTED) != 0)
		put(writer, end_of_contents, sizeof(end_of_contents));
	end = writer->at;
	if ((tag & CONSTRUCTED) != 0)
		rewrite(writer, content, form);
	else
		put(writer, content.p, content.len);
	put_header(writer, tag, (size_t)(end - writer->at), form);
}

struct span reencode(struct span message, enum reencode_form form, uint8_t *out, size_t room)
{
	struct writer writer = {.base = out, .at = out + room, .good = true};

	rewrite(&writer, message, form);
	return writer.good ? (struct span){writer.at, (size_t)(out + room - writer.at)} : message;
}
