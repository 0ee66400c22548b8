#include "base/mem.h"
#include "base/str.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"

#include <stdlib.h>

/* Wrong: a device that is down or unreachable, a problem of a device or of the collector. */
static bool something_is_wrong(const json_t *status)
{
	const json_t *device;
	size_t i;

	if (json_array_size(json_object_get(status, "problems")) > 0)
		return true;
	json_array_foreach(json_object_get(status, "devices"), i, device)
	{
		const char *state = json_string_value(json_object_get(device, "state"));

		if (str_equal(state, "down") || str_equal(state, "unreachable") ||
		    json_array_size(json_object_get(device, "problems")) > 0)
			return true;
	}
	return false;
}

/* One device was asked for: all that is known of it, and not how the others are. */
static void one_device(struct str *out, const json_t *status, const struct text_style *style)
{
	text_status_device(out, json_array_get(json_object_get(status, "devices"), 0), style);
}

int command_status(const struct invocation *invocation)
{
	int status = EXIT_FINE;
	char *path;
	json_t *json;

	if (invocation->n_args > 1)
		return invocation_mistake(invocation, "at most one device; without one, all are shown");
	path = invocation->n_args == 1 ? client_path("/api/v1/status?device=", invocation->args[0])
				       : mem_strdup("/api/v1/status");
	json = client_get(invocation, path, &status);
	free(path);
	if (json == NULL)
		return status;
	setup_print(invocation, json, invocation->n_args == 1 ? one_device : text_status);
	status = something_is_wrong(json) ? EXIT_WRONG : EXIT_FINE;
	json_decref(json);
	return status;
}
