#include "snmp/sockets.h"

#include "base/log.h"
#include "base/mem.h"
#include "snmp/burst.h"
#include "snmp/bounce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LANES_DEFAULT	  4
#define LANES_MAX	  64
#define RECEIVE_BUFFER	  (4u << 20) /* octets per socket: replies of thousands of devices come at once */
#define SEND_BUFFER	  (1u << 20)
#define KERNEL_PER_PACKET 2560u /* what the kernel charges to a buffer for a reply of full size, roughly */
#define BATCHES_PER_TURN  8	/* then timers get their turn */
#define RETRY_AFTER	  INT64_C(1000000) /* ns; the send buffer was full */

struct lane {
	struct sockets *sockets;
	int fd;
	struct loop_watch *watch;
	struct burst *batch;
	bool pending; /* is in sockets->unflushed */
};

struct sockets {
	struct loop *loop;
	struct sockets_hooks hooks;
	struct lane *lanes; /* IPv4 first, then IPv6 */
	unsigned per_family;
	unsigned capacity;
	struct lane **unflushed;
	unsigned n_unflushed;
	struct loop_timer retry;
	struct inbox *inbox; /* one for all: what is in it is gone when the next call fills it */
};

static size_t set_buffer(int fd, int forced, int plain, size_t octets)
{
	int want = octets > INT32_MAX / 2 ? INT32_MAX / 2 : (int)octets, got = 0;
	socklen_t len = sizeof got;

	if (setsockopt(fd, SOL_SOCKET, forced, &want, sizeof want) != 0)
		(void)setsockopt(fd, SOL_SOCKET, plain, &want, sizeof want); /* as much as is allowed */
	if (getsockopt(fd, SOL_SOCKET, plain, &got, &len) != 0 || got < 0)
		return 0;
	return (size_t)got;
}

static int open_socket(int family, size_t receive_buffer, size_t *got)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int on = 1;
	int saved;

	if (fd < 0)
		return -1;
	if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
	else
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
	*got = set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, receive_buffer);
	(void)set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER);
	return fd;
}

static void hand_over(struct sockets *sockets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct inbox_item *item = inbox_item(sockets->inbox, i);

		sockets->hooks.received(sockets->hooks.arg, item->octets, item->len, item->cut, &item->from);
	}
}

static void drain_bounces(struct lane *lane)
{
	const struct sockets_hooks *hooks = &lane->sockets->hooks;
	struct bounce bounce;

	for (unsigned i = 0; i < INBOX_SIZE && bounce_read(lane->fd, &bounce); i++) {
		if (bounce.error != 0)
			hooks->bounced(hooks->arg, bounce.quoted, bounce.len, &bounce.to, bounce.error);
	}
}

static void on_readable(void *arg)
{
	struct lane *lane = arg;
	struct sockets *sockets = lane->sockets;

	for (unsigned i = 0; i < BATCHES_PER_TURN; i++) {
		ssize_t n = inbox_fill(sockets->inbox, lane->fd);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN)
				break;
			drain_bounces(lane); /* the error of an earlier datagram, not of this call */
			continue;
		}
		hand_over(sockets, (size_t)n);
		if (n < INBOX_SIZE)
			break;
	}
	drain_bounces(lane);
	sockets->hooks.settled(sockets->hooks.arg);
}

/* False when the kernel is behind. */
static bool flush_lane(struct lane *lane)
{
	const struct sockets_hooks *hooks = &lane->sockets->hooks;
	bool again = true; /* an error may be that of an earlier datagram: it comes once */

	while (burst_length(lane->batch) > 0) {
		if (burst_send(lane->batch, lane->fd)) {
			again = true;
		} else if (errno == EAGAIN || errno == ENOBUFS) {
			return false;
		} else if (again) {
			again = errno == EINTR;
			drain_bounces(lane);
		} else {
			int error = errno;

			hooks->unsent(hooks->arg, burst_drop_first(lane->batch), error);
			again = true;
		}
	}
	return true;
}

void sockets_flush(struct sockets *sockets)
{
	unsigned left = 0;

	for (unsigned i = 0; i < sockets->n_unflushed; i++) {
		struct lane *lane = sockets->unflushed[i];

		lane->pending = !flush_lane(lane);
		if (lane->pending)
			sockets->unflushed[left++] = lane;
	}
	sockets->n_unflushed = left;
	if (left > 0)
		loop_timer_in(sockets->loop, &sockets->retry, RETRY_AFTER);
}

