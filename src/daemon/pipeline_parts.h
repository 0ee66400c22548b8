/* pipeline_parts: what the files of the pipeline share; nobody else includes it. */
#ifndef ROLLCALL_DAEMON_PIPELINE_PARTS_H
#define ROLLCALL_DAEMON_PIPELINE_PARTS_H

#include "daemon/pipeline.h"
#include "poll/sched.h"
#include "poll/session.h"
#include "rules/judge.h"
#include "rules/tracker.h"

#include <uthash.h>

#define PIPELINE_MAGIC 0x70697065u

/* One device on its way through the stages. */
struct member {
	struct pipeline *pipeline;
	const struct device *device;
	struct session *session;
	struct sched_item *turn; /* NULL = never asked */
	int64_t judged;		 /* monotonic ns of the last poll's end; 0 = none yet */
	enum failure failure;
	int error_number;
	UT_hash_handle hh; /* by name */
};

struct pipeline {
	unsigned magic;
	struct loop *loop;
	struct inventory *inventory;
	uint64_t snapshot; /* counts them */
	struct agent agent;
	struct sink sink;
	struct sched *sched;
	struct tracker *tracker;
	struct member **members; /* by the number of the device */
	struct member *by_name;
	struct judge *judge;
	int64_t started; /* monotonic ns */
	uint64_t values, polls_ended;
	void (*heard)(void *arg, const struct event *event); /* NULL = nobody listens */
	void *heard_arg;
};

/* pipeline.c: a member's life. */
void pipeline_enrol(struct pipeline *pipeline, const struct device *device);
void pipeline_dismiss(struct pipeline *pipeline, struct member *member);
void pipeline_contact(
    struct pipeline *pipeline, struct member *member);		      /* a session that knows nothing yet */
void pipeline_list(struct pipeline *pipeline, struct member *member); /* under its name */
void pipeline_schedule(struct pipeline *pipeline, struct member *member);
void pipeline_unschedule(struct pipeline *pipeline, struct member *member);
void pipeline_place(struct pipeline *pipeline); /* tells the tracker who is whose parent */
void pipeline_event(void *arg, size_t device, const struct event *event); /* the judge's hook */

#endif
