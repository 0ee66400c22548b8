#include "base/mem.h"
#include "base/str.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The same of the bytes. A quotation mark within a text has a backslash before it, so that no text looks like
 * these. */
static bool looks_wrong(const char *body)
{
	return strstr(body, "\"problems\":[{") != NULL || strstr(body, "\"state\":\"down\"") != NULL ||
	       strstr(body, "\"state\":\"unreachable\"") != NULL;
}

/* Ten thousand devices are megabytes: they pass through unread. */
static int copy_status(const struct invocation *invocation, const char *path)
{
	int status = EXIT_FINE;
	struct str body = {0};

	if (client_fetch(invocation, path, &body, &status)) {
		fwrite(str_text(&body), 1, body.len, stdout);
		status = looks_wrong(str_text(&body)) ? EXIT_WRONG : EXIT_FINE;
	}
	str_fini(&body);
	return status;
}

static int print_status(const struct invocation *invocation, const char *path)
{
	int status = EXIT_FINE;
	json_t *json = client_get(invocation, path, &status);

	if (json == NULL)
		return status;
	setup_print(invocation, json, invocation->n_args == 1 ? one_device : text_status);
	status = something_is_wrong(json) ? EXIT_WRONG : EXIT_FINE;
	json_decref(json);
	return status;
}

int command_status(const struct invocation *invocation)
{
	char *path;
	int status;

	if (invocation->n_args > 1)
		return invocation_mistake(invocation, "at most one device; without one, all are shown");
	path = invocation->n_args == 1 ? client_path("/api/v1/status?device=", invocation->args[0])
				       : mem_strdup("/api/v1/status");
	status = invocation->json ? copy_status(invocation, path) : print_status(invocation, path);
	free(path);
	return status;
}
