#include "play/anonymise.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"
#include "play/snmprec.h"
#include "unit/lint/objects.h"

#include <stdlib.h>

static const uint8_t key[SIPHASH_KEY_LEN] = "0123456789abcdef";
static const uint8_t mac[6] = {0, 0x1b, 0x21, 0xaa, 0xbb, 0xcc},
		     bridge[8] = {0x80, 0, 0, 0x1b, 0x21, 0xaa, 0xbb, 0xcc};

/* A switch that says who it is in every way it can. 27.170 is aa in the MAC address, and so on. */
static struct recording *telltale(void)
{
	static const uint8_t address[4] = {203, 0, 113, 9}, mask[4] = {255, 255, 255, 0};
	/* 1.3.6.1.2.1.4.32.1.5.2.1.4.203.0.113.0.24, a row of ipAddressPrefixTable */
	static const uint8_t pointer[] = {0x2b, 6, 1, 2, 1, 4, 32, 1, 5, 2, 1, 4, 0x81, 0x4b, 0, 113, 0, 24};
	struct recording *recording = recording_new();

	object_text(
	    recording, "1.3.6.1.2.1.1.1.0", "Acme OS 15.2(4)E10 on core-sw1, see http://www.cisco.com/");
	object_text(recording, "1.3.6.1.2.1.1.4.0", "Jane Doe <jane@acme.example>");
	object_text(recording, "1.3.6.1.2.1.1.5.0", "core-sw1.acme.example");
	object_text(recording, "1.3.6.1.2.1.1.6.0", "Seoul, room 7");
	object_text(recording, "1.3.6.1.2.1.2.2.1.2.1", "GigabitEthernet1/0/1");
	object_octets(recording, "1.3.6.1.2.1.2.2.1.6.1", VALUE_OCTETS, mac, sizeof mac);
	object_number(recording, "1.3.6.1.2.1.2.2.1.10.1", VALUE_COUNTER32, 4711);
	object_octets(recording, "1.3.6.1.2.1.4.20.1.1.203.0.113.9", VALUE_IPADDRESS, address, 4);
	object_number(recording, "1.3.6.1.2.1.4.20.1.2.203.0.113.9", VALUE_INTEGER, 1);
	object_octets(recording, "1.3.6.1.2.1.4.20.1.3.203.0.113.9", VALUE_IPADDRESS, mask, 4);
	object_octets(recording, "1.3.6.1.2.1.4.34.1.5.1.4.203.0.113.9", VALUE_OID, pointer, sizeof pointer);
	object_number(
	    recording, "1.3.6.1.2.1.4.34.1.3.2.16.32.1.7.184.0.0.0.1.0.0.0.0.0.0.0.5", VALUE_INTEGER, 1);
	object_octets(recording, "1.3.6.1.2.1.17.2.5.0", VALUE_OCTETS, bridge, sizeof bridge);
	object_octets(recording, "1.3.6.1.2.1.17.4.3.1.1.0.27.33.170.187.204", VALUE_OCTETS, mac, sizeof mac);
	object_text(recording, "1.3.6.1.2.1.25.4.2.1.5.9", "--password hunter2");
	object_text(recording, "1.3.6.1.2.1.31.1.1.1.18.1", "Customer Initech, circuit 99");
	object_text(recording, "1.3.6.1.2.1.47.1.1.1.1.11.1", "FOC1234X0AB");
	object_text(recording, "1.3.6.1.4.1.9999.1.0", "unit FOC1234X0AB of core-sw1 at 203.0.113.9");
	object_number(recording, "1.3.6.1.4.1.9999.2.1.4.0.27.33.170.187.204", VALUE_INTEGER, 5);
	object_number(recording, "1.3.6.1.4.1.9999.3.1.2.4.203.0.113.9.7", VALUE_INTEGER, 5);
	object_octets(recording, "1.3.6.1.6.3.10.2.1.1.0", VALUE_OCTETS,
	    "\x80\0\x1f\x88\x03\0\x1b\x21\xaa\xbb\xcc", 11);
	object_text(recording, "1.0.8802.1.1.2.1.4.1.1.9.0.1.1", "edge-sw2.acme.example");
	object_text(recording, "1.0.8802.1.1.2.1.4.1.1.8.0.1.1", "to Initech");
	object_number(recording, "1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.203.0.113.9", VALUE_INTEGER, 2);
	recording_sort(recording);
	return recording;
}

static char *written(const struct recording *recording)
{
	struct str out = {0};

	for (size_t i = 0; i < recording_count(recording); i++)
		snmprec_add(&out, recording_at(recording, i));
	return str_steal(&out);
}

static struct recording *anonymous(struct anonymise *anonymise)
{
	struct recording *recording = telltale(), *out = anonymise_recording(anonymise, recording);

