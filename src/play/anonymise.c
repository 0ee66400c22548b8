#include "play/anonymise.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "play/indexes.h"
#include "play/words.h"

#include <stdlib.h>
#include <string.h>

#define ENGINE_ID_KEPT 5 /* octets: enterprise and format (RFC 3411) */

/* What an object's value is. */
enum secret_kind {
	SECRET_HOST,
	SECRET_NAME,   /* replaced; a word that is recognised elsewhere */
	SECRET_LABEL,  /* replaced here alone: it may be a port's name, or any word */
	SECRET_MAC,    /* six octets */
	SECRET_BRIDGE, /* a bridge's id: priority and MAC */
	SECRET_IPV4,   /* octets */
	SECRET_ID,     /* of LLDP: a MAC address, an address or a name */
	SECRET_ENGINE,
	SECRET_EMPTY, /* left out */
	SECRET_NONE,
};

static const struct rule {
	const char *oid;
	enum secret_kind kind;
	const char *word; /* what a replacement begins with */
} rules[] = {
    {"1.3.6.1.2.1.1.4", SECRET_NAME, "contact"}, {"1.3.6.1.2.1.1.5", SECRET_HOST, NULL},
    {"1.3.6.1.2.1.1.6", SECRET_NAME, "location"},
    {"1.3.6.1.2.1.2.2.1.6", SECRET_MAC, NULL},		  /* ifPhysAddress */
    {"1.3.6.1.2.1.3.1.1.2", SECRET_MAC, NULL},		  /* atPhysAddress */
    {"1.3.6.1.2.1.4.22.1.2", SECRET_MAC, NULL},		  /* ipNetToMediaPhysAddress */
    {"1.3.6.1.2.1.4.35.1.4", SECRET_MAC, NULL},		  /* ipNetToPhysicalPhysAddress */
    {"1.3.6.1.2.1.17.1.1", SECRET_MAC, NULL},		  /* dot1dBaseBridgeAddress */
    {"1.3.6.1.2.1.17.2.5", SECRET_BRIDGE, NULL},	  /* dot1dStpDesignatedRoot */
    {"1.3.6.1.2.1.17.2.15.1.6", SECRET_BRIDGE, NULL},	  /* dot1dStpPortDesignatedRoot */
    {"1.3.6.1.2.1.17.2.15.1.8", SECRET_BRIDGE, NULL},	  /* dot1dStpPortDesignatedBridge */
    {"1.3.6.1.2.1.17.4.3.1.1", SECRET_MAC, NULL},	  /* dot1dTpFdbAddress */
    {"1.3.6.1.2.1.17.7.1.4.3.1.1", SECRET_LABEL, "vlan"}, /* dot1qVlanStaticName */
    {"1.3.6.1.2.1.25.3.8.1.3", SECRET_LABEL, "remote"},	  /* hrFSRemoteMountPoint */
    {"1.3.6.1.2.1.25.4.2.1.5", SECRET_EMPTY, NULL},	  /* hrSWRunParameters */
    {"1.3.6.1.2.1.31.1.1.1.18", SECRET_LABEL, "alias"},	  /* ifAlias */
    {"1.3.6.1.2.1.47.1.1.1.1.11", SECRET_NAME, "serial"}, /* entPhysicalSerialNum */
    {"1.3.6.1.2.1.47.1.1.1.1.14", SECRET_LABEL, "alias"}, /* entPhysicalAlias */
    {"1.3.6.1.2.1.47.1.1.1.1.15", SECRET_NAME, "asset"},  /* entPhysicalAssetID */
    {"1.3.6.1.2.1.47.1.1.1.1.18", SECRET_LABEL, "uri"},	  /* entPhysicalUris */
    {"1.3.6.1.2.1.47.1.3.3.1.4", SECRET_NAME, "serial"},
    {"1.3.6.1.2.1.43.5.1.1.17", SECRET_NAME, "serial"},	    /* prtGeneralSerialNumber */
    {"1.3.6.1.6.3.10.2.1.1", SECRET_ENGINE, NULL},	    /* snmpEngineID */
    {"1.0.8802.1.1.2.1.3.2", SECRET_ID, "id"},		    /* lldpLocChassisId */
    {"1.0.8802.1.1.2.1.3.3", SECRET_HOST, NULL},	    /* lldpLocSysName */
    {"1.0.8802.1.1.2.1.3.7.1.4", SECRET_LABEL, "port"},	    /* lldpLocPortDesc */
    {"1.0.8802.1.1.2.1.4.1.1.5", SECRET_ID, "id"},	    /* lldpRemChassisId */
    {"1.0.8802.1.1.2.1.4.1.1.7", SECRET_ID, NULL},	    /* lldpRemPortId */
    {"1.0.8802.1.1.2.1.4.1.1.8", SECRET_LABEL, "port"},	    /* lldpRemPortDesc */
    {"1.0.8802.1.1.2.1.4.1.1.9", SECRET_HOST, NULL},	    /* lldpRemSysName */
    {"1.3.6.1.4.1.9.3.6.3", SECRET_NAME, "serial"},	    /* chassisId */
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.4", SECRET_IPV4, NULL},    /* cdpCacheAddress */
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.6", SECRET_HOST, NULL},    /* cdpCacheDeviceId */
    {"1.3.6.1.4.1.9.9.23.1.2.1.1.17", SECRET_HOST, NULL},   /* cdpCacheSysName */
    {"1.3.6.1.4.1.9.9.23.1.3.4", SECRET_HOST, NULL},	    /* cdpGlobalDeviceId */
    {"1.3.6.1.4.1.9.9.46.1.3.1.1.4", SECRET_LABEL, "vlan"}, /* vtpVlanName */
};

