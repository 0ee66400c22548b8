/* usm_report: what an agent says in a Report about why it does not answer
 * (RFC 3414 section 5, RFC 3412 section 5, RFC 3413 section 4.1). */
#ifndef ROLLCALL_SNMP_USM_REPORT_H
#define ROLLCALL_SNMP_USM_REPORT_H

#include "snmp/pdu.h"

enum usm_report {
	USM_REPORT_OTHER, /* none of those below */
	USM_REPORT_UNSUPPORTED_LEVEL,
	USM_REPORT_NOT_IN_TIME_WINDOW,
	USM_REPORT_UNKNOWN_USER,
	USM_REPORT_UNKNOWN_ENGINE,
	USM_REPORT_WRONG_DIGEST,
	USM_REPORT_DECRYPTION_ERROR,
	USM_REPORT_UNKNOWN_MODEL,
	USM_REPORT_INVALID_MESSAGE,
	USM_REPORT_UNKNOWN_PDU_HANDLER,
	USM_REPORT_UNAVAILABLE_CONTEXT,
	USM_REPORT_UNKNOWN_CONTEXT,
	/* What no agent says, but its silence does: it told who it is, and answers nothing of what is asked.
	 */
	USM_REPORT_MUTE_PRIV,
	USM_REPORT_MUTE_CONTEXT,
	USM_REPORT_MUTE, /* either */
	USM_REPORT_COUNT
};

/* By the first varbind's name. OTHER also for what is no Report at all. */
enum usm_report usm_report_of(const struct pdu *pdu);

/* The object's name with its instance 0, in content octets; returns their number, 0 when it has none. */
#define USM_REPORT_NAME_MAX 10
size_t usm_report_object(enum usm_report report, uint8_t out[USM_REPORT_NAME_MAX]);

const char *usm_report_name(enum usm_report report); /* the object's: "usmStatsWrongDigests"; "other" */
/* What a person is told, the remedy included: "wrong key: ...". No full stop. */
const char *usm_report_text(enum usm_report report);

#endif
