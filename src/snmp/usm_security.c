#include "snmp/usm_security.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "snmp/usm_report.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#define ANSWER_MAX   65507 /* msgMaxSize: what fits a datagram */
#define SILENCES_MAX 10	   /* requests in a row without an answer, until it is asked anew who it is */
#define PROBE_MAX    96	   /* octets of a discovery message beside its PDU */

struct usm_security {
	struct security security;
	struct usm *usm;
	struct usm_account *account;
	struct usm_engine engine;
	struct usm_wait wait;
	char *device, *address;
	bool has_answered; /* what it was asked, ever */
	unsigned silences; /* requests in a row */
};

/* Of the request that asks who the agent is. */
struct probe {
	struct security security;
	struct usm_security *owner; /* held */
};

static struct usm_security *self_of(struct security *security)
{
	return container_of(security, struct usm_security, security);
}

/* --- messages --- */

static void usm_wrap(struct security *security, struct ber_out *pdu, uint32_t id)
{
	struct usm_security *self = self_of(security);

	/* It was ready once; who the agent is may have come into doubt since. */
	if (self->engine.state == USM_ENGINE_UNKNOWN ||
	    !usm_message_wrap(usm_crypto(self->usm), usm_account_user(self->account), &self->engine, pdu, id,
		ANSWER_MAX, usm_now(self->usm)))
		pdu->overflow = true;
}

/* An agent whose own count of its starts is lost is behind what we know of it. */
static enum reject out_of_time(struct usm_security *self, const struct pdu *pdu)
{
	if (pdu->type != PDU_REPORT || usm_report_of(pdu) != USM_REPORT_NOT_IN_TIME_WINDOW)
		return REJECT_TIME;
	usm_engine_forget_time(&self->engine);
	return REJECT_NONE;
}

static enum reject usm_unwrap(struct security *security, const struct message *message, struct pdu *pdu)
{
	struct usm_security *self = self_of(security);

	if (message->version != SNMP_V3)
		return REJECT_VERSION;
	switch (usm_message_verify(usm_crypto(self->usm), usm_account_user(self->account), &self->engine,
	    &message->usm, usm_now(self->usm), usm_plain(self->usm), pdu)) {
	case USM_GENUINE:
		if (pdu->type == PDU_RESPONSE && (uint32_t)pdu->request_id != message->id)
			return REJECT_REQUEST_ID;
		self->has_answered |= pdu->type == PDU_RESPONSE;
		self->silences = 0;
		return REJECT_NONE;
	case USM_HINT:
		return REJECT_REPORT;
	case USM_MALFORMED:
		return REJECT_MALFORMED;
	case USM_OTHER_ENGINE:
		return REJECT_ENGINE;
	case USM_OTHER_USER:
		return REJECT_USER;
	case USM_OTHER_LEVEL:
		return REJECT_LEVEL;
	case USM_WRONG_DIGEST:
		return REJECT_DIGEST;
	case USM_OUT_OF_TIME:
		return out_of_time(self, pdu);
	case USM_NOT_DECRYPTED:
		return REJECT_DECRYPT;
	case USM_OTHER_CONTEXT:
		return REJECT_CONTEXT;
	case USM_OTHER_TYPE:
	case USM_VERDICT_COUNT:
		break;
	}
	return REJECT_PDU_TYPE;
}

static size_t usm_overhead(const struct security *security)
{
	const struct usm_security *self = (const struct usm_security *)(const void *)security;

	const struct usm_user *user = usm_account_user(self->account);
	/* The engine-id stands in a message twice, unless the context has one of its own; few are as long as
	 * they may be. */
	size_t times = user->context_engine.len > 0 ? 1 : 2, len = self->engine.id.len;

	return usm_message_overhead(user) - (len > 0 ? times * (USM_ENGINE_ID_MAX - len) : 0);
}

/* --- who the agent is --- */

static void probe_wrap(struct security *security, struct ber_out *pdu, uint32_t id)
{
	(void)security;
	usm_message_probe(pdu, id, ANSWER_MAX);
}

static void learn(struct usm_security *self, const struct ber *engine)
{
	const char *other;

	if (!usm_engine_learn_id(&self->engine, engine->p, ber_left(engine)))
		return;
	other = usm_ids_add(usm_ids(self->usm), &self->engine.id, self->device, self->address);
	if (other != NULL)
		log_warn("two devices have the same engine-id; both are polled, but it should be unique",
		    "dev=%s other=%s", self->device, other);
}

/* What answers a probe is a Report: to the request it is the response. */
static enum reject probe_unwrap(struct security *security, const struct message *message, struct pdu *pdu)
{
	struct usm_security *self = container_of(security, struct probe, security)->owner;
	const struct usm_engine nobody = {0};
	struct usm_engine engine = nobody;

