/* status: states of devices and what is wrong, as everything that shows them says it. */
#ifndef ROLLCALL_MODEL_STATUS_H
#define ROLLCALL_MODEL_STATUS_H

#include <stdbool.h>
#include <stdint.h>

enum device_state {
	DEVICE_UNKNOWN, /* not asked yet, or stale */
	DEVICE_UP,
	DEVICE_DOWN,	    /* nothing answers, from the first such poll */
	DEVICE_UNREACHABLE, /* its parent is down, or the collector is blind */
	DEVICE_STATE_COUNT
};
const char *device_state_name(enum device_state state); /* "unknown", "up", ... */

enum severity { SEVERITY_OK, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };
const char *severity_name(enum severity severity);
bool severity_parse(const char *text, enum severity *severity); /* false when it is none; *severity stays */

struct device_status {
	enum device_state state;
	bool hard;	 /* the state held for `tries` polls */
	unsigned streak; /* polls in this state, counted up to `tries` */
	int64_t since;	 /* wall ns of the poll that began the state; 0 = never asked */
};

struct problem {
	const char *rule;   /* "device-down" */
	const char *object; /* row key, or NULL for the device */
	enum severity severity;
	int64_t since; /* wall ns */
	char *text;    /* owned */
};

#endif
