/* Replies that do not fit in all points: none is believed, each is counted by its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "responder.h"

#define COLUMN "1.3.6.1.2.1.2.2.1.10"
#define BOGUS  666

static struct getter getter;

/* What differs from a true reply. */
struct forgery {
	enum reject reason;
	int32_t version, id_off;
	const char *community;
	enum pdu_type type;
	uint32_t first_instance; /* asked: 1 */
	size_t varbinds;	 /* asked: 3 */
	size_t trailing;
	bool other_port, other_address;
};

static size_t forge(uint8_t *buf, size_t cap, const struct forgery *f, int32_t id, struct ber_out *out)
{
	struct oid oid;
	uint8_t name[OID_BER_MAX];
	const uint8_t value[] = {BOGUS >> 8, BOGUS & 0xff};

	ber_out_init(out, buf, cap, 100);
	for (uint32_t i = 0; i < f->varbinds; i++) {
		assert_int_equal(oid_parse(COLUMN, &oid), ERR_OK);
		oid_append(&oid, f->first_instance + i);
		responder_put(out, name, oid_to_ber(&oid, name), BER_COUNTER32, value, sizeof value);
	}
	pdu_enclose(out, f->type, id + f->id_off, 0, 0);
	ber_prepend_element(out, BER_OCTETS, f->community, strlen(f->community));
	ber_prepend_i32(out, f->version);
	ber_enclose(out, BER_SEQUENCE);
	for (size_t i = 0; i < f->trailing; i++)
		buf[out->tail++] = 0;
	return ber_out_len(out);
}

/* Sends the forgery ahead of the true answer. */
struct liar {
	const struct forgery *forgery;
	unsigned times;
	int other_port, other_address;
};

static void lie(struct responder *r, uint8_t *octets, size_t *len, void *arg)
{
	struct liar *liar = arg;
	const struct forgery *f = liar->forgery;
	int fd = f->other_port ? liar->other_port : f->other_address ? liar->other_address : r->fd;
	uint8_t buf[2048];
	struct ber_out out;
	size_t n = forge(buf, sizeof buf, f, r->last_id, &out);

	(void)octets;
	(void)len;
	for (unsigned i = 0; i < liar->times; i++)
		assert_int_equal(
		    sendto(fd, buf + out.head, n, 0, &r->last_from.any, address_len(&r->last_from)),
		    (ssize_t)n);
}

#define TRUE_REPLY                                                                                           \
	.version = SNMP_V2C, .community = "public", .type = PDU_RESPONSE, .first_instance = 1, .varbinds = 3

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#endif
static const struct forgery forgeries[] = {
    {TRUE_REPLY, .reason = REJECT_SOURCE, .other_port = true},
    {TRUE_REPLY, .reason = REJECT_SOURCE, .other_address = true},
    {TRUE_REPLY, .reason = REJECT_REQUEST_ID, .id_off = 1},
    {TRUE_REPLY, .reason = REJECT_REQUEST_ID, .id_off = -1},
    {TRUE_REPLY, .reason = REJECT_COMMUNITY, .community = "publix"},
    {TRUE_REPLY, .reason = REJECT_COMMUNITY, .community = "publicc"},
    {TRUE_REPLY, .reason = REJECT_COMMUNITY, .community = ""},
    {TRUE_REPLY, .reason = REJECT_VERSION, .version = SNMP_V1},
    {TRUE_REPLY, .reason = REJECT_MALFORMED, .version = SNMP_V3},
    {TRUE_REPLY, .reason = REJECT_VERSION, .version = 2},
    {TRUE_REPLY, .reason = REJECT_PDU_TYPE, .type = PDU_GET},
    {TRUE_REPLY, .reason = REJECT_PDU_TYPE, .type = 0xa7},
    {TRUE_REPLY, .reason = REJECT_PDU_TYPE, .type = PDU_REPORT},
    {TRUE_REPLY, .reason = REJECT_NAMES, .first_instance = 2},
    {TRUE_REPLY, .reason = REJECT_NAMES, .varbinds = 4},
    {TRUE_REPLY, .reason = REJECT_NAMES, .varbinds = 0},
    {TRUE_REPLY, .reason = REJECT_MALFORMED, .trailing = 1},
};
#pragma GCC diagnostic pop

static void forged_replies_are_not_believed(void **state)
{
	struct engine_stats stats;
	struct liar liar = {.times = 20};
	struct rig rig;
	uint16_t port;

	(void)state;
	liar.other_port = bound_socket("127.0.0.1", &port);
	liar.other_address = bound_socket("127.0.0.2", &port);
	assert_true(liar.other_port >= 0 && liar.other_address >= 0);
	for (size_t i = 0; i < ARRAY_LEN(forgeries); i++) {
		rig_init(&rig, SNMP_V2C);
		rig_column(&rig, COLUMN, 3);
		rig.responder.mangle = lie;
		rig.responder.mangle_arg = &liar;
		liar.forgery = &forgeries[i];
		rig_connect(&rig);
		for (unsigned round = 0; round < 10; round++) {
			getter_init(&getter, &rig, COLUMN, 3);
			getter_run(&getter);
			getter_check_values(&getter, 0, 3);
		}
		engine_stats(rig.engine, &stats);
		for (size_t r = 0; r < REJECT_COUNT; r++) {
			/* What comes behind the true answer of its round is a duplicate, whatever it is. */
			if (r == (size_t)forgeries[i].reason)
				assert_true(stats.rejected[r] > 0);
			else if (r != REJECT_DUPLICATE)
				assert_int_equal(stats.rejected[r], 0);
		}
		assert_int_equal(stats.responses, 10);
		rig_fini(&rig);
	}
	close(liar.other_port);
	close(liar.other_address);
}

