/* Fuzzes what reads datagrams: message, security, PDU, varbinds, and the quoted id of
 * ICMP errors. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "model/credential.h"
#include "model/oid.h"
#include "snmp/message.h"
#include "snmp/security.h"
#include "snmp/varbind.h"

#include <stdlib.h>

static struct security *public_security(enum snmp_version version)
{
	struct credential credential = {.version = version};
	struct security *security;

	secret_set(&credential.community, "public", 6);
	security = security_new(&credential, NULL, NULL);
	secret_fini(&credential.community);
	return security;
}

/* Uses every octet that a value claims to have. */
static unsigned touch(const struct varbind *varbind)
{
	const struct value *value = &varbind->value;
	struct str text = {0};
	struct oid oid;
	unsigned sum = 0;
	int64_t number;

	for (size_t i = 0; i < varbind->name_len; i++)
		sum += varbind->name[i];
	/* What one calls sound the other must be able to read. */
	if (varbind_oid_is_sound(varbind->name, varbind->name_len) !=
	    (oid_from_ber(varbind->name, varbind->name_len, &oid) == ERR_OK))
		abort();
	value_add_text(&text, value, VALUE_FORMAT_AUTO);
	sum += (unsigned)text.len + value_to_i64(value, &number);
	str_fini(&text);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct security *security;
	struct message message;
	struct varbind varbind;
	struct pdu pdu;
	volatile unsigned used;
	unsigned sum = 0;
	uint32_t id;

	sum += message_quoted_id(octets, len, &id);
	if (message_open(octets, len, &message) == REJECT_NONE) {
		security = public_security(message.version == SNMP_V1 ? SNMP_V1 : SNMP_V2C);
		if (security_unwrap(security, &message, &pdu) == REJECT_NONE) {
			while (varbind_next(&pdu.varbinds, &varbind) == VARBIND_OK)
				sum += touch(&varbind);
		}
		security_release(security);
	}
	/* The reads are what is tested: they must not be left out. */
	used = sum;
	(void)used;
	return 0;
}
