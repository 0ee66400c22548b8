#include "base/mem.h"
#include "base/str.h"
#include "ctl/author.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"

#include <stdio.h>
#include <stdlib.h>

static int list_acks(const struct invocation *invocation)
{
	int status = EXIT_FINE;
	json_t *json = client_get(invocation, "/api/v1/acks", &status);

	if (json == NULL)
		return status;
	setup_print(invocation, json, text_acks);
	json_decref(json);
	return status;
}

static char *ack_path(const struct invocation *invocation)
{
	const char *row = invocation->n_args == 3 ? invocation->args[2] : invocation->row;
	char *author = author_name(invocation);
	struct str path = {0};

	str_add(&path, "/api/v1/acks");
	client_add(&path, "device", str_equal(invocation->args[0], "-") ? NULL : invocation->args[0]);
	client_add(&path, "rule", invocation->args[1]);
	client_add(&path, "object", row);
	client_add(&path, "reason", invocation->reason);
	client_add(&path, "author", author);
	free(author);
	return str_steal(&path);
}

static void ack_made(struct str *out, const json_t *answer, const struct text_style *style)
{
	json_int_t n = json_integer_value(json_object_get(answer, "problems"));

	(void)style;
	str_addf(out, "%" JSON_INTEGER_FORMAT " problem%s acknowledged\n", n, n == 1 ? "" : "s");
}

static int make_ack(const struct invocation *invocation)
{
	char *path = ack_path(invocation);
	int status = EXIT_FINE;
	json_t *answer = client_operate(invocation, path, &status);

	free(path);
	if (answer == NULL)
		return status;
	setup_print(invocation, answer, ack_made);
	if (!json_is_true(json_object_get(answer, "saved")))
		fputs("rollcall: it is in force, but could not be saved: a restart of the daemon ends it\n",
		    stderr);
	json_decref(answer);
	return status;
}

int command_ack(const struct invocation *invocation)
{
	if (invocation->list)
		return list_acks(invocation);
	if (invocation->n_args < 2 || invocation->n_args > 3)
		return invocation_mistake(
		    invocation, "name a device (- is the collector), a rule, and the row if it is of one");
	if (invocation->reason == NULL || *invocation->reason == '\0')
		return invocation_mistake(invocation, "say why: --reason TEXT");
	return make_ack(invocation);
}
