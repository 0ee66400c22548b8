#include "daemon/identity.h"

#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SAME_BOOT     3.0   /* s, between what two answers say of the time the agent was started */
#define OTHER_BOOT    600.0 /* s: no clock of an agent runs so wrong within a discovery */
#define ENGINE_ID_MIN 5	    /* octets, RFC 3411 section 5 */
#define ENGINE_ID_MAX 32
#define SERIAL_MIN    4 /* characters; shorter ones are placeholders */
#define SERIAL_MAX    64
#define MULTICAST     (UINT64_C(1) << 40)    /* the group bit of the first octet */
#define VRRP	      UINT64_C(0x00005e0001) /* and 02 for IPv6, RFC 5798: without the last octet */
#define HSRP	      UINT64_C(0x00000c07ac)
#define HSRP_2	      UINT64_C(0x00000c9ff0)

void identity_fini(struct identity *identity)
{
	free(identity->sysname);
	free(identity->descr);
	free(identity->engine_id);
	free(identity->serial);
	free(identity->macs);
	*identity = (struct identity){0};
}

/* --- what is worth anything --- */

static bool is_one_octet(const uint8_t *octets, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (octets[i] != octets[0])
			return false;
	return true;
}

void identity_set_engine(struct identity *identity, const uint8_t *octets, size_t len)
{
	struct str text = {0};

	/* Behind the enterprise's number nothing but zeros or ones: a default that nobody has replaced. */
	if (identity->engine_id != NULL || len < ENGINE_ID_MIN || len > ENGINE_ID_MAX ||
	    (is_one_octet(octets + 4, len - 4) && (octets[4] == 0 || octets[4] == 0xff)))
		return;
	str_add(&text, "0x");
	for (size_t i = 0; i < len; i++)
		str_addf(&text, "%02x", octets[i]);
	identity->engine_id = str_steal(&text);
}

static bool is_placeholder(const char *serial)
{
	static const char *const words[] = {"none", "n/a", "null", "unknown", "default", "default string",
	    "not specified", "not applicable", "not available", "system serial number",
	    "chassis serial number", "to be filled by o.e.m.", "0123456789", "123456789", "1234567890",
	    "12345678", "1234", "serial", "serial number", "empty", "xxxxxxxx", "invalid"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(serial, words[i]) == 0)
			return true;
	return strlen(serial) < SERIAL_MIN || is_one_octet((const uint8_t *)serial, strlen(serial));
}

void identity_set_serial(struct identity *identity, const void *octets, size_t len)
{
	struct str text = {0};
	const char *start;

	if (identity->serial != NULL || len > SERIAL_MAX)
		return;
	str_add_utf8(&text, octets, len);
	start = str_text(&text);
	while (*start == ' ')
		start++;
	if (!is_placeholder(start))
		identity->serial = mem_strdup(start);
	str_fini(&text);
}

/* 0 for one that does not belong to one device alone. */
static uint64_t mac_of(const uint8_t *octets, size_t len)
{
	uint64_t mac = 0, head;

	if (len != 6)
		return 0;
	for (size_t i = 0; i < len; i++)
		mac = mac << 8 | octets[i];
	head = mac >> 8;
	if ((mac & MULTICAST) != 0 || head == VRRP || head == VRRP + 1 || head == HSRP ||
	    (head & ~UINT64_C(0xf)) == HSRP_2)
		return 0;
	return mac;
}

void identity_set_bridge(struct identity *identity, const uint8_t *octets, size_t len)
{
	identity->bridge = mac_of(octets, len);
}

void identity_add_mac(struct identity *identity, const uint8_t *octets, size_t len)
{
	uint64_t mac = mac_of(octets, len);
	size_t at = 0;

	if (mac == 0 || identity->n_macs == IDENTITY_MACS_MAX)
		return;
	while (at < identity->n_macs && identity->macs[at] < mac)
		at++;
	if (at < identity->n_macs && identity->macs[at] == mac)
		return;
	identity->macs = mem_realloc(identity->macs, identity->n_macs + 1, sizeof *identity->macs);
	memmove(
	    identity->macs + at + 1, identity->macs + at, (identity->n_macs - at) * sizeof *identity->macs);
	identity->macs[at] = mac;
	identity->n_macs++;
}

