#include "snmp/burst.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define BURST_SIZE   64
#define ARENA	     (64u << 10)
#define DATAGRAM_MAX 65536u /* that may arrive: the largest UDP has */

struct burst {
	struct mmsghdr headers[BURST_SIZE];
	struct iovec slices[BURST_SIZE];
	struct address to[BURST_SIZE];
	uint32_t tokens[BURST_SIZE];
	size_t first, n; /* headers[first .. n) wait */
	size_t used;	 /* octets of the arena */
	uint8_t arena[ARENA];
};

struct burst *burst_new(void)
{
	struct burst *batch = mem_alloc(sizeof *batch);

	for (size_t i = 0; i < BURST_SIZE; i++) {
		batch->headers[i].msg_hdr.msg_iov = &batch->slices[i];
		batch->headers[i].msg_hdr.msg_iovlen = 1;
		batch->headers[i].msg_hdr.msg_name = &batch->to[i];
	}
	return batch;
}

void burst_free(struct burst *batch)
{
	free(batch);
}

bool burst_add(
    struct burst *batch, const struct address *to, const uint8_t *octets, size_t len, uint32_t token)
{
	size_t i = batch->n;

	if (i == BURST_SIZE || len > ARENA - batch->used)
		return false;
	batch->slices[i].iov_base = memcpy(batch->arena + batch->used, octets, len);
	batch->slices[i].iov_len = len;
	batch->to[i] = *to;
	batch->headers[i].msg_hdr.msg_namelen = address_len(to);
	batch->tokens[i] = token;
	batch->used += len;
	batch->n++;
	return true;
}

size_t burst_length(const struct burst *batch)
{
	return batch->n - batch->first;
}

static void advance(struct burst *batch, size_t by)
{
	batch->first += by;
	if (batch->first == batch->n)
		batch->first = batch->n = batch->used = 0;
}

bool burst_send(struct burst *batch, int fd)
{
	int sent = sendmmsg(fd, batch->headers + batch->first, (unsigned)burst_length(batch), 0);

	if (sent <= 0)
		return false;
	advance(batch, (size_t)sent);
	return true;
}

uint32_t burst_drop_first(struct burst *batch)
{
	uint32_t token = batch->tokens[batch->first];

	advance(batch, 1);
	return token;
}

struct inbox {
	struct mmsghdr headers[INBOX_SIZE];
	struct iovec slices[INBOX_SIZE];
	struct sockaddr_storage from[INBOX_SIZE];
	struct inbox_item item;
	uint8_t *arena; /* INBOX_SIZE datagrams of any size; pages never touched cost nothing */
};

struct inbox *inbox_new(void)
{
	struct inbox *inbox = mem_alloc(sizeof *inbox);

	inbox->arena = mem_calloc(INBOX_SIZE, DATAGRAM_MAX);
	for (size_t i = 0; i < INBOX_SIZE; i++) {
		inbox->slices[i].iov_base = inbox->arena + i * DATAGRAM_MAX;
		inbox->slices[i].iov_len = DATAGRAM_MAX;
		inbox->headers[i].msg_hdr.msg_iov = &inbox->slices[i];
		inbox->headers[i].msg_hdr.msg_iovlen = 1;
		inbox->headers[i].msg_hdr.msg_name = &inbox->from[i];
	}
	return inbox;
}

void inbox_free(struct inbox *inbox)
{
	if (inbox == NULL)
		return;
	free(inbox->arena);
	free(inbox);
}

ssize_t inbox_fill(struct inbox *inbox, int fd)
{
	for (size_t i = 0; i < INBOX_SIZE; i++)
		inbox->headers[i].msg_hdr.msg_namelen = sizeof inbox->from[i];
	return recvmmsg(fd, inbox->headers, INBOX_SIZE, MSG_DONTWAIT, NULL);
}

const struct inbox_item *inbox_item(struct inbox *inbox, size_t i)
{
	const struct mmsghdr *header = &inbox->headers[i];
	struct inbox_item *item = &inbox->item;

	item->octets = inbox->slices[i].iov_base;
	item->len = header->msg_len;
	item->cut = (header->msg_hdr.msg_flags & MSG_TRUNC) != 0;
	(void)address_from_sockaddr(
	    &item->from, (const struct sockaddr *)&inbox->from[i], header->msg_hdr.msg_namelen);
	return item;
}
