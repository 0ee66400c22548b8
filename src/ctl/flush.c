#include "base/mem.h"
#include "ctl/client.h"
#include "ctl/command.h"

#include <stdlib.h>

int command_flush(const struct invocation *invocation)
{
	char *path;
	int status;

	if (invocation->n_args > 1)
		return invocation_mistake(invocation, "at most one device; without one, all are flushed");
	path = invocation->n_args == 1 ? client_path("/api/v1/flush?device=", invocation->args[0])
				       : mem_strdup("/api/v1/flush");
	status = client_post(invocation, path, false);
	free(path);
	return status;
}
