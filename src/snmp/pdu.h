/* pdu: the protocol data units of v1 and v2c, and what is the same in v3
 * (RFC 1157 section 4, RFC 3416 section 3). v1's Trap has another shape and is
 * not for us. */
#ifndef ROLLCALL_SNMP_PDU_H
#define ROLLCALL_SNMP_PDU_H

#include "snmp/ber.h"

#define PDU_VARBINDS_MAX 128 /* that we ever ask for in one */

enum pdu_type {
	PDU_GET = 0xa0,
	PDU_GETNEXT = 0xa1,
	PDU_RESPONSE = 0xa2,
	PDU_SET = 0xa3,
	PDU_GETBULK = 0xa5,
	PDU_REPORT = 0xa8,
};

enum pdu_error { /* error-status */
	PDU_NO_ERROR = 0,
	PDU_TOO_BIG = 1,
	PDU_NO_SUCH_NAME = 2,
	PDU_READ_ONLY = 4, /* v1 */
	PDU_GEN_ERR = 5,
	PDU_NO_ACCESS = 6,
	PDU_AUTHORIZATION_ERROR = 16,
	PDU_NOT_WRITABLE = 17,
};

struct pdu {
	uint8_t type;
	int32_t request_id;
	int32_t error_status; /* GETBULK: non-repeaters */
	int32_t error_index;  /* GETBULK: max-repetitions */
	struct ber varbinds;  /* the content of the list, for varbind_next() */
};

/* `in` must hold one PDU and nothing else. */
bool pdu_parse(struct ber in, struct pdu *pdu);

/* Makes the varbinds written so far a PDU. For GET and GETNEXT a and b are 0, for GETBULK
 * non-repeaters and max-repetitions, for a response error-status and error-index. */
void pdu_enclose(struct ber_out *out, enum pdu_type type, int32_t request_id, int32_t a, int32_t b);

#endif
