#include "fleet/serve.h"

#include "base/mem.h"
#include "fleet/agent.h"
#include "fleet/bend.h"
#include "fleet/delay.h"
#include "fleet/mangle.h"
#include "fleet/outbox.h"
#include "fleet/v3.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH	    64
#define TURN_MAX    16		       /* batches before others have a turn */
#define BUFFER_SIZE (16 * 1024 * 1024) /* what a whole fleet's requests may pile up to */
struct inbox {
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_storage from[BATCH];
	union outbox_control control[BATCH];
	uint8_t bytes[BATCH][CODEC_REQUEST_MAX];
};

struct serve {
	struct fleet *fleet;
	int fd4, fd6, fd_other; /* fd_other: for replies from another port */
	uint16_t port;
	FILE *trace;
	struct delays *delays;
	struct request request; /* the one in hand */
	struct inbox in;
	struct outbox *out;
	size_t buffer_size;
	uint8_t *buffers; /* two per datagram of a batch: for its reply, and for another form of it */
};

/* ---- sockets ---- */

static int open_socket(int family, const void *address, socklen_t len)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, size = BUFFER_SIZE;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	/* Nothing of the fleet is to be seen from outside; devices are looked up by 127/8 addresses anyway.
	 */
	setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo"));
	if ((family == AF_INET && setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) != 0) ||
	    (address != NULL && bind(fd, address, len) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool open_sockets(struct serve *serve)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(serve->fleet->options.port)};
	struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	socklen_t len = sizeof(any);

	serve->fd4 = open_socket(AF_INET, &any, sizeof(any));
	if (serve->fd4 < 0 || getsockname(serve->fd4, (struct sockaddr *)&any, &len) != 0)
		return false;
	serve->port = ntohs(any.sin_port);
	serve->fd_other = open_socket(AF_INET, NULL, 0);
	if (serve->fd_other < 0)
		return false;
	if (!serve->fleet->options.ipv6)
		return true;
	loopback.sin6_port = any.sin_port;
	serve->fd6 = open_socket(AF_INET6, &loopback, sizeof(loopback));
	return serve->fd6 >= 0;
}

static void prepare_inbox(struct inbox *in)
{
	for (size_t i = 0; i < BATCH; i++) {
		in->iov[i] = (struct iovec){in->bytes[i], CODEC_REQUEST_MAX};
		in->messages[i].msg_hdr =
		    (struct msghdr){.msg_name = &in->from[i], .msg_iov = &in->iov[i], .msg_iovlen = 1};
	}
}

struct serve *serve_new(struct fleet *fleet)
{
	struct serve *serve = mem_alloc(sizeof(*serve));

	serve->fleet = fleet;
	serve->fd4 = serve->fd6 = serve->fd_other = -1;
	serve->delays = delays_new();
	serve->out = outbox_new(2 * BATCH); /* each request may be answered twice */
	serve->buffer_size = CODEC_HEADROOM + fleet->options.max_size + AGENT_SLACK;
	serve->buffers = mem_calloc(BATCH, 2 * serve->buffer_size);
	prepare_inbox(&serve->in);
	if (!open_sockets(serve)) {
		fprintf(stderr, "fleet: UDP port %u: %s\n", fleet->options.port, strerror(errno));
		serve_free(serve);
		return NULL;
	}
	if (fleet->options.trace == NULL)
		return serve;
	serve->trace = fopen(fleet->options.trace, "we");
	if (serve->trace == NULL) {
		perror(fleet->options.trace);
		serve_free(serve);
		return NULL;
	}
	setvbuf(serve->trace, NULL, _IOLBF, BUFSIZ);
	return serve;
}

static void close_socket(int fd)
{
	if (fd >= 0)
		close(fd);
}

void serve_free(struct serve *serve)
{
	if (serve == NULL)
		return;
	if (serve->trace != NULL)
		fclose(serve->trace);
	close_socket(serve->fd4);
	close_socket(serve->fd6);
	close_socket(serve->fd_other);
	delays_free(serve->delays);
	outbox_free(serve->out);
	free(serve->buffers);
	free(serve);
}

uint16_t serve_port(const struct serve *serve)
{
	return serve->port;
}

/* ---- one request ---- */

