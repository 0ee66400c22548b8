#include "base/mem.h"
#include "base/str.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/rrdtool.h"
#include "ctl/setup.h"
#include "ctl/subject.h"
#include "views/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define GRAPH_SPAN_DEFAULT (24 * 3600)

/* What the daemon knows of the row, if there is one: what makes a picture easier to read. */
struct context {
	char *alias; /* owned; NULL = none */
	double top;  /* bytes of its largest figure, for the axis; 0 = unknown */
};

static void read_context(const json_t *row, struct context *context)
{
	const json_t *metric;
	const char *name,
	    *alias = json_string_value(json_object_get(json_object_get(row, "tags"), "ifAlias"));

	if (alias != NULL && *alias != '\0')
		context->alias = mem_strdup(alias);
	json_object_foreach(json_object_get(row, "metrics"), name, metric)
	{
		double value = json_number_value(json_object_get(metric, "value"));

		if (str_equal(json_string_value(json_object_get(metric, "unit")), "B") &&
		    value > context->top)
			context->top = value;
	}
}

static struct context context_of(const json_t *show, const struct subject *subject)
{
	const json_t *rows = json_object_get(json_object_get(show, "tables"), subject->file->table), *row;
	struct context context = {0};
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		if (subject->file->key == NULL ||
		    str_equal(json_string_value(json_object_get(row, "key")), subject->file->key)) {
			read_context(row, &context);
			break;
		}
	}
	return context;
}

static bool keeps_maxima(const struct settings *settings)
{
	for (size_t i = 0; i < settings->n_archives; i++)
		if (settings->archives[i].with_max)
			return true;
	return false;
}

static void print_command(char *const *argv)
{
	struct str line = {0};

	for (size_t i = 0; argv[i] != NULL; i++) {
		if (i > 0)
			str_add_char(&line, ' ');
		str_add_shell(&line, argv[i]);
	}
	puts(str_text(&line));
	str_fini(&line);
}

/* Looks first what there is to see: a legend must not print figures of nothing. */
static int draw(const struct invocation *invocation, struct graph_request *request)
{
	struct seen *seen = mem_calloc(request->graph->n_series, sizeof *seen);
	struct str output = {0};
	char *error = NULL, **argv = graph_look_argv(request, &error);
	int status = argv != NULL ? rrdtool_run(argv, &output) : invocation_mistake(invocation, "%s", error);

	graph_argv_free(argv);
	if (status == EXIT_FINE) {
		seen_read(str_text(&output), request->end, seen, request->graph->n_series);
		request->seen = seen;
		argv = graph_argv(request, &error);
		status = argv != NULL ? rrdtool_run(argv, NULL) : invocation_mistake(invocation, "%s", error);
		graph_argv_free(argv);
	}
	request->seen = NULL;
	str_fini(&output);
	free(error);
	free(seen);
	return status;
}

static int print_line(const struct invocation *invocation, const struct graph_request *request)
{
	char *error = NULL, **argv = graph_argv(request, &error);
	int status = EXIT_FINE;

	if (argv != NULL)
		print_command(argv);
	else
		status = invocation_mistake(invocation, "%s", error);
	graph_argv_free(argv);
	free(error);
	return status;
}

static int draw_subject(const struct invocation *invocation, const struct settings *settings,
    const json_t *show, const struct subject *subject)
{
	int64_t now = (int64_t)time(NULL), end = invocation->to > 0 ? invocation->to : now;
	struct context context = context_of(show, subject);
	struct graph_request request = {.table = subject->table,
	    .graph = subject->graph,
	    .file = subject->file->path,
	    .output = invocation->output != NULL ? invocation->output : "graph.png",
	    .device = invocation->args[0],
	    .row = subject->file->key,
	    .subtitle = context.alias,
	    .with_max = keeps_maxima(settings),
	    .top = context.top,
	    .start = invocation->from > 0 ? invocation->from : end - GRAPH_SPAN_DEFAULT,
	    .end = end,
	    .now = now,
	    .width = invocation->width,
	    .height = invocation->height,
	    .dark = invocation->dark};
	int status;

	if (request.start >= request.end)
		status = invocation_mistake(invocation, "--from must lie before --to");
	else if (invocation->print_command)
		status = print_line(invocation, &request);
	else
		status = draw(invocation, &request);
	free(context.alias);
	return status;
}

/* What the daemon says of the device, once its samples are in the files; NULL when there is none. */
static json_t *ask_daemon(const struct invocation *invocation)
{
	char *path = client_path("/api/v1/flush?device=", invocation->args[0]);
	json_t *show;

	client_post(invocation, path, true);
	free(path);
	path = client_path("/api/v1/devices/", invocation->args[0]);
	show = client_try(invocation, path);
	free(path);
	return show;
}

static int graph_device(const struct invocation *invocation, const struct inventory *inventory)
{
	json_t *show = ask_daemon(invocation);
	const char *profile = json_string_value(json_object_get(show, "profile"));
	struct subject_list list = {0};
	struct subject subject;
	int status = subject_list_open(&list, invocation, inventory, profile);

	if (status == EXIT_FINE && invocation->list)
		subject_print(&list, stdout);
	else if (status == EXIT_FINE && !subject_find(&list, invocation, &subject))
		status = EXIT_USAGE;
	else if (status == EXIT_FINE)
		status = draw_subject(invocation, &inventory->settings, show, &subject);
	subject_list_fini(&list);
	json_decref(show);
	return status;
}

int command_graph(const struct invocation *invocation)
{
	struct inventory *inventory;
	int status = EXIT_FINE;

	if (invocation->n_args < 1 || invocation->n_args > 2)
		return invocation_mistake(invocation, "name a device, and perhaps one of its rows");
	if (invocation->output == NULL && !invocation->print_command && !invocation->list)
		return invocation_mistake(
		    invocation, "-o FILE.png or FILE.svg says where to draw (or --command, --list)");
	if (invocation->output != NULL && !str_ends(invocation->output, ".png") &&
	    !str_ends(invocation->output, ".svg"))
		return invocation_mistake(
		    invocation, "-o %s: the name must end in .png or .svg", invocation->output);
	inventory = setup_bare(invocation, &status);
	if (inventory == NULL)
		return status;
	status = graph_device(invocation, inventory);
	inventory_free(inventory);
	return status;
}
