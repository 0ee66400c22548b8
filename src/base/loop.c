#include "base/loop.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/timerheap.h"
#include "base/vec.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOP_MAGIC	0x6c6f6f70u
#define WATCH_MAGIC	0x77617463u
#define TIMERS_PER_TURN 64 /* then descriptors get their turn, however many timers are due */
#define NOT_IN_A_TURN	INT64_MIN
#define NEVER		INT64_MAX

struct post {
	void (*fn)(void *arg);
	void *arg;
};

struct posts {
	struct post *v;
	size_t n, cap;
};

struct got_signal {
	struct event *event;
	void (*got)(int signo, void *arg);
	void *arg;
};

struct loop {
	uint32_t magic;
	const struct clock *clock;
	struct clock_virtual *virtual; /* NULL on a real loop */
	struct timerheap timers;
	int64_t turn_at; /* what counts as due in the turn under way */
	bool stopping;

	pthread_mutex_t lock; /* guards `posted` only */
	struct posts posted;
	struct posts running; /* kept for its memory; loop's thread only */

	struct event_base *base; /* from here on: real loops only */
	struct event *alarm;	 /* one libevent timer stands for the whole heap */
	int64_t alarm_at;
	int wake_fd;
	struct event *wake;
	struct {
		struct got_signal **v;
		size_t n, cap;
	} signals;
};

struct loop_watch {
	uint32_t magic;
	struct event *event;
	void (*ready)(void *arg);
	void *arg;
};

/* A program that cannot have its event loop cannot do anything else either. */
static _Noreturn void loop_die(const char *what)
{
	log_error("no event loop", "step=%s err=\"%s\"", what, strerror(errno));
	abort();
}

static void on_library_message(int severity, const char *msg)
{
	char quoted[256];

	log_quote(quoted, sizeof quoted, msg);
	if (severity >= EVENT_LOG_WARN)
		log_warn("event library", "text=%s", quoted);
	else
		log_debug("event library", "text=%s", quoted);
}

/* --- posts --- */

static void run_post_batch(struct loop *loop)
{
	struct posts batch;

	pthread_mutex_lock(&loop->lock);
	batch = loop->posted;
	loop->posted = loop->running;
	pthread_mutex_unlock(&loop->lock);

	/* A post may run the loop's own code: keep the batch out of its reach. */
	loop->running = (struct posts){0};
	for (size_t i = 0; i < batch.n; i++)
		batch.v[i].fn(batch.v[i].arg);
	vec_clear(&batch);
	vec_fini(&loop->running);
	loop->running = batch;
}

static bool any_posted(struct loop *loop)
{
	bool any;

	pthread_mutex_lock(&loop->lock);
	any = loop->posted.n > 0;
	pthread_mutex_unlock(&loop->lock);
	return any;
}

void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct post post = {.fn = fn, .arg = arg};
	bool was_empty;

	MAGIC_CHECK(loop, LOOP_MAGIC);
	pthread_mutex_lock(&loop->lock);
	was_empty = loop->posted.n == 0;
	vec_push(&loop->posted, post);
	/* Under the lock: once another thread sees the post run, the loop may be gone. */
	if (was_empty && loop->wake_fd >= 0) {
		uint64_t one = 1;
		ssize_t n = write(loop->wake_fd, &one, sizeof one);

		(void)n; /* fails only when the counter is full: the loop is awake then */
	}
	pthread_mutex_unlock(&loop->lock);
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	uint64_t count;
	ssize_t n;

	(void)what;
	MAGIC_CHECK(loop, LOOP_MAGIC);
	n = read(fd, &count, sizeof count); /* before the batch is taken, or a wake-up could be lost */
	(void)n;
	run_post_batch(loop);
}

/* --- timers --- */

static void set_alarm(struct loop *loop)
{
	const struct timerheap_entry *top = timerheap_top(&loop->timers);
	int64_t at = top ? top->at : NEVER;
	int64_t now, left;
	struct timeval tv = {0};

	/* An alarm that is too early costs one empty turn; moving it back each time would cost more. */
	if (loop->base == NULL || loop->turn_at != NOT_IN_A_TURN || at >= loop->alarm_at)
		return;
	now = clock_mono(loop->clock);
	left = at > now ? at - now : 0;
	/* Rounded up to the microsecond, or the alarm would go off before the timer is due. */
	tv.tv_sec = (time_t)(left / INT64_C(1000000000));
	tv.tv_usec = (suseconds_t)((left % INT64_C(1000000000) + 999) / 1000);
	if (tv.tv_usec == 1000000) {
		tv.tv_sec++;
		tv.tv_usec = 0;
	}
	if (event_add(loop->alarm, &tv) != 0)
		loop_die("alarm");
	loop->alarm_at = at;
}