static int64_t delay_of(const struct agent_ask *ask, struct device *device)
{
	const struct effect *effect = ask->effect;
	uint64_t seed = ask->fleet->options.seed;
	int64_t ms = 0, us = 0;

	if (effect_has(effect, FAULT_DELAY)) {
		ms = effect->arg[FAULT_DELAY][0];
		if (effect->arg[FAULT_DELAY][1] > 0)
			us = (int64_t)(model_hash(seed, device->number, ask->number, 9000) %
				       (uint64_t)(effect->arg[FAULT_DELAY][1] * 1000));
	}
	if (effect_has(effect, FAULT_REORDER) && effect->arg[FAULT_REORDER][1] > 0)
		us += 1 + (int64_t)(model_hash(seed, device->number, ask->number, 9001) %
				    (uint64_t)(effect->arg[FAULT_REORDER][1] * 1000));
	if (effect_has(effect, FAULT_SERIAL)) {
		device->busy = (device->busy > ask->now ? device->busy : ask->now) +
			       effect->arg[FAULT_SERIAL][0] * 1000000;
		us += (device->busy - ask->now) / 1000;
	}
	return ms * 1000000 + us * 1000;
}

static bool too_fast(const struct agent_ask *ask, struct device *device)
{
	if (!effect_has(ask->effect, FAULT_RATE_LIMIT))
		return false;
	if (device->second != ask->now / 1000000000) {
		device->second = ask->now / 1000000000;
		device->in_second = 0;
	}
	return ++device->in_second > ask->effect->arg[FAULT_RATE_LIMIT][0];
}

static bool unheard(const struct agent_ask *ask, struct device *device)
{
	const struct effect *effect = ask->effect;

	return effect_has(effect, FAULT_SILENCE) || effect_has(effect, FAULT_LOSS) ||
	       effect_has(effect, FAULT_REBOOT) || effect_has(effect, FAULT_REBOOT_RENUMBER) ||
	       (effect_has(effect, FAULT_BULK_SILENT) && ask->request->pdu == PDU_GETBULK) ||
	       too_fast(ask, device);
}

static bool lost(const struct effect *effect, size_t len)
{
	return effect_has(effect, FAULT_SILENT_ABOVE) && (int64_t)len > effect->arg[FAULT_SILENT_ABOVE][0];
}

static void send_bent(struct serve *serve, struct device *device, const struct agent_ask *ask,
    const struct route *route, struct span message)
{
	int64_t delay = delay_of(ask, device);
	size_t half = message.len / 2;

	device->replies++;
	device->octets += message.len;
	if (delay > 0) {
		delays_add(serve->delays, ask->now + delay, device, route, message.p, message.len);
	} else if (effect_has(ask->effect, FAULT_SPLIT)) {
		outbox_send_now(route, message.p, half);
		outbox_send_now(route, message.p + half, message.len - half);
	} else if (route->fd == serve->fd_other || ask->copy > 0) {
		outbox_send_now(route, message.p, message.len);
	} else {
		outbox_post(serve->out, route, message.p, message.len);
	}
}

/* `other`: a second buffer, as large as that of the message. */
static void route_bent(struct serve *serve, struct device *device, struct agent_ask *ask, struct route route,
    struct span message, uint8_t *other)
{
	int copies = effect_has(ask->effect, FAULT_DUPLICATE) ? 2 : 1;
	size_t varbinds;

	message = mangle_message(ask, message, other, serve->buffer_size);
	if (route.from.s_addr != 0 && effect_has(ask->effect, FAULT_WRONG_SOURCE))
		route.from.s_addr =
		    htonl(ntohl(route.from.s_addr) + (uint32_t)ask->effect->arg[FAULT_WRONG_SOURCE][0]);
	if (route.from.s_addr != 0 && effect_has(ask->effect, FAULT_WRONG_PORT))
		route.fd = serve->fd_other;
	while (copies-- > 0)
		send_bent(serve, device, ask, &route, message);
	if (!effect_has(ask->effect, FAULT_STRAY))
		return;
	while (ask->copy++ < ask->effect->arg[FAULT_STRAY][0])
		send_bent(serve, device, ask, &route, agent_answer(ask, other, &varbinds));
}

static void answer(
    struct serve *serve, struct device *device, const struct route *route, uint8_t *buffer, int64_t now)
{
	struct effect effect;
	struct agent_ask ask = {serve->fleet, device, &serve->request, &effect, device->asked, now, 0};
	struct span message;
	size_t varbinds = 0;

	effect.any = false;
	effect.on[0] = effect.on[1] = 0;
	if (device->faults > 0)
		faults_gather(serve->fleet->faults, serve->fleet, device, ask.number, &effect);
	if (effect.any) {
		if (unheard(&ask, device))
			return;
		bend_device(&ask, device);
	}
	message = agent_answer(&ask, buffer, &varbinds);
	if (message.len == 0 || lost(&effect, message.len))
		return;
	device->varbinds += varbinds;
	if (effect.any) {
		route_bent(serve, device, &ask, *route, message, buffer + serve->buffer_size);
		return;
	}
	device->replies++;
	device->octets += message.len;
	outbox_post(serve->out, route, message.p, message.len);
}

