#include "base/str.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"

#include <stdlib.h>

/* Leaves only the named table; false after a message when there is none. */
static bool keep_table(const struct invocation *invocation, json_t *show, const char *name)
{
	json_t *tables = json_object_get(show, "tables"), *table = json_object_get(tables, name), *only;
	struct str known = {0};
	const char *other;
	json_t *rows;

	if (table != NULL) {
		only = json_object();
		json_object_set(only, name, table);
		json_object_set_new(show, "tables", only);
		return true;
	}
	json_object_foreach(tables, other, rows) str_addf(&known, " %s", other);
	if (known.len > 0)
		invocation_mistake(
		    invocation, "%s has no table '%s'; it has:%s", invocation->args[0], name, known.s);
	else
		invocation_mistake(
		    invocation, "%s has not answered yet: none of its tables is known", invocation->args[0]);
	str_fini(&known);
	return false;
}

static int print_show(const struct invocation *invocation, const char *path)
{
	int status = EXIT_FINE;
	json_t *json = client_get(invocation, path, &status);

	if (json == NULL)
		return status;
	if (invocation->n_args == 2 && !keep_table(invocation, json, invocation->args[1]))
		status = EXIT_USAGE;
	else
		setup_print(invocation, json, invocation->engine ? text_engine : text_show);
	json_decref(json);
	return status;
}

int command_show(const struct invocation *invocation)
{
	char *path;
	int status;

	if (invocation->n_args < 1 || invocation->n_args > 2)
		return invocation_mistake(invocation, "name one device, and perhaps one of its tables");
	if (invocation->engine && invocation->n_args == 2)
		return invocation_mistake(invocation, "--engine is of the device as a whole; name no table");
	path = client_path("/api/v1/devices/", invocation->args[0]);
	status = invocation->json && invocation->n_args == 1 ? client_copy(invocation, path)
							     : print_show(invocation, path);
	free(path);
	return status;
}
