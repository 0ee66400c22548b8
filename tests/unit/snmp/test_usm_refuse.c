/* What must not be believed: messages that were changed, that are of others, that are late; and what Reports
 * may lead to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "unit/snmp/usm_lab.h"

/* In a block of exactly that size, so that a sanitizer sees each octet too many. */
static enum usm_verdict judge_exactly(struct lab *lab, const uint8_t *octets, size_t len, int64_t now)
{
	uint8_t *copy = mem_dup(octets, len == 0 ? 1 : len);
	struct varbind varbind;
	struct pdu pdu;
	enum usm_verdict verdict = judge(lab, copy, len, now, &pdu);

	if (verdict == USM_GENUINE || verdict == USM_HINT) {
		(void)usm_report_of(&pdu);
		while (varbind_next(&pdu.varbinds, &varbind) == VARBIND_OK)
			;
	}
	free(copy);
	return verdict;
}

/* Each octet of a message, changed in three ways: never believed, and nothing learnt of it. */
static void no_octet_may_be_changed(void **state)
{
	static const uint8_t flips[] = {0x01, 0x80, 0xff};
	uint8_t buf[8192];
	struct lab lab;
	char name[64];

	(void)state;
	for (size_t p = 0; p < ARRAY_LEN(hard_pairs); p++) {
		struct usm_engine before;
		struct answer answer;
		size_t len;

		user_name(name, sizeof name, hard_pairs[p].auth, hard_pairs[p].priv);
		lab_open(&lab, name, hard_pairs[p].auth, hard_pairs[p].priv);
		answer = response_for(&lab);
		answer.varbinds = 20;
		len = oracle_answer(&answer, buf, sizeof buf);
		before = lab.engine;
		for (size_t i = 0; i < len; i++) {
			for (size_t f = 0; f < ARRAY_LEN(flips); f++) {
				enum usm_verdict verdict;

				buf[i] ^= flips[f];
				verdict = judge_exactly(&lab, buf, len, NOW);
				assert_int_not_equal(verdict, USM_GENUINE);
				assert_int_not_equal(verdict, USM_HINT);
				assert_memory_equal(&lab.engine, &before, sizeof before);
				buf[i] ^= flips[f];
			}
		}
		assert_int_equal(judge_exactly(&lab, buf, len, NOW), USM_GENUINE);
		lab_close(&lab);
	}
}

static void nothing_may_be_missing_and_nothing_follow(void **state)
{
	uint8_t buf[8192];
	struct lab lab;
	char name[64];

	(void)state;
	for (size_t p = 0; p < ARRAY_LEN(hard_pairs); p++) {
		struct answer answer;
		size_t len;

		user_name(name, sizeof name, hard_pairs[p].auth, hard_pairs[p].priv);
		lab_open(&lab, name, hard_pairs[p].auth, hard_pairs[p].priv);
		answer = response_for(&lab);
		len = oracle_answer(&answer, buf, sizeof buf);
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(judge_exactly(&lab, buf, cut, NOW), USM_VERDICT_COUNT);
		buf[len] = 0;
		assert_int_equal(judge_exactly(&lab, buf, len + 1, NOW), USM_VERDICT_COUNT);
		lab_close(&lab);
	}
}

static void whose_answer_it_is_not(void **state)
{
	struct answer answer;
	uint8_t buf[8192];
	struct lab lab;
	struct pdu pdu;
	size_t len;

	(void)state;
	lab_open(&lab, "u-SHA-256-AES-128", USM_AUTH_SHA_256, USM_PRIV_AES_128);
	answer = response_for(&lab);
	answer.level = USM_AUTH; /* less than asked */
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_LEVEL);
	answer.level = USM_NO_AUTH;
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_LEVEL);
	answer = response_for(&lab);
	answer.user = "u-SHA-256-AES-192";
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_USER);
	answer = response_for(&lab);
	answer.context = "vlan-7";
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_CONTEXT);
	lab.user.context = "vlan-7";
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_GENUINE);
	lab.user.context = "";
	answer = response_for(&lab);
	answer.command = SNMP_MSG_TRAP2;
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_TYPE);
	answer = response_for(&lab);
	len = oracle_answer(&answer, buf, sizeof buf);
	lab.engine.keys.priv.octets[3] ^= 1;
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_NOT_DECRYPTED);
	lab.engine.keys.priv.octets[3] ^= 1;
	lab.engine.keys.auth.octets[3] ^= 1;
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_WRONG_DIGEST);
	lab.engine.keys.auth.octets[3] ^= 1;
	lab.engine.id.octets[6] ^= 1;
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_ENGINE);
	lab.engine.id.octets[6] ^= 1;
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_GENUINE);
	lab_close(&lab);
	lab_open(&lab, "u-SHA-256-none", USM_AUTH_SHA_256, USM_PRIV_NONE); /* more than asked */
	lab.user.name_len = (uint8_t)snprintf(lab.user.name, sizeof lab.user.name, "u-SHA-256-AES-128");
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_LEVEL);
	lab_close(&lab);
}

