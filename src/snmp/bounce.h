/* bounce: what the kernel knows about datagrams that came back as ICMP errors
 * (IP_RECVERR, ip(7)). */
#ifndef ROLLCALL_SNMP_BOUNCE_H
#define ROLLCALL_SNMP_BOUNCE_H

#include "snmp/address.h"

struct bounce {
	int error; /* ECONNREFUSED, EHOSTUNREACH, ...; 0 = news of another kind */
	struct address to;
	uint8_t quoted[256]; /* the beginning of our datagram, as far as it was quoted */
	size_t len;
};

/* Takes one from the socket's error queue; false when that is empty. */
bool bounce_read(int fd, struct bounce *bounce);

#endif
