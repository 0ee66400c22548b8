/* v3: the authoritative side of SNMPv3 with USM: it judges requests as an agent has to (RFC 3414 section 3.2,
 * RFC 3412 section 7.2), and seals what is answered: a Response, or the Report that says why there is none.
 *
 * One user for all devices. Each device has an engine-id and keys of its own, made when it is first asked;
 * its boots and time are its snmpEngineBoots and snmpEngineTime, so a reboot is told by both. Digests,
 * ciphers and keys are those of src/snmp, which its unit tests hold against net-snmp's; frames are the
 * fleet's own. */
#ifndef FLEET_V3_H
#define FLEET_V3_H

#include "fleet/fleet.h"
#include "fleet/frame.h"

struct v3;

enum v3_report {
	V3_UNKNOWN_ENGINE,
	V3_UNKNOWN_USER,
	V3_UNSUPPORTED_LEVEL,
	V3_WRONG_DIGEST,
	V3_NOT_IN_TIME,
	V3_DECRYPTION_ERROR,
	V3_UNKNOWN_CONTEXT,
	V3_UNKNOWN_HANDLER, /* another contextEngineID than the agent's */
	V3_REPORT_COUNT,
	V3_FINE = V3_REPORT_COUNT, /* nothing to report: the request is to be answered */
	V3_DROP			   /* neither */
};

/* How a request came, besides what struct request has of it. */
struct v3_ask {
	struct frame frame;
	struct scoped scoped;
	enum v3_report report; /* the answer is this, unless V3_FINE */
	bool forbidden; /* with less proof than the user has: authorizationError (RFC 3415 section 3.2) */
};

/* False, with a message on stderr, when the options of version 3 do not fit each other. */
bool v3_check(const struct fleet_options *options);
/* The engine-id of a device; `out` has room for FRAME_NAME_MAX octets. */
size_t v3_engine_id(const struct fleet *fleet, const struct device *device, uint8_t *out);

/* For the user of the fleet's options. NULL, with a message on stderr, when this system lacks an algorithm.
 */
struct v3 *v3_new(const struct fleet *fleet);
void v3_free(struct v3 *v3); /* NULL is fine */

/* Reads and judges a datagram; request->v3 and what is in clear text are good until the next one. False: an
 * agent says nothing to it. */
bool v3_open(
    struct v3 *v3, const struct device *device, struct span datagram, int64_t now, struct request *request);
/* Makes a message of a PDU, in place: its buffer has request->around octets in front of it and a cipher's
 * block behind. Length 0 when that fails. */
struct span v3_close(
    struct v3 *v3, const struct device *device, const struct request *request, int64_t now, struct span pdu);
/* The Report that answers the request. As agent_answer(). */
struct span v3_report(
    struct v3 *v3, const struct device *device, const struct request *request, int64_t now, uint8_t *buf);

/* How many of a kind were made, by all devices; its name as in "usmStatsWrongDigests". */
const char *v3_report_name(enum v3_report report);
uint64_t v3_report_count(const struct v3 *v3, enum v3_report report);
void v3_reset_counts(struct v3 *v3);

#endif
