/* agent: the seam between those who want values and those who get them.
 *
 * snmp/ implements it over UDP; tests and replay implement it on a virtual clock.
 * A peer is one device as the agent side knows it: address, credential, adaptive
 * timeout, window, message size.
 *
 * Rules for every implementation: no callback runs from within the call that
 * started the request; each request ends with exactly one done(), whatever
 * happens, except that peer_free() and cancel() drop requests silently. A
 * callback may start new requests and may cancel. */
#ifndef ROLLCALL_MODEL_AGENT_H
#define ROLLCALL_MODEL_AGENT_H

#include "base/err.h"
#include "model/credential.h"
#include "model/failure.h"
#include "model/oid.h"
#include "model/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AGENT_GUARDS_MAX 6

struct peer; /* each implementation's own */

struct peer_config {
	const char *name; /* for log lines */
	const char *host; /* numeric address or host name */
	uint16_t port;
	int64_t timeout; /* ns, cap of one try */
	unsigned retries;
	unsigned window;   /* PDUs in flight at most; 0 = the implementation's default */
	unsigned max_rate; /* PDUs a second at most, further tries included; 0 = no limit */
	bool accept_any_source;
};

/* One answered PDU, or one that failed. Items are numbered as in the request. */
struct get_reply {
	size_t first, n;		       /* items of this PDU */
	const struct value *values;	       /* n of them; NULL when failure is set */
	struct value guards[AGENT_GUARDS_MAX]; /* as answered in this very PDU */
	enum failure failure;
	int64_t sent;	  /* monotonic ns of the try that was answered, else of the first */
	int64_t asked;	  /* monotonic ns of the first try; 0 = as `sent` */
	int64_t received; /* monotonic ns */
	int64_t wall;	  /* wall-clock ns at reception */
};

struct request_summary {
	enum failure failure; /* NONE if everything was answered (also with no_such), else the worst */
	unsigned pdus;	      /* PDUs sent, retransmissions included */
	unsigned answers;
	unsigned retransmits;
	int64_t elapsed;  /* ns */
	int error_number; /* errno for SEND and REFUSED by ICMP, EAI_* for RESOLVE, for SECURITY
			   enum usm_report (snmp/usm_report.h), else 0 */
};

struct get_request {
	size_t n; /* items; 0 is allowed when there are guards */
	/* Content octets of item i's name into out; returns their number. Called when a PDU is
	 * built and again when its answer is checked: it must give the same until done(). */
	size_t (*name)(void *arg, size_t i, uint8_t out[OID_BER_MAX]);
	/* True if item i should travel in the same PDU as item i - 1 (one row; a size and its unit).
	 * Honoured unless the group alone exceeds a PDU. NULL = no wishes. */
	bool (*joined)(void *arg, size_t i);
	/* Objects that go first into every PDU (sysUpTime.0, a table's last change). Must live until done().
	 */
	const struct oid *guards;
	size_t n_guards;
	void (*values)(void *arg, const struct get_reply *reply);
	void (*done)(void *arg, const struct request_summary *summary);
	void *arg;
};

enum walk_end {
	WALK_COMPLETE, /* every column ended: next OID outside it, or end of MIB view */
	WALK_TIMEOUT,
	WALK_LOOP, /* the agent leads in a circle, or back out of the column */
	WALK_CAP_ROWS,
	WALK_CAP_PACKETS,
	WALK_CAP_TIME,
	WALK_FAILED, /* refused, decode, too_big, ...: see the summary's failure */
};
const char *walk_end_name(enum walk_end end);

struct walk_request {
	const struct walk_column {
		const uint8_t *ber; /* content octets of a column */
		size_t ber_len;
	} * columns; /* walked together; must live until done() */
	size_t n_columns;
	size_t max_rows;    /* per column; 0 = default */
	size_t max_packets; /* 0 = default */
	int64_t max_time;   /* ns; 0 = default */
	/* One cell. `index` is what follows the column, in content octets. Per column
	 * in the agent's order, which is nearly always that of the names; columns are interleaved. An agent
	 * that goes in a circle may give a cell more than once before that is known. */
	void (*cell)(
	    void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value);
	void (*done)(void *arg, enum walk_end end, const struct request_summary *summary);
	void *arg;
};

/* Whether a peer does GETBULK. */
enum bulk_state {
	BULK_UNTRIED,
	BULK_WORKS,
	BULK_REFUSED, /* answers it with an error, GETNEXT with values */
	BULK_SILENT,  /* does not answer it */
	BULK_NONE,    /* speaks version 1, which has none */
};
const char *bulk_state_name(enum bulk_state state);

/* Why no more than so much is asked for at once. */
enum size_reason {
	SIZE_FRAME,   /* what fits an Ethernet frame: nothing is known against it */
	SIZE_TOO_BIG, /* the peer said tooBig */
	SIZE_SILENCE, /* larger requests, or those with larger answers, were not answered */
	SIZE_CUT,     /* its answers were cut short */
	SIZE_GARBLED, /* its larger answers could not be read */
};
const char *size_reason_name(enum size_reason reason);

/* What an agent implementation knows about a peer, for `show --engine` and probe. */
struct peer_stats {
	uint64_t requests, responses, timeouts, retransmits; /* PDUs */
	uint64_t octets_out, octets_in; /* of UDP, without headers; answers that were believed */
	int64_t rtt, timeout;		/* smoothed; current adaptive cap; ns */
	size_t max_message;		/* octets a request may have or ask for */
	char address[64];		/* numeric, with port: "127.0.0.1:161"; "" when unresolved */
	char answers_from[64];		/* likewise, where that is another address; else "" */
	bool silent;			/* did not answer the last sequence of tries */
	enum size_reason size_reason;
	enum bulk_state bulk;
	unsigned window, window_max;  /* PDUs in flight at most, now; and ever */
	uint64_t window_losses;	      /* that closed it */
	unsigned max_rate;	      /* PDUs a second; 0 = no limit */
	unsigned source_port;	      /* of ours that it is asked from; 0 = none yet */
	uint64_t source_port_changes; /* as it answered to another one only */
};

struct agent_ops {
	/* Copies what it needs of both. NULL only if the credential's version is not supported. */
	struct peer *(*peer_new)(
	    void *self, const struct peer_config *config, const struct credential *credential);
	void (*peer_free)(void *self, struct peer *peer);
	/* For later requests; those in flight keep theirs. ERR_UNSUPPORTED. */
	enum err (*peer_credential)(void *self, struct peer *peer, const struct credential *credential);
	void (*peer_stats)(void *self, const struct peer *peer, struct peer_stats *stats);
	void (*get)(void *self, struct peer *peer, const struct get_request *request); /* copies the struct */
	void (*walk)(
	    void *self, struct peer *peer, const struct walk_request *request); /* copies the struct */
	void (*cancel)(void *self, struct peer *peer); /* all of the peer's requests, silently */
	/* Other manners from now on: all of the config but name, host and port. What was found out stays. */
	void (*peer_manners)(void *self, struct peer *peer, const struct peer_config *config);
};

struct agent {
	const struct agent_ops *ops;
	void *self;
};

#endif
