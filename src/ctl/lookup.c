#include "ctl/lookup.h"

#include "base/mem.h"
#include "base/units.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define THREADS 16

/* Shared by all threads and the caller; the last one to leave frees it. */
struct errand {
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	size_t references, next, done, n;
	bool over; /* nobody waits any more */
	lookup_fn *lookup;
	char **texts, **found;
};

bool lookup_name(const char *address, char name[LOOKUP_TEXT_MAX])
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM}, *found = NULL;
	bool good;

	if (getaddrinfo(address, NULL, &hints, &found) != 0)
		return false;
	good =
	    getnameinfo(found->ai_addr, found->ai_addrlen, name, LOOKUP_TEXT_MAX, NULL, 0, NI_NAMEREQD) == 0;
	freeaddrinfo(found);
	return good;
}

bool lookup_addresses(const char *name, char found[LOOKUP_TEXT_MAX])
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *list = NULL;
	char text[INET6_ADDRSTRLEN];
	size_t len = 0;

	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return false;
	for (const struct addrinfo *a = list; a != NULL && len + sizeof text + 1 < LOOKUP_TEXT_MAX;
	     a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
			len += (size_t)sprintf(found + len, "%s%s", len > 0 ? " " : "", text);
	freeaddrinfo(list);
	return len > 0;
}

/* Unlocks. */
static void leave(struct errand *errand)
{
	bool last = --errand->references == 0;

	pthread_mutex_unlock(&errand->mutex);
	if (!last)
		return;
	for (size_t i = 0; i < errand->n; i++) {
		free(errand->texts[i]);
		free(errand->found[i]);
	}
	free(errand->texts);
	free(errand->found);
	pthread_cond_destroy(&errand->ended);
	pthread_mutex_destroy(&errand->mutex);
	free(errand);
}

static void *run(void *arg)
{
	struct errand *errand = arg;

	pthread_mutex_lock(&errand->mutex);
	while (!errand->over && errand->next < errand->n) {
		size_t i = errand->next++;
		char name[LOOKUP_TEXT_MAX];
		bool good;

		pthread_mutex_unlock(&errand->mutex);
		good = errand->lookup(errand->texts[i], name);
		pthread_mutex_lock(&errand->mutex);
		if (good)
			errand->found[i] = mem_strdup(name);
		if (++errand->done == errand->n)
			pthread_cond_signal(&errand->ended);
	}
	leave(errand);
	return NULL;
}

static struct errand *errand_new(const char *const *texts, size_t n, lookup_fn *lookup)
{
	struct errand *errand = mem_alloc(sizeof *errand);
	pthread_condattr_t attr;

	pthread_mutex_init(&errand->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&errand->ended, &attr);
	pthread_condattr_destroy(&attr);
	errand->references = 1;
	errand->lookup = lookup;
	errand->n = n;
	errand->texts = mem_calloc(n + 1, sizeof *errand->texts);
	errand->found = mem_calloc(n + 1, sizeof *errand->found);
	for (size_t i = 0; i < n; i++)
		errand->texts[i] = mem_strdup(texts[i]);
	return errand;
}

/* With the mutex held: nobody leaves before all have come. */
static size_t start_threads(struct errand *errand)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t started = 0;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (started < THREADS && started < errand->n && pthread_create(&thread, &attr, run, errand) == 0) {
		errand->references++;
		started++;
	}
	pthread_attr_destroy(&attr);
	return started;
}

static struct timespec moment_in(int64_t ns)
{
	struct timespec moment;

	clock_gettime(CLOCK_MONOTONIC, &moment);
	moment.tv_sec += (time_t)(ns / UNITS_SEC);
	moment.tv_nsec += (long)(ns % UNITS_SEC);
	if (moment.tv_nsec >= UNITS_SEC) {
		moment.tv_sec++;
		moment.tv_nsec -= (long)UNITS_SEC;
	}
	return moment;
}

bool lookup_all(const char *const *texts, size_t n, int64_t patience, lookup_fn *lookup, char **found)
{
	struct errand *errand = errand_new(texts, n, lookup);
	struct timespec until = moment_in(patience);
	bool complete;

	pthread_mutex_lock(&errand->mutex);
	if (start_threads(errand) > 0)
		while (
		    errand->done < n && pthread_cond_timedwait(&errand->ended, &errand->mutex, &until) == 0)
			continue;
	complete = errand->done == n;
	errand->over = true;
	for (size_t i = 0; i < n; i++) {
		found[i] = errand->found[i];
		errand->found[i] = NULL;
	}
	leave(errand);
	return complete;
}
