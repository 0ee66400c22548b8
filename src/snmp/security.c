#include "snmp/security.h"

#include "base/mem.h"
#include "snmp/usm_security.h"

#include <stdlib.h>

struct community {
	struct security security;
	struct secret secret;
};

static void community_wrap(struct security *security, struct ber_out *pdu, uint32_t id)
{
	struct community *self = container_of(security, struct community, security);

	(void)id; /* is in the PDU */
	ber_prepend_element(pdu, BER_OCTETS, self->secret.bytes, self->secret.len);
	ber_prepend_i32(pdu, (int32_t)security->version);
	ber_enclose(pdu, BER_SEQUENCE);
}

/* Takes as long for a near miss as for a far one: nobody learns the community by timing. */
static bool same_secret(const struct secret *secret, const struct ber *given)
{
	uint8_t differ = 0;

	if (ber_left(given) != secret->len)
		return false;
	for (size_t i = 0; i < secret->len; i++)
		differ = (uint8_t)(differ | (secret->bytes[i] ^ given->p[i]));
	return differ == 0;
}

static enum reject community_unwrap(struct security *security, const struct message *message, struct pdu *pdu)
{
	struct community *self = container_of(security, struct community, security);

	if (message->version != (int32_t)security->version)
		return REJECT_VERSION;
	if (!same_secret(&self->secret, &message->parameters))
		return REJECT_COMMUNITY;
	return pdu_parse(message->data, pdu) ? REJECT_NONE : REJECT_MALFORMED;
}

static size_t community_overhead(const struct security *security)
{
	const struct community *self = (const struct community *)(const void *)security;

	return self->secret.len + 4 + 3 + 4; /* community, version, SEQUENCE */
}

static void community_free(struct security *security)
{
	struct community *self = container_of(security, struct community, security);

	secret_fini(&self->secret);
	free(self);
}

static const struct security_ops community_ops = {
    .wrap = community_wrap,
    .unwrap = community_unwrap,
    .overhead = community_overhead,
    .free = community_free,
};

enum usm_report security_suspect(const struct security *security)
{
	return security->ops->suspect != NULL ? security->ops->suspect(security) : USM_REPORT_OTHER;
}

static struct security *community_new(const struct credential *credential)
{
	struct community *self = mem_alloc(sizeof *self);

	self->security.ops = &community_ops;
	self->security.version = credential->version;
	self->security.references = 1;
	secret_set(&self->secret, credential->community.bytes, credential->community.len);
	return &self->security;
}

struct security *security_new(
    const struct credential *credential, struct usm *usm, const struct peer_config *device)
{
	switch (credential->version) {
	case SNMP_V1:
	case SNMP_V2C:
		return community_new(credential);
	case SNMP_V3:
		return usm != NULL ? usm_security_new(credential, usm, device) : NULL;
	}
	return NULL;
}

void security_on_ready(struct security *security, void (*wake)(void *arg), void *arg)
{
	security->wake = wake;
	security->wake_arg = arg;
}

enum security_state security_prepare(struct security *security)
{
	return security->ops->prepare != NULL ? security->ops->prepare(security) : SECURITY_READY;
}

struct security *security_introduction(struct security *security)
{
	return security->ops->introduction(security);
}

void security_doubt(struct security *security)
{
	if (security->ops->doubt != NULL)
		security->ops->doubt(security);
}

void security_silent(struct security *security)
{
	if (security->ops->silent != NULL)
		security->ops->silent(security);
}

struct security *security_hold(struct security *security)
{
	security->references++;
	return security;
}

void security_release(struct security *security)
{
	if (security != NULL && --security->references == 0)
		security->ops->free(security);
}

void security_wrap(struct security *security, struct ber_out *pdu, uint32_t id)
{
	security->ops->wrap(security, pdu, id);
}

enum reject security_unwrap(struct security *security, const struct message *message, struct pdu *pdu)
{
	return security->ops->unwrap(security, message, pdu);
}

size_t security_overhead(const struct security *security)
{
	return security->ops->overhead(security);
}
