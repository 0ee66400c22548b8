/* walk: one or more columns of a table from end to end, with GETBULK where the
 * version has it, else GETNEXT (RFC 3416 sections 4.2.2 and 4.2.3).
 *
 * One PDU in flight per walk. max-repetitions follows the size of the answers. A
 * walk ends when all columns did, when one leads in a circle (progress.h), or at a cap,
 * and says which. */
#ifndef ROLLCALL_SNMP_WALK_H
#define ROLLCALL_SNMP_WALK_H

#include "snmp/peer.h"

#define WALK_ROWS_MAX	 1000000u /* per column */
#define WALK_PACKETS_MAX 100000u
#define WALK_TIME_MAX	 (INT64_C(300) * 1000000000) /* ns */

void walk_start(struct peer *peer, const struct walk_request *want);

#endif
