#include "notify/hook.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/throttle.h"
#include "base/units.h"
#include "notify/output.h"
#include "notify/spawn.h"
#include "notify/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOOK_MAGIC  0x686f6f6bu
#define HOOK_KILLED UNITS_SEC /* that the kernel gets to end what was killed */

/* A program under way. */
struct hook_process {
	struct hook *hook;
	pid_t pid; /* also of its group; 0 = free */
	int fd;	   /* pidfd */
	struct loop_watch *watch;
	struct output *output;
	struct loop_timer limit;
	bool late;
};

struct hook {
	unsigned magic;
	struct loop *loop;
	char **words;
	size_t n_words;
	int64_t timeout;
	struct hook_process processes[HOOK_AT_ONCE];
	struct event *waiting[HOOK_WAITING_MAX]; /* oldest first */
	size_t n_waiting;
	struct summary summary; /* while there is one, all that comes goes in there */
	struct throttle trouble;
	struct hook_stats stats;
};

const char *hook_field_name(enum hook_field field)
{
	static const char *const names[HOOK_FIELD_COUNT] = {"ROLLCALL_DEVICE", "ROLLCALL_OBJECT",
	    "ROLLCALL_RULE", "ROLLCALL_KIND", "ROLLCALL_SEVERITY", "ROLLCALL_TEXT", "ROLLCALL_VALUE",
	    "ROLLCALL_TIME", "ROLLCALL_ID"};

	return names[field];
}

static const char *program(const struct hook *hook)
{
	return hook->n_words > 0 ? hook->words[0] : "(none)";
}

static void failed(struct hook *hook, const char *why)
{
	hook->stats.failed++;
	if (throttle_fail(&hook->trouble, loop_now(hook->loop)))
		log_error("on_event fails", "program=\"%s\" err=\"%s\"", program(hook), why);
}

static void succeeded(struct hook *hook)
{
	uint64_t count;
	int64_t duration;
	char text[UNITS_TEXT_MAX];

	if (throttle_ok(&hook->trouble, loop_now(hook->loop), &count, &duration))
		log_warn("on_event works again", "program=\"%s\" failures=%" PRIu64 " within=\"%s\"",
		    program(hook), count, units_duration(text, duration));
}

/* Clean text of bounded length; cut between characters. */
static char *clean(const char *text)
{
	struct str out = {0};
	size_t len = text != NULL ? strnlen(text, HOOK_TEXT_MAX) : 0;

	if (len == HOOK_TEXT_MAX)
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	if (len > 0)
		str_add_utf8(&out, text, len);
	return str_steal(&out);
}