static void any_source_can_be_allowed(void **state)
{
	struct forgery same = forgeries[0];
	struct liar liar = {.times = 1, .forgery = &same};
	struct rig rig;
	uint16_t port;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 3);
	liar.other_port = bound_socket("127.0.0.1", &port);
	rig.responder.mangle = lie;
	rig.responder.mangle_arg = &liar;
	rig.config.accept_any_source = true;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 3);
	getter_run(&getter);
	assert_int_equal(getter.values[0].u, BOGUS);
	close(liar.other_port);
	rig_fini(&rig);
}

static void stop_loop(void *arg)
{
	loop_stop(arg);
}

static void duplicates_and_late_replies_are_told_apart(void **state)
{
	struct engine_stats stats;
	struct loop_timer timer;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 3);
	rig.responder.times = 3;
	rig.config.timeout = 40 * MS;
	rig.config.retries = 0;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 3);
	getter_run(&getter);
	rig.responder.times = 1;
	rig.responder.hold = true;
	getter_init(&getter, &rig, COLUMN, 3);
	getter_run(&getter);
	assert_int_equal(getter.summary.failure, FAILURE_TIMEOUT);
	responder_release(&rig.responder);
	loop_timer_init(&timer, stop_loop, rig.loop);
	loop_timer_in(rig.loop, &timer, 20 * MS);
	loop_run(rig.loop);
	engine_stats(rig.engine, &stats);
	assert_int_equal(stats.rejected[REJECT_DUPLICATE], 2);
	assert_int_equal(stats.rejected[REJECT_LATE], 1);
	assert_int_equal(stats.responses, 1);
	rig_fini(&rig);
}

/* --- mutated answers: nothing worse than a failure, and a good poll after every hundred --- */

struct mutator {
	uint64_t seed;
	bool on;
};

static uint32_t next_random(struct mutator *m)
{
	m->seed = m->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(m->seed >> 33);
}

static void mutate(struct responder *r, uint8_t *octets, size_t *len, void *arg)
{
	struct mutator *m = arg;

	(void)r;
	if (!m->on)
		return;
	switch (next_random(m) % 4) {
	case 0:
		*len = next_random(m) % (*len + 1);
		break;
	case 1:
		octets[*len] = (uint8_t)next_random(m);
		*len += 1;
		break;
	default:
		for (uint32_t n = next_random(m) % 4 + 1; n > 0; n--)
			octets[next_random(m) % *len] ^= (uint8_t)(1u << next_random(m) % 8);
	}
}

static void mutated_answers_do_no_harm(void **state)
{
	struct mutator mutator = {.seed = 4711};
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 5);
	rig.responder.mangle = mutate;
	rig.responder.mangle_arg = &mutator;
	rig.config.timeout = 1 * MS;
	rig.config.retries = 0;
	for (unsigned round = 0; round < 20; round++) {
		rig_connect(&rig);
		mutator.on = true;
		for (unsigned i = 0; i < 100; i++) {
			getter_init(&getter, &rig, COLUMN, 5);
			getter_run(&getter);
		}
		mutator.on = false;
		rig.agent.ops->peer_free(rig.agent.self, rig.peer);
		rig.config.timeout = 2000 * MS;
		rig_connect(&rig);
		getter_init(&getter, &rig, COLUMN, 5);
		getter_run(&getter);
		getter_check_values(&getter, 0, 5);
		rig.config.timeout = 1 * MS;
		rig.agent.ops->peer_free(rig.agent.self, rig.peer);
	}
	rig.peer = NULL;
	rig_fini(&rig);
}

static void garbage_is_told_from_silence(void **state)
{
	struct forgery wrong = forgeries[13];
	struct liar liar = {.times = 1, .forgery = &wrong};
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.responder.mangle = lie;
	rig.responder.mangle_arg = &liar;
	rig.responder.hold = true; /* the true answer never comes */
	rig.config.timeout = 40 * MS;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 3);
	getter_run(&getter);
	assert_int_equal(getter.summary.failure, FAILURE_DECODE);
	assert_int_equal(getter.failures[0], FAILURE_DECODE);
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forged_replies_are_not_believed),
	    cmocka_unit_test(any_source_can_be_allowed),
	    cmocka_unit_test(duplicates_and_late_replies_are_told_apart),
	    cmocka_unit_test(mutated_answers_do_no_harm),
	    cmocka_unit_test(garbage_is_told_from_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
