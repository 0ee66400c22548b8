/* rollcall: the command line for people and scripts. */
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "ctl/command.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>

static const struct {
	const char *name;
	command_fn *run;
} commands[] = {{"status", command_status}, {"show", command_show}, {"probe", command_probe},
    {"graph", command_graph}, {"stats", command_stats}, {"flush", command_flush}, {"check", command_check},
    {"events", command_events}, {"silence", command_silence}, {"ack", command_ack},
    {"reload", command_reload}, {"rename", command_rename}, {"discover", command_discover},
    {"import", command_import}, {"report", command_report}, {"top", command_top}, {"record", command_record},
    {"play", command_play}, {"lint", command_lint}};

/* Named in the plan, and people will try them. */
static const char *const later[] = {"explain", "replay", "watch", "doctor"};

static void no_such_command(const char *name)
{
	const char *names[ARRAY_LEN(commands)], *nearest;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		names[i] = commands[i].name;
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		if (str_equal(later[i], name)) {
			fprintf(stderr, "rollcall: '%s' is not part of this version; see 'rollcall --help'\n",
			    name);
			return;
		}
	}
	nearest = str_nearest(name, names, ARRAY_LEN(commands));
	if (nearest != NULL)
		fprintf(stderr, "rollcall: there is no command '%s'; did you mean '%s'?\n", name, nearest);
	else
		fprintf(stderr, "rollcall: there is no command '%s'; see 'rollcall --help'\n", name);
}

static command_fn *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (str_equal(commands[i].name, name))
			return commands[i].run;
	no_such_command(name);
	return NULL;
}

int main(int argc, char **argv)
{
	struct invocation invocation;
	command_fn *run;
	int status;

	setlocale(LC_TIME, "");
	signal(SIGPIPE, SIG_IGN);
	log_set_level(LOG_LEVEL_ERROR);
	if (invocation_read(argc, argv, &invocation, &status)) {
		run = find(invocation.command);
		status = run != NULL ? run(&invocation) : EXIT_USAGE;
	}
	invocation_fini(&invocation);
	if (fflush(stdout) != 0 && status == EXIT_FINE)
		status = EXIT_USAGE;
	return status;
}
