#include "snmp/resolver.h"

#include "base/mem.h"
#include "base/worker.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#define THREADS 4

struct lookup {
	struct resolver *resolver;
	TAILQ_ENTRY(lookup) link; /* while it waits for a thread */
	bool running;
	char *host;
	char service[8];
	struct resolver_answer answer;
	void (*done)(void *arg, const struct resolver_answer *answer); /* NULL = cancelled */
	void *arg;
};

struct resolver {
	struct loop *loop;
	struct worker *worker;
	TAILQ_HEAD(, lookup) waiting;
	unsigned running;
};

struct resolver *resolver_new(struct loop *loop)
{
	struct resolver *resolver = mem_alloc(sizeof *resolver);

	resolver->loop = loop;
	TAILQ_INIT(&resolver->waiting);
	return resolver;
}

static void lookup_free(struct lookup *lookup)
{
	free(lookup->host);
	free(lookup);
}

/* In a thread. */
static void run(void *arg)
{
	struct lookup *lookup = arg;
	const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV};
	struct resolver_answer *answer = &lookup->answer;
	struct addrinfo *found = NULL;

	answer->error = getaddrinfo(lookup->host, lookup->service, &hints, &found);
	if (answer->error != 0)
		return;
	for (const struct addrinfo *a = found; a != NULL && answer->n < RESOLVER_ADDRESSES_MAX;
	     a = a->ai_next) {
		if (address_from_sockaddr(&answer->addresses[answer->n], a->ai_addr, a->ai_addrlen))
			answer->n++;
	}
	freeaddrinfo(found);
	if (answer->n == 0)
		answer->error = EAI_NONAME;
}

static void start_waiting(struct resolver *resolver);

static void finished(void *arg)
{
	struct lookup *lookup = arg;
	struct resolver *resolver = lookup->resolver;

	resolver->running--;
	start_waiting(resolver);
	if (lookup->done != NULL) {
		if (lookup->answer.n == 0 && lookup->answer.error == 0)
			lookup->answer.error = EAI_AGAIN; /* never ran */
		lookup->done(lookup->arg, &lookup->answer);
	}
	lookup_free(lookup);
}

static void start_waiting(struct resolver *resolver)
{
	struct lookup *lookup;

	while ((lookup = TAILQ_FIRST(&resolver->waiting)) != NULL && resolver->running < THREADS) {
		if (worker_submit(resolver->worker, run, finished, lookup) != ERR_OK)
			return; /* cannot be: there is room for all that may run */
		TAILQ_REMOVE(&resolver->waiting, lookup, link);
		lookup->running = true;
		resolver->running++;
	}
}

struct lookup *resolver_lookup(struct resolver *resolver, const char *host, uint16_t port,
    void (*done)(void *arg, const struct resolver_answer *answer), void *arg)
{
	struct lookup *lookup = mem_alloc(sizeof *lookup);

	lookup->resolver = resolver;
	lookup->host = mem_strdup(host);
	snprintf(lookup->service, sizeof lookup->service, "%u", (unsigned)port);
	lookup->done = done;
	lookup->arg = arg;
	if (resolver->worker == NULL)
		resolver->worker = worker_new(resolver->loop, "resolver", THREADS, 2 * THREADS);
	if (resolver->worker == NULL) { /* no threads to be had: an answer like any other */
		lookup->running = true;
		resolver->running++;
		loop_post(resolver->loop, finished, lookup);
		return lookup;
	}
	TAILQ_INSERT_TAIL(&resolver->waiting, lookup, link);
	start_waiting(resolver);
	return lookup;
}

void resolver_cancel(struct lookup *lookup)
{
	if (lookup == NULL)
		return;
	lookup->done = NULL;
	if (lookup->running)
		return; /* the thread has it: finished() frees it */
	TAILQ_REMOVE(&lookup->resolver->waiting, lookup, link);
	lookup_free(lookup);
}

void resolver_free(struct resolver *resolver)
{
	struct lookup *lookup;

	if (resolver == NULL)
		return;
	while ((lookup = TAILQ_FIRST(&resolver->waiting)) != NULL) {
		TAILQ_REMOVE(&resolver->waiting, lookup, link);
		lookup_free(lookup);
	}
	if (resolver->worker != NULL)
		worker_free(resolver->worker);
	free(resolver);
}
