/* The codec against net-snmp's, both ways, and against truncation and mutation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include "base/mem.h"
#include "model/oid.h"
#include "snmp/message.h"
#include "snmp/pdu.h"
#include "snmp/security.h"
#include "snmp/varbind.h"

#define VARBINDS 40

static uint64_t seed = 20240117;

static uint64_t next_random(void)
{
	uint64_t high;

	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	high = seed >> 32;
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return high << 32 | seed >> 32;
}

/* Of every magnitude alike. */
static uint64_t random_number(void)
{
	uint64_t number = next_random();

	return number >> next_random() % 64;
}

static void oracle_session(netsnmp_session *session, long version)
{
	static u_char community[] = "public";

	snmp_sess_init(session);
	session->version = version;
	session->community = community;
	session->community_len = 6;
	session->rcvMsgMaxSize = 65507;
}

static struct security *community_security(enum snmp_version version)
{
	struct credential credential = {.version = version};
	struct security *security;

	secret_set(&credential.community, "public", 6);
	security = security_new(&credential, NULL, NULL);
	secret_fini(&credential.community);
	return security;
}

struct sample {
	u_char type;
	oid name[32];
	size_t name_len;
	uint64_t number;
	double real;
	uint8_t octets[200];
	size_t len;
	oid value[32];
	size_t value_len;
};

static void random_oid(oid *id, size_t *len)
{
	*len = 2 + next_random() % 30;
	id[0] = 1;
	id[1] = next_random() % 40;
	for (size_t i = 2; i < *len; i++)
		id[i] = (uint32_t)random_number();
}

static const u_char sample_types[] = {ASN_INTEGER, ASN_OCTET_STR, ASN_OBJECT_ID, ASN_IPADDRESS, ASN_COUNTER,
    ASN_GAUGE, ASN_TIMETICKS, ASN_COUNTER64, ASN_OPAQUE_FLOAT, ASN_OPAQUE_DOUBLE, ASN_OPAQUE_I64,
    ASN_OPAQUE_U64, ASN_NULL, SNMP_NOSUCHOBJECT, SNMP_NOSUCHINSTANCE, SNMP_ENDOFMIBVIEW};

static void random_sample(struct sample *s)
{
	s->type = sample_types[next_random() % sizeof sample_types];
	random_oid(s->name, &s->name_len);
	random_oid(s->value, &s->value_len);
	s->number = random_number();
	s->real = (double)(int64_t)next_random() / 1000.0;
	s->len = next_random() % sizeof s->octets;
	for (size_t i = 0; i < s->len; i++)
		s->octets[i] = (uint8_t)next_random();
}

static void add_to_oracle(netsnmp_pdu *pdu, struct sample *s)
{
	long small = (int32_t)s->number;
	u_long word = (uint32_t)s->number;
	struct counter64 big = {.high = (u_long)(s->number >> 32), .low = (u_long)(uint32_t)s->number};
	float single = (float)s->real;
	const void *value = NULL;
	size_t len = 0;

	switch (s->type) {
	case ASN_INTEGER:
		value = &small;
		len = sizeof small;
		break;
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
		value = &word;
		len = sizeof word;
		break;
	case ASN_COUNTER64:
	case ASN_OPAQUE_I64:
	case ASN_OPAQUE_U64:
		value = &big;
		len = sizeof big;
		break;
	case ASN_OPAQUE_FLOAT:
		value = &single;
		len = sizeof single;
		break;
	case ASN_OPAQUE_DOUBLE:
		value = &s->real;
		len = sizeof s->real;
		break;
	case ASN_IPADDRESS:
		value = s->octets;
		len = 4;
		break;
	case ASN_OCTET_STR:
		value = s->octets;
		len = s->len;
		break;
	case ASN_OBJECT_ID:
		value = s->value;
		len = s->value_len * sizeof(oid);
		break;
	default:
		break;
	}
	assert_non_null(snmp_pdu_add_variable(pdu, s->name, s->name_len, s->type, value, len));
}

