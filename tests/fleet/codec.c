#include "fleet/codec.h"

#include <stdlib.h>
#include <string.h>

bool codec_next(struct span *in, uint8_t *tag, struct span *content)
{
	size_t head = 2, len;

	if (in->len < 2)
		return false;
	*tag = in->p[0];
	len = in->p[1];
	if (len >= 0x80) {
		size_t octets = len & 0x7f;

		if (octets == 0 || octets > 4 || in->len < 2 + octets)
			return false;
		len = 0;
		for (size_t i = 0; i < octets; i++)
			len = len << 8 | in->p[2 + i];
		head += octets;
	}
	if (in->len - head < len)
		return false;
	*content = (struct span){in->p + head, len};
	in->p += head + len;
	in->len -= head + len;
	return true;
}

bool codec_read(struct span *in, uint8_t wanted, struct span *content)
{
	uint8_t tag;

	return codec_next(in, &tag, content) && tag == wanted;
}

bool codec_read_integer(struct span *in, int32_t *out)
{
	struct span content;
	uint32_t value;

	if (!codec_read(in, BER_INTEGER, &content) || content.len < 1 || content.len > 4)
		return false;
	value = content.p[0] & 0x80 ? UINT32_MAX : 0;
	for (size_t i = 0; i < content.len; i++)
		value = value << 8 | content.p[i];
	*out = (int32_t)value;
	return true;
}

static bool read_varbinds(struct span list, struct request *request)
{
	while (list.len > 0) {
		struct span varbind, value;
		uint8_t tag;

		if (request->n == CODEC_VARBINDS_MAX || !codec_read(&list, BER_SEQUENCE, &varbind) ||
		    !codec_read(&varbind, BER_OID, &request->names[request->n]) ||
		    !codec_next(&varbind, &tag, &value) || varbind.len != 0)
			return false;
		request->n++;
	}
	return true;
}

bool request_parse_pdu(struct span in, struct request *request)
{
	struct span pdu;

	request->n = 0;
	return codec_next(&in, &request->pdu, &pdu) && codec_read_integer(&pdu, &request->id) &&
	       codec_read_integer(&pdu, &request->non_repeaters) &&
	       codec_read_integer(&pdu, &request->max_repetitions) &&
	       codec_read(&pdu, BER_SEQUENCE, &request->varbinds) &&
	       read_varbinds(request->varbinds, request);
}

bool request_parse(const uint8_t *bytes, size_t len, struct request *request)
{
	struct span in = {bytes, len}, message;

	request->n = 0;
	request->version = -1;
	request->v3 = NULL;
	request->around = request->max_size = 0;
	if (!codec_read(&in, BER_SEQUENCE, &message) || !codec_read_integer(&message, &request->version) ||
	    (request->version != SNMP_V1 && request->version != SNMP_V2C) ||
	    !codec_read(&message, BER_OCTETS, &request->community) ||
	    request->community.len > CODEC_COMMUNITY_MAX)
		return false;
	request->around = 4 + 3 + 3 + request->community.len;
	return request_parse_pdu(message, request);
}

bool oid_read(struct span ber, struct oid_arcs *oid)
{
	uint64_t arc = 0;

	oid->n = 0;
	if (ber.len == 0 || ber.p[ber.len - 1] & 0x80)
		return false;
	for (size_t i = 0; i < ber.len; i++) {
		arc = arc << 7 | (ber.p[i] & 0x7f);
		if (arc > UINT32_MAX || oid->n + 2 > OID_ARCS_MAX)
			return false;
		if (ber.p[i] & 0x80)
			continue;
		if (oid->n == 0) { /* X.690 8.19.4: the first two arcs share one number */
			uint32_t top = arc < 80 ? (uint32_t)arc / 40 : 2;

			oid->arc[oid->n++] = top;
			arc -= 40 * top;
		}
		oid->arc[oid->n++] = (uint32_t)arc;
		arc = 0;
	}
	return true;
}

bool oid_parse(const char *text, struct oid_arcs *oid)
{
	oid->n = 0;
	while (oid->n < OID_ARCS_MAX) {
		char *end;
		unsigned long arc = strtoul(text, &end, 10);

		if (end == text || arc > UINT32_MAX || *text == '-' || *text == '+')
			return false;
		oid->arc[oid->n++] = (uint32_t)arc;
		if (*end == '\0')
			return oid->n >= 2 && oid->arc[0] <= 2 && (oid->arc[0] == 2 || oid->arc[1] < 40);
		if (*end != '.')
			return false;
		text = end + 1;
	}
	return false;
}

static size_t arc_size(uint32_t arc)
{
	return arc < 1U << 7 ? 1 : arc < 1U << 14 ? 2 : arc < 1U << 21 ? 3 : arc < 1U << 28 ? 4 : 5;
}

static size_t write_arc(uint32_t arc, uint8_t *out)
{
	size_t size = arc_size(arc);

	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)((arc >> (7 * (size - 1 - i)) & 0x7f) | (i + 1 < size ? 0x80 : 0));
	return size;
}

size_t oid_write(const uint32_t *arcs, size_t n, uint8_t *out)
{
	size_t len = write_arc(arcs[0] * 40 + arcs[1], out);

	for (size_t i = 2; i < n; i++)
		len += write_arc(arcs[i], out + len);
	return len;
}

