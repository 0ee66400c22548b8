/* sockets: a few UDP sockets for all devices, non-blocking, in batches.
 *
 * Sent datagrams are gathered until sockets_flush(); received ones come by the
 * dozen per system call. The kernel's news about ICMP errors (IP_RECVERR) are
 * handed on with what they quote of our own datagram. Lanes are the sockets of one
 * family: another lane is another source port, which helps when a firewall holds
 * on to a dead session. */
#ifndef ROLLCALL_SNMP_SOCKETS_H
#define ROLLCALL_SNMP_SOCKETS_H

#include "base/loop.h"
#include "snmp/address.h"

#define SOCKETS_DATAGRAM_MAX 4096 /* that we send */

struct sockets;

struct sockets_hooks {
	/* The octets are good during the call only. `cut`: there were more. */
	void (*received)(void *arg, const uint8_t *octets, size_t len, bool cut, const struct address *from);
	/* All that had arrived has been handed over. */
	void (*settled)(void *arg);
	/* Somebody claims that a datagram to `to` did not arrive; `quoted` is what the claim
	 * repeats of it, may be short and may be forged. */
	void (*bounced)(void *arg, const uint8_t *quoted, size_t len, const struct address *to, int error);
	/* The kernel did not take a datagram. From within sockets_flush(). */
	void (*unsent)(void *arg, uint32_t token, int error);
	void *arg;
};

/* NULL when no socket of either family can be made (errno). 0 = default for both sizes. */
struct sockets *sockets_new(
    struct loop *loop, unsigned lanes, size_t receive_buffer, const struct sockets_hooks *hooks);
void sockets_free(struct sockets *sockets);

/* Copies the datagram. False, with errno, when there is no socket of that family or the
 * datagram is too large; when the kernel is behind it is dropped silently, as networks do. */
bool sockets_send(struct sockets *sockets, unsigned lane, const struct address *to, const uint8_t *octets,
    size_t len, uint32_t token);
/* The port that a lane sends from, host byte order; 0 = it has not sent anything yet. */
unsigned sockets_port(const struct sockets *sockets, unsigned lane, int family);
void sockets_flush(struct sockets *sockets);

/* Datagrams that the receive buffers of one family hold, roughly: a bound for what to ask for at once. */
unsigned sockets_capacity(const struct sockets *sockets);

#endif