static void check_oid(const uint8_t *ber, size_t len, const oid *id, size_t count)
{
	struct oid got;

	assert_int_equal(oid_from_ber(ber, len, &got), ERR_OK);
	assert_int_equal(got.len, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(got.id[i], id[i]);
}

static void check_sample(const struct varbind *got, const struct sample *s)
{
	const struct value *value = &got->value;

	check_oid(got->name, got->name_len, s->name, s->name_len);
	assert_true(varbind_oid_is_sound(got->name, got->name_len));
	switch (s->type) {
	case ASN_INTEGER:
		assert_int_equal(value->type, VALUE_INTEGER);
		assert_true(value->i == (int32_t)s->number);
		break;
	case ASN_OPAQUE_I64:
		assert_int_equal(value->type, VALUE_INTEGER);
		assert_true(value->i == (int64_t)s->number);
		break;
	case ASN_COUNTER:
		assert_int_equal(value->type, VALUE_COUNTER32);
		assert_true(value->u == (uint32_t)s->number);
		break;
	case ASN_GAUGE:
		assert_int_equal(value->type, VALUE_GAUGE32);
		assert_true(value->u == (uint32_t)s->number);
		break;
	case ASN_TIMETICKS:
		assert_int_equal(value->type, VALUE_TIMETICKS);
		assert_true(value->u == (uint32_t)s->number);
		break;
	case ASN_COUNTER64:
	case ASN_OPAQUE_U64:
		assert_int_equal(value->type, VALUE_COUNTER64);
		assert_true(value->u == s->number);
		break;
	case ASN_OPAQUE_FLOAT:
		assert_int_equal(value->type, VALUE_FLOAT);
		assert_true(value->d == (double)(float)s->real);
		break;
	case ASN_OPAQUE_DOUBLE:
		assert_int_equal(value->type, VALUE_DOUBLE);
		assert_true(value->d == s->real);
		break;
	case ASN_IPADDRESS:
		assert_int_equal(value->type, VALUE_IPADDRESS);
		assert_memory_equal(value->bytes.p, s->octets, 4);
		break;
	case ASN_OCTET_STR:
		assert_int_equal(value->type, VALUE_OCTETS);
		assert_int_equal(value->bytes.len, s->len);
		assert_memory_equal(value->bytes.p, s->octets, s->len);
		break;
	case ASN_OBJECT_ID:
		assert_int_equal(value->type, VALUE_OID);
		check_oid(value->bytes.p, value->bytes.len, s->value, s->value_len);
		break;
	case ASN_NULL:
		assert_int_equal(value->type, VALUE_NULL);
		break;
	case SNMP_NOSUCHOBJECT:
		assert_int_equal(value->type, VALUE_NO_SUCH_OBJECT);
		break;
	case SNMP_NOSUCHINSTANCE:
		assert_int_equal(value->type, VALUE_NO_SUCH_INSTANCE);
		break;
	default:
		assert_int_equal(value->type, VALUE_END_OF_MIB_VIEW);
	}
}

/* A response as net-snmp builds it; returns its place in buf. */
static uint8_t *oracle_response(
    struct sample *samples, size_t n, uint8_t *buf, size_t size, int32_t id, size_t *len)
{
	netsnmp_session session;
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_RESPONSE);
	u_char *packet = malloc(size);
	size_t packet_len = size, offset = 0;

	oracle_session(&session, SNMP_VERSION_2c);
	pdu->version = SNMP_VERSION_2c;
	pdu->community =
	    (u_char *)strdup("public"); /* in a response it is the request's, not the session's */
	pdu->community_len = 6;
	pdu->reqid = id;
	pdu->errstat = 0;
	pdu->errindex = 0;
	for (size_t i = 0; i < n; i++)
		add_to_oracle(pdu, &samples[i]);
	assert_int_equal(snmp_build(&packet, &packet_len, &offset, &session, pdu), 0);
	memcpy(buf, packet + packet_len - offset, offset);
	*len = offset;
	free(packet);
	snmp_free_pdu(pdu);
	return buf;
}