static void fill_fields(char *fields[HOOK_FIELD_COUNT], const struct event *event)
{
	int64_t ms = event->time / UNITS_MS;

	fields[HOOK_DEVICE] = clean(event->device);
	fields[HOOK_OBJECT] = clean(event->object);
	fields[HOOK_RULE] = clean(event->rule);
	fields[HOOK_KIND] = mem_strdup(event_kind_name(event->kind));
	fields[HOOK_SEVERITY] = mem_strdup(severity_name(event->severity));
	fields[HOOK_TEXT] = clean(event->text);
	fields[HOOK_VALUE] = isfinite(event->value) ? str_format("%.12g", event->value) : mem_strdup("");
	fields[HOOK_TIME] = str_format("%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
	fields[HOOK_ID] = str_format("%" PRId64, event->id);
}

static void start_waiting(struct hook *hook);

static void release(struct hook_process *process)
{
	loop_timer_stop(process->hook->loop, &process->limit);
	loop_watch_free(process->watch);
	process->watch = NULL;
	output_free(process->output);
	process->output = NULL;
	close(process->fd);
	process->pid = 0;
	process->hook->stats.running--;
}

static void judge(struct hook *hook, const struct hook_process *process, int status)
{
	char *why = NULL;

	if (process->late)
		why = mem_strdup("it was killed: it had not ended in time");
	else if (WIFSIGNALED(status))
		why = str_format("killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		why = str_format("exit status %d", WEXITSTATUS(status));
	if (why != NULL)
		failed(hook, why);
	else
		succeeded(hook);
	free(why);
}

static void ended(void *arg)
{
	struct hook_process *process = arg;
	struct hook *hook = process->hook;
	int status = 0;

	MAGIC_CHECK(hook, HOOK_MAGIC);
	if (waitpid(process->pid, &status, WNOHANG) == 0)
		return;
	judge(hook, process, status);
	release(process);
	start_waiting(hook);
}

/* The program by itself too: it may have left its group. */
static void kill_all(const struct hook_process *process)
{
	kill(-process->pid, SIGKILL);
	kill(process->pid, SIGKILL);
}

static void too_late(void *arg)
{
	struct hook_process *process = arg;

	MAGIC_CHECK(process->hook, HOOK_MAGIC);
	process->late = true;
	process->hook->stats.timeouts++;
	kill_all(process);
}

static struct hook_process *free_process(struct hook *hook)
{
	for (size_t i = 0; i < HOOK_AT_ONCE; i++)
		if (hook->processes[i].pid == 0)
			return &hook->processes[i];
	return NULL;
}

static void watch(struct hook *hook, struct hook_process *process, int rc, int out)
{
	hook->stats.runs++;
	process->late = false;
	if (rc != 0) {
		process->pid = 0;
		failed(hook, strerror(rc));
		return;
	}
	hook->stats.running++;
	process->watch = loop_watch_read(hook->loop, process->fd, ended, process);
	process->output = output_new(hook->loop, out, program(hook));
	loop_timer_in(hook->loop, &process->limit, hook->timeout);
}

static void start(struct hook *hook, struct hook_process *process, const struct event *event)
{
	char *fields[HOOK_FIELD_COUNT], **argv, *env[HOOK_FIELD_COUNT + 3] = {NULL};
	int out = -1, rc;

	fill_fields(fields, event);
	argv = mem_calloc(hook->n_words + HOOK_FIELD_COUNT + 1, sizeof *argv);
	memcpy(argv, hook->words, hook->n_words * sizeof *argv);
	memcpy(&argv[hook->n_words], fields, sizeof fields);
	for (int i = 0; i < HOOK_FIELD_COUNT; i++)
		env[i] = str_format("%s=%s", hook_field_name((enum hook_field)i), fields[i]);
	env[HOOK_FIELD_COUNT] = mem_strdup("PATH=" SPAWN_PATH);
	env[HOOK_FIELD_COUNT + 1] = mem_strdup("LANG=C.UTF-8");
	rc = spawn_group(argv, env, &process->pid, &process->fd, &out);
	watch(hook, process, rc, out);
	for (int i = 0; i < HOOK_FIELD_COUNT; i++)
		free(fields[i]);
	for (char **at = env; *at != NULL; at++)
		free(*at);
	free(argv);
}

static struct event *take_oldest(struct hook *hook)
{
	struct event *event = hook->waiting[0];

	hook->n_waiting--;
	memmove(hook->waiting, &hook->waiting[1], hook->n_waiting * sizeof(struct event *));
	return event;
}

static void start_waiting(struct hook *hook)
{
	struct hook_process *process;

	while ((process = free_process(hook)) != NULL) {
		if (hook->summary.n > 0) { /* nothing waits while there is one */
			struct event event = summary_event(&hook->summary);

			hook->stats.summarised += hook->summary.n;
			start(hook, process, &event);
			summary_clear(&hook->summary);
		} else if (hook->n_waiting > 0) {
			struct event *event = take_oldest(hook);

			start(hook, process, event);
			free(event);
		} else {
			return;
		}
	}
}

static void summarise_waiting(struct hook *hook)
{
	while (hook->n_waiting > 0) {
		struct event *event = take_oldest(hook);

		summary_add(&hook->summary, event);
		free(event);
	}
}

void hook_run(struct hook *hook, const struct event *event)
{
	MAGIC_CHECK(hook, HOOK_MAGIC);
	if (hook->n_words == 0)
		return;
	if (hook->n_waiting == HOOK_WAITING_MAX)
		summarise_waiting(hook);
	if (hook->summary.n > 0)
		summary_add(&hook->summary, event);
	else
		hook->waiting[hook->n_waiting++] = event_dup(event);
	start_waiting(hook);
}

static void forget_waiting(struct hook *hook)
{
	uint64_t given_up = hook->n_waiting + hook->summary.n;

	if (given_up > 0)
		log_warn("on_event is not called for what waits", "events=%" PRIu64, given_up);
	while (hook->n_waiting > 0)
		free(take_oldest(hook));
	summary_clear(&hook->summary);
}

static void forget_program(struct hook *hook)
{
	for (size_t i = 0; i < hook->n_words; i++)
		free(hook->words[i]);
	free(hook->words);
	hook->words = NULL;
	hook->n_words = 0;
}

void hook_set_program(struct hook *hook, char *const *words, size_t n)
{
	MAGIC_CHECK(hook, HOOK_MAGIC);
	forget_program(hook);
	if (n == 0)
		forget_waiting(hook);
	hook->words = mem_calloc(n + 1, sizeof *hook->words);
	for (size_t i = 0; i < n; i++)
		hook->words[i] = mem_strdup(words[i]);
	hook->n_words = n;
}

struct hook *hook_new(struct loop *loop, char *const *words, size_t n, int64_t timeout)
{
	struct hook *hook = mem_alloc(sizeof *hook);

	hook->magic = HOOK_MAGIC;
	hook->loop = loop;
	hook->timeout = timeout > 0 ? timeout : HOOK_TIMEOUT;
	hook_set_program(hook, words, n);
	for (size_t i = 0; i < HOOK_AT_ONCE; i++) {
		hook->processes[i].hook = hook;
		loop_timer_init(&hook->processes[i].limit, too_late, &hook->processes[i]);
	}
	return hook;
}

static bool has_ended(const struct hook_process *process, int64_t deadline)
{
	struct pollfd ready = {.fd = process->fd, .events = POLLIN};
	int64_t left = (deadline - loop_now(process->hook->loop)) / UNITS_MS;

	while (poll(&ready, 1, left > 0 ? (int)left : 0) < 0 && errno == EINTR)
		continue;
	return (ready.revents & POLLIN) != 0;
}

/* The loop does not turn any more: waits for one process by itself, until `deadline`. */
static void see_off(struct hook_process *process, int64_t deadline)
{
	if (!has_ended(process, deadline)) {
		kill_all(process);
		if (!has_ended(process, loop_now(process->hook->loop) + HOOK_KILLED))
			log_warn("on_event: a program cannot be ended", "pid=%d", (int)process->pid);
	}
	waitpid(process->pid, NULL, WNOHANG);
	release(process);
}

void hook_free(struct hook *hook)
{
	int64_t deadline;

	if (hook == NULL)
		return;
	MAGIC_CHECK(hook, HOOK_MAGIC);
	forget_waiting(hook);
	deadline = loop_now(hook->loop) + HOOK_GRACE;
	for (size_t i = 0; i < HOOK_AT_ONCE; i++)
		if (hook->processes[i].pid != 0)
			see_off(&hook->processes[i], deadline);
	summary_fini(&hook->summary);
	forget_program(hook);
	hook->magic = 0;
	free(hook);
}

void hook_stats(const struct hook *hook, struct hook_stats *stats)
{
	MAGIC_CHECK(hook, HOOK_MAGIC);
	*stats = hook->stats;
	stats->waiting = hook->n_waiting + hook->summary.n;
}
