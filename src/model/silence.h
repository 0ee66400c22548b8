/* silence: what people say about problems: "do not call about these until then" (a silence), and "I have
 * seen this one" (an acknowledgement). Neither hides anything from status or the event log. */
#ifndef ROLLCALL_MODEL_SILENCE_H
#define ROLLCALL_MODEL_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

struct silence {
	int64_t id;	    /* given by the event log */
	const char *device; /* a name, or a pattern (* ? [..]) of names */
	const char *rule;   /* likewise; NULL = all rules */
	const char *object; /* likewise, of row keys; NULL = the device and all its rows */
	const char *reason;
	const char *author;
	int64_t from, until; /* wall ns; not in force any more at `until` */
};

/* Ends when the problem does. */
struct ack {
	const char *device; /* NULL = the collector itself */
	const char *rule;
	const char *object; /* NULL = the device as a whole */
	const char *reason;
	const char *author;
	int64_t time; /* wall ns */
};

/* Copies with all their texts in one block: free() frees them. */
struct silence *silence_dup(const struct silence *silence);
struct ack *ack_dup(const struct ack *ack);

/* True if the acknowledgement is of this problem; NULLs count as values. */
bool ack_is_of(const struct ack *ack, const char *device, const char *rule, const char *object);

#endif