static enum reject open_all(
    struct security *security, const uint8_t *octets, size_t len, struct message *message, struct pdu *pdu)
{
	enum reject reject = message_open(octets, len, message);

	return reject != REJECT_NONE ? reject : security_unwrap(security, message, pdu);
}

static void we_read_what_net_snmp_builds(void **state)
{
	struct security *security = community_security(SNMP_V2C);
	struct sample samples[VARBINDS];
	uint8_t buf[65536];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		size_t n = 1 + next_random() % VARBINDS, len;
		int32_t id = (int32_t)(next_random() & 0x7fffffff);
		struct message message;
		struct varbind varbind;
		struct pdu pdu;

		for (size_t i = 0; i < n; i++)
			random_sample(&samples[i]);
		oracle_response(samples, n, buf, sizeof buf, id, &len);
		assert_int_equal(open_all(security, buf, len, &message, &pdu), REJECT_NONE);
		assert_int_equal(message.id, id);
		assert_int_equal(pdu.request_id, id);
		assert_int_equal(pdu.type, PDU_RESPONSE);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(varbind_next(&pdu.varbinds, &varbind), VARBIND_OK);
			check_sample(&varbind, &samples[i]);
		}
		assert_int_equal(varbind_next(&pdu.varbinds, &varbind), VARBIND_END);
	}
	security_release(security);
}

static void build_request(struct ber_out *out, uint8_t *buf, size_t size, struct security *security,
    enum pdu_type type, int32_t id, const struct sample *samples, size_t n)
{
	struct oid name;
	uint8_t ber[OID_BER_MAX];

	ber_out_init(out, buf, size, 100);
	for (size_t i = 0; i < n; i++) {
		name.len = (uint8_t)samples[i].name_len;
		for (size_t k = 0; k < samples[i].name_len; k++)
			name.id[k] = (uint32_t)samples[i].name[k];
		ber_append_null_varbind(out, ber, oid_to_ber(&name, ber));
	}
	pdu_enclose(out, type, id, 0, type == PDU_GETBULK ? 17 : 0);
	security_wrap(security, out, (uint32_t)id);
	assert_false(out->overflow);
}

static void net_snmp_reads_what_we_build(void **state)
{
	static const enum pdu_type types[] = {PDU_GET, PDU_GETNEXT, PDU_GETBULK};
	struct sample samples[VARBINDS];
	uint8_t buf[32768];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		enum pdu_type type = types[round % 3];
		struct security *security = community_security(round % 3 == 2 ? SNMP_V2C : SNMP_V1);
		size_t n = next_random() % VARBINDS, i = 0;
		int32_t id = (int32_t)(random_number() & 0x7fffffff);
		netsnmp_session session;
		netsnmp_pdu *pdu = snmp_pdu_create(0);
		struct ber_out out;

		for (size_t k = 0; k < n; k++)
			random_sample(&samples[k]);
		build_request(&out, buf, sizeof buf, security, type, id, samples, n);
		oracle_session(&session, round % 3 == 2 ? SNMP_VERSION_2c : SNMP_VERSION_1);
		assert_int_equal(snmp_parse(NULL, &session, pdu, buf + out.head, ber_out_len(&out)), 0);
		assert_int_equal(pdu->command, type);
		assert_int_equal(pdu->version, round % 3 == 2 ? SNMP_VERSION_2c : SNMP_VERSION_1);
		assert_int_equal(pdu->reqid, id);
		assert_int_equal(pdu->community_len, 6);
		assert_memory_equal(pdu->community, "public", 6);
		assert_int_equal(pdu->errindex, type == PDU_GETBULK ? 17 : 0);
		for (netsnmp_variable_list *v = pdu->variables; v != NULL; v = v->next_variable, i++) {
			assert_true(i < n);
			assert_int_equal(
			    snmp_oid_compare(v->name, v->name_length, samples[i].name, samples[i].name_len),
			    0);
			assert_int_equal(v->type, ASN_NULL);
		}
		assert_int_equal(i, n);
		snmp_free_pdu(pdu);
		security_release(security);
	}
}

