/* event: something that happened to a device or a row of it, as it is logged, kept and sent. */
#ifndef ROLLCALL_MODEL_EVENT_H
#define ROLLCALL_MODEL_EVENT_H

#include "model/status.h"

#include <stdint.h>

enum event_kind {
	EVENT_RAISE, /* a problem has begun, or its severity has changed */
	EVENT_CLEAR, /* it has ended */
	EVENT_INFO,  /* something to know, without an end */
	EVENT_KIND_COUNT
};
const char *event_kind_name(enum event_kind kind); /* "raise", "clear", "info" */

/* Texts are borrowed; whoever keeps an event copies it. */
struct event {
	int64_t id;	    /* given by the event log; 0 before */
	int64_t time;	    /* wall ns */
	const char *device; /* name; NULL = the collector itself */
	const char *object; /* row key; NULL = the device as a whole */
	const char *rule;
	enum event_kind kind;
	enum severity severity;
	const char *text;
	double value;	   /* NaN = none */
	const char *cause; /* NULL = none known */
};

/* A copy with all its texts in one block: free() frees it. */
struct event *event_dup(const struct event *event);

#endif