	if (message->version != SNMP_V3)
		return REJECT_VERSION;
	if (usm_message_verify(usm_crypto(self->usm), usm_account_user(self->account), &engine, &message->usm,
		usm_now(self->usm), usm_plain(self->usm), pdu) != USM_HINT)
		return REJECT_PDU_TYPE;
	learn(self, &message->usm.engine);
	if (self->engine.state == USM_ENGINE_UNKNOWN)
		return REJECT_ENGINE;
	pdu->type = PDU_RESPONSE;
	return REJECT_NONE;
}

static size_t probe_overhead(const struct security *security)
{
	(void)security;
	return PROBE_MAX;
}

static void probe_free(struct security *security)
{
	struct probe *probe = container_of(security, struct probe, security);

	security_release(&probe->owner->security);
	free(probe);
}

static const struct security_ops probe_ops = {
    .wrap = probe_wrap,
    .unwrap = probe_unwrap,
    .overhead = probe_overhead,
    .free = probe_free,
};

static struct security *usm_introduction(struct security *security)
{
	struct probe *probe = mem_alloc(sizeof *probe);

	probe->security.ops = &probe_ops;
	probe->security.version = SNMP_V3;
	probe->security.references = 1;
	probe->owner = self_of(security_hold(security));
	return &probe->security;
}

static void forget_engine(struct usm_security *self)
{
	if (self->engine.state != USM_ENGINE_UNKNOWN)
		usm_ids_remove(usm_ids(self->usm), &self->engine.id, self->device);
	usm_engine_fini(&self->engine);
	usm_engine_init(&self->engine);
}

static void usm_doubt(struct security *security)
{
	forget_engine(self_of(security));
}

/* Who is down costs no packet more for that: the probe goes out instead of the request. */
static void usm_silent(struct security *security)
{
	struct usm_security *self = self_of(security);

	if (++self->silences < SILENCES_MAX)
		return;
	self->silences = 0;
	forget_engine(self);
}

/* Some agents, net-snmp's among them, drop what they cannot decrypt and what is of no context that they have.
 */
static enum usm_report usm_suspect(const struct security *security)
{
	const struct usm_security *self = (const struct usm_security *)(const void *)security;
	const struct usm_user *user = usm_account_user(self->account);
	bool has_context = *user->context != '\0' || user->context_engine.len > 0;

	if (self->has_answered || self->engine.state == USM_ENGINE_UNKNOWN)
		return USM_REPORT_OTHER;
	if (user->level == USM_AUTH_PRIV)
		return has_context ? USM_REPORT_MUTE : USM_REPORT_MUTE_PRIV;
	return has_context ? USM_REPORT_MUTE_CONTEXT : USM_REPORT_OTHER;
}

/* --- keys --- */

static void key_came(void *arg)
{
	struct usm_security *self = arg;

	if (self->security.wake != NULL)
		self->security.wake(self->security.wake_arg);
}

static enum security_state usm_prepare(struct security *security)
{
	struct usm_security *self = self_of(security);
	struct usm_localised keys;

	if (self->engine.state == USM_ENGINE_UNKNOWN)
		return SECURITY_ASKS;
	if (self->engine.has_keys || usm_account_user(self->account)->level == USM_NO_AUTH)
		return SECURITY_READY;
	if (!usm_account_keys(self->usm, self->account, &self->engine.id, &keys, &self->wait))
		return SECURITY_WAITS;
	usm_engine_set_keys(&self->engine, &keys);
	OPENSSL_cleanse(&keys, sizeof keys);
	return SECURITY_READY;
}

/* --- life --- */

static void usm_security_free(struct security *security)
{
	struct usm_security *self = self_of(security);

	usm_wait_cancel(self->usm, &self->wait);
	forget_engine(self);
	usm_engine_fini(&self->engine);
	usm_account_release(self->usm, self->account);
	free(self->device);
	free(self->address);
	free(self);
}

static const struct security_ops usm_ops = {
    .wrap = usm_wrap,
    .unwrap = usm_unwrap,
    .overhead = usm_overhead,
    .free = usm_security_free,
    .prepare = usm_prepare,
    .introduction = usm_introduction,
    .doubt = usm_doubt,
    .silent = usm_silent,
    .suspect = usm_suspect,
};

struct security *usm_security_new(
    const struct credential *credential, struct usm *usm, const struct peer_config *device)
{
	struct usm_security *self;
	struct usm_account *account;
	struct str why = {0};

	account = usm_account(usm, credential, &why);
	if (account == NULL) {
		log_error("a credential cannot be used", "dev=%s credential=%s err=\"%s\"", device->name,
		    credential->name, str_text(&why));
		str_fini(&why);
		return NULL;
	}
	self = mem_alloc(sizeof *self);
	self->security.ops = &usm_ops;
	self->security.version = SNMP_V3;
	self->security.references = 1;
	self->usm = usm;
	self->account = account;
	self->device = mem_strdup(device->name);
	self->address = str_format("%s %u", device->host, device->port);
	self->wait = (struct usm_wait){.called = key_came, .arg = self};
	usm_engine_init(&self->engine);
	str_fini(&why);
	return &self->security;
}
