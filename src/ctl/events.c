#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"
#include "views/jsonvalue.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EVENTS_SHOWN	"100"	/* the last ones, without --since */
#define EVENTS_SINCE	"10000" /* with it */
#define EVENTS_BEFORE	"10"	/* those that come first with --follow */
#define FOLLOW_EVERY_MS 1000

static void add_filter(struct str *path, const struct invocation *invocation)
{
	client_add(path, "device", invocation->device);
	client_add(path, "rule", invocation->rule);
	client_add(path, "object", invocation->row);
	client_add(path, "severity", invocation->severity);
}

static void add_number(struct str *path, const char *name, int64_t number)
{
	char *text = str_format("%" PRId64, number);

	client_add(path, name, text);
	free(text);
}

/* The first question. */
static char *begin_path(const struct invocation *invocation, const char *most)
{
	struct str path = {0};

	str_add(&path, "/api/v1/events");
	add_filter(&path, invocation);
	if (invocation->since > 0)
		add_number(&path, "since", invocation->since);
	client_add(&path, "limit", invocation->since > 0 ? EVENTS_SINCE : most);
	return str_steal(&path);
}

/* The last event that was printed. */
struct followed {
	int64_t id; /* 0 = none yet */
	double time;
};

static bool is_it(const json_t *event, const struct followed *last)
{
	return json_integer_value(json_object_get(event, "id")) == last->id &&
	       json_number_value(json_object_get(event, "time")) == last->time;
}

/* The last one again, and those after it: if it is not there, the log has been begun anew (it was damaged, or
 * deleted), and its numbers too. */
static char *next_path(const struct invocation *invocation, const struct followed *last, bool by_time)
{
	struct str path = {0};

	str_add(&path, "/api/v1/events");
	add_filter(&path, invocation);
	if (by_time)
		add_number(&path, "since", (int64_t)last->time);
	else
		add_number(&path, "after", last->id - 1);
	client_add(&path, "limit", EVENTS_SINCE);
	return str_steal(&path);
}

static void print_line(
    const struct invocation *invocation, const json_t *event, const struct text_style *style)
{
	struct str line = {0};

	if (invocation->json) {
		json_dumpf(event, stdout, JSONVALUE_WRITTEN);
		putchar('\n');
	} else {
		text_event_line(&line, event, style);
		fputs(str_text(&line), stdout);
	}
	str_fini(&line);
}

/* Each event on a line of its own, but for those up to `last`, which moves on. */
static void print_lines(
    const struct invocation *invocation, const json_t *answer, bool by_time, struct followed *last)
{
	const struct text_style style = setup_style(invocation);
	const struct followed before = *last;
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(answer, "events"), i, event)
	{
		double time = json_number_value(json_object_get(event, "time"));

		if (is_it(event, &before) || (by_time && time <= before.time))
			continue;
		print_line(invocation, event, &style);
		*last = (struct followed){json_integer_value(json_object_get(event, "id")), time};
	}
}

/* What has come since `last`; false when the daemon does not answer. */
static bool print_next(const struct invocation *invocation, struct followed *last)
{
	bool by_time = last->id == 0;
	char *path = next_path(invocation, last, by_time);
	json_t *answer = client_try(invocation, path);

	free(path);
	if (answer != NULL && !by_time &&
	    !is_it(json_array_get(json_object_get(answer, "events"), 0), last)) {
		by_time = true;
		path = next_path(invocation, last, by_time);
		json_decref(answer);
		answer = client_try(invocation, path);
		free(path);
	}
	print_lines(invocation, answer, by_time, last);
	json_decref(answer);
	return answer != NULL;
}

/* A while, or until nobody reads what is printed: false. */
static bool pause_while_read(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};

	if (fflush(stdout) != 0 || ferror(stdout))
		return false;
	return poll(&out, 1, FOLLOW_EVERY_MS) <= 0 || !(out.revents & (POLLERR | POLLNVAL));
}

/* Until it is interrupted, or nobody reads. A daemon that is started anew is waited for. */
static int follow(const struct invocation *invocation)
{
	struct followed last = {.time = (double)(clock_wall(clock_real()) / UNITS_SEC)};
	char *path = begin_path(invocation, EVENTS_BEFORE);
	int status = EXIT_FINE;
	json_t *answer = client_get(invocation, path, &status);
	bool answers = true;

	free(path);
	if (answer == NULL)
		return status;
	print_lines(invocation, answer, false, &last);
	json_decref(answer);
	while (pause_while_read()) {
		bool answered = answers;

		answers = print_next(invocation, &last);
		if (answered && !answers)
			fputs("rollcall: the daemon does not answer; waiting for it\n", stderr);
	}
	return EXIT_FINE;
}

static int print_events(const struct invocation *invocation, const char *path)
{
	int status = EXIT_FINE;
	json_t *json = client_get(invocation, path, &status);

	if (json == NULL)
		return status;
	setup_print(invocation, json, text_events);
	json_decref(json);
	return status;
}

int command_events(const struct invocation *invocation)
{
	int status;
	char *path;

	if (invocation->n_args > 0)
		return invocation_mistake(invocation, "takes no arguments; name a device with --device");
	if (invocation->follow)
		return follow(invocation);
	path = begin_path(invocation, EVENTS_SHOWN);
	status = invocation->json ? client_copy(invocation, path) : print_events(invocation, path);
	free(path);
	return status;
}