/* A rule's object, as content octets. */
struct prefix {
	uint8_t ber[24];
	size_t len;
};

struct anonymise {
	struct pseudonym *pseudonym;
	struct words *words;
	struct prefix prefixes[ARRAY_LEN(rules)];
};

struct anonymise *anonymise_new(const uint8_t key[SIPHASH_KEY_LEN])
{
	struct anonymise *anonymise = mem_alloc(sizeof *anonymise);
	uint8_t ber[OID_BER_MAX];
	struct oid oid;

	anonymise->pseudonym = pseudonym_new(key);
	anonymise->words = words_new(anonymise->pseudonym);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct prefix *prefix = &anonymise->prefixes[i];

		if (oid_parse(rules[i].oid, &oid) != ERR_OK)
			continue;
		prefix->len = oid_to_ber(&oid, ber);
		memcpy(prefix->ber, ber, prefix->len);
	}
	return anonymise;
}

void anonymise_free(struct anonymise *anonymise)
{
	if (anonymise == NULL)
		return;
	words_free(anonymise->words);
	pseudonym_free(anonymise->pseudonym);
	free(anonymise);
}

static const struct rule *rule_of(const struct anonymise *anonymise, const uint8_t *name, size_t len)
{
	static const struct rule none = {NULL, SECRET_NONE, NULL};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct prefix *prefix = &anonymise->prefixes[i];

		if (len > prefix->len && memcmp(name, prefix->ber, prefix->len) == 0)
			return &rules[i];
	}
	return &none;
}

static bool is_text(const struct value *value)
{
	for (size_t i = 0; i < value->bytes.len;) {
		int32_t code;
		size_t n = utf8_decode(value->bytes.p + i, value->bytes.len - i, &code);

		if (code < 0 || (!utf8_is_harmless(code) && code != '\t' && code != '\n' && code != '\r' &&
				    !(code == 0 && i + 1 == value->bytes.len)))
			return false;
		i += n;
	}
	return true;
}

/* --- learning --- */

static void learn_value(struct anonymise *anonymise, const struct rule *rule, const struct value *value)
{
	const char *text;

	if (value->type == VALUE_IPADDRESS)
		words_add_ipv4(anonymise->words, value->bytes.p);
	if (value->type != VALUE_OCTETS || value->bytes.len == 0)
		return;
	text = (const char *)value->bytes.p;
	switch (rule->kind) {
	case SECRET_HOST:
		if (is_text(value))
			words_add_host(anonymise->words, text, value->bytes.len);
		break;
	case SECRET_NAME:
		words_add(anonymise->words, rule->word, text, value->bytes.len);
		break;
	case SECRET_BRIDGE:
		if (value->bytes.len == 8)
			words_add_mac(anonymise->words, value->bytes.p + 2);
		break;
	case SECRET_IPV4:
		if (value->bytes.len == 4)
			words_add_ipv4(anonymise->words, value->bytes.p);
		break;
	case SECRET_MAC:
	case SECRET_ID:
	case SECRET_NONE:
		if (value->bytes.len == 6 && (rule->kind == SECRET_MAC || !is_text(value)))
			words_add_mac(anonymise->words, value->bytes.p);
		break;
	case SECRET_LABEL:
	case SECRET_ENGINE:
	case SECRET_EMPTY:
		break;
	}
}

static void learn(struct anonymise *anonymise, const struct recording *recording)
{
	for (size_t i = 0; i < recording_count(recording); i++) {
		const struct recorded *object = recording_at(recording, i);
		struct oid oid;

		if (oid_from_ber(object->name, object->name_len, &oid) == ERR_OK)
			indexes_learn(anonymise->words, &oid);
		learn_value(anonymise, rule_of(anonymise, object->name, object->name_len), &object->value);
	}
}

/* --- replacing --- */

