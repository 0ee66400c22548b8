/* Frames made by hand, with one thing wrong at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "unit/snmp/usm_lab.h"

struct frame {
	int32_t version, id, max_size, model, boots, time;
	uint8_t flags;
	size_t flags_len, engine_len, user_len, mac_len, salt_len;
	uint8_t command;
	const char *context;
	bool other_context_engine;
	/* An octet too many: behind the header's fields, the parameters' SEQUENCE, its fields, the scoped
	 * PDU's fields, the message's data. */
	bool more_header, more_parameters, more_fields, more_scoped, more_data;
	size_t padding; /* behind an encrypted scoped PDU */
};

static const struct frame good_frame = {.version = SNMP_V3,
    .id = 815,
    .max_size = 65507,
    .model = 3,
    .boots = BOOTS,
    .time = TIME,
    .flags_len = 1,
    .engine_len = sizeof oracle_engine,
    .user_len = 3,
    .command = PDU_RESPONSE,
    .context = ""};

static void put_i32(struct ber_out *out, int32_t number)
{
	uint8_t octets[4] = {(uint8_t)((uint32_t)number >> 24), (uint8_t)((uint32_t)number >> 16),
	    (uint8_t)((uint32_t)number >> 8), (uint8_t)number};

	ber_append(out, BER_INTEGER, octets, sizeof octets);
}

/* As long as asked, the first octets of `text`, then zeros. */
static void put_octets(struct ber_out *out, const void *text, size_t text_len, size_t len)
{
	uint8_t octets[64] = {0};

	memcpy(octets, text, text_len < len ? text_len : len);
	ber_append(out, BER_OCTETS, octets, len);
}

static void put_more(struct ber_out *out, bool more)
{
	if (more)
		ber_append(out, BER_NULL, NULL, 0);
}

static size_t frame_scoped(const struct frame *frame, uint8_t *buf, size_t size)
{
	uint8_t pdu[128], other[sizeof oracle_engine] = {0x80};
	struct ber_out out, inner;

	ber_out_init(&inner, pdu, sizeof pdu, 64);
	pdu_enclose(&inner, frame->command, 4711, 0, 0);
	ber_out_init(&out, buf, size, 8);
	ber_append(
	    &out, BER_OCTETS, frame->other_context_engine ? other : oracle_engine, sizeof oracle_engine);
	ber_append(&out, BER_OCTETS, frame->context, strlen(frame->context));
	memcpy(buf + out.tail, pdu + inner.head, ber_out_len(&inner));
	out.tail += ber_out_len(&inner);
	put_more(&out, frame->more_scoped);
	ber_enclose(&out, BER_SEQUENCE);
	memmove(buf, buf + out.head, ber_out_len(&out));
	memset(buf + ber_out_len(&out), 0, frame->padding);
	return ber_out_len(&out) + frame->padding;
}

/* Returns where the MAC is. */
static size_t frame_build(const struct lab *lab, const struct frame *frame, uint8_t *buf, size_t *len)
{
	uint8_t header[64], parameters[256], scoped[512], flags[2] = {frame->flags, 0};
	size_t scoped_len = frame_scoped(frame, scoped, sizeof scoped), mac_from_end;
	struct usm_iv iv = {frame->boots, frame->time, {0}};
	struct ber_out out, inner;

	ber_out_init(&out, buf, 1024, 16);
	put_i32(&out, frame->version);
	ber_out_init(&inner, header, sizeof header, 8);
	put_i32(&inner, frame->id);
	put_i32(&inner, frame->max_size);
	ber_append(&inner, BER_OCTETS, flags, frame->flags_len);
	put_i32(&inner, frame->model);
	put_more(&inner, frame->more_header);
	ber_append(&out, BER_SEQUENCE, header + inner.head, ber_out_len(&inner));
	ber_out_init(&inner, parameters, sizeof parameters, 8);
	put_octets(&inner, oracle_engine, sizeof oracle_engine, frame->engine_len);
	put_i32(&inner, frame->boots);
	put_i32(&inner, frame->time);
	put_octets(&inner, "ops", 3, frame->user_len);
	put_octets(&inner, "", 0, frame->mac_len);
	mac_from_end = frame->mac_len + 2 + frame->salt_len + (frame->more_fields ? 2 : 0) +
		       (frame->more_parameters ? 2 : 0);
	put_octets(&inner, "", 0, frame->salt_len);
	put_more(&inner, frame->more_fields);
	ber_enclose(&inner, BER_SEQUENCE);
	put_more(&inner, frame->more_parameters);
	ber_append(&out, BER_OCTETS, parameters + inner.head, ber_out_len(&inner));
	mac_from_end = out.tail - mac_from_end; /* from the base, now */
	if (frame->flags & 2) {
		assert_true(usm_crypto_encrypt(
		    lab->crypto, lab->user.priv, &lab->engine.keys.priv, &iv, scoped, scoped_len));
		ber_append(&out, BER_OCTETS, scoped, scoped_len);
	} else {
		memcpy(buf + out.tail, scoped, scoped_len);
		out.tail += scoped_len;
	}
	put_more(&out, frame->more_data);
	mac_from_end -= out.head;
	*len = ber_out_len(&out);
	ber_enclose(&out, BER_SEQUENCE);
	mac_from_end += ber_out_len(&out) - *len;
	*len = ber_out_len(&out);
	memmove(buf, buf + out.head, *len);
	return mac_from_end;
}