static void the_window_is_150_seconds(void **state)
{
	uint8_t buf[8192];
	struct answer answer;
	struct lab lab;
	struct pdu pdu;
	int32_t boots, time;
	size_t len;

	(void)state;
	lab_open(&lab, "u-SHA-256-AES-128", USM_AUTH_SHA_256, USM_PRIV_AES_128);
	answer = response_for(&lab);
	len =
	    oracle_answer(&answer, buf, sizeof buf); /* of TIME, give or take a second of net-snmp's clock */
	usm_engine_forget_time(&lab.engine);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_GENUINE);
	assert_int_equal(judge(&lab, buf, len, NOW + 150 * SECOND, &pdu), USM_GENUINE);
	assert_int_equal(judge(&lab, buf, len, NOW + 151 * SECOND, &pdu), USM_OUT_OF_TIME);
	usm_engine_clock(&lab.engine, NOW + 151 * SECOND, &boots, &time);
	assert_int_equal(boots, BOOTS);
	assert_in_range(time, TIME + 151, TIME + 160);
	assert_true(usm_engine_hear(&lab.engine, BOOTS + 1, 3, NOW)); /* it was started anew */
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OUT_OF_TIME);
	usm_engine_forget_time(&lab.engine);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_GENUINE);
	lab_close(&lab);
}

static void reports_are_told_apart(void **state)
{
	static const struct {
		oid name[12];
		size_t len;
		enum usm_report want;
	} cases[] = {
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 1, 0}, 11, USM_REPORT_UNSUPPORTED_LEVEL},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0}, 11, USM_REPORT_NOT_IN_TIME_WINDOW},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 0}, 11, USM_REPORT_UNKNOWN_USER},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0}, 11, USM_REPORT_UNKNOWN_ENGINE},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 5, 0}, 11, USM_REPORT_WRONG_DIGEST},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 6, 0}, 11, USM_REPORT_DECRYPTION_ERROR},
	    {{1, 3, 6, 1, 6, 3, 11, 2, 1, 1, 0}, 11, USM_REPORT_UNKNOWN_MODEL},
	    {{1, 3, 6, 1, 6, 3, 11, 2, 1, 2, 0}, 11, USM_REPORT_INVALID_MESSAGE},
	    {{1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0}, 11, USM_REPORT_UNKNOWN_PDU_HANDLER},
	    {{1, 3, 6, 1, 6, 3, 12, 1, 4, 0}, 10, USM_REPORT_UNAVAILABLE_CONTEXT},
	    {{1, 3, 6, 1, 6, 3, 12, 1, 5, 0}, 10, USM_REPORT_UNKNOWN_CONTEXT},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 3}, 10, USM_REPORT_UNKNOWN_USER},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 1}, 11, USM_REPORT_OTHER},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1, 7, 0}, 11, USM_REPORT_OTHER},
	    {{1, 3, 6, 1, 6, 3, 15, 1, 1}, 9, USM_REPORT_OTHER},
	    {{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9, USM_REPORT_OTHER},
	};
	struct answer answer;
	uint8_t buf[1024];
	struct lab lab;
	struct pdu pdu;
	size_t len;

	(void)state;
	lab_open(&lab, "u-SHA-AES-128", USM_AUTH_SHA, USM_PRIV_AES_128);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		answer = response_for(&lab);
		answer.command = SNMP_MSG_REPORT;
		answer.varbinds = 0;
		answer.report = cases[i].name;
		answer.report_len = cases[i].len;
		answer.level = i % 2 == 0 ? USM_AUTH : USM_NO_AUTH; /* a Report may have less */
		len = oracle_answer(&answer, buf, sizeof buf);
		assert_int_equal(judge(&lab, buf, len, NOW, &pdu), i % 2 == 0 ? USM_GENUINE : USM_HINT);
		assert_int_equal(usm_report_of(&pdu), cases[i].want);
		assert_true(strlen(usm_report_text(cases[i].want)) > 10);
		assert_true(strlen(usm_report_name(cases[i].want)) > 4);
	}
	pdu.type = PDU_RESPONSE;
	assert_int_equal(usm_report_of(&pdu), USM_REPORT_OTHER);
	lab_close(&lab);
}

