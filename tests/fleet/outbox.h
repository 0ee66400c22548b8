/* outbox: datagrams that leave together (sendmmsg), each from the address it names. */
#ifndef FLEET_OUTBOX_H
#define FLEET_OUTBOX_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Where a datagram goes, and from which socket and address. */
struct route {
	int fd;
	struct in_addr from; /* 0 = the socket's own */
	struct sockaddr_storage to;
	socklen_t to_len;
};

#define OUTBOX_CONTROL_LEN CMSG_SPACE(sizeof(struct in_pktinfo))
union outbox_control { /* room for one IP_PKTINFO, aligned */
	struct cmsghdr align;
	uint8_t bytes[OUTBOX_CONTROL_LEN];
};

struct outbox;
struct outbox *outbox_new(size_t room);
void outbox_free(struct outbox *outbox);

/* Keeps no copy: the octets must stay until outbox_flush(). All of a batch go to one socket; at most `room`.
 */
void outbox_post(struct outbox *outbox, const struct route *route, const uint8_t *bytes, size_t len);
void outbox_flush(struct outbox *outbox);
void outbox_send_now(const struct route *route, const uint8_t *bytes, size_t len);

#endif
