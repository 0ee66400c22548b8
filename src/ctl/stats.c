#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"

int command_stats(const struct invocation *invocation)
{
	int status = EXIT_FINE;
	json_t *json;

	if (invocation->n_args > 0)
		return invocation_mistake(invocation, "takes no arguments");
	json = client_get(invocation, "/api/v1/stats", &status);
	if (json == NULL)
		return status;
	setup_print(invocation, json, text_stats);
	json_decref(json);
	return status;
}
