#include "poll/sched.h"

#include "base/mem.h"
#include "poll/due.h"
#include "poll/histogram.h"

#include <stdlib.h>
#include <sys/queue.h>

#define SCHED_MAGIC 0x73636864u
#define NS_PER_S    INT64_C(1000000000)
#define NS_PER_MS   1e6
#define WINDOW	    (300 * NS_PER_S) /* of the lateness that is shown */

/* First contacts a second on top of the steady load. A contact walks tables, so it costs
 * more than a poll; a small fleet is through within a second all the same. */
#define CONTACTS_PER_S 500

enum stage {
	STAGE_NEW,     /* first contact still to come */
	STAGE_CONTACT, /* first contact started, nothing since */
	STAGE_STEADY,
};

/* Turns are timers of the loop: its heap is the schedule's, and its bound on timers per turn
 * keeps a burst of them from starving the sockets. */
struct sched_item {
	struct sched *sched;
	void *object;
	struct loop_timer timer; /* at = the turn that is next */
	int64_t interval;
	int64_t phase; /* on the monotonic clock */
	int64_t begun; /* monotonic ns, the last turn; or when it was added */
	enum stage stage;
	LIST_ENTRY(sched_item) link;
};

struct sched {
	unsigned magic;
	struct loop *loop;
	bool (*due)(void *arg, void *object, int64_t due_mono);
	void *arg;
	int64_t grid;	      /* wall minus monotonic time, as it was at start */
	int64_t next_contact; /* monotonic ns */
	uint64_t polls, polls_late;
	struct histogram *lateness;
	LIST_HEAD(, sched_item) items;
};

struct sched *sched_new(struct loop *loop, bool (*due)(void *arg, void *object, int64_t due_mono), void *arg)
{
	struct sched *sched = mem_alloc(sizeof *sched);
	const struct clock *clock = loop_clock(loop);

	sched->magic = SCHED_MAGIC;
	sched->loop = loop;
	sched->due = due;
	sched->arg = arg;
	sched->grid = clock_wall(clock) - clock_mono(clock);
	sched->lateness = histogram_new(WINDOW);
	LIST_INIT(&sched->items);
	return sched;
}

void sched_free(struct sched *sched)
{
	if (sched == NULL)
		return;
	MAGIC_CHECK(sched, SCHED_MAGIC);
	while (!LIST_EMPTY(&sched->items))
		sched_remove(sched, LIST_FIRST(&sched->items));
	histogram_free(sched->lateness);
	sched->magic = 0;
	free(sched);
}

static int64_t lateness_allowed(int64_t interval)
{
	return interval / 10 < NS_PER_S ? interval / 10 : NS_PER_S;
}

/* The first turn that leaves a first contact a quarter of an interval: a rate over a shorter
 * time would say little, and the contact would often still be under way. */
static int64_t turn_after_contact(const struct sched_item *item, int64_t contact)
{
	return due_next(item->phase, item->interval, contact + item->interval / 4);
}

/* Its place within the interval: that of wall time; the turns are kept on the monotonic clock. */
static void place(struct sched *sched, struct sched_item *item, const char *name, int64_t interval)
{
	item->interval = interval;
	item->phase = due_phase(name, interval) - sched->grid % interval;
}

static void start_contact(struct sched *sched, struct sched_item *item, int64_t due, int64_t now)
{
	int64_t from = now > due ? now : due;

	item->stage = STAGE_CONTACT;
	loop_timer_at(sched->loop, &item->timer, turn_after_contact(item, from));
	if (sched->due(sched->arg, item->object, due))
		sched->polls++;
}

static void start_poll(struct sched *sched, struct sched_item *item, int64_t due, int64_t now)
{
	int64_t next = due_next(item->phase, item->interval, now > due ? now : due);
	int64_t lateness = now > due ? now - due : 0;

	/* Turns that passed while the loop was kept from running. */
	sched->polls_late += (uint64_t)((next - due) / item->interval - 1);
	loop_timer_at(sched->loop, &item->timer, next);
	if (sched->due(sched->arg, item->object, due)) {
		item->stage = STAGE_STEADY;
		sched->polls++;
		histogram_add(sched->lateness, now, lateness);
		sched->polls_late += lateness > lateness_allowed(item->interval);
	} else {
		/* A first contact that takes longer than to the first turn is no lateness. */
		sched->polls_late += item->stage == STAGE_STEADY;
	}
}

static void turn_came(void *arg)
{
	struct sched_item *item = arg;
	struct sched *sched = item->sched;
	int64_t due = item->timer.at, now = loop_now(sched->loop);

	MAGIC_CHECK(sched, SCHED_MAGIC);
	item->begun = now;
	if (item->stage == STAGE_NEW)
		start_contact(sched, item, due, now);
	else
		start_poll(sched, item, due, now);
}

struct sched_item *sched_add(struct sched *sched, void *object, const char *name, int64_t interval)
{
	struct sched_item *item = mem_alloc(sizeof *item);
	int64_t now = loop_now(sched->loop), turn;

	MAGIC_CHECK(sched, SCHED_MAGIC);
	item->sched = sched;
	item->object = object;
	item->begun = now;
	place(sched, item, name, interval);
	LIST_INSERT_HEAD(&sched->items, item, link);
	loop_timer_init(&item->timer, turn_came, item);

	/* In the queue of newcomers, unless its turn comes sooner: so all are asked within an
	 * interval, however many, and evenly. */
	turn = due_next(item->phase, interval, now);
	if (sched->next_contact < now)
		sched->next_contact = now;
	if (sched->next_contact < turn) {
		turn = sched->next_contact;
		sched->next_contact += NS_PER_S / CONTACTS_PER_S;
	}
	loop_timer_at(sched->loop, &item->timer, turn);
	return item;
}

void sched_change(struct sched *sched, struct sched_item *item, const char *name, int64_t interval)
{
	int64_t now = loop_now(sched->loop), from;

	MAGIC_CHECK(sched, SCHED_MAGIC);
	place(sched, item, name, interval);
	if (item->stage == STAGE_NEW)
		return; /* its first contact is not to be put off */
	from = turn_after_contact(item, item->begun);
	loop_timer_at(sched->loop, &item->timer, from > now ? from : due_next(item->phase, interval, now));
}

void sched_remove(struct sched *sched, struct sched_item *item)
{
	MAGIC_CHECK(sched, SCHED_MAGIC);
	loop_timer_stop(sched->loop, &item->timer);
	LIST_REMOVE(item, link);
	free(item);
}

int64_t sched_next(const struct sched_item *item)
{
	return item->timer.at;
}

void sched_stats(const struct sched *sched, struct sched_stats *stats)
{
	int64_t now = loop_now(sched->loop);

	MAGIC_CHECK(sched, SCHED_MAGIC);
	*stats = (struct sched_stats){
	    .polls = sched->polls,
	    .polls_late = sched->polls_late,
	    .p50_ms = histogram_quantile(sched->lateness, now, 0.5) / NS_PER_MS,
	    .p99_ms = histogram_quantile(sched->lateness, now, 0.99) / NS_PER_MS,
	    .max_ms = histogram_max(sched->lateness, now) / NS_PER_MS,
	};
}
