#include "base/mem.h"
#include "base/str.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"
#include "daemon/archive.h"
#include "views/graph.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRAPH_SPAN_DEFAULT (24 * 3600)

extern char **environ;

/* What to draw: a file, the table it belongs to and one of that table's graphs. */
struct subject {
	const struct archive_file *file;
	const struct table *table;
	const struct graph *graph;
};

/* The table as a profile has it that knows how to draw it. */
static const struct table *table_with_graphs(const struct inventory *inventory, const char *name)
{
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		const struct table *table = profile_table(inventory->profiles[i], name);

		if (table != NULL && table->n_graphs > 0)
			return table;
	}
	return NULL;
}

static const struct graph *graph_named(const struct table *table, const char *name)
{
	if (table == NULL)
		return NULL;
	if (name == NULL)
		return &table->graphs[0];
	for (size_t i = 0; i < table->n_graphs; i++)
		if (str_equal(table->graphs[i].name, name))
			return &table->graphs[i];
	return NULL;
}

/* "eth0", "interfaces/eth0", or for scalars "cpu". */
static bool file_is(const struct archive_file *file, const char *row)
{
	size_t len = strlen(file->table);

	if (file->key == NULL)
		return str_equal(file->table, row);
	return str_equal(file->key, row) || (strncmp(row, file->table, len) == 0 && row[len] == '/' &&
						str_equal(file->key, row + len + 1));
}

/* With no row named: the processor's load says most about a server, the first port about a switch. */
static bool is_default(const struct archive_file *file, const char *wanted)
{
	return str_equal(file->table, wanted);
}

static bool find_subject(const struct invocation *invocation, const struct inventory *inventory,
    const struct archive_list *files, struct subject *subject)
{
	static const char *const defaults[] = {"cpu", "interfaces"};
	const char *row = invocation->n_args > 1 ? invocation->args[1] : NULL;
	size_t rounds = row != NULL ? 1 : ARRAY_LEN(defaults);

	for (size_t round = 0; round < rounds; round++) {
		for (size_t i = 0; i < files->n; i++) {
			const struct archive_file *file = &files->v[i];

			if (row != NULL ? !file_is(file, row) : !is_default(file, defaults[round]))
				continue;
			subject->file = file;
			subject->table = table_with_graphs(inventory, file->table);
			subject->graph = graph_named(subject->table, invocation->graph);
			if (subject->graph != NULL)
				return true;
		}
	}
	return false;
}

static void list_graphs(const struct inventory *inventory, const struct archive_list *files, FILE *out)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct archive_file *file = &files->v[i];
		const struct table *table = table_with_graphs(inventory, file->table);

		if (table == NULL)
			continue;
		fprintf(out, "%s%s%s ", file->table, file->key != NULL ? "/" : "",
		    file->key != NULL ? file->key : "");
		for (size_t j = 0; j < table->n_graphs; j++)
			fprintf(out, " %s", table->graphs[j].name);
		fputc('\n', out);
	}
}

static int explain_missing(
    const struct invocation *invocation, const struct inventory *inventory, const struct archive_list *files)
{
	if (invocation->n_args > 1)
		invocation_mistake(invocation,
		    "nothing of %s can be drawn as '%s'%s%s; there is:", invocation->args[0],
		    invocation->args[1], invocation->graph ? " with the graph " : "",
		    invocation->graph ? invocation->graph : "");
	else
		invocation_mistake(invocation, "name a row to draw; of %s there is:", invocation->args[0]);
	list_graphs(inventory, files, stderr);
	return EXIT_USAGE;
}

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

static struct context ask_context(const struct invocation *invocation, const struct subject *subject)
{
	char *path = client_path("/api/v1/devices/", invocation->args[0]);
	json_t *show = client_try(invocation, path), *rows, *row;
	struct context context = {0};
	size_t i;

	rows = json_object_get(json_object_get(show, "tables"), subject->file->table);
	json_array_foreach(rows, i, row)
	{
		if (subject->file->key == NULL ||
		    str_equal(json_string_value(json_object_get(row, "key")), subject->file->key)) {
			read_context(row, &context);
			break;
		}
	}
	json_decref(show);
	free(path);
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

/* rrdtool prints the size of the picture: not for us. Its errors go where ours go. */
static int draw(char *const *argv)
{
	posix_spawn_file_actions_t actions;
	int status, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error != 0) {
		fprintf(stderr,
		    "rollcall: graph: cannot run rrdtool (%s); install Debian's package rrdtool\n",
		    strerror(error));
		return EXIT_USAGE;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_USAGE;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EXIT_FINE : EXIT_USAGE;
}

static int draw_subject(
    const struct invocation *invocation, const struct settings *settings, const struct subject *subject)
{
	struct context context = ask_context(invocation, subject);
	char *error = NULL, **argv;
	int64_t end = invocation->to > 0 ? invocation->to : (int64_t)time(NULL);
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
	    .width = invocation->width,
	    .height = invocation->height,
	    .dark = invocation->dark};
	int status;

	if (request.start >= request.end) {
		free(context.alias);
		return invocation_mistake(invocation, "--from must lie before --to");
	}
	argv = graph_argv(&request, &error);
	if (argv == NULL) {
		status = invocation_mistake(invocation, "%s", error);
	} else if (invocation->print_command) {
		print_command(argv);
		status = EXIT_FINE;
	} else {
		status = draw(argv);
	}
	graph_argv_free(argv);
	free(error);
	free(context.alias);
	return status;
}

static int graph_device(const struct invocation *invocation, const struct inventory *inventory)
{
	struct archive_list files = {0};
	struct subject subject;
	enum err err;
	char *path;
	int status;

	path = client_path("/api/v1/flush?device=", invocation->args[0]);
	client_post(invocation, path, true);
	free(path);
	err = archive_list_device(inventory->settings.state, invocation->args[0], &files);
	if (err != ERR_OK) {
		status = invocation_mistake(invocation, "nothing is stored for %s below %s (%s)",
		    invocation->args[0], inventory->settings.state, err_text(err));
	} else if (invocation->list) {
		list_graphs(inventory, &files, stdout);
		status = EXIT_FINE;
	} else if (!find_subject(invocation, inventory, &files, &subject)) {
		status = explain_missing(invocation, inventory, &files);
	} else {
		status = draw_subject(invocation, &inventory->settings, &subject);
	}
	archive_list_fini(&files);
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