static void fire_top(struct loop *loop)
{
	struct loop_timer *timer = timerheap_top(&loop->timers)->timer;

	timerheap_remove(&loop->timers, timer);
	timer->fired(timer->arg);
}

/* Fires what was due and armed when the turn began, `most` timers at most. What callbacks
 * arm for the past is put at turn_at, behind all of these, and waits for the next turn. */
static void fire_due(struct loop *loop, unsigned most)
{
	uint64_t first_new = loop->timers.seq;

	loop->turn_at = clock_mono(loop->clock);
	for (unsigned i = 0; i < most && !loop->stopping; i++) {
		const struct timerheap_entry *top = timerheap_top(&loop->timers);

		if (top == NULL || top->at > loop->turn_at || top->seq >= first_new)
			break;
		fire_top(loop);
	}
	loop->turn_at = NOT_IN_A_TURN;
}

static void on_alarm(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;

	(void)fd;
	(void)what;
	MAGIC_CHECK(loop, LOOP_MAGIC);
	loop->alarm_at = NEVER;
	fire_due(loop, TIMERS_PER_TURN);
	set_alarm(loop);
}

void loop_timer_init(struct loop_timer *timer, void (*fired)(void *arg), void *arg)
{
	*timer = (struct loop_timer){.fired = fired, .arg = arg};
}

void loop_timer_at(struct loop *loop, struct loop_timer *timer, int64_t at)
{
	MAGIC_CHECK(loop, LOOP_MAGIC);
	timer->at = at;
	timerheap_set(&loop->timers, timer, at > loop->turn_at ? at : loop->turn_at);
	set_alarm(loop);
}

void loop_timer_in(struct loop *loop, struct loop_timer *timer, int64_t ns)
{
	int64_t at;

	MAGIC_CHECK(loop, LOOP_MAGIC);
	if (__builtin_add_overflow(clock_mono(loop->clock), ns, &at))
		at = ns > 0 ? INT64_MAX : INT64_MIN;
	loop_timer_at(loop, timer, at);
}

void loop_timer_stop(struct loop *loop, struct loop_timer *timer)
{
	MAGIC_CHECK(loop, LOOP_MAGIC);
	timerheap_remove(&loop->timers, timer);
}

/* --- descriptors and signals --- */

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_watch *watch = arg;

	(void)fd;
	(void)what;
	MAGIC_CHECK(watch, WATCH_MAGIC);
	watch->ready(watch->arg);
}

static struct loop_watch *watch_new(
    struct loop *loop, int fd, short what, void (*ready)(void *arg), void *arg)
{
	struct loop_watch *watch;

	MAGIC_CHECK(loop, LOOP_MAGIC);
	if (loop->base == NULL)
		return NULL; /* a virtual loop has no descriptors */
	watch = mem_alloc(sizeof *watch);
	watch->magic = WATCH_MAGIC;
	watch->ready = ready;
	watch->arg = arg;
	watch->event = event_new(loop->base, fd, (short)(what | EV_PERSIST), on_ready, watch);
	if (watch->event == NULL || event_add(watch->event, NULL) != 0)
		loop_die("watch");
	return watch;
}

struct loop_watch *loop_watch_read(struct loop *loop, int fd, void (*ready)(void *arg), void *arg)
{
	return watch_new(loop, fd, EV_READ, ready, arg);
}

struct loop_watch *loop_watch_write(struct loop *loop, int fd, void (*ready)(void *arg), void *arg)
{
	return watch_new(loop, fd, EV_WRITE, ready, arg);
}

void loop_watch_free(struct loop_watch *watch)
{
	if (watch == NULL)
		return;
	MAGIC_CHECK(watch, WATCH_MAGIC);
	event_free(watch->event);
	watch->magic = 0;
	free(watch);
}

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
	const struct got_signal *sig = arg;

	(void)what;
	sig->got((int)signo, sig->arg);
}

