/* What a request and its answer cost: version 3 beside 2c. Printed, not judged: how fast a machine is, is no
 * property of the code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "unit/snmp/usm_lab.h"

#include "snmp/message.h"

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#define ROUNDS	1000
#define BATCHES 9 /* the fastest counts: what else the machine does is not ours */

/* Closes the batch before, if there was one; the time now. `best` in us a round. */
static double batch_begin(unsigned round, double start, double *best)
{
	double now = seconds(), cost = (now - start) / ROUNDS * 1e6;

	if (round > 0 && cost < *best)
		*best = cost;
	return now;
}

/* ifHCInOctets.1 to n and their values, as the agent gives them. */
static void put_response(struct ber_out *out, uint8_t *buf, size_t size, size_t n)
{
	struct ber_out one;
	uint8_t pair[64];

	ber_out_init(out, buf, size, HEADROOM);
	for (size_t i = n; i > 0; i--) {
		static const uint8_t value[] = {3, 0, 0x0f, 0x42, 0x40};
		const uint8_t name[] = {0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 6, (uint8_t)i};

		ber_out_init(&one, pair, sizeof pair, 0);
		ber_append(&one, BER_OID, name, sizeof name);
		ber_append(&one, BER_COUNTER64, value, sizeof value);
		ber_append(out, BER_SEQUENCE, pair, ber_out_len(&one));
	}
	pdu_enclose(out, PDU_RESPONSE, 4711, 0, 0);
}

/* What the community model does (security.c). */
static void wrap_v2c(struct ber_out *pdu)
{
	ber_prepend_element(pdu, BER_OCTETS, "public", 6);
	ber_prepend_i32(pdu, SNMP_V2C);
	ber_enclose(pdu, BER_SEQUENCE);
}

static double cost_v2c(void)
{
	struct message message;
	struct varbind varbind;
	struct ber_out out;
	uint8_t buf[8192], reply[8192];
	struct pdu pdu;
	double start = 0, best = 1e9;

	put_response(&out, reply, sizeof reply, VARBINDS);
	wrap_v2c(&out);
	for (unsigned i = 0; i < ROUNDS * BATCHES; i++) {
		struct ber_out request;

		if (i % ROUNDS == 0)
			start = batch_begin(i, start, &best);
		put_get(&request, buf, sizeof buf, HEADROOM, VARBINDS, 4711);
		wrap_v2c(&request);
		if (message_open(reply + out.head, ber_out_len(&out), &message) != REJECT_NONE ||
		    !pdu_parse(message.data, &pdu))
			fail();
		while (varbind_next(&pdu.varbinds, &varbind) == VARBIND_OK)
			;
	}
	(void)batch_begin(1, start, &best);
	return best;
}

static double cost_v3(enum usm_auth auth, enum usm_priv priv)
{
	uint8_t buf[8192], reply[8192];
	struct varbind varbind;
	struct ber_out request;
	struct answer answer;
	struct lab lab;
	struct pdu pdu;
	char name[64];
	double start = 0, best = 1e9;
	size_t len;

	user_name(name, sizeof name, auth, priv);
	lab_open(&lab, name, auth, priv);
	answer = response_for(&lab);
	len = oracle_answer(&answer, reply, sizeof reply);
	for (unsigned i = 0; i < ROUNDS * BATCHES; i++) {
		if (i % ROUNDS == 0)
			start = batch_begin(i, start, &best);
		put_get(&request, buf, sizeof buf, HEADROOM, VARBINDS, 4711);
		if (!usm_message_wrap(lab.crypto, &lab.user, &lab.engine, &request, i, 65507, NOW) ||
		    judge(&lab, reply, len, NOW, &pdu) != USM_GENUINE)
			fail();
		while (varbind_next(&pdu.varbinds, &varbind) == VARBIND_OK)
			;
	}
	(void)batch_begin(1, start, &best);
	lab_close(&lab);
	return best;
}

static void cost_of_a_request_and_its_answer(void **state)
{
	double v2c = cost_v2c();

	(void)state;
	print_message("60 varbinds, built and read: v2c %.1f us\n", v2c);
	for (size_t p = 0; p < ARRAY_LEN(hard_pairs); p++) {
		double v3 = cost_v3(hard_pairs[p].auth, hard_pairs[p].priv);

		print_message("  %s %s: %.1f us, %.1f times v2c\n", usm_auth_spec(hard_pairs[p].auth)->name,
		    usm_priv_spec(hard_pairs[p].priv)->name, v3, v3 / v2c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cost_of_a_request_and_its_answer),
	};

	return cmocka_run_group_tests(tests, lab_set_up, NULL);
}