static void trace(
    struct serve *serve, const struct device *device, const struct request *request, int64_t now)
{
	fprintf(serve->trace, "ms=%lld device=%u pdu=%02x id=%d varbinds=%zu\n",
	    (long long)((now - serve->fleet->start) / 1000000), device->number, request->pdu, request->id,
	    request->n);
}

/* False: an agent says nothing to it. */
static bool understand(
    struct serve *serve, const struct device *device, const struct mmsghdr *message, int64_t now)
{
	const char *community = serve->fleet->options.community;
	struct request *request = &serve->request;
	struct span datagram = {message->msg_hdr.msg_iov->iov_base, message->msg_len};

	if (message->msg_hdr.msg_flags & MSG_TRUNC)
		return false;
	if (request_parse(datagram.p, datagram.len, request))
		return request->community.len == strlen(community) &&
		       memcmp(request->community.p, community, request->community.len) == 0;
	return request->version == SNMP_V3 && serve->fleet->v3 != NULL &&
	       v3_open(serve->fleet->v3, device, datagram, now, request);
}

static void handle(struct serve *serve, struct device *device, const struct route *route,
    const struct mmsghdr *message, uint8_t *buffer, int64_t now)
{
	struct request *request = &serve->request;

	device->requests++;
	device->asked++;
	if (!understand(serve, device, message, now)) {
		serve->fleet->ignored++;
		return;
	}
	if (serve->trace != NULL)
		trace(serve, device, request, now);
	answer(serve, device, route, buffer, now);
	device->last_id = request->id;
}

/* ---- batches ---- */

static struct device *device_asked(
    const struct serve *serve, int fd, struct msghdr *message, struct in_addr *asked)
{
	const struct fleet_options *options = &serve->fleet->options;

	asked->s_addr = 0;
	if (fd == serve->fd6)
		return &serve->fleet->devices[serve->fleet->n_devices - 1];
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
		struct in_pktinfo info;
		uint32_t number;

		if (head->cmsg_level != IPPROTO_IP || head->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(head), sizeof(info));
		*asked = info.ipi_addr;
		number = ntohl(info.ipi_addr.s_addr) - options->first;
		return number < options->devices ? &serve->fleet->devices[number] : NULL;
	}
	return NULL;
}

static bool serve_batch(struct serve *serve, int fd, int64_t now)
{
	struct inbox *in = &serve->in;
	int n;

	for (size_t i = 0; i < BATCH; i++) {
		struct msghdr *message = &in->messages[i].msg_hdr;

		message->msg_namelen = sizeof(in->from[i]);
		message->msg_control = &in->control[i];
		message->msg_controllen = sizeof(in->control[i]);
	}
	n = recvmmsg(fd, in->messages, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++) {
		struct route route = {
		    .fd = fd, .to = in->from[i], .to_len = in->messages[i].msg_hdr.msg_namelen};
		struct device *device = device_asked(serve, fd, &in->messages[i].msg_hdr, &route.from);

		if (device == NULL)
			serve->fleet->ignored++;
		else
			handle(serve, device, &route, &in->messages[i],
			    serve->buffers + (size_t)i * 2 * serve->buffer_size, now);
	}
	outbox_flush(serve->out);
	return n == BATCH;
}

void serve_ready(struct serve *serve, int64_t now)
{
	/* Bounded, so that control lines are heard under full load. */
	for (int i = 0; i < TURN_MAX && serve_batch(serve, serve->fd4, now); i++)
		now = fleet_now();
	for (int i = 0; i < TURN_MAX && serve->fd6 >= 0 && serve_batch(serve, serve->fd6, now); i++)
		now = fleet_now();
}

void serve_due(struct serve *serve, int64_t now)
{
	struct delayed *delayed;

	while ((delayed = delays_take(serve->delays, now)) != NULL) {
		outbox_send_now(&delayed->route, delayed->bytes, delayed->len);
		free(delayed);
	}
}

int64_t serve_next(const struct serve *serve)
{
	return delays_next(serve->delays);
}

int serve_fds(const struct serve *serve, struct pollfd *fds)
{
	int n = 0;

	fds[n++] = (struct pollfd){.fd = serve->fd4, .events = POLLIN};
	if (serve->fd6 >= 0)
		fds[n++] = (struct pollfd){.fd = serve->fd6, .events = POLLIN};
	return n;
}
