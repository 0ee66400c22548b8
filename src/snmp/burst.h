/* burst: many datagrams per system call: one to be sent (sendmmsg), and the inbox
 * (recvmmsg). */
#ifndef ROLLCALL_SNMP_BURST_H
#define ROLLCALL_SNMP_BURST_H

#include "snmp/address.h"

#include <sys/types.h>

struct burst;

struct burst *burst_new(void);
void burst_free(struct burst *batch);
/* Copies. False when there is no room. The token comes back if this one cannot be sent. */
bool burst_add(
    struct burst *batch, const struct address *to, const uint8_t *octets, size_t len, uint32_t token);
size_t burst_length(const struct burst *batch);
/* Sends from the front; true when at least one went, else errno is that of the first. */
bool burst_send(struct burst *batch, int fd);
uint32_t burst_drop_first(struct burst *batch); /* returns its token */

#define INBOX_SIZE 32

struct inbox;

struct inbox_item {
	const uint8_t *octets;
	size_t len;
	bool cut; /* the datagram was longer */
	struct address from;
};

struct inbox *inbox_new(void);
void inbox_free(struct inbox *inbox);
/* Datagrams received; -1 with errno. */
ssize_t inbox_fill(struct inbox *inbox, int fd);
const struct inbox_item *inbox_item(struct inbox *inbox, size_t i); /* until the next fill */

#endif