void identity_add_mac_text(struct str *out, uint64_t mac)
{
	for (unsigned shift = 48; shift > 0; shift -= 8)
		str_addf(out, "%s%02x", shift < 48 ? ":" : "", (unsigned)(mac >> (shift - 8)) & 0xff);
}

/* --- comparing --- */

static bool is_told(const char *text)
{
	return text != NULL && *text != '\0';
}

static bool is_shared(const char *a, const char *b)
{
	return is_told(a) && is_told(b) && strcmp(a, b) == 0;
}

static bool differs(const char *a, const char *b)
{
	return is_told(a) && is_told(b) && strcmp(a, b) != 0;
}

static size_t macs_shared(const struct identity *a, const struct identity *b)
{
	size_t shared = 0;

	for (size_t i = 0, j = 0; i < a->n_macs && j < b->n_macs;) {
		shared += a->macs[i] == b->macs[j];
		if (a->macs[i] <= b->macs[j])
			i++;
		else
			j++;
	}
	return shared;
}

static bool macs_same(const struct identity *a, const struct identity *b)
{
	return a->n_macs > 0 && a->n_macs == b->n_macs && macs_shared(a, b) == a->n_macs;
}

static void add_reason(struct str *out, const char *format, const char *value)
{
	if (out->len > 0)
		str_add(out, ", ");
	str_addf(out, format, value);
}

static void add_shared(struct str *out, const struct identity *a, const struct identity *b)
{
	struct str mac = {0};

	if (is_shared(a->engine_id, b->engine_id))
		add_reason(out, "engineID %s", a->engine_id);
	if (is_shared(a->serial, b->serial))
		add_reason(out, "serial number %s", a->serial);
	if (a->bridge != 0 && a->bridge == b->bridge) {
		identity_add_mac_text(&mac, a->bridge);
		add_reason(out, "bridge address %s", str_text(&mac));
	} else if (macs_same(a, b)) {
		identity_add_mac_text(&mac, a->macs[0]);
		add_reason(out,
		    a->n_macs > 1 ? "the MAC addresses of all interfaces, %s ..." : "MAC address %s",
		    str_text(&mac));
	}
	str_fini(&mac);
}

static void add_pair(struct str *out, const char *what, const char *a, const char *b)
{
	str_addf(out, "%s%s %s and %s", out->len > 0 ? ", " : "", what, a, b);
}

/* What two answers of one device cannot do. */
static void add_differing(struct str *out, const struct identity *a, const struct identity *b)
{
	bool both_have_macs = a->n_macs > 0 && b->n_macs > 0;

	if (differs(a->sysname, b->sysname))
		add_pair(out, "sysName", a->sysname, b->sysname);
	if (differs(a->serial, b->serial))
		add_pair(out, "serial number", a->serial, b->serial);
	if (differs(a->engine_id, b->engine_id))
		add_pair(out, "engineID", a->engine_id, b->engine_id);
	if (both_have_macs && macs_shared(a, b) == 0)
		add_reason(out, "%s", "no MAC address in common");
	if (fabs(a->booted - b->booted) > OTHER_BOOT)
		add_reason(out, "%s", "started at different times");
}

enum identity_match identity_compare(const struct identity *a, const struct identity *b, struct str *evidence)
{
	struct str shared = {0}, differing = {0};
	enum identity_match match = IDENTITY_OTHER;

	add_shared(&shared, a, b);
	add_differing(&differing, a, b);
	if (shared.len > 0 && differing.len > 0) {
		match = IDENTITY_DOUBTFUL;
		str_addf(evidence, "%s, but %s", shared.s, differing.s);
	} else if (shared.len > 0) {
		match = IDENTITY_SAME;
		str_add(evidence, shared.s);
	} else if (differing.len == 0 && is_shared(a->sysname, b->sysname) && str_equal(a->descr, b->descr) &&
		   fabs(a->booted - b->booted) <= SAME_BOOT) {
		match = IDENTITY_SAME;
		str_add(evidence, "sysName, sysDescr and time of start");
	}
	str_fini(&shared);
	str_fini(&differing);
	return match;
}
