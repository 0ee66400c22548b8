/* ber: the subset of BER (X.690) that SNMP messages use (RFC 3417 section 8).
 *
 * The reader never looks outside its bounds; what it hands out are slices of the
 * input. The writer grows in both directions in one buffer: varbinds are appended,
 * then headers, whose lengths are known by now, are put in front. */
#ifndef ROLLCALL_SNMP_BER_H
#define ROLLCALL_SNMP_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ber_tag {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_NULL = 0x05,
	BER_OID = 0x06,
	BER_SEQUENCE = 0x30,
	BER_IPADDRESS = 0x40,
	BER_COUNTER32 = 0x41,
	BER_GAUGE32 = 0x42,
	BER_TIMETICKS = 0x43,
	BER_OPAQUE = 0x44,
	BER_COUNTER64 = 0x46,
	BER_NO_SUCH_OBJECT = 0x80,
	BER_NO_SUCH_INSTANCE = 0x81,
	BER_END_OF_MIB_VIEW = 0x82,
};

/* What is still to be read. */
struct ber {
	const uint8_t *p, *end;
};

static inline size_t ber_left(const struct ber *in)
{
	return (size_t)(in->end - in->p);
}

/* The next element, whatever it is. False when it does not lie wholly within the input, or
 * has a length of the indefinite form or of more than four octets, or a tag of more than one. */
bool ber_next(struct ber *in, uint8_t *tag, struct ber *content);
/* As ber_next(), but the tag must be the one given. */
bool ber_take(struct ber *in, uint8_t tag, struct ber *content);
bool ber_take_i32(struct ber *in, int32_t *out); /* an INTEGER within 32 bits */

/* Contents of integers. Empty ones, and ones that do not fit after removal of padding,
 * give false. Unsigned: exactly four or eight octets with the high bit set are taken as
 * unsigned (agents that leave the leading zero out); shorter ones are negative and refused. */
bool ber_i64(const struct ber *content, int64_t *out);
bool ber_u64(const struct ber *content, uint64_t *out);

struct ber_out {
	uint8_t *base;
	size_t cap, head, tail; /* written so far: base[head .. tail) */
	bool overflow;		/* something did not fit; nothing written since counts */
};

/* Leaves `headroom` octets for what will be put in front. */
void ber_out_init(struct ber_out *out, uint8_t *base, size_t cap, size_t headroom);
static inline size_t ber_out_len(const struct ber_out *out)
{
	return out->tail - out->head;
}

void ber_append(struct ber_out *out, uint8_t tag, const void *content, size_t len);
/* SEQUENCE { OBJECT IDENTIFIER name, NULL }; name in content octets. */
void ber_append_null_varbind(struct ber_out *out, const uint8_t *name, size_t name_len);
size_t ber_null_varbind_size(size_t name_len);

void ber_prepend(struct ber_out *out, const void *octets, size_t len);
void ber_prepend_element(struct ber_out *out, uint8_t tag, const void *content, size_t len);
void ber_prepend_i32(struct ber_out *out, int32_t value);
/* Makes everything from head to tail the content of one element. */
void ber_enclose(struct ber_out *out, uint8_t tag);

#endif
