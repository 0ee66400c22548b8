#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "snmp/chunk.h"
#include "snmp/pack.h"

static size_t name(void *arg, size_t i, uint8_t out[OID_BER_MAX])
{
	(void)arg;
	memcpy(out, "\x2b\x06\x01\x02\x01\x02\x02\x01\x0a", 9);
	out[9] = (uint8_t)(i & 0x7f);
	return 10; /* 16 octets as a varbind */
}

static bool in_fours(void *arg, size_t i)
{
	(void)arg;
	return i % 4 != 0;
}

struct packing {
	struct chunk chunk;
	struct get_request want;
	struct pack_limits limits;
	struct ber_out out;
	uint8_t buf[8192];
	struct oid guards[2];
};

static void packing_init(struct packing *p, size_t n, size_t octets)
{
	memset(p, 0, sizeof *p);
	p->chunk.n = (uint16_t)n;
	p->want.n = n;
	p->want.name = name;
	p->limits = (struct pack_limits){.octets = octets, .overhead = 20, .value_octets = 4};
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(oid_parse("1.3.6.1.2.1.1.3.0", &p->guards[i]), ERR_OK);
	p->want.guards = p->guards;
	p->want.n_guards = 2;
}

static uint16_t packing_run(struct packing *p)
{
	ber_out_init(&p->out, p->buf, sizeof p->buf, 100);
	return pack(&p->chunk, &p->want, &p->limits, &p->out);
}

static void as_many_as_fit(void **state)
{
	struct packing p;

	(void)state;
	packing_init(&p, 100, 52 + 30 * 20);
	assert_int_equal(packing_run(&p), 52 + 30 * 20);
	assert_int_equal(p.chunk.n, 30);
	assert_int_equal(ber_out_len(&p.out), 30 * 16);
	assert_true(p.chunk.packed);
	p.limits.octets = 100; /* a further try asks for the same */
	packing_run(&p);
	assert_int_equal(p.chunk.n, 30);

	packing_init(&p, 100, 10); /* at least one */
	p.chunk.guards = 3;
	packing_run(&p);
	assert_int_equal(p.chunk.n, 1);

	packing_init(&p, 100, 1400); /* at most so many */
	p.chunk.most = 7;
	p.chunk.guards = 1;
	packing_run(&p);
	assert_int_equal(p.chunk.n, 7);
}

static void groups(void **state)
{
	struct packing p;

	(void)state;
	packing_init(&p, 100, 52 + 30 * 20);
	p.want.joined = in_fours;
	packing_run(&p);
	assert_int_equal(p.chunk.n, 28);
	assert_int_equal(ber_out_len(&p.out), 28 * 16);
	packing_init(&p, 100, 52 + 3 * 20); /* not even one fits */
	p.want.joined = in_fours;
	packing_run(&p);
	assert_int_equal(p.chunk.n, 3);
}

static void names_without_those_skipped(void **state)
{
	struct packing p;
	struct ber packed;
	const uint8_t *got;
	size_t len;

	(void)state;
	packing_init(&p, 5, 1400);
	p.chunk.first = 20;
	p.chunk.guards = 2;
	chunk_skip(&p.chunk, 0);
	chunk_skip(&p.chunk, 3);
	packing_run(&p);
	packed = (struct ber){p.out.base + p.out.head, p.out.base + p.out.tail};
	assert_true(pack_next_name(&packed, &got, &len));
	assert_int_equal(len, 8); /* the guard */
	assert_int_equal(got[7], 0);
	for (size_t i = 0; i < 3; i++) {
		static const uint8_t last[] = {21, 22, 24};

		assert_true(pack_next_name(&packed, &got, &len));
		assert_int_equal(len, 10);
		assert_int_equal(got[9], last[i]);
	}
	assert_false(pack_next_name(&packed, &got, &len));
}

static void splitting_keeps_what_is_skipped(void **state)
{
	struct chunk chunk = {.first = 100, .n = 50, .guards = 5, .most = 9}, rest;
	size_t at = 0, first, len;

	(void)state;
	chunk_skip(&chunk, 3);
	chunk_skip(&chunk, 17);
	chunk_skip(&chunk, 49);
	assert_int_equal(chunk_asked(&chunk), 47);
	assert_int_equal(chunk_guards(&chunk), 2);
	assert_int_equal(chunk_place(&chunk, 3), 4);
	assert_int_equal(chunk_place(&chunk, 46), 48);
	assert_int_equal(chunk_place(&chunk, 47), 50);
	chunk_split(&chunk, 10, &rest);
	assert_int_equal(chunk.n, 10);
	assert_int_equal(rest.first, 110);
	assert_int_equal(rest.n, 40);
	assert_int_equal(rest.most, 9);
	assert_int_equal(chunk_asked(&chunk), 9);
	assert_int_equal(chunk_asked(&rest), 38);
	assert_true(chunk_skips(&rest, 7) && chunk_skips(&rest, 39) && !chunk_skips(&rest, 3));
	assert_true(chunk_run(&rest, &at, &first, &len));
	assert_true(first == 0 && len == 7);
	assert_true(chunk_run(&rest, &at, &first, &len));
	assert_true(first == 8 && len == 31);
	assert_false(chunk_run(&rest, &at, &first, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_many_as_fit),
	    cmocka_unit_test(groups),
	    cmocka_unit_test(names_without_those_skipped),
	    cmocka_unit_test(splitting_keeps_what_is_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