static size_t length_size(size_t len)
{
	return len < 0x80 ? 1 : len < 0x100 ? 2 : 3;
}

static uint8_t *write_head(uint8_t *out, uint8_t tag, size_t len)
{
	*out++ = tag;
	if (len >= 0x100) {
		*out++ = 0x82;
		*out++ = (uint8_t)(len >> 8);
	} else if (len >= 0x80) {
		*out++ = 0x81;
	}
	*out++ = (uint8_t)len;
	return out;
}

/* Octets of a number's shortest two's complement form; unsigned types need a free sign bit. */
static size_t number_size(uint8_t type, uint64_t number)
{
	size_t size = 1;

	if (type == BER_INTEGER && (int64_t)number < 0)
		number = ~number;
	while (size < 9 && number >> (8 * size - 1) != 0)
		size++;
	return size;
}

static bool is_number(uint8_t type)
{
	return type == BER_INTEGER || (type >= BER_COUNTER32 && type <= BER_TIMETICKS) ||
	       type == BER_COUNTER64;
}

static uint8_t *write_number(uint8_t *out, uint64_t number, size_t size)
{
	if (size == 9) {
		*out++ = 0;
		size = 8;
	}
	for (size_t i = size; i-- > 0;)
		*out++ = (uint8_t)(number >> (8 * i));
	return out;
}

void reply_begin(struct reply *reply, uint8_t *buf, size_t max_size, const struct request *request)
{
	size_t around = request->around + CODEC_PDU_HEADS;

	*reply = (struct reply){.buf = buf, .end = CODEC_HEADROOM};
	reply->limit = CODEC_HEADROOM + (max_size > around ? max_size - around : 0);
}

void reply_reset(struct reply *reply)
{
	reply->end = CODEC_HEADROOM;
	reply->n = 0;
}

void reply_keep(struct reply *reply, size_t n)
{
	struct span list = {reply->buf + CODEC_HEADROOM, reply->end - CODEC_HEADROOM}, content;
	uint8_t tag;

	for (reply->n = 0; reply->n < n && codec_next(&list, &tag, &content);)
		reply->n++;
	reply->end = (size_t)(list.p - reply->buf);
}

bool reply_add(struct reply *reply, const struct name *name, const struct value *value)
{
	size_t name_len = name->prefix.len + (name->indexed ? arc_size(name->index) : 0);
	bool number = is_number(value->type) && !value->raw;
	size_t value_len = number ? number_size(value->type, value->number) : value->bytes.len;
	size_t inner = 1 + length_size(name_len) + name_len + 1 + length_size(value_len) + value_len;
	uint8_t *out = reply->buf + reply->end;

	if (reply->end + 1 + length_size(inner) + inner > reply->limit)
		return false;
	out = write_head(out, BER_SEQUENCE, inner);
	out = write_head(out, BER_OID, name_len);
	memcpy(out, name->prefix.p, name->prefix.len);
	out += name->prefix.len;
	if (name->indexed)
		out += write_arc(name->index, out);
	out = write_head(out, value->type, value_len);
	if (number) {
		out = write_number(out, value->number, value_len);
	} else if (value_len > 0) {
		memcpy(out, value->bytes.p, value_len);
		out += value_len;
	}
	reply->end = (size_t)(out - reply->buf);
	reply->n++;
	return true;
}

void reply_echo(struct reply *reply, const struct request *request)
{
	reply_reset(reply);
	if (reply->end + request->varbinds.len > reply->limit)
		return;
	memcpy(reply->buf + reply->end, request->varbinds.p, request->varbinds.len);
	reply->end += request->varbinds.len;
	reply->n = request->n;
}

/* The headers are written backwards, each in front of what it counts. */
void codec_put_head(uint8_t **start, uint8_t tag, size_t len)
{
	*start -= 1 + length_size(len);
	write_head(*start, tag, len);
}

void codec_put_integer(uint8_t **start, int32_t number)
{
	size_t size = number_size(BER_INTEGER, (uint64_t)(int64_t)number);

	*start -= size;
	write_number(*start, (uint64_t)(int64_t)number, size);
	codec_put_head(start, BER_INTEGER, size);
}

void codec_put_octets(uint8_t **start, struct span octets)
{
	*start -= octets.len;
	if (octets.len > 0)
		memcpy(*start, octets.p, octets.len);
	codec_put_head(start, BER_OCTETS, octets.len);
}

struct span reply_finish(const struct reply *reply, const struct header *header)
{
	uint8_t *end = reply->buf + reply->end, *start = reply->buf + CODEC_HEADROOM;

	codec_put_head(&start, BER_SEQUENCE, (size_t)(end - start));
	codec_put_integer(&start, header->index);
	codec_put_integer(&start, header->status);
	codec_put_integer(&start, header->id);
	codec_put_head(&start, header->pdu, (size_t)(end - start));
	if (header->version != SNMP_V3) {
		codec_put_octets(&start, header->community);
		codec_put_integer(&start, header->version);
		codec_put_head(&start, BER_SEQUENCE, (size_t)(end - start));
	}
	return (struct span){start, (size_t)(end - start)};
}
