#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/author.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int list_silences(const struct invocation *invocation)
{
	int status = EXIT_FINE;
	json_t *json = client_get(invocation, "/api/v1/silences", &status);

	if (json == NULL)
		return status;
	setup_print(invocation, json, text_silences);
	json_decref(json);
	return status;
}

static int remove_silence(const struct invocation *invocation)
{
	char *path = str_format("/api/v1/silences/remove?id=%" PRId64, invocation->remove);
	int status = EXIT_FINE;
	json_t *answer = client_operate(invocation, path, &status);

	free(path);
	if (answer != NULL && !json_is_true(json_object_get(answer, "saved")))
		fputs(
		    "rollcall: it has ended, but that could not be saved: a restart of the daemon brings it "
		    "back\n",
		    stderr);
	json_decref(answer);
	return status;
}

static char *silence_path(const struct invocation *invocation)
{
	struct str path = {0};
	char *author = author_name(invocation), *seconds;

	seconds = str_format("%" PRId64, invocation->lasts / UNITS_SEC);
	str_add(&path, "/api/v1/silences");
	client_add(&path, "device", invocation->args[0]);
	client_add(&path, "rule", invocation->rule);
	client_add(&path, "object", invocation->row);
	client_add(&path, "for", seconds);
	client_add(&path, "reason", invocation->reason);
	client_add(&path, "author", author);
	free(seconds);
	free(author);
	return str_steal(&path);
}

static void silence_made(struct str *out, const json_t *answer, const struct text_style *style)
{
	(void)style;
	str_addf(
	    out, "silence %" JSON_INTEGER_FORMAT "\n", json_integer_value(json_object_get(answer, "id")));
}

static int make_silence(const struct invocation *invocation)
{
	char *path = silence_path(invocation);
	int status = EXIT_FINE;
	json_t *answer = client_operate(invocation, path, &status);

	free(path);
	if (answer == NULL)
		return status;
	setup_print(invocation, answer, silence_made);
	if (!json_is_true(json_object_get(answer, "saved")))
		fputs("rollcall: it is in force, but could not be saved: a restart of the daemon ends it\n",
		    stderr);
	json_decref(answer);
	return status;
}

int command_silence(const struct invocation *invocation)
{
	if (invocation->list)
		return list_silences(invocation);
	if (invocation->remove > 0)
		return remove_silence(invocation);
	if (invocation->n_args != 1)
		return invocation_mistake(invocation, "name one device, or a pattern in quotes");
	if (invocation->lasts == 0)
		return invocation_mistake(invocation, "say for how long: --for 2h");
	if (invocation->reason == NULL || *invocation->reason == '\0')
		return invocation_mistake(invocation, "say why: --reason TEXT");
	return make_silence(invocation);
}
