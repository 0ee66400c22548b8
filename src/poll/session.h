/* session: one device's conversation: first contact, matching of a profile, learning
 * of rows, polls of what is known.
 *
 *     CONTACT   which credential answers? system group, probes of the profiles
 *     LEARN     walk the tables' columns; rows get their names
 *     READY     between polls
 *     POLL      GET the known cells; everything is held until all PDUs are in
 *     CONFIRM   after a restart, a table change or a missing row: names are
 *               re-read before anything is stored, the held cells are dropped
 *
 * What is certain: a value is stored only if the row's index was its own when it was read. That
 * is told by sysUpTime in the same PDU, by the table's guard in the same PDU
 * (ifTableLastChange), and where there is no guard, or the agent is too young for its uptime to
 * tell of another restart, by the row's name itself in the same PDU. What is doubtful is
 * dropped and asked for again once within the turn; if it is doubtful still, it is unknown.
 *
 * A device that answers but for some rows gets a sample of unknowns for these; one that is
 * silent gets none (a file's heartbeat makes that a gap), and costs one small PDU a turn
 * until it answers. Nothing is put with a time before that of earlier turns.
 *
 * Talks to an agent (model/agent.h), fills rowsets, puts samples into a sink.
 * No I/O of its own; the same code runs against UDP, replay and the virtual clock. */
#ifndef ROLLCALL_POLL_SESSION_H
#define ROLLCALL_POLL_SESSION_H

#include "base/loop.h"
#include "model/agent.h"
#include "model/inventory.h"
#include "model/report.h"
#include "model/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct poll_outcome {
	bool answered; /* at least one PDU was answered */
	bool complete; /* every item was */
	bool first_contact;
	bool restarted;		     /* the agent has restarted since the poll before */
	enum failure failure;	     /* the worst; NONE when complete */
	int error_number;	     /* see struct request_summary */
	int64_t due, started, ended; /* monotonic ns */
	int64_t wall;		     /* wall ns at the end */
	size_t values;		     /* cells that got a good value */
};

struct session_hooks {
	/* A poll (or an attempt at first contact) has ended; the rowsets are as of now. The
	 * session is idle; the hook may start another poll or free it. */
	void (*polled)(void *arg, struct session *session, const struct poll_outcome *outcome);
	void *arg;
};

/* `device` is one of the inventory's, to which the session takes a reference. */
struct session *session_new(struct loop *loop, const struct agent *agent, const struct sink *sink,
    struct inventory *inventory, const struct device *device, const struct session_hooks *hooks);
void session_free(struct session *session); /* also in the middle of a poll: silently */

/* From now on the device is as another inventory says; of its agent nothing has changed (agent_digest). Rows,
 * rates and what was learned stay, but for rows of a profile that is no longer as it was: these
 * are learned anew in the next turn. A turn under way ends as it was begun; until then, the inventory
 * before is held. `rematch`: other profiles are there to choose from. */
void session_rebind(
    struct session *session, struct inventory *inventory, const struct device *device, bool rematch);

/* Starts a poll (first contact included). False when one is running. */
bool session_poll(struct session *session, int64_t due_mono);
bool session_busy(const struct session *session);
const struct device *session_device(const struct session *session);
size_t session_rows(const struct session *session);

/* Fills what the session knows: profile, reason, credential, system, tables, last_poll,
 * poll_time, peer. Leaves status, next_poll and problems alone. */
void session_report(const struct session *session, struct device_report *report);

#endif
