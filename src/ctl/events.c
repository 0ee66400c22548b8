#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"
#include "views/jsonvalue.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define EVENTS_SHOWN   "100"   /* the last ones, without --since */
#define EVENTS_SINCE   "10000" /* with it */
#define EVENTS_BEFORE  "10"    /* those that come first with --follow */
#define FOLLOW_EVERY_S 1

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

/* Those after `last`; 0 = there was none yet. */
static char *next_path(const struct invocation *invocation, int64_t last, int64_t began)
{
	struct str path = {0};

	str_add(&path, "/api/v1/events");
	add_filter(&path, invocation);
	if (last > 0)
		add_number(&path, "after", last);
	else
		add_number(&path, "since", began);
	client_add(&path, "limit", EVENTS_SINCE);
	return str_steal(&path);
}

/* Each event on a line of its own. The id of the last one, or `last`. */
static int64_t print_lines(const struct invocation *invocation, const json_t *answer, int64_t last)
{
	struct text_style style = setup_style(invocation);
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(answer, "events"), i, event)
	{
		struct str line = {0};

		last = json_integer_value(json_object_get(event, "id"));
		if (invocation->json) {
			json_dumpf(event, stdout, JSONVALUE_WRITTEN);
			putchar('\n');
		} else {
			text_event_line(&line, event, &style);
			fputs(str_text(&line), stdout);
		}
		str_fini(&line);
	}
	return last;
}

/* Until it is interrupted, or nobody reads. A daemon that is started anew is waited for. */
static int follow(const struct invocation *invocation)
{
	const struct timespec pause = {.tv_sec = FOLLOW_EVERY_S};
	int64_t began = clock_wall(clock_real()) / UNITS_SEC, last = 0;
	char *path = begin_path(invocation, EVENTS_BEFORE);
	int status = EXIT_FINE;
	json_t *answer = client_get(invocation, path, &status);
	bool told = false;

	free(path);
	if (answer == NULL)
		return status;
	do {
		last = print_lines(invocation, answer, last);
		if (answer == NULL && !told)
			fputs("rollcall: the daemon does not answer; waiting for it\n", stderr);
		told = answer == NULL;
		json_decref(answer);
		if (fflush(stdout) != 0)
			return EXIT_FINE;
		nanosleep(&pause, NULL);
		path = next_path(invocation, last, began);
		answer = client_try(invocation, path);
		free(path);
	} while (!ferror(stdout));
	json_decref(answer);
	return EXIT_FINE;
}

int command_events(const struct invocation *invocation)
{
	int status = EXIT_FINE;
	json_t *json;
	char *path;

	if (invocation->n_args > 0)
		return invocation_mistake(invocation, "takes no arguments; name a device with --device");
	if (invocation->follow)
		return follow(invocation);
	path = begin_path(invocation, EVENTS_SHOWN);
	json = client_get(invocation, path, &status);
	free(path);
	if (json == NULL)
		return status;
	setup_print(invocation, json, text_events);
	json_decref(json);
	return status;
}
