#include "notify/eventjob.h"

#include "base/mem.h"

#include <stdlib.h>

struct eventjob *eventjob_new(enum eventjob_kind kind)
{
	struct eventjob *job = mem_alloc(sizeof *job);

	job->kind = kind;
	return job;
}

void eventjob_free(struct eventjob *job)
{
	free(job->event);
	free(job->silence);
	free(job->ack);
	free(job->old);
	free(job->name);
	free((char *)job->filter.device);
	free((char *)job->filter.rule);
	free((char *)job->filter.object);
	eventlog_events_free(job->events, job->n_events);
	free(job);
}

void eventjob_answer(void *arg)
{
	struct eventjob *job = arg;

	if (job->found != NULL) {
		job->found(job->arg, job->err, job->events, job->n_events);
		job->events = NULL;
		job->n_events = 0;
	}
	if (job->done != NULL)
		job->done(job->arg, job->err);
	eventjob_free(job);
}

void eventlog_events_free(struct event **events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(events[i]);
	free(events);
}
