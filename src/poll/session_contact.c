#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "poll/session_parts.h"

#include <math.h>
#include <stdlib.h>

/* The system group (RFC 3418) and the agent's boots and time (RFC 3411), as content octets with .0. */
enum ident {
	IDENT_DESCR,
	IDENT_OBJECT_ID,
	IDENT_CONTACT,
	IDENT_NAME,
	IDENT_LOCATION,
	IDENT_BOOTS,
	IDENT_TIME
};
static const struct {
	uint8_t ber[10], len;
} ident_names[] = {
    [IDENT_DESCR] = {{0x2b, 6, 1, 2, 1, 1, 1, 0}, 8},
    [IDENT_OBJECT_ID] = {{0x2b, 6, 1, 2, 1, 1, 2, 0}, 8},
    [IDENT_CONTACT] = {{0x2b, 6, 1, 2, 1, 1, 4, 0}, 8},
    [IDENT_NAME] = {{0x2b, 6, 1, 2, 1, 1, 5, 0}, 8},
    [IDENT_LOCATION] = {{0x2b, 6, 1, 2, 1, 1, 6, 0}, 8},
    [IDENT_BOOTS] = {{0x2b, 6, 1, 6, 3, 10, 2, 1, 2, 0}, 10},
    [IDENT_TIME] = {{0x2b, 6, 1, 6, 3, 10, 2, 1, 3, 0}, 10},
};

struct peer_config session_manners(const struct device *device)
{
	return (struct peer_config){.name = device->name,
	    .host = device->host,
	    .port = device->port,
	    .timeout = device->timeout,
	    .retries = device->retries,
	    .max_rate = device->max_rate,
	    .accept_any_source = device->accept_any_source};
}

static bool use_credential(struct session *session, size_t number)
{
	const struct credential *credential = session->device->credentials[number];
	const struct agent_ops *ops = session->agent.ops;
	struct peer_config config = session_manners(session->device);

	if (session->peer == NULL)
		session->peer = ops->peer_new(session->agent.self, &config, credential);
	else if (ops->peer_credential(session->agent.self, session->peer, credential) != ERR_OK)
		return false;
	if (session->peer == NULL)
		return false;
	session->credential = number;
	return true;
}

/* The next one, in the order of the configuration, that the agent side can speak. */
static bool next_credential(struct session *session)
{
	struct turn *turn = session->turn;
	size_t n = session->device->n_credentials;

	while (turn->all_credentials && turn->credentials_tried + 1 < n) {
		turn->credentials_tried++;
		if (use_credential(session, (turn->first_credential + turn->credentials_tried) % n))
			return true;
	}
	/* The one that has worked before is the one to begin with next time. */
	if (session->credential != turn->first_credential)
		use_credential(session, turn->first_credential);
	return false;
}

bool session_first_credential(struct session *session)
{
	size_t n = session->device->n_credentials;

	for (size_t i = 0; i < n; i++) {
		session->turn->credentials_tried = i;
		if (use_credential(session, (session->turn->first_credential + i) % n))
			return true;
	}
	/* None of a version that the agent side speaks. */
	return false;
}

/* Takes text into *kept; true if it differs from what was there. */
static bool keep_text(char **kept, const struct value *value)
{
	struct str text = {0};
	char *old = *kept;
	bool changed;

	if (value_is_absent(value))
		return false;
	value_add_text(&text, value, value->type == VALUE_OCTETS ? VALUE_FORMAT_TEXT : VALUE_FORMAT_AUTO);
	*kept = str_steal(&text);
	changed = !str_equal(old, *kept);
	free(old);
	return changed;
}

static void take_ident(struct session *session, size_t i, const struct value *value)
{
	struct turn *turn = session->turn;
	uint64_t number;

	switch ((enum ident)i) {
	case IDENT_DESCR:
		turn->want_match |= keep_text(&session->system.descr, value);
		break;
	case IDENT_OBJECT_ID:
		turn->want_match |= keep_text(&session->system.object_id, value);
		break;
	case IDENT_CONTACT:
		keep_text(&session->system.contact, value);
		break;
	case IDENT_NAME:
		keep_text(&session->system.name, value);
		break;
	case IDENT_LOCATION:
		keep_text(&session->system.location, value);
		break;
	case IDENT_BOOTS:
		if (value_to_u64(value, &number))
			turn->seen.boots = (uint32_t)number;
		session->has_engine = value_to_u64(value, &number);
		break;
	case IDENT_TIME:
		turn->seen.has_engine = session->has_engine && value_to_u64(value, &number);
		if (turn->seen.has_engine)
			turn->seen.engine_time = (uint32_t)number;
		break;
	}
}

static void ident_values(void *arg, const struct get_reply *reply)
{
	struct session *session = arg;

	MAGIC_CHECK(session, SESSION_MAGIC);
	session_note_answer(session, reply);
	if (reply->failure != FAILURE_NONE)
		return;
	session_note_uptime(session, reply);
	for (size_t i = 0; i < reply->n; i++)
		take_ident(session, reply->first + i, &reply->values[i]);
}

/* It answers. Is it the agent that it was? */
static void identified(struct session *session)
{
	struct turn *turn = session->turn;
	int64_t unseen = turn->seen.mono - session->witness.mono;
	int64_t long_time = 3 * session->device->interval;

	if (long_time < SESSION_LONG_SILENCE)
		long_time = SESSION_LONG_SILENCE;
	turn->want_ident = false;
	if (session_restarted(session, &turn->seen)) {
		turn->restarted = turn->confirmed_restart = true;
		session_learn_all(session, true);
	} else if (session->witness.mono != 0 && unseen > long_time) {
		/* After so long its uptime alone would not tell. */
		session_learn_all(session, true);
	}
	session->witness = turn->seen;
	session->system.uptime_s = turn->seen.has_uptime ? turn->seen.uptime / 100.0 : (double)NAN;
	if (session->tables == NULL)
		turn->want_match = true;
}

static void ident_done(void *arg, const struct request_summary *summary)
{
	struct session *session = arg;
	struct turn *turn = session->turn;
	char quoted[64];

	MAGIC_CHECK(session, SESSION_MAGIC);
	if (turn->any_answer) {
		session_note_summary(session, summary);
		identified(session);
		session_advance(session);
		return;
	}
	session_note_summary(session, summary);
	if (next_credential(session)) {
		log_debug("no answer, next credential", "dev=%s credential=%s", session->device->name,
		    log_quote(
			quoted, sizeof quoted, session->device->credentials[session->credential]->name));
		session_advance(session);
		return;
	}
	session_end_turn(session, summary->failure);
}

void session_ident(struct session *session)
{
	struct turn *turn = session->turn;
	struct get_request get = {.name = session_single_name,
	    .guards = turn->guards,
	    .n_guards = 1,
	    .values = ident_values,
	    .done = ident_done,
	    .arg = session};

	session_sys_uptime(&turn->guards[0]);
	turn->n_singles = 0;
	for (size_t i = 0; i < ARRAY_LEN(ident_names); i++)
		session_add_single(turn,
		    (struct single){.ber = ident_names[i].ber, .ber_len = ident_names[i].len, .whole = true});
	get.n = turn->n_singles;
	session->agent.ops->get(session->agent.self, session->peer, &get);
}