/* Reads as far as it goes, in a block of exactly that size, so that a sanitizer sees each octet too many. */
static enum reject read_exactly(
    struct security *security, const uint8_t *octets, size_t len, size_t *varbinds)
{
	uint8_t *copy = mem_dup(octets, len == 0 ? 1 : len);
	struct message message;
	struct varbind varbind;
	struct pdu pdu;
	enum varbind_step step;
	uint32_t id, sum = 0;
	enum reject reject = open_all(security, copy, len, &message, &pdu);

	*varbinds = 0;
	if (reject == REJECT_NONE) {
		while ((step = varbind_next(&pdu.varbinds, &varbind)) == VARBIND_OK) {
			++*varbinds;
			if (varbind.value.type == VALUE_OCTETS && varbind.value.bytes.len > 0)
				sum += varbind.value.bytes.p[varbind.value.bytes.len - 1];
			(void)varbind_oid_is_sound(varbind.name, varbind.name_len);
		}
		if (step == VARBIND_MALFORMED)
			reject = REJECT_MALFORMED;
	}
	(void)message_quoted_id(copy, len, &id);
	free(copy);
	return sum == UINT32_MAX ? REJECT_OVERSIZE : reject;
}

static void truncated_at_every_octet(void **state)
{
	struct security *security = community_security(SNMP_V2C);
	struct sample samples[VARBINDS];
	uint8_t buf[65536];
	size_t len, got;

	(void)state;
	for (size_t i = 0; i < VARBINDS; i++)
		random_sample(&samples[i]);
	oracle_response(samples, VARBINDS, buf, sizeof buf, 4711, &len);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(read_exactly(security, buf, cut, &got), REJECT_MALFORMED);
	assert_int_equal(read_exactly(security, buf, len, &got), REJECT_NONE);
	assert_int_equal(got, VARBINDS);
	buf[len] = 0;
	assert_int_equal(read_exactly(security, buf, len + 1, &got), REJECT_MALFORMED);
	security_release(security);
}

static void sixty_thousand_mutations(void **state)
{
	struct security *security = community_security(SNMP_V2C);
	struct sample samples[8];
	uint8_t good[8192], bad[8192];
	size_t len = 0, got, believed = 0;

	(void)state;
	for (unsigned round = 0; round < 60000; round++) {
		if (round % 100 == 0) {
			for (size_t i = 0; i < ARRAY_LEN(samples); i++)
				random_sample(&samples[i]);
			oracle_response(samples, ARRAY_LEN(samples), good, sizeof good, 4711, &len);
			assert_int_equal(read_exactly(security, good, len, &got), REJECT_NONE);
			assert_int_equal(got, ARRAY_LEN(samples));
		}
		memcpy(bad, good, len);
		for (uint64_t n = 1 + next_random() % 4; n > 0; n--) {
			size_t at = next_random() % len;

			if (next_random() % 2)
				bad[at] = (uint8_t)next_random();
			else
				bad[at] = (uint8_t)(bad[at] ^ 1u << next_random() % 8);
		}
		believed += read_exactly(security, bad, len, &got) == REJECT_NONE;
	}
	assert_true(believed > 0 && believed < 60000); /* both ways were taken */
	security_release(security);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(we_read_what_net_snmp_builds),
	    cmocka_unit_test(net_snmp_reads_what_we_build),
	    cmocka_unit_test(truncated_at_every_octet),
	    cmocka_unit_test(sixty_thousand_mutations),
	};

	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
	setenv("MIBS", "", 1);
	snmp_disable_log();
	init_snmp("test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