void loop_signal(struct loop *loop, int signo, void (*got)(int signo, void *arg), void *arg)
{
	struct got_signal *sig;

	MAGIC_CHECK(loop, LOOP_MAGIC);
	if (loop->base == NULL)
		return;
	sig = mem_alloc(sizeof *sig);
	sig->got = got;
	sig->arg = arg;
	sig->event = evsignal_new(loop->base, signo, on_signal, sig);
	if (sig->event == NULL || event_add(sig->event, NULL) != 0)
		loop_die("signal");
	vec_push(&loop->signals, sig);
}

/* --- life --- */

static struct loop *new_common(const struct clock *clock)
{
	struct loop *loop = mem_alloc(sizeof *loop);

	loop->magic = LOOP_MAGIC;
	loop->clock = clock;
	loop->turn_at = NOT_IN_A_TURN;
	loop->alarm_at = NEVER;
	loop->wake_fd = -1;
	pthread_mutex_init(&loop->lock, NULL);
	return loop;
}

struct loop *loop_new(const struct clock *clock)
{
	struct loop *loop = new_common(clock);
	struct event_config *config = event_config_new();

	event_set_log_callback(on_library_message);
	/* The precise timer is a timerfd: epoll alone rounds to the millisecond. The cached time
	 * would be as old as the callback under way, and alarms early by that much. */
	if (config == NULL ||
	    event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER | EVENT_BASE_FLAG_NO_CACHE_TIME) != 0)
		loop_die("config");
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	if (loop->base == NULL)
		loop_die("base");
	loop->alarm = evtimer_new(loop->base, on_alarm, loop);
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (loop->alarm == NULL || loop->wake_fd < 0)
		loop_die("wake");
	loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
	if (loop->wake == NULL || event_add(loop->wake, NULL) != 0)
		loop_die("wake");
	return loop;
}

struct loop *loop_new_virtual(struct clock_virtual *clock)
{
	struct loop *loop = new_common(&clock->clock);

	loop->virtual = clock;
	return loop;
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	MAGIC_CHECK(loop, LOOP_MAGIC);
	while (any_posted(loop))
		run_post_batch(loop);
	for (size_t i = 0; i < loop->signals.n; i++) {
		event_free(loop->signals.v[i]->event);
		free(loop->signals.v[i]);
	}
	vec_fini(&loop->signals);
	if (loop->base) {
		event_free(loop->wake);
		event_free(loop->alarm);
		event_base_free(loop->base);
		close(loop->wake_fd);
	}
	timerheap_fini(&loop->timers);
	vec_fini(&loop->posted);
	vec_fini(&loop->running);
	pthread_mutex_destroy(&loop->lock);
	loop->magic = 0;
	free(loop);
}

struct event_base *loop_event_base(struct loop *loop)
{
	MAGIC_CHECK(loop, LOOP_MAGIC);
	return loop->base;
}

const struct clock *loop_clock(const struct loop *loop)
{
	return loop->clock;
}

int64_t loop_now(const struct loop *loop)
{
	return clock_mono(loop->clock);
}

/* --- running --- */

void loop_run(struct loop *loop)
{
	MAGIC_CHECK(loop, LOOP_MAGIC);
	if (loop->base == NULL)
		return;
	loop->stopping = false;
	set_alarm(loop);
	if (event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
		loop_die("run");
}

void loop_stop(struct loop *loop)
{
	MAGIC_CHECK(loop, LOOP_MAGIC);
	loop->stopping = true;
	if (loop->base)
		event_base_loopbreak(loop->base);
}

static void move_clock(struct loop *loop, int64_t mono)
{
	if (mono > loop->virtual->mono)
		clock_virtual_advance(loop->virtual, mono - loop->virtual->mono);
}

void loop_run_until(struct loop *loop, int64_t mono)
{
	MAGIC_CHECK(loop, LOOP_MAGIC);
	if (loop->virtual == NULL)
		return;
	loop->stopping = false;
	while (!loop->stopping) {
		const struct timerheap_entry *top = timerheap_top(&loop->timers);

		if (any_posted(loop)) {
			run_post_batch(loop);
		} else if (top && top->at <= mono) {
			move_clock(loop, top->at);
			fire_due(loop, 1); /* one: what it posts runs before the next timer */
		} else {
			move_clock(loop, mono);
			break;
		}
	}
}
