#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/screen.h"
#include "ctl/setup.h"
#include "daemon/ranking.h"
#include "model/busy.h"

#include <stdio.h>
#include <stdlib.h>

#define EVERY	     (2 * UNITS_SEC) /* unless --interval says otherwise */
#define EVERY_MIN    (200 * UNITS_MS)
#define LINES_BESIDE 4 /* headline (which may be wrapped), heads, foot */
#define FOOT	     "q ends"
#define SILENT	     "rollcalld does not answer; waiting for it. q ends"

static char *path_of(const struct invocation *invocation, unsigned n)
{
	struct str path = {0};
	char number[16];

	snprintf(number, sizeof number, "%u", n);
	str_add(&path, "/api/v1/top");
	client_add(&path, "class", invocation->n_args > 0 ? invocation->args[0] : NULL);
	client_add(&path, "by", invocation->by);
	client_add(&path, "tag", invocation->tag);
	client_add(&path, "device", invocation->device);
	client_add(&path, "n", number);
	return str_steal(&path);
}

/* -n is the number of whatever a command counts. */
static unsigned rows_wanted(const struct invocation *invocation)
{
	return invocation->cycles > 0 ? invocation->cycles : invocation->top;
}

static int print_once(const struct invocation *invocation)
{
	char *path =
	    path_of(invocation, rows_wanted(invocation) > 0 ? rows_wanted(invocation) : RANKING_DEFAULT);
	int status = EXIT_FINE;
	json_t *top = client_get(invocation, path, &status);

	free(path);
	if (top == NULL)
		return status;
	setup_print(invocation, top, text_top);
	json_decref(top);
	return EXIT_FINE;
}

/* As many rows as there is room for, unless fewer were asked for. */
static unsigned rows_that_fit(const struct invocation *invocation)
{
	unsigned rows = screen_rows(), fit = rows > LINES_BESIDE ? rows - LINES_BESIDE : 1;

	if (rows_wanted(invocation) > 0 && rows_wanted(invocation) < fit)
		return rows_wanted(invocation);
	return fit < RANKING_MAX ? fit : RANKING_MAX;
}

/* What is shown stays when the daemon falls silent, and says so. */
static void draw(const struct invocation *invocation, struct str *shown)
{
	char *path = path_of(invocation, rows_that_fit(invocation));
	json_t *top = client_try(invocation, path);
	struct text_style style = setup_style(invocation);
	struct str text = {0};

	free(path);
	if (top != NULL) {
		str_clear(shown);
		text_top(shown, top, &style);
	}
	str_addf(&text, "%s%s", str_text(shown), top != NULL ? FOOT : SILENT);
	screen_draw(str_text(&text));
	str_fini(&text);
	json_decref(top);
}

/* The first answer is fetched before the screen is taken, so that a mistake is told where it stays. */
static int live(const struct invocation *given)
{
	struct invocation invocation = *given;
	struct screen screen = {.signals = -1};
	int status = EXIT_FINE;
	int64_t every = given->every > 0 ? given->every : EVERY;
	char *run = NULL, *path;
	struct str shown = {0};
	json_t *top;

	if (invocation.socket == NULL) {
		/* Found once: the configuration is not read again for each picture. */
		invocation.socket = run = setup_run_folder(given, &status);
		if (run == NULL)
			return status;
	}
	path = path_of(&invocation, rows_that_fit(&invocation));
	top = client_get(&invocation, path, &status);
	free(path);
	if (top != NULL && !screen_open(&screen)) {
		status = print_once(&invocation);
	} else if (top != NULL) {
		do {
			draw(&invocation, &shown);
		} while (screen_wait(&screen, every));
		screen_close(&screen);
	}
	json_decref(top);
	str_fini(&shown);
	free(run);
	return status;
}

int command_top(const struct invocation *invocation)
{
	enum busy_class class;

	if (invocation->n_args > 1)
		return invocation_mistake(
		    invocation, "one class at a time; --device and --tag choose devices");
	if (invocation->n_args == 1 && !busy_parse(invocation->args[0], &class))
		return invocation_mistake(invocation,
		    "there is no class '%s'; expected traffic, utilisation, errors, cpu, memory or storage",
		    invocation->args[0]);
	if (invocation->every > 0 && invocation->every < EVERY_MIN)
		return invocation_mistake(invocation, "--interval: at least 200ms");
	if (rows_wanted(invocation) > RANKING_MAX)
		return invocation_mistake(
		    invocation, "-n %u: at most %d", rows_wanted(invocation), RANKING_MAX);
	if (invocation->json || invocation->once || !screen_is_there())
		return print_once(invocation);
	return live(invocation);
}
