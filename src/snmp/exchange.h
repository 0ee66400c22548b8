/* exchange: one PDU and its answer: the id, the tries, the timer.
 *
 * While nothing at all comes from a peer one exchange is asked again, the prober; the others
 * wait for what becomes of it: a device that dies costs one packet for each that was in
 * flight, and the tries of one. When these are in vain, the others end too.
 *
 * Every try of an exchange carries the same request-id, so that an answer to an
 * earlier one still counts. An exchange belongs to a request: in its `todo` list,
 * or in flight, or in the hands of the function that got it. */
#ifndef ROLLCALL_SNMP_EXCHANGE_H
#define ROLLCALL_SNMP_EXCHANGE_H

#include "snmp/core.h"
#include "snmp/usm_report.h"

struct request;

/* The items of a GET that one PDU asks for: [first, first + n) but for those to be skipped. */
struct chunk {
	size_t first;
	uint16_t n;
	uint16_t most;	/* items in one PDU, because larger ones failed; 0 = as fits */
	uint8_t guards; /* bit i: guard i is asked */
	bool packed;	/* n is settled: further tries ask for the same */
	bool again;	/* was missing in an answer before */
	uint8_t skip[PDU_VARBINDS_MAX / 8];
};

struct exchange {
	uint32_t magic, id;
	struct request *request;
	TAILQ_ENTRY(exchange) link;
	struct loop_timer timer;
	int64_t first_sent, last_sent; /* monotonic ns */
	int64_t wait;		       /* for the answer of this try, ns */
	unsigned tries, tries_max;
	unsigned bounces;	/* tries in a row that came back or did not leave */
	unsigned bounced_try;	/* the last of them */
	enum failure hint;	/* why it did */
	int hint_error;		/* errno */
	bool paced;		/* has a place in the peer's pace for its next try */
	bool held;		/* waits for what becomes of the prober */
	bool garbled;		/* something came that could not be used */
	bool hinted;		/* somebody says why the agent does not answer ... */
	enum usm_report report; /* ... this */
	uint8_t resyncs;	/* times it was sent again as the agent's clock was not known */
	bool fresh;		/* in its first wait: counts in core->fresh */
	uint8_t before;		/* others that were in flight when it was sent first */
	uint16_t octets;	/* of the message */
	uint16_t expected;	/* of the response, guessed */
	struct chunk chunk;	/* GET only */
	/* GET only: the varbinds as they were sent; owned. */
	struct asked {
		uint8_t *octets;
		uint16_t len, cap;
	} asked;
};

struct exchange *exchange_new(struct request *request);
void exchange_free(struct exchange *x); /* not in flight, in no list */
/* Sends the PDU in `pdu` as the first try and puts the exchange in flight. False, and
 * nothing has happened, when it does not fit a datagram. The id must have been drawn. */
void exchange_draw_id(struct exchange *x);
bool exchange_launch(struct exchange *x, struct ber_out *pdu);
/* An answer that was believed: out of flight, round-trip time learnt. */
void exchange_answered(struct exchange *x, const struct arrival *arrival);
/* Out of flight without an answer; nothing is called. Harmless when not in flight. */
void exchange_drop(struct exchange *x);
/* To be asked anew, under a new id. */
void exchange_reset(struct exchange *x, unsigned tries_max);
/* This try failed, says the kernel (SEND) or somebody claims (REFUSED): no use waiting long. */
void exchange_bounced(struct exchange *x, enum failure failure, int error);
/* A Report that nobody has signed: it is told if nothing better comes, and changes nothing else. */
void exchange_hinted(struct exchange *x, enum usm_report report);
/* A Report of the agent itself: sent again if that was about time, which is known now; else x fails. */
void exchange_reported(struct exchange *x, enum usm_report report);
/* When the answered try was sent, as far as can be told. */
int64_t exchange_sent(const struct exchange *x, const struct arrival *arrival);

#endif
