/* Messages of version 3, both ways against net-snmp on every pair of protocols. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "unit/snmp/usm_lab.h"

static void check_values(struct pdu *pdu, size_t n)
{
	struct varbind varbind;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(varbind_next(&pdu->varbinds, &varbind), VARBIND_OK);
		assert_int_equal(varbind.value.type, VALUE_COUNTER64);
		assert_true(varbind.value.u == (UINT64_C(3) << 32) + 1000000 + i);
	}
	assert_int_equal(varbind_next(&pdu->varbinds, &varbind), VARBIND_END);
}

static void we_believe_what_net_snmp_builds(void **state)
{
	struct usm_message message;
	uint8_t buf[8192];
	struct lab lab;
	struct pdu pdu;
	char name[64];

	(void)state;
	for (enum usm_auth auth = USM_AUTH_NONE; auth < USM_AUTH_COUNT; auth++) {
		for (enum usm_priv priv = USM_PRIV_NONE; priv < USM_PRIV_COUNT; priv++) {
			struct answer answer;

			if (!pair_exists(auth, priv))
				continue;
			user_name(name, sizeof name, auth, priv);
			lab_open(&lab, name, auth, priv);
			answer = response_for(&lab);
			for (size_t n = 0; n <= VARBINDS; n += 7) {
				size_t len;

				answer.varbinds = n;
				len = oracle_answer(&answer, buf, sizeof buf);
				assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_GENUINE);
				assert_true(usm_message_open(buf, len, &message));
				assert_int_equal(message.id, 815);
				assert_int_equal(pdu.request_id, 4711);
				assert_int_equal(pdu.type, PDU_RESPONSE);
				check_values(&pdu, n);
			}
			lab_close(&lab);
		}
	}
}

static void net_snmp_believes_what_we_build(void **state)
{
	uint8_t buf[8192];
	struct lab lab;
	char name[64];

	(void)state;
	for (enum usm_auth auth = USM_AUTH_NONE; auth < USM_AUTH_COUNT; auth++) {
		for (enum usm_priv priv = USM_PRIV_NONE; priv < USM_PRIV_COUNT; priv++) {
			netsnmp_session session;
			netsnmp_pdu *pdu = snmp_pdu_create(0);
			struct ber_out out;
			size_t i = 0, bare;

			user_name(name, sizeof name, auth, priv);
			if (!pair_exists(auth, priv)) {
				snmp_free_pdu(pdu);
				continue;
			}
			lab_open(&lab, name, auth, priv);
			put_get(&out, buf, sizeof buf, HEADROOM, VARBINDS, 4711);
			bare = ber_out_len(&out);
			assert_true(usm_message_wrap(
			    lab.crypto, &lab.user, &lab.engine, &out, 815, 65507, NOW + 3 * SECOND));
			assert_false(out.overflow);
			assert_true(ber_out_len(&out) - bare <= usm_message_overhead(&lab.user));
			snmp_sess_init(&session);
			session.version = SNMP_VERSION_3;
			assert_int_equal(
			    snmp_parse(NULL, &session, pdu, buf + out.head, ber_out_len(&out)), 0);
			assert_int_equal(pdu->command, SNMP_MSG_GET);
			assert_int_equal(pdu->msgid, 815);
			assert_int_equal(pdu->reqid, 4711);
			assert_int_equal(
			    pdu->securityLevel, lab.user.level == USM_NO_AUTH ? SNMP_SEC_LEVEL_NOAUTH
						: lab.user.level == USM_AUTH  ? SNMP_SEC_LEVEL_AUTHNOPRIV
									      : SNMP_SEC_LEVEL_AUTHPRIV);
			assert_string_equal(pdu->securityName, name);
			assert_int_equal(pdu->contextEngineIDLen, sizeof oracle_engine);
			for (netsnmp_variable_list *v = pdu->variables; v != NULL; v = v->next_variable)
				assert_int_equal(v->name[11], ++i);
			assert_int_equal(i, VARBINDS);
			snmp_free_pdu(pdu);
			lab_close(&lab);
		}
	}
}

static void a_probe_is_one_that_net_snmp_reads(void **state)
{
	netsnmp_session session;
	netsnmp_pdu *pdu = snmp_pdu_create(0);
	uint8_t buf[256];
	struct ber_out out;
	struct usm_message message;

	(void)state;
	ber_out_init(&out, buf, sizeof buf, sizeof buf);
	usm_message_probe(&out, 99, 65507);
	assert_false(out.overflow);
	assert_true(usm_message_open(buf + out.head, ber_out_len(&out), &message));
	assert_int_equal(message.id, 99);
	assert_int_equal(message.level, USM_NO_AUTH);
	snmp_sess_init(&session);
	session.version = SNMP_VERSION_3;
	assert_int_equal(snmp_parse(NULL, &session, pdu, buf + out.head, ber_out_len(&out)), 0);
	assert_int_equal(pdu->command, SNMP_MSG_GET);
	assert_int_equal(pdu->msgid, 99);
	assert_int_equal(pdu->securityLevel, SNMP_SEC_LEVEL_NOAUTH);
	assert_int_equal(pdu->securityEngineIDLen, 0);
	assert_int_equal(pdu->securityNameLen, 0);
	assert_null(pdu->variables);
	snmp_free_pdu(pdu);
}

/* Headroom and room behind are the caller's to give: too little of either is told, and nothing is written
 * outside. */
static void what_does_not_fit_is_told(void **state)
{
	uint8_t buf[4096], *exact;
	struct ber_out out;
	struct lab lab;
	char name[64];

	(void)state;
	user_name(name, sizeof name, USM_AUTH_SHA_512, USM_PRIV_DES);
	lab_open(&lab, name, USM_AUTH_SHA_512, USM_PRIV_DES);
	for (size_t headroom = 10; headroom < HEADROOM; headroom++) {
		size_t bare, full;

		put_get(&out, buf, sizeof buf, headroom, 3, 1);
		bare = out.tail;
		full = bare + headroom % 9;
		if (out.overflow)
			continue;
		exact = mem_alloc(full);
		memcpy(exact + out.head, buf + out.head, ber_out_len(&out));
		out.base = exact;
		out.cap = full;
		assert_true(usm_message_wrap(lab.crypto, &lab.user, &lab.engine, &out, 1, 65507, NOW));
		if (headroom >= 40 + usm_message_overhead(&lab.user) && headroom % 9 >= USM_MESSAGE_BEHIND)
			assert_false(out.overflow);
		if (headroom < 100)
			assert_true(out.overflow);
		free(exact);
	}
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(we_believe_what_net_snmp_builds),
	    cmocka_unit_test(net_snmp_believes_what_we_build),
	    cmocka_unit_test(a_probe_is_one_that_net_snmp_reads),
	    cmocka_unit_test(what_does_not_fit_is_told),
	};

	return cmocka_run_group_tests(tests, lab_set_up, NULL);
}
