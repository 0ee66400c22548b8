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
	free((char *)job->filter.device);
	free((char *)job->filter.rule);
	free((char *)job->filter.object);
	for (size_t i = 0; i < job->n_events; i++)
		free(job->events[i]);
	free(job->events);
	free(job);
}

void eventjob_answer(void *arg)
{
	struct eventjob *job = arg;

	if (job->found != NULL)
		job->found(job->arg, job->err, job->events, job->n_events);
	if (job->done != NULL)
		job->done(job->arg, job->err);
	eventjob_free(job);
}