/* What anybody can send moves no clock; the authenticated Report does. */
static void time_is_learnt_with_proof_only(void **state)
{
	struct answer answer;
	uint8_t buf[1024];
	struct lab lab;
	struct pdu pdu;
	int32_t boots, time;
	size_t len;

	(void)state;
	lab_open(&lab, "u-SHA-AES-128", USM_AUTH_SHA, USM_PRIV_AES_128);
	usm_engine_forget_time(&lab.engine);
	answer = response_for(&lab);
	answer.command = SNMP_MSG_REPORT;
	answer.varbinds = 0;
	answer.report = (const oid[]){1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0};
	answer.report_len = 11;
	answer.level = USM_NO_AUTH;
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_HINT);
	usm_engine_clock(&lab.engine, NOW, &boots, &time);
	assert_int_equal(boots, 0);
	assert_int_equal(time, 0);
	answer.level = USM_AUTH;
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_GENUINE);
	usm_engine_clock(&lab.engine, NOW, &boots, &time);
	assert_int_equal(boots, BOOTS);
	assert_in_range(time, TIME, TIME + 9);
	/* The agent lost its count: its Report is not believed, but seen, and then the time is forgotten. */
	assert_true(usm_engine_hear(&lab.engine, BOOTS + 20, 5, NOW));
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OUT_OF_TIME);
	assert_int_equal(usm_report_of(&pdu), USM_REPORT_NOT_IN_TIME_WINDOW);
	usm_engine_forget_time(&lab.engine);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_GENUINE);
	lab_close(&lab);
}

static void before_the_engine_is_known(void **state)
{
	struct answer answer;
	uint8_t buf[1024];
	struct usm_message message;
	struct ber_out out;
	struct lab lab;
	struct pdu pdu;
	size_t len;

	(void)state;
	lab_open(&lab, "u-SHA-AES-128", USM_AUTH_SHA, USM_PRIV_AES_128);
	usm_engine_init(&lab.engine);
	put_get(&out, buf, sizeof buf, HEADROOM, 1, 1);
	assert_false(usm_message_wrap(lab.crypto, &lab.user, &lab.engine, &out, 1, 65507, NOW));
	answer = response_for(&lab);
	answer.varbinds = 1;
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_OTHER_ENGINE);
	answer.command = SNMP_MSG_REPORT;
	answer.level = USM_NO_AUTH;
	answer.user = "u-none-none";
	answer.varbinds = 0;
	answer.report = (const oid[]){1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0};
	answer.report_len = 11;
	len = oracle_answer(&answer, buf, sizeof buf);
	assert_int_equal(judge(&lab, buf, len, NOW, &pdu), USM_HINT);
	assert_int_equal(usm_report_of(&pdu), USM_REPORT_UNKNOWN_ENGINE);
	assert_true(usm_message_open(buf, len, &message));
	assert_true(usm_engine_learn_id(&lab.engine, message.engine.p, ber_left(&message.engine)));
	assert_false(usm_engine_learn_id(&lab.engine, message.engine.p, ber_left(&message.engine)));
	assert_false(usm_engine_learn_id(&lab.engine, message.engine.p, 4));
	assert_int_equal(lab.engine.state, USM_ENGINE_NEVER_HEARD);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_octet_may_be_changed),
	    cmocka_unit_test(nothing_may_be_missing_and_nothing_follow),
	    cmocka_unit_test(whose_answer_it_is_not),
	    cmocka_unit_test(the_window_is_150_seconds),
	    cmocka_unit_test(reports_are_told_apart),
	    cmocka_unit_test(time_is_learnt_with_proof_only),
	    cmocka_unit_test(before_the_engine_is_known),
	};

	return cmocka_run_group_tests(tests, lab_set_up, NULL);
}