/* Addresses inside octets that are no text. */
static void scrub_octets(struct anonymise *anonymise, uint8_t *octets, size_t len)
{
	if (len == 6) {
		pseudonym_mac(anonymise->pseudonym, octets);
		return;
	}
	if (len == 4 && words_has_ipv4(anonymise->words, octets)) {
		pseudonym_ipv4(anonymise->pseudonym, octets);
		return;
	}
	for (size_t at = 0; at + 6 <= len; at++) {
		if (!words_has_mac(anonymise->words, octets + at))
			continue;
		pseudonym_mac(anonymise->pseudonym, octets + at);
		at += 5;
	}
}

static void map_id(struct anonymise *anonymise, const struct rule *rule, struct str *out, const char *text,
    size_t len, bool printable)
{
	uint8_t *octets;

	if (printable && len != 6) {
		/* A port's id is its name in most cases. */
		if (!words_scrub(anonymise->words, out, text, len) && rule->word != NULL) {
			str_clear(out);
			words_name(anonymise->words, out, rule->word, text, len);
		}
		return;
	}
	str_add_n(out, text, len);
	octets = (uint8_t *)out->s;
	if (len == 5 && octets[0] == 1) /* an IPv4 address behind its family (IANA) */
		pseudonym_ipv4(anonymise->pseudonym, octets + 1);
	else if (!printable || rule->word != NULL)
		scrub_octets(anonymise, octets, len);
}

/* The octets that stand in the value's place, into *out. */
static void map_octets(
    struct anonymise *anonymise, const struct rule *rule, const struct value *value, struct str *out)
{
	const char *text = (const char *)value->bytes.p;
	size_t len = value->bytes.len;
	bool printable = is_text(value);

	switch (rule->kind) {
	case SECRET_HOST:
		if (printable)
			words_host(anonymise->words, out, text, len);
		else
			map_id(anonymise, rule, out, text, len, false);
		return;
	case SECRET_NAME:
	case SECRET_LABEL:
		words_name(anonymise->words, out, rule->word, text, len);
		return;
	case SECRET_ID:
		map_id(anonymise, rule, out, text, len, printable);
		return;
	case SECRET_EMPTY:
		return;
	case SECRET_MAC:
	case SECRET_BRIDGE:
	case SECRET_IPV4:
	case SECRET_ENGINE:
	case SECRET_NONE:
		break;
	}
	if (printable && rule->kind == SECRET_NONE) {
		words_scrub(anonymise->words, out, text, len);
		return;
	}
	str_add_n(out, text, len);
	if (rule->kind == SECRET_BRIDGE && len == 8) {
		pseudonym_mac(anonymise->pseudonym, (uint8_t *)out->s + 2);
	} else if (rule->kind == SECRET_IPV4 && len == 4) {
		pseudonym_ipv4(anonymise->pseudonym, (uint8_t *)out->s);
	} else if (rule->kind == SECRET_ENGINE) {
		for (size_t i = ENGINE_ID_KEPT; i < len; i++)
			out->s[i] =
			    (char)(pseudonym_number(anonymise->pseudonym, 'g', text, len) >> (8 * (i % 4)));
	} else {
		scrub_octets(anonymise, (uint8_t *)out->s, len);
	}
}

static void add_mapped(struct anonymise *anonymise, struct recording *out, const struct oid *oid,
    const struct rule *rule, const struct value *value)
{
	uint8_t name[OID_BER_MAX], pointer[OID_BER_MAX], address[4];
	size_t len = oid_to_ber(oid, name);
	struct value mapped = *value;
	struct str octets = {0};
	struct oid target;

	if (value->type == VALUE_OCTETS && value->bytes.len > 0) {
		map_octets(anonymise, rule, value, &octets);
		mapped.bytes.p = (const uint8_t *)str_text(&octets);
		mapped.bytes.len = (uint32_t)octets.len;
	} else if (value->type == VALUE_IPADDRESS) {
		memcpy(address, value->bytes.p, sizeof address);
		pseudonym_ipv4(anonymise->pseudonym, address);
		mapped.bytes.p = address;
	} else if (value->type == VALUE_OID &&
		   oid_from_ber(value->bytes.p, value->bytes.len, &target) == ERR_OK &&
		   indexes_map(anonymise->words, anonymise->pseudonym, &target)) {
		mapped.bytes.p = pointer;
		mapped.bytes.len = (uint32_t)oid_to_ber(&target, pointer);
	}
	(void)!recording_add(out, name, len, &mapped); /* as large as one that was in a recording */
	str_fini(&octets);
}

struct recording *anonymise_recording(struct anonymise *anonymise, const struct recording *recording)
{
	struct recording *out = recording_new();

	learn(anonymise, recording);
	for (size_t i = 0; i < recording_count(recording); i++) {
		const struct recorded *object = recording_at(recording, i);
		const struct rule *rule = rule_of(anonymise, object->name, object->name_len);
		struct oid oid;

		if (oid_from_ber(object->name, object->name_len, &oid) != ERR_OK)
			continue;
		indexes_map(anonymise->words, anonymise->pseudonym, &oid);
		add_mapped(anonymise, out, &oid, rule, &object->value);
	}
	recording_sort(out);
	return out;
}
