/* session_parts: what the files of the session share; nobody else includes it.
 *
 * A turn is one call of session_poll() until the polled() hook. It is a list of things
 * that are wanted, worked off by session_advance() in this order: system group, probes,
 * scalars and guards, walks, poll. What a poll finds (a restart, a moved index) puts
 * earlier things on the list again. One request is under way at any time. */
#ifndef ROLLCALL_POLL_SESSION_PARTS_H
#define ROLLCALL_POLL_SESSION_PARTS_H

#include "base/str.h"
#include "base/units.h"
#include "poll/commit.h"
#include "poll/plan.h"
#include "poll/rate.h"
#include "poll/session.h"
#include "poll/walked.h"

#define SESSION_MAGIC 0x73657373u

#define SESSION_WALK_PERIOD  (3600 * UNITS_SEC) /* names are re-read in any case */
#define SESSION_WALK_SOON    (600 * UNITS_SEC)	/* a row or a column is missing, or a walk was cut by a cap */
#define SESSION_YOUNG	     60000u /* 1/100 s: an agent this young may restart again unnoticed by its uptime */
#define SESSION_LONG_SILENCE (600 * UNITS_SEC)
#define SESSION_STRIKES_MAX  5	/* turns in a row in which a table seemed to have moved: it is its way */
#define SESSION_RESTARTS_MAX 5	/* turns in a row with a restart: sysUpTime is not what it should be */
#define SESSION_ALL_EVERY    10 /* silent turns between tries of all credentials */
#define SESSION_PRESENT_ROWS                                                                                 \
	100			 /* rows that come and go are looked for at each poll in tables up to this   \
				  */
#define SESSION_PRESENT_POLLS 10 /* ... and at one of so many polls in larger ones */
#define SESSION_ROWS_MAX      50000 /* of one table: more than the largest access concentrators have */
#define SESSION_PACKETS_MAX   20000 /* of one walk: those rows, a few to a packet */
#define SESSION_SILENT_PDUS   4	    /* time-outs in a row that end a poll */

enum session_step {
	STEP_IDENT,   /* system group: does it answer, and is it who it was? */
	STEP_MATCH,   /* which profiles' probes answer; choice of one */
	STEP_SCALARS, /* scalars, and the guards of the tables to walk */
	STEP_WALK,
	STEP_POLL,
};

/* One table of the device. */
struct session_table {
	struct rowset *set;
	uint64_t guard;	   /* as it was before the names were read */
	bool has_guard;	   /* the device answers it */
	bool had_guard;	   /* ... and did when the names were read before */
	bool guard_broken; /* it changes all the time: names are checked instead */
	uint8_t strikes;   /* turns in a row in which it seemed to have moved */
	uint8_t walk_failures;
	bool unproven; /* walked, and not polled without a contradiction since */
	bool seen;     /* the last walk has shown all of its rows */
	bool told_ambiguous, told_cut;
	int64_t walk_due;	 /* monotonic ns; 0 = never walked */
	int64_t polled;		 /* start of the last turn that polled it */
	bool busy;		 /* when its counters moved last, it was with real traffic */
	struct refresh *refresh; /* of its counters by the agent; owned; NULL = they never stood still */
	/* of this turn */
	size_t first, n_items; /* in the plan */
	uint8_t guard_slot;    /* among the guards of the poll; 0 = none */
	bool learn;	       /* its names are wanted */
	bool due;	       /* its values are wanted */
	bool confirmed;	       /* names were re-read on suspicion already */
	bool moved_by_guard;   /* the guard is not as it was */
};

/* One object asked for by itself: of the system group, a probe, a guard, a scalar. */
struct single {
	const uint8_t *ber;
	uint16_t ber_len;
	uint16_t number; /* probe: of the profile; scalar: of what was asked */
	uint16_t table;
	bool whole; /* the name is complete, else .0 follows */
	bool is_guard;
};

struct turn {
	struct poll_outcome outcome;
	bool want_ident, want_match, want_scalars;
	bool slow_uptime;	/* a restart was seen, but sysUpTime did not fall */
	bool restarted;		/* seen in this turn: baselines are void */
	bool confirmed_restart; /* all names were re-read for it */
	bool silent;		/* the last request had no answer at all */
	unsigned silent_walks;
	unsigned silent_pdus;
	size_t first_credential, credentials_tried; /* the number; how many after it */
	bool all_credentials;
	/* The request under way. */
	struct single *singles;
	size_t n_singles, cap_singles;
	size_t *probes;		 /* per profile: how many of its probes have answered */
	size_t probe;		 /* of profile `walking`, whose column is looked into */
	bool found;		 /* a row of it */
	struct walked **scalars; /* per table */
	struct walked *walked;
	struct walk_column *columns;
	size_t walking; /* table; while matching: profile */
	struct plan plan;
	struct {
		struct reading *v;
		size_t n, cap;
	} readings;
	struct oid guards[AGENT_GUARDS_MAX];
	size_t n_guards;
	struct uptime_witness seen; /* by the request under way */
	bool saw_restart;
	bool scalars_redone;
	struct str text; /* scratch */
	bool any_answer;
};

