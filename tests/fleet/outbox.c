#include "fleet/outbox.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct outbox {
	size_t n, room;
	int fd;
	struct mmsghdr *messages; /* and what they point to, of the same number: */
	struct iovec *iov;
	struct sockaddr_storage *to;
	union outbox_control *control;
};

struct outbox *outbox_new(size_t room)
{
	struct outbox *outbox = mem_alloc(sizeof(*outbox));

	outbox->room = room;
	outbox->messages = mem_calloc(room, sizeof(*outbox->messages));
	outbox->iov = mem_calloc(room, sizeof(*outbox->iov));
	outbox->to = mem_calloc(room, sizeof(*outbox->to));
	outbox->control = mem_calloc(room, sizeof(*outbox->control));
	return outbox;
}

void outbox_free(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	free(outbox->messages);
	free(outbox->iov);
	free(outbox->to);
	free(outbox->control);
	free(outbox);
}

/* Fills `message` to go along the route; iov, to and control stay in use until it is sent. */
static void address(struct msghdr *message, struct iovec *iov, union outbox_control *control,
    struct sockaddr_storage *to, const struct route *route)
{
	*to = route->to;
	*message =
	    (struct msghdr){.msg_name = to, .msg_namelen = route->to_len, .msg_iov = iov, .msg_iovlen = 1};
	if (route->from.s_addr == 0)
		return;
	message->msg_control = control;
	message->msg_controllen = OUTBOX_CONTROL_LEN;
	struct cmsghdr *head = CMSG_FIRSTHDR(message);
	struct in_pktinfo info = {.ipi_spec_dst = route->from};

	head->cmsg_level = IPPROTO_IP;
	head->cmsg_type = IP_PKTINFO;
	head->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(head), &info, sizeof(info));
}

void outbox_send_now(const struct route *route, const uint8_t *bytes, size_t len)
{
	struct iovec iov = {(void *)(uintptr_t)bytes, len};
	struct sockaddr_storage to;
	union outbox_control control;
	struct msghdr message;

	address(&message, &iov, &control, &to, route);
	/* A reply that cannot be sent is a lost one, as on a network. */
	(void)sendmsg(route->fd, &message, 0);
}

void outbox_post(struct outbox *outbox, const struct route *route, const uint8_t *bytes, size_t len)
{
	size_t i = outbox->n++;

	assert(i < outbox->room);
	outbox->fd = route->fd;
	outbox->iov[i] = (struct iovec){(void *)(uintptr_t)bytes, len};
	address(&outbox->messages[i].msg_hdr, &outbox->iov[i], &outbox->control[i], &outbox->to[i], route);
}

void outbox_flush(struct outbox *outbox)
{
	size_t done = 0;

	while (done < outbox->n) {
		int n = sendmmsg(outbox->fd, outbox->messages + done, (unsigned)(outbox->n - done), 0);

		done += n > 0 ? (size_t)n : 1; /* the one that cannot be sent is lost */
	}
	outbox->n = 0;
}
