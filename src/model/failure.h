/* failure: what can go wrong with a request, and with a value. Data, never an error:
 * it travels beside good values, is counted, and is shown by these names. */
#ifndef ROLLCALL_MODEL_FAILURE_H
#define ROLLCALL_MODEL_FAILURE_H

/* Why a request or part of it has no answer. */
enum failure {
	FAILURE_NONE,
	FAILURE_TIMEOUT,   /* no answer after all tries */
	FAILURE_NO_SUCH,   /* noSuchObject, noSuchInstance, v1 noSuchName, NULL */
	FAILURE_DECODE,	   /* the answer's value is not what it must be */
	FAILURE_TOO_BIG,   /* tooBig although only one varbind was asked */
	FAILURE_TRUNCATED, /* fewer varbinds than asked, or a walk cut by a cap */
	FAILURE_LOOP,	   /* a walk met an OID that does not increase */
	FAILURE_REFUSED,   /* genErr, authorizationError, ICMP port unreachable */
	FAILURE_RESOLVE,   /* host name unknown */
	FAILURE_SEND,	   /* the kernel did not take the datagram */
	FAILURE_CANCELLED, /* we gave up: device removed, shutting down */
	FAILURE_SECURITY,  /* the agent says that it does not take who we say we are (SNMPv3) */
	FAILURE_COUNT
};
const char *failure_name(enum failure failure); /* "none", "timeout", "no_such", ... */

/* How good the last sample of a cell is. The number and the rate are each valid
 * or not; this is the one word that says why ("state" in JSON). */
enum quality {
	QUALITY_OK,
	QUALITY_NEVER,	 /* not polled yet */
	QUALITY_NO_SUCH, /* the agent does not have it (any more) */
	QUALITY_TIMEOUT, /* no answer in the last poll; the value is the one before */
	QUALITY_DECODE,	 /* wrong type, malformed, not a number */
	QUALITY_REFUSED,
	QUALITY_ABSENT,	   /* a magic value that means "none" */
	QUALITY_FIRST,	   /* value good, no rate yet: first sample */
	QUALITY_RESET,	   /* value good, no rate: counter reset, discontinuity, restart */
	QUALITY_GAP,	   /* value good, no rate: too long since the one before */
	QUALITY_DUPLICATE, /* value good, no rate: the agent's clock has not moved */
	QUALITY_UNKNOWN,   /* derived from something unknown */
	QUALITY_STALE,	   /* set by views only: older than two intervals */
	QUALITY_COUNT
};
const char *quality_name(enum quality quality); /* "ok", "never", "no_such", "timeout", ... */

#endif