struct session {
	unsigned magic;
	bool contacted;	 /* has answered some time */
	bool silent;	 /* did not answer at the end of the last turn */
	bool rematch;	 /* a profile is to be chosen, as it could not be last time */
	bool has_engine; /* answers snmpEngineBoots */
	bool clock_back; /* told that the clock went back */
	struct loop *loop;
	struct agent agent;
	struct sink sink;
	struct inventory *inventory; /* held */
	const struct device *device;
	struct inventory *next_inventory; /* held; from the end of the turn on; NULL = none */
	const struct device *next_device;
	bool next_rematch;
	struct session_hooks hooks;
	struct peer *peer;
	size_t credential; /* the one in use */
	unsigned silent_turns;
	unsigned slow_turns; /* in a row with a restart that only a slow sysUpTime tells of */
	bool uptime_broken;  /* restarts all the time: not a witness */
	const struct profile *profile;
	char *reason; /* owned */
	struct system_info system;
	struct session_table *tables;
	const struct rowset **sets; /* the tables', for reports */
	size_t n_tables;
	struct uptime_witness witness; /* of the last good reading */
	int64_t wall_high, wall_next;  /* latest sample put in earlier turns, in this one */
	int64_t last_poll, poll_time;
	struct turn *turn;	  /* NULL between turns */
	struct loop_timer resume; /* ends a turn outside of an agent's callback */
};

/* session.c */
void session_advance(struct session *session);
void session_end_turn(struct session *session, enum failure failure);
void session_note_summary(struct session *session, const struct request_summary *summary);
/* Some of what was asked had no answer at all: that says nothing of what the agent has. */
bool session_is_cut(const struct request_summary *summary);
/* The agent has said something, be it that there is no such thing. */
void session_note_answer(struct session *session, const struct get_reply *reply);
/* Has the agent restarted since session->witness was taken? */
bool session_restarted(struct session *session, const struct uptime_witness *now);
/* Takes a guard's sysUpTime as a witness; true when it tells of a restart since session->witness. */
bool session_note_uptime(struct session *session, const struct get_reply *reply);
/* Time between two turns that poll the table: that of its own to the next whole number of turns. */
int64_t session_interval(const struct session *session, const struct table *table);
void session_drop_tables(struct session *session);
void session_learn_all(struct session *session, bool unplace);
void session_set_profile(struct session *session, const struct profile *profile, char *reason);
void session_add_single(struct turn *turn, struct single single);
void session_sys_uptime(struct oid *oid); /* sysUpTime.0, the first guard of every request */
size_t session_single_name(void *arg, size_t i, uint8_t out[OID_BER_MAX]);

/* session_contact.c */
void session_ident(struct session *session);
bool session_first_credential(struct session *session);
/* How the device says it is to be asked. */
struct peer_config session_manners(const struct device *device);

/* session_match.c */
void session_match(struct session *session);

/* session_learn.c */
void session_scalars(struct session *session);
void session_walk(struct session *session, size_t table);

/* session_poll.c */
void session_ask(struct session *session);

/* session_rebind.c */
const struct row_filter *session_filter(const struct device *device, const char *table); /* NULL = none */
void session_rebind_now(struct session *session);					 /* between turns */

/* session_judge.c: all answers are in, or given up */
void session_judge(struct session *session);
/* A sample of the row, of the time `wall`; `unknown`: nothing is known of it. */
void session_put(struct session *session, struct rowset *set, size_t row, int64_t wall, bool unknown);

/* session_compute.c: what tables make of one another */
bool session_waits(const struct session *session, const struct table *table);
/* Whether a group has its row whatever the agent answers. */
bool session_has_own_row(const struct session *session, size_t number);
/* session_group.c: the rows of a table that takes another one's together. */
void session_group(struct session *session, size_t number, struct commit *commit);
/* Whether its rows are found by walks: else they are made of others. */
static inline bool session_has_names(const struct table *table)
{
	return table->n_group_tags == 0;
}
/* session_compute.c: rows of a table that is being committed of which nothing was asked for. */
void session_compute(struct session *session, size_t number, struct commit *commit);

#endif
