#include "base/str.h"
#include "config/config.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "daemon/rename.h"

#include <stdio.h>
#include <stdlib.h>

static int number(const json_t *answer, const char *name)
{
	return (int)json_integer_value(json_object_get(answer, name));
}

/* Warnings, and what became of the devices. */
static void tell(const json_t *answer)
{
	int added = number(answer, "added"), removed = number(answer, "removed"),
	    changed = number(answer, "changed"), unchanged = number(answer, "unchanged");

	fputs(json_string_value(json_object_get(answer, "messages")), stderr);
	printf("%d device%s: %d added, %d removed, %d changed, %d as before\n", added + changed + unchanged,
	    added + changed + unchanged == 1 ? "" : "s", added, removed, changed, unchanged);
}

int command_reload(const struct invocation *invocation)
{
	int status = EXIT_FINE;
	json_t *answer;

	if (invocation->n_args > 0)
		return invocation_mistake(invocation, "takes no arguments");
	answer = client_operate(invocation, "/api/v1/reload", &status);
	if (answer != NULL)
		tell(answer);
	json_decref(answer);
	return status;
}

/* No daemon answers: the lock on the state directory tells whether there is none. */
static int rename_without(const struct invocation *invocation)
{
	struct config_report report = {0};
	struct inventory *inventory =
	    config_load(&(struct config_options){.file = invocation->config}, &report);
	char *error = NULL;

	fputs(str_text(&report.messages), stderr);
	config_report_fini(&report);
	if (inventory == NULL)
		return EXIT_USAGE;
	error = rename_history(inventory, invocation->args[0], invocation->args[1]);
	inventory_free(inventory);
	if (error == NULL)
		return EXIT_FINE;
	fprintf(stderr, "rollcall: %s\n", error);
	free(error);
	return EXIT_USAGE;
}

static int rename_with(const struct invocation *invocation)
{
	struct str path = {0};
	int status = EXIT_FINE;
	json_t *answer;

	str_add(&path, "/api/v1/rename");
	client_add(&path, "from", invocation->args[0]);
	client_add(&path, "to", invocation->args[1]);
	answer = client_operate(invocation, str_text(&path), &status);
	str_fini(&path);
	if (answer != NULL)
		tell(answer);
	json_decref(answer);
	return status;
}

int command_rename(const struct invocation *invocation)
{
	json_t *there;
	int status;

	if (invocation->n_args != 2)
		return invocation_mistake(
		    invocation, "which device, and what is it called now? rename OLD NEW");
	there = invocation->socket == NULL ? client_try(invocation, "/api/v1/stats") : NULL;
	status = there != NULL || invocation->socket != NULL ? rename_with(invocation)
							     : rename_without(invocation);
	json_decref(there);
	if (status == EXIT_FINE)
		printf("the history of %s is that of %s now\n", invocation->args[0], invocation->args[1]);
	return status;
}