static enum usm_verdict frame_judged(struct lab *lab, const struct frame *frame, struct pdu *pdu)
{
	uint8_t buf[1024], mac[USM_MAC_MAX];
	size_t len, at = frame_build(lab, frame, buf, &len);

	if (lab->user.auth != USM_AUTH_NONE && frame->mac_len >= usm_auth_spec(lab->user.auth)->mac_len) {
		assert_true(
		    usm_crypto_mac(lab->crypto, lab->user.auth, &lab->engine.keys.auth, buf, len, at, mac));
		memcpy(buf + at, mac, usm_auth_spec(lab->user.auth)->mac_len);
	}
	return judge(lab, buf, len, NOW, pdu);
}

static void frames_in_clear_text(void **state)
{
#define BUT(...)                                                                                             \
	{                                                                                                    \
		frame = good_frame;                                                                          \
		__VA_ARGS__;                                                                                 \
	}                                                                                                    \
	assert_int_equal(frame_judged(&lab, &frame, &pdu), want)
	enum usm_verdict want = USM_GENUINE;
	struct frame frame;
	struct lab lab;
	struct pdu pdu;

	(void)state;
	lab_open(&lab, "ops", USM_AUTH_NONE, USM_PRIV_NONE);
	BUT((void)0);
	BUT(frame.max_size = 484);
	BUT(frame.flags = 4); /* reportable: of no meaning in a response */
	BUT(frame.boots = 0; frame.time = 0);
	BUT(frame.mac_len = 12); /* of no meaning either */
	want = USM_VERDICT_COUNT;
	BUT(frame.version = SNMP_V2C);
	BUT(frame.id = -1);
	BUT(frame.max_size = 483);
	BUT(frame.max_size = -1);
	BUT(frame.flags = 2); /* priv without auth */
	BUT(frame.flags_len = 0);
	BUT(frame.flags_len = 2);
	BUT(frame.model = 2);
	BUT(frame.engine_len = 33);
	BUT(frame.user_len = 33);
	BUT(frame.boots = -1);
	BUT(frame.time = -1);
	BUT(frame.more_header = true);
	BUT(frame.more_parameters = true);
	BUT(frame.more_fields = true);
	BUT(frame.more_data = true);
	want = USM_MALFORMED;
	BUT(frame.more_scoped = true);
	want = USM_OTHER_ENGINE;
	BUT(frame.engine_len = 12);
	BUT(frame.engine_len = 0);
	want = USM_OTHER_USER;
	BUT(frame.user_len = 4);
	want = USM_OTHER_CONTEXT;
	BUT(frame.other_context_engine = true);
	BUT(frame.context = "vlan-7");
	want = USM_OTHER_TYPE;
	BUT(frame.command = PDU_GET);
	want = USM_HINT; /* to a user without proof all Reports are */
	BUT(frame.command = PDU_REPORT);
	BUT(frame.command = PDU_REPORT; frame.engine_len = 0; frame.other_context_engine = true);
	lab_close(&lab);
}

static void frames_signed_and_sealed(void **state)
{
	enum usm_verdict want = USM_GENUINE;
	struct frame frame, sealed = good_frame;
	struct lab lab;
	struct pdu pdu;

	(void)state;
	lab_open(&lab, "ops", USM_AUTH_SHA_256, USM_PRIV_AES_128);
	sealed.flags = 3;
	sealed.mac_len = 24;
	sealed.salt_len = 8;
	BUT(frame = sealed);
	BUT(frame = sealed; frame.padding = 15); /* as agents do */
	want = USM_NOT_DECRYPTED;
	BUT(frame = sealed; frame.padding = 16);
	BUT(frame = sealed; frame.more_scoped = true);
	BUT(frame = sealed; frame.salt_len = 7);
	BUT(frame = sealed; frame.salt_len = 9);
	want = USM_WRONG_DIGEST;
	BUT(frame = sealed; frame.mac_len = 25);
	BUT(frame = sealed; frame.mac_len = 23);
	BUT(frame = sealed; frame.mac_len = 0);
	want = USM_OUT_OF_TIME;
	BUT(frame = sealed; frame.time = TIME - 151);
	BUT(frame = sealed; frame.boots = BOOTS - 1);
	want = USM_OTHER_LEVEL;
	BUT(frame.flags = 1; frame.mac_len = 24);
	BUT((void)0);
	want = USM_OTHER_TYPE;
	BUT(frame.command = PDU_GET);
	want = USM_HINT;
	BUT(frame.command = PDU_REPORT);
	want = USM_GENUINE;
	BUT(frame.flags = 1; frame.mac_len = 24; frame.command = PDU_REPORT);
	BUT(frame = sealed; frame.command = PDU_REPORT);
#undef BUT
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_in_clear_text),
	    cmocka_unit_test(frames_signed_and_sealed),
	};

	return cmocka_run_group_tests(tests, lab_set_up, NULL);
}
