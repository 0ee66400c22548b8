#include "ctl/ptr.h"

#include "base/mem.h"
#include "base/units.h"

#include <netdb.h>
#include <pthread.h>
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
	ptr_lookup *lookup;
	char **addresses, **names;
};

bool ptr_by_system(const char *address, char name[PTR_NAME_MAX])
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM}, *found = NULL;
	bool good;

	if (getaddrinfo(address, NULL, &hints, &found) != 0)
		return false;
	good = getnameinfo(found->ai_addr, found->ai_addrlen, name, PTR_NAME_MAX, NULL, 0, NI_NAMEREQD) == 0;
	freeaddrinfo(found);
	return good;
}

/* Unlocks. */
static void leave(struct errand *errand)
{
	bool last = --errand->references == 0;

	pthread_mutex_unlock(&errand->mutex);
	if (!last)
		return;
	for (size_t i = 0; i < errand->n; i++) {
		free(errand->addresses[i]);
		free(errand->names[i]);
	}
	free(errand->addresses);
	free(errand->names);
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
		char name[PTR_NAME_MAX];
		bool good;

		pthread_mutex_unlock(&errand->mutex);
		good = errand->lookup(errand->addresses[i], name);
		pthread_mutex_lock(&errand->mutex);
		if (good)
			errand->names[i] = mem_strdup(name);
		if (++errand->done == errand->n)
			pthread_cond_signal(&errand->ended);
	}
	leave(errand);
	return NULL;
}

static struct errand *errand_new(const char *const *addresses, size_t n, ptr_lookup *lookup)
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
	errand->addresses = mem_calloc(n + 1, sizeof *errand->addresses);
	errand->names = mem_calloc(n + 1, sizeof *errand->names);
	for (size_t i = 0; i < n; i++)
		errand->addresses[i] = mem_strdup(addresses[i]);
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

bool ptr_names(const char *const *addresses, size_t n, int64_t patience, ptr_lookup *lookup, char **names)
{
	struct errand *errand = errand_new(addresses, n, lookup);
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
		names[i] = errand->names[i];
		errand->names[i] = NULL;
	}
	leave(errand);
	return complete;
}