static void on_retry(void *arg)
{
	sockets_flush(arg);
}

bool sockets_send(struct sockets *sockets, unsigned lane_no, const struct address *to, const uint8_t *octets,
    size_t len, uint32_t token)
{
	unsigned base = to->any.sa_family == AF_INET6 ? sockets->per_family : 0;
	struct lane *lane = &sockets->lanes[base + lane_no % sockets->per_family];

	if (lane->fd < 0 || len > SOCKETS_DATAGRAM_MAX) {
		errno = lane->fd < 0 ? EAFNOSUPPORT : EMSGSIZE;
		return false;
	}
	if (!burst_add(lane->batch, to, octets, len, token)) {
		(void)flush_lane(lane);
		(void)burst_add(lane->batch, to, octets, len, token);
	}
	if (!lane->pending) {
		lane->pending = true;
		sockets->unflushed[sockets->n_unflushed++] = lane;
	}
	return true;
}

unsigned sockets_port(const struct sockets *sockets, unsigned lane_no, int family)
{
	unsigned base = family == AF_INET6 ? sockets->per_family : 0;
	const struct lane *lane = &sockets->lanes[base + lane_no % sockets->per_family];
	struct sockaddr_storage name;
	struct address address;
	socklen_t len = sizeof name;

	if (lane->fd < 0 || getsockname(lane->fd, (struct sockaddr *)&name, &len) != 0 ||
	    !address_from_sockaddr(&address, (const struct sockaddr *)&name, len))
		return 0;
	return ntohs(family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static void lane_init(struct lane *lane, struct sockets *sockets, int family, size_t receive_buffer)
{
	size_t got = 0;

	lane->sockets = sockets;
	lane->fd = open_socket(family, receive_buffer, &got);
	if (lane->fd < 0)
		return;
	lane->batch = burst_new();
	lane->watch = loop_watch_read(sockets->loop, lane->fd, on_readable, lane);
	if (sockets->capacity == 0 || got / KERNEL_PER_PACKET < sockets->capacity)
		sockets->capacity = (unsigned)(got / KERNEL_PER_PACKET);
}

struct sockets *sockets_new(
    struct loop *loop, unsigned lanes, size_t receive_buffer, const struct sockets_hooks *hooks)
{
	struct sockets *sockets = mem_alloc(sizeof *sockets);
	bool any = false;

	sockets->loop = loop;
	sockets->hooks = *hooks;
	sockets->per_family = lanes == 0 ? LANES_DEFAULT : lanes < LANES_MAX ? lanes : LANES_MAX;
	sockets->lanes = mem_calloc(2u * sockets->per_family, sizeof *sockets->lanes);
	sockets->unflushed = mem_calloc(2u * sockets->per_family, sizeof(struct lane *));
	sockets->inbox = inbox_new();
	loop_timer_init(&sockets->retry, on_retry, sockets);
	for (unsigned i = 0; i < 2 * sockets->per_family; i++) {
		lane_init(&sockets->lanes[i], sockets, i < sockets->per_family ? AF_INET : AF_INET6,
		    receive_buffer == 0 ? RECEIVE_BUFFER : receive_buffer);
		any |= sockets->lanes[i].fd >= 0;
	}
	if (any)
		return sockets;
	sockets_free(sockets);
	return NULL;
}

void sockets_free(struct sockets *sockets)
{
	int saved = errno;

	if (sockets == NULL)
		return;
	loop_timer_stop(sockets->loop, &sockets->retry);
	for (unsigned i = 0; i < 2 * sockets->per_family; i++) {
		struct lane *lane = &sockets->lanes[i];

		loop_watch_free(lane->watch);
		burst_free(lane->batch);
		if (lane->fd >= 0)
			close(lane->fd);
	}
	inbox_free(sockets->inbox);
	free(sockets->unflushed);
	free(sockets->lanes);
	free(sockets);
	errno = saved;
}

unsigned sockets_capacity(const struct sockets *sockets)
{
	return sockets->capacity * sockets->per_family;
}
