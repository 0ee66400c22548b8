#include "poll/session.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "poll/rows.h"
#include "poll/session_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void turn_free(struct turn *turn, size_t n_tables)
{
	if (turn == NULL)
		return;
	for (size_t i = 0; turn->scalars != NULL && i < n_tables; i++)
		walked_free(turn->scalars[i]);
	free(turn->scalars);
	free(turn->singles);
	free(turn->probes);
	walked_free(turn->walked);
	free(turn->columns);
	plan_fini(&turn->plan);
	free(turn->readings.v);
	str_fini(&turn->text);
	free(turn);
}

void session_drop_tables(struct session *session)
{
	for (size_t i = 0; i < session->n_tables; i++) {
		rowset_free(session->tables[i].set);
		free(session->tables[i].refresh);
	}
	free(session->tables);
	free(session->sets);
	session->tables = NULL;
	session->sets = NULL;
	session->n_tables = 0;
}

/* Takes `reason`. Rows of another profile are gone; their files stay. */
void session_set_profile(struct session *session, const struct profile *profile, char *reason)
{
	const struct table *custom = session->device->custom;
	size_t n = (profile != NULL ? profile->n_tables : 0) + (custom != NULL);

	free(session->reason);
	session->reason = reason != NULL ? reason : mem_strdup("no profile fits");
	if (session->tables != NULL && profile == session->profile)
		return;
	session_drop_tables(session);
	session->profile = profile;
	session->tables = mem_calloc(n + 1, sizeof *session->tables);
	session->sets = mem_calloc(n + 1, sizeof *session->sets);
	session->n_tables = n;
	for (size_t i = 0; i < n; i++) {
		bool is_custom = custom != NULL && i == n - 1;

		session->tables[i].set = rowset_new(is_custom ? custom : &profile->tables[i]);
		session->sets[i] = session->tables[i].set;
		session->tables[i].due = true;
	}
	session_learn_all(session, false);
	log_debug("profile chosen", "dev=%s profile=%s", session->device->name,
	    profile != NULL ? profile->name : "none");
}

void session_learn_all(struct session *session, bool unplace)
{
	for (size_t i = 0; i < session->n_tables; i++) {
		session->tables[i].learn = session_has_names(session->tables[i].set->table);
		if (unplace) {
			session->tables[i].confirmed = true;
			rows_unplace(session->tables[i].set);
		}
	}
	session->turn->want_scalars = true;
}

void session_add_single(struct turn *turn, struct single single)
{
	if (turn->n_singles == turn->cap_singles) {
		turn->cap_singles = turn->cap_singles ? turn->cap_singles * 2 : 16;
		turn->singles = mem_realloc(turn->singles, turn->cap_singles, sizeof *turn->singles);
	}
	turn->singles[turn->n_singles++] = single;
}

