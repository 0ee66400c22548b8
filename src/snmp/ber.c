#include "snmp/ber.h"

#include <string.h>

#define LENGTH_OCTETS_MAX 4

/* --- reading --- */

static bool read_length(struct ber *in, size_t *len)
{
	size_t count, value = 0;

	if (in->p == in->end)
		return false;
	if (*in->p < 0x80) {
		*len = *in->p++;
		return true;
	}
	count = *in->p++ & 0x7fu;
	if (count == 0 || count > LENGTH_OCTETS_MAX || count > ber_left(in))
		return false;
	while (count-- > 0)
		value = value << 8 | *in->p++;
	*len = value;
	return true;
}

bool ber_next(struct ber *in, uint8_t *tag, struct ber *content)
{
	struct ber rest = *in;
	size_t len;

	if (rest.p == rest.end)
		return false;
	*tag = *rest.p++;
	if ((*tag & 0x1f) == 0x1f || !read_length(&rest, &len) || len > ber_left(&rest))
		return false;
	content->p = rest.p;
	content->end = rest.p + len;
	in->p = content->end;
	return true;
}

bool ber_take(struct ber *in, uint8_t tag, struct ber *content)
{
	uint8_t found;

	return in->p < in->end && *in->p == tag && ber_next(in, &found, content);
}

bool ber_i64(const struct ber *content, int64_t *out)
{
	const uint8_t *p = content->p;
	uint64_t value;

	if (p == content->end)
		return false;
	value = *p & 0x80 ? UINT64_MAX : 0;
	/* Padding repeats the sign; only the last of such octets means something. */
	while (content->end - p > 8 && *p == (uint8_t)value && ((p[1] ^ *p) & 0x80) == 0)
		p++;
	if (content->end - p > 8)
		return false;
	while (p < content->end)
		value = value << 8 | *p++;
	*out = (int64_t)value;
	return true;
}

bool ber_u64(const struct ber *content, uint64_t *out)
{
	const uint8_t *p = content->p;
	size_t len = ber_left(content);
	uint64_t value = 0;

	if (len == 0 || (*p & 0x80 && len != 4 && len != 8))
		return false;
	while (p < content->end && *p == 0)
		p++;
	if (content->end - p > 8)
		return false;
	while (p < content->end)
		value = value << 8 | *p++;
	*out = value;
	return true;
}

bool ber_take_i32(struct ber *in, int32_t *out)
{
	struct ber content;
	int64_t value;

	if (!ber_take(in, BER_INTEGER, &content) || !ber_i64(&content, &value))
		return false;
	if (value < INT32_MIN || value > INT32_MAX)
		return false;
	*out = (int32_t)value;
	return true;
}

/* --- writing --- */

void ber_out_init(struct ber_out *out, uint8_t *base, size_t cap, size_t headroom)
{
	*out = (struct ber_out){.base = base, .cap = cap, .head = headroom, .tail = headroom};
	out->overflow = headroom > cap;
}

static size_t length_size(size_t len)
{
	return len < 0x80 ? 1 : len < 0x100 ? 2 : len < 0x10000 ? 3 : 4;
}

/* Tag and length into p, which has room for 5 octets. Returns the octets taken. */
static size_t put_header(uint8_t *p, uint8_t tag, size_t len)
{
	size_t size = length_size(len);

	p[0] = tag;
	if (size == 1) {
		p[1] = (uint8_t)len;
	} else {
		p[1] = (uint8_t)(0x80 | (size - 1));
		for (size_t i = size - 1; i > 0; i--, len >>= 8)
			p[1 + i] = (uint8_t)len;
	}
	return 1 + size;
}

static uint8_t *grow_back(struct ber_out *out, size_t len)
{
	uint8_t *p = out->base + out->tail;

	if (out->overflow || len > out->cap - out->tail) {
		out->overflow = true;
		return NULL;
	}
	out->tail += len;
	return p;
}

void ber_append(struct ber_out *out, uint8_t tag, const void *content, size_t len)
{
	uint8_t *p = grow_back(out, 1 + length_size(len) + len);

	if (p == NULL)
		return;
	p += put_header(p, tag, len);
	if (len > 0)
		memcpy(p, content, len);
}

size_t ber_null_varbind_size(size_t name_len)
{
	size_t inner = 1 + length_size(name_len) + name_len + 2;

	return 1 + length_size(inner) + inner;
}

void ber_append_null_varbind(struct ber_out *out, const uint8_t *name, size_t name_len)
{
	uint8_t *p = grow_back(out, ber_null_varbind_size(name_len));

	if (p == NULL)
		return;
	p += put_header(p, BER_SEQUENCE, 1 + length_size(name_len) + name_len + 2);
	p += put_header(p, BER_OID, name_len);
	memcpy(p, name, name_len);
	p[name_len] = BER_NULL;
	p[name_len + 1] = 0;
}

void ber_prepend(struct ber_out *out, const void *octets, size_t len)
{
	if (out->overflow || len > out->head) {
		out->overflow = true;
		return;
	}
	out->head -= len;
	if (len > 0)
		memcpy(out->base + out->head, octets, len);
}

static void prepend_header(struct ber_out *out, uint8_t tag, size_t len)
{
	uint8_t header[1 + 1 + LENGTH_OCTETS_MAX];

	ber_prepend(out, header, put_header(header, tag, len));
}

void ber_prepend_element(struct ber_out *out, uint8_t tag, const void *content, size_t len)
{
	ber_prepend(out, content, len);
	prepend_header(out, tag, len);
}

void ber_prepend_i32(struct ber_out *out, int32_t value)
{
	uint8_t octets[4];
	size_t at = sizeof octets;
	uint32_t rest = (uint32_t)value;

	do {
		octets[--at] = (uint8_t)rest;
		rest = rest >> 8 | (value < 0 ? 0xff000000u : 0);
	} while (at > 0 &&
		 (rest != (value < 0 ? UINT32_MAX : 0) || ((octets[at] ^ (uint32_t)value >> 24) & 0x80)));
	ber_prepend_element(out, BER_INTEGER, octets + at, sizeof octets - at);
}

void ber_enclose(struct ber_out *out, uint8_t tag)
{
	prepend_header(out, tag, ber_out_len(out));
}