	recording_free(recording);
	return out;
}

static void nothing_tells_whose_it_is(void **state)
{
	static const char *const gone[] = {"acme", "core-sw1", "jane", "Jane", "Seoul", "Initech", "FOC1234",
	    "203.0.113", "edge-sw2", "hunter2", "aabbcc", "170.187.204", "cb0071", "32.1.7.184"};
	struct anonymise *anonymise = anonymise_new(key);
	struct recording *out = anonymous(anonymise);
	char *text = written(out);

	(void)state;
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		if (strstr(text, gone[i]) != NULL)
			fail_msg("%s is left in\n%s", gone[i], text);
	}
	free(text);
	recording_free(out);
	anonymise_free(anonymise);
}

static void all_else_stays(void **state)
{
	static const char *const left[] = {"Acme OS 15.2(4)E10 on host-", "http://www.cisco.com/",
	    "1.3.6.1.2.1.2.2.1.2.1|4|GigabitEthernet1/0/1\n", "1.3.6.1.2.1.2.2.1.10.1|65|4711\n",
	    "|255.255.255.0\n", "2.1.6.1|4x|001b21", "4|unit serial-"};
	struct anonymise *anonymise = anonymise_new(key);
	struct recording *out = anonymous(anonymise), *before = telltale();
	char *text = written(out);

	(void)state;
	assert_int_equal(recording_count(out), recording_count(before));
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		if (strstr(text, left[i]) == NULL)
			fail_msg("%s is not there in\n%s", left[i], text);
	}
	free(text);
	recording_free(before);
	recording_free(out);
	anonymise_free(anonymise);
}

/* The address of the interface is that of its row, of the neighbour's, and of the text. */
static void the_same_is_the_same_everywhere(void **state)
{
	struct anonymise *anonymise = anonymise_new(key);
	struct recording *out = anonymous(anonymise), *again = anonymous(anonymise);
	char *text = written(out), *text_again = written(again), address[32], wanted[200];
	const char *at = strstr(text, "1.3.6.1.2.1.4.20.1.1.");
	const struct recorded *port, *base;

	(void)state;
	assert_non_null(at);
	assert_int_equal(sscanf(at, "1.3.6.1.2.1.4.20.1.1.%31[0-9.]|", address), 1);
	assert_memory_equal(address, "10.", 3);
	snprintf(wanted, sizeof wanted, "1.3.6.1.2.1.4.20.1.1.%s|64|%s\n", address, address);
	assert_non_null(strstr(text, wanted));
	snprintf(wanted, sizeof wanted, "1.3.6.1.2.1.4.34.1.5.1.4.%s|6|", address);
	assert_non_null(strstr(text, wanted));
	snprintf(wanted, sizeof wanted, "4.2.1.3.0.1.1.1.4.%s|", address);
	assert_non_null(strstr(text, wanted));
	snprintf(wanted, sizeof wanted, "9999.3.1.2.4.%s.7|", address);
	assert_non_null(strstr(text, wanted));
	snprintf(wanted, sizeof wanted, " at %s\n", address);
	assert_non_null(strstr(text, wanted));
	port = recording_find_text(out, "1.3.6.1.2.1.2.2.1.6.1");
	base = recording_find_text(out, "1.3.6.1.2.1.17.2.5.0");
	assert_memory_equal(port->value.bytes.p, base->value.bytes.p + 2, 6);
	assert_memory_equal(base->value.bytes.p, bridge, 5);
	assert_string_equal(text, text_again);
	free(text);
	free(text_again);
	recording_free(out);
	recording_free(again);
	anonymise_free(anonymise);
}

static void rows_are_in_order(void **state)
{
	struct anonymise *anonymise = anonymise_new(key);
	struct recording *recording = recording_new(), *out;
	char oid[80];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(oid, sizeof oid, "1.3.6.1.2.1.4.22.1.2.1.%d.7.8.9", 20 + i);
		object_octets(recording, oid, VALUE_OCTETS, mac, sizeof mac);
	}
	recording_sort(recording);
	out = anonymise_recording(anonymise, recording);
	assert_int_equal(recording_count(out), 200);
	for (size_t i = 1; i < 200; i++) {
		const struct recorded *a = recording_at(out, i - 1), *b = recording_at(out, i);

		assert_true(oid_ber_compare(a->name, a->name_len, b->name, b->name_len) < 0);
	}
	recording_free(recording);
	recording_free(out);
	anonymise_free(anonymise);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_tells_whose_it_is),
	    cmocka_unit_test(all_else_stays),
	    cmocka_unit_test(the_same_is_the_same_everywhere),
	    cmocka_unit_test(rows_are_in_order),
	};

	return cmocka_run_group_tests_name("anonymise", tests, NULL, NULL);
}
