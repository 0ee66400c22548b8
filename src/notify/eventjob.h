/* eventjob: one thing that the event log's thread has to do. For eventlog.c and eventwriter.c alone. */
#ifndef ROLLCALL_NOTIFY_EVENTJOB_H
#define ROLLCALL_NOTIFY_EVENTJOB_H

#include "notify/eventlog.h"

enum eventjob_kind {
	EVENTJOB_EVENT,
	EVENTJOB_FLUSH,
	EVENTJOB_QUERY,
	EVENTJOB_SILENCE_ADD,
	EVENTJOB_SILENCE_REMOVE,
	EVENTJOB_ACK_SET,
	EVENTJOB_RENAME,
	EVENTJOB_PRUNE
};

struct eventjob {
	enum eventjob_kind kind;
	struct event *event;
	struct silence *silence;
	struct ack *ack;
	struct event_filter filter; /* its texts are owned */
	char *old, *name;	    /* of a device */
	int64_t number;		    /* a silence's id; wall ns before which events go */
	/* The answer. */
	enum err err;
	struct event **events;
	size_t n_events;
	eventlog_done_fn *done;
	eventlog_found_fn *found;
	void *arg;
};

struct eventjob *eventjob_new(enum eventjob_kind kind);
void eventjob_free(struct eventjob *job);
/* Calls whoever waits for it, in the loop, and frees it. Fits loop_post(). */
void eventjob_answer(void *job);

#endif
