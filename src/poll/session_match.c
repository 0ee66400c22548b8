#include "base/mem.h"
#include "poll/matcher.h"
#include "poll/session_parts.h"

#include <stdlib.h>

#define PROBE_PACKETS_MAX 10 /* of a probe that looks for any row of a column */

static void match_columns(struct session *session);

/* Nothing speaks against the profile but probes that have not answered yet. */
static bool may_fit(const struct session *session, size_t profile)
{
	return profile_fit(session->inventory->profiles[profile], session->system.object_id,
		   session->system.descr, true) > 0;
}

static void choose(struct session *session)
{
	const struct inventory *inventory = session->inventory;
	struct turn *turn = session->turn;
	bool *probed = mem_calloc(inventory->n_profiles + 1, sizeof *probed);
	const struct profile *profile;
	char *reason;

	for (size_t i = 0; i < inventory->n_profiles; i++)
		probed[i] = turn->probes[i] == inventory->profiles[i]->n_probes;
	turn->want_match = session->rematch = false;
	profile = matcher_choose(
	    inventory, session->device, session->system.object_id, session->system.descr, probed, &reason);
	free(probed);
	session_set_profile(session, profile, reason);
	session_advance(session);
}

/* Without all answers a lesser profile might be taken, and kept. */
static bool cut_short(struct session *session, const struct request_summary *summary)
{
	session_note_summary(session, summary);
	if (!session_is_cut(summary))
		return false;
	if (session->tables == NULL) {
		session_end_turn(session, summary->failure);
		return true;
	}
	session->turn->want_match = false;
	session->rematch = true;
	session_advance(session);
	return true;
}

static void probe_values(void *arg, const struct get_reply *reply)
{
	struct session *session = arg;
	struct turn *turn = session->turn;

	MAGIC_CHECK(session, SESSION_MAGIC);
	session_note_answer(session, reply);
	for (size_t i = 0; reply->failure == FAILURE_NONE && i < reply->n; i++) {
		const struct single *single = &turn->singles[reply->first + i];

		turn->probes[single->number] +=
		    !value_is_absent(&reply->values[i]) && reply->values[i].type != VALUE_BAD;
	}
}

static void probe_done(void *arg, const struct request_summary *summary)
{
	struct session *session = arg;

	MAGIC_CHECK(session, SESSION_MAGIC);
	if (!cut_short(session, summary))
		match_columns(session);
}

static void column_cell(
    void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	struct session *session = arg;
	struct turn *turn = session->turn;

	(void)column;
	(void)index;
	MAGIC_CHECK(session, SESSION_MAGIC);
	turn->any_answer = true;
	turn->found |= index_len > 0 && !value_is_absent(value);
}

static void column_done(void *arg, enum walk_end end, const struct request_summary *summary)
{
	struct session *session = arg;
	struct turn *turn = session->turn;
	/* A row is enough; that there are more, or something strange behind it, says nothing against it. */
	bool answered = turn->found || end == WALK_COMPLETE;

	MAGIC_CHECK(session, SESSION_MAGIC);
	turn->any_answer |= answered;
	turn->outcome.answered |= answered;
	if (!answered && cut_short(session, summary))
		return;
	turn->probes[turn->walking] += turn->found;
	turn->probe++;
	match_columns(session);
}

static void ask_column(struct session *session, const struct source *source)
{
	struct turn *turn = session->turn;
	struct walk_request walk = {.n_columns = 1,
	    .max_rows = 1,
	    .max_packets = PROBE_PACKETS_MAX,
	    .cell = column_cell,
	    .done = column_done,
	    .arg = session};

	turn->found = false;
	turn->columns = mem_realloc(turn->columns, 1, sizeof *turn->columns);
	turn->columns[0] = (struct walk_column){source->ber, source->ber_len};
	walk.columns = turn->columns;
	session->agent.ops->walk(session->agent.self, session->peer, &walk);
}

/* One column after another, of profiles whose other probes have answered so far; then the choice. */
static void match_columns(struct session *session)
{
	const struct inventory *inventory = session->inventory;
	struct turn *turn = session->turn;

	for (; session->device->profile == NULL && turn->walking < inventory->n_profiles;
	     turn->walking++, turn->probe = 0) {
		const struct profile *profile = inventory->profiles[turn->walking];
		size_t wanted = 0;

		for (size_t i = 0; i < profile->n_probes; i++)
			wanted += !profile->probes[i].any_row || i < turn->probe;
		if (turn->probes[turn->walking] < wanted || !may_fit(session, turn->walking))
			continue;
		for (; turn->probe < profile->n_probes; turn->probe++) {
			if (!profile->probes[turn->probe].any_row)
				continue;
			ask_column(session, &profile->probes[turn->probe].source);
			return;
		}
	}
	choose(session);
}

void session_match(struct session *session)
{
	struct turn *turn = session->turn;
	const struct inventory *inventory = session->inventory;
	struct get_request get = {.name = session_single_name,
	    .guards = turn->guards,
	    .n_guards = 0,
	    .values = probe_values,
	    .done = probe_done,
	    .arg = session};

	free(turn->probes);
	turn->probes = mem_calloc(inventory->n_profiles + 1, sizeof *turn->probes);
	turn->n_singles = 0;
	turn->walking = turn->probe = 0;
	for (size_t i = 0; session->device->profile == NULL && i < inventory->n_profiles; i++) {
		const struct profile *profile = inventory->profiles[i];

		for (size_t k = 0; k < profile->n_probes && may_fit(session, i); k++) {
			const struct profile_probe *probe = &profile->probes[k];

			if (probe->any_row)
				continue;
			session_add_single(turn, (struct single){.ber = probe->source.ber,
						     .ber_len = (uint16_t)probe->source.ber_len,
						     .number = (uint16_t)i,
						     .whole = probe->source.is_instance});
		}
	}
	get.n = turn->n_singles;
	if (get.n == 0)
		match_columns(session);
	else
		session->agent.ops->get(session->agent.self, session->peer, &get);
}