void session_sys_uptime(struct oid *oid)
{
	static const struct oid sys_uptime = {{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9};

	*oid = sys_uptime;
}

size_t session_single_name(void *arg, size_t i, uint8_t out[OID_BER_MAX])
{
	const struct session *session = arg;
	const struct single *single = &session->turn->singles[i];

	memcpy(out, single->ber, single->ber_len);
	if (single->whole)
		return single->ber_len;
	out[single->ber_len] = 0;
	return single->ber_len + 1u;
}

void session_note_summary(struct session *session, const struct request_summary *summary)
{
	struct poll_outcome *outcome = &session->turn->outcome;

	session->turn->silent = summary->answers == 0 && !session->turn->any_answer;
	if (summary->failure == FAILURE_NONE)
		return;
	outcome->complete = false;
	if (outcome->failure == FAILURE_NONE || summary->failure == FAILURE_TIMEOUT) {
		outcome->failure = summary->failure;
		outcome->error_number = summary->error_number;
	}
}

bool session_is_cut(const struct request_summary *summary)
{
	switch (summary->failure) {
	case FAILURE_TIMEOUT:
	case FAILURE_RESOLVE:
	case FAILURE_SEND:
	case FAILURE_SECURITY:
	case FAILURE_CANCELLED:
		return true;
	case FAILURE_REFUSED:
		return summary->error_number != 0; /* by the network, not by the agent */
	case FAILURE_NONE:
	case FAILURE_NO_SUCH:
	case FAILURE_TOO_BIG:
	case FAILURE_DECODE:
	case FAILURE_TRUNCATED:
	case FAILURE_LOOP:
	case FAILURE_COUNT:
		break;
	}
	return false;
}

void session_note_answer(struct session *session, const struct get_reply *reply)
{
	if (reply->failure != FAILURE_NONE && reply->failure != FAILURE_NO_SUCH &&
	    reply->failure != FAILURE_TOO_BIG)
		return;
	session->turn->any_answer = true;
	session->turn->outcome.answered = true;
}

bool session_restarted(struct session *session, const struct uptime_witness *now)
{
	const struct uptime_witness *before = &session->witness;

	if (before->mono == 0 || restart_compare(before, now) != RESTART_YES)
		return false;
	session->turn->slow_uptime = before->has_uptime && now->has_uptime && now->uptime > before->uptime &&
				     !(before->has_engine && now->has_engine && before->boots != now->boots);
	return true;
}

bool session_note_uptime(struct session *session, const struct get_reply *reply)
{
	struct turn *turn = session->turn;
	struct uptime_witness now = {.mono = reply->received};
	uint64_t ticks;

	if (session->uptime_broken || !value_to_u64(&reply->guards[0], &ticks))
		return false;
	now.has_uptime = true;
	now.uptime = (uint32_t)ticks;
	if (!turn->seen.has_uptime || now.mono >= turn->seen.mono) {
		turn->seen.mono = now.mono;
		turn->seen.uptime = now.uptime;
		turn->seen.has_uptime = true;
	}
	return session_restarted(session, &now);
}

static size_t next_to_walk(const struct session *session)
{
	for (size_t i = 0; i < session->n_tables; i++) {
		if (session->tables[i].learn)
			return i;
	}
	return SIZE_MAX;
}

static enum session_step next_step(const struct session *session)
{
	const struct turn *turn = session->turn;

	if (turn->want_ident)
		return STEP_IDENT;
	if (turn->want_match)
		return STEP_MATCH;
	if (turn->want_scalars)
		return STEP_SCALARS;
	return next_to_walk(session) != SIZE_MAX ? STEP_WALK : STEP_POLL;
}

/* Does the next thing that is wanted. */
void session_advance(struct session *session)
{
	struct turn *turn = session->turn;

	turn->any_answer = false;
	turn->saw_restart = false;
	turn->seen = (struct uptime_witness){.mono = loop_now(session->loop)};
	switch (next_step(session)) {
	case STEP_IDENT:
		session_ident(session);
		break;
	case STEP_MATCH:
		session_match(session);
		break;
	case STEP_SCALARS:
		session_scalars(session);
		break;
	case STEP_WALK:
		session_walk(session, next_to_walk(session));
		break;
	case STEP_POLL:
		session_ask(session);
		break;
	}
}

/* Rows that this turn did not reach after a restart must not meet their old baselines. */
static void forget_baselines(struct session *session)
{
	for (size_t i = 0; i < session->n_tables; i++) {
		struct rowset *set = session->tables[i].set;

		for (size_t row = 0; row < set->n_rows; row++) {
			if (set->rows[row].mono < session->turn->outcome.started)
				set->rows[row].mono = 0;
		}
	}
}

/* Values that a turn was to bring and did not. */
static void lapse_tables(struct session *session)
{
	for (size_t i = 0; i < session->n_tables; i++) {
		struct session_table *table = &session->tables[i];

		for (size_t row = 0; table->due && row < table->set->n_rows; row++)
			commit_unknown(table->set, row, QUALITY_TIMEOUT, false);
		/* What was wanted and not reached is wanted first next time. */
		if (table->learn)
			table->walk_due = 0;
		table->due = table->learn = table->confirmed = false;
	}
}

/* A sysUpTime that rises all the time, but too slowly, counts something else: seconds, or requests. A device
 * that restarts again and again lets it fall. */
static void count_restarts(struct session *session)
{
	session->slow_turns = session->turn->slow_uptime ? session->slow_turns + 1 : 0;
	if (session->slow_turns < SESSION_RESTARTS_MAX || session->uptime_broken)
		return;
	session->uptime_broken = true;
	session->witness.has_uptime = false;
	log_warn("sysUpTime is not to be trusted: it rises too slowly", "dev=%s turns=%u",
	    session->device->name, session->slow_turns);
}

static void turn_over(void *arg)
{
	struct session *session = arg;
	struct turn *turn = session->turn;
	struct poll_outcome outcome;

	MAGIC_CHECK(session, SESSION_MAGIC);
	outcome = turn->outcome;
	outcome.restarted = turn->restarted;
	if (turn->restarted)
		forget_baselines(session);
	count_restarts(session);
	lapse_tables(session);
	session->silent = turn->silent || !outcome.answered;
	session->silent_turns = session->silent ? session->silent_turns + 1 : 0;
	session->contacted |= outcome.answered;
	if (session->wall_next > session->wall_high)
		session->wall_high = session->wall_next;
	outcome.ended = loop_now(session->loop);
	outcome.wall = clock_wall(loop_clock(session->loop));
	session->poll_time = outcome.ended - outcome.started;
	if (outcome.answered)
		session->last_poll = outcome.wall;
	turn_free(turn, session->n_tables);
	session->turn = NULL;
	if (session->next_inventory != NULL)
		session_rebind_now(session);
	/* Last: the hook may free the session. */
	session->hooks.polled(session->hooks.arg, session, &outcome);
}

/* The hook is called from the loop, not from within an agent's callback. */
void session_end_turn(struct session *session, enum failure failure)
{
	if (failure != FAILURE_NONE) {
		session->turn->outcome.failure = failure;
		session->turn->outcome.complete = false;
	}
	loop_timer_in(session->loop, &session->resume, 0);
}

struct session *session_new(struct loop *loop, const struct agent *agent, const struct sink *sink,
    struct inventory *inventory, const struct device *device, const struct session_hooks *hooks)
{
	struct session *session = mem_alloc(sizeof *session);

	session->magic = SESSION_MAGIC;
	session->loop = loop;
	session->agent = *agent;
	session->sink = *sink;
	session->inventory = inventory_ref(inventory);
	session->device = device;
	session->hooks = *hooks;
	session->system.uptime_s = NAN;
	loop_timer_init(&session->resume, turn_over, session);
	return session;
}

void session_free(struct session *session)
{
	if (session == NULL)
		return;
	MAGIC_CHECK(session, SESSION_MAGIC);
	loop_timer_stop(session->loop, &session->resume);
	if (session->peer != NULL)
		session->agent.ops->peer_free(session->agent.self, session->peer);
	turn_free(session->turn, session->n_tables);
	session_drop_tables(session);
	system_info_fini(&session->system);
	free(session->reason);
	inventory_free(session->next_inventory);
	inventory_free(session->inventory);
	session->magic = 0;
	free(session);
}

int64_t session_interval(const struct session *session, const struct table *table)
{
	int64_t turn = session->device->interval, turns = (table->interval + turn / 2) / turn;

	return turns > 1 ? turns * turn : turn;
}

/* A look at which rows there are now, of a table that is known: there is no guard to be read before. */
static bool is_routine(const struct session_table *table)
{
	const struct table *t = table->set->table;

	return t->presence > 0 && t->guard.name == NULL && table->walk_due != 0;
}

static void mark_due(struct session *session, int64_t now)
{
	struct turn *turn = session->turn;

	for (size_t i = 0; i < session->n_tables; i++) {
		struct session_table *table = &session->tables[i];
		int64_t turn_time = session->device->interval;
		int64_t interval = session_interval(session, table->set->table);

		/* Half a turn of grace: turns jitter, and a table must not miss its own for that. */
		table->due = table->polled == 0 || interval == turn_time ||
			     now - table->polled >= interval - turn_time / 2;
		table->learn = table->walk_due <= now && (table->due || !is_routine(table)) &&
			       session_has_names(table->set->table);
		turn->want_ident |= table->learn;
		turn->want_scalars |= table->learn && !is_routine(table);
	}
}

bool session_poll(struct session *session, int64_t due_mono)
{
	struct turn *turn;
	int64_t now;

	MAGIC_CHECK(session, SESSION_MAGIC);
	if (session->turn != NULL)
		return false;
	now = loop_now(session->loop);
	turn = mem_alloc(sizeof *turn);
	session->turn = turn;
	turn->outcome = (struct poll_outcome){
	    .complete = true, .first_contact = !session->contacted, .due = due_mono, .started = now};
	turn->all_credentials = !session->contacted || session->silent_turns % SESSION_ALL_EVERY == 9;
	mark_due(session, now);
	turn->first_credential = session->credential;
	/* Without tables it has answered, but not enough to choose a profile. */
	turn->want_ident |= !session->contacted || session->silent || session->tables == NULL;
	turn->want_match = session->rematch;
	if (session->peer == NULL && !session_first_credential(session))
		session_end_turn(session, FAILURE_SEND);
	else
		session_advance(session);
	return true;
}

bool session_busy(const struct session *session)
{
	return session->turn != NULL;
}

const struct device *session_device(const struct session *session)
{
	return session->device;
}

size_t session_rows(const struct session *session)
{
	size_t rows = 0;

	for (size_t i = 0; i < session->n_tables; i++)
		rows += session->tables[i].set->n_rows;
	return rows;
}

void session_report(const struct session *session, struct device_report *report)
{
	report->device = session->device;
	report->profile = session->profile;
	report->profile_reason = session->reason != NULL ? session->reason : "";
	report->credential =
	    session->contacted ? session->device->credentials[session->credential]->name : NULL;
	report->system = &session->system;
	report->tables = session->sets;
	report->n_tables = session->n_tables;
	report->last_poll = session->last_poll;
	report->poll_time = session->poll_time;
	report->peer = (struct peer_stats){0};
	if (session->peer != NULL)
		session->agent.ops->peer_stats(session->agent.self, session->peer, &report->peer);
}
