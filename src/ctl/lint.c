#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/config.h"
#include "ctl/command.h"
#include "ctl/recordings.h"
#include "ctl/setup.h"
#include "ctl/target.h"
#include "daemon/lint.h"
#include "daemon/lintshow.h"
#include "daemon/outage.h"
#include "daemon/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a device that is recorded for it: two, so that it is seen what moves. */
#define CYCLES_DEFAULT 2
#define WAIT_DEFAULT   (10 * UNITS_SEC)

/* One run of the command. */
struct linting {
	const struct invocation *invocation;
	struct inventory *inventory;
	const struct profile *profile;
	struct recordings recordings;
	int status;
};

/* --- the profile --- */

static bool is_path(const char *text)
{
	return strchr(text, '/') != NULL || str_ends(text, ".yaml") || str_ends(text, ".yml");
}

/* The file's name without folders and extension, as profiles are named. */
static char *name_of(const char *text)
{
	const char *slash = strrchr(text, '/'), *base = slash != NULL ? slash + 1 : text;
	const char *dot = strrchr(base, '.');

	return is_path(text) && dot != NULL ? mem_strndup(base, (size_t)(dot - base)) : mem_strdup(base);
}

static bool find_profile(struct linting *linting, const char *text)
{
	const struct inventory *inventory = linting->inventory;
	const char **names = mem_calloc(inventory->n_profiles + 1, sizeof *names), *nearest;
	char *name = name_of(text);

	for (size_t i = 0; i < inventory->n_profiles; i++) {
		names[i] = inventory->profiles[i]->name;
		if (strcmp(names[i], name) == 0)
			linting->profile = inventory->profiles[i];
	}
	nearest = linting->profile == NULL ? str_nearest(name, names, inventory->n_profiles) : NULL;
	if (linting->profile == NULL)
		invocation_mistake(linting->invocation,
		    "there is no profile '%s'%s%s%s; name one, or the YAML file of one", name,
		    nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
		    nearest != NULL ? "'?" : "");
	free(names);
	free(name);
	return linting->profile != NULL;
}

/* With what `check` would say of it. */
static bool load(struct linting *linting, const char *text)
{
	struct config_options options = {
	    .file = linting->invocation->config, .profile = is_path(text) ? text : NULL};
	struct config_report report = {0};

	linting->inventory = config_load_bare(&options, &report);
	fputs(str_text(&report.messages), stderr);
	config_report_fini(&report);
	return linting->inventory != NULL && find_profile(linting, text);
}

/* --- what it is held against --- */

static bool recorded(void *arg, struct recording *recording, const struct record_result *result)
{
	struct linting *linting = arg;

	if (recording_count(recording) == 0)
		return false;
	if (result->end != WALK_COMPLETE)
		invocation_mistake(linting->invocation, "the device was not read to its end (%s)",
		    walk_end_name(result->end));
	recordings_add(&linting->recordings, recording);
	return true;
}

static void progress(void *arg, unsigned cycle, size_t objects, int64_t elapsed)
{
	char seconds[UNITS_TEXT_MAX];

	(void)arg;
	if (isatty(STDERR_FILENO) == 1)
		fprintf(stderr, "\r\033[K%u: %zu objects, %s ", cycle + 1, objects,
		    units_duration(seconds, elapsed));
}

static bool record_device(struct linting *linting, const char *text)
{
	const struct invocation *invocation = linting->invocation;
	struct record_hooks hooks = {recorded, progress, linting};
	struct record_options options = {
	    .cycles = invocation->cycles > 0 ? invocation->cycles : CYCLES_DEFAULT,
	    .wait = invocation->wait >= 0 ? invocation->wait : WAIT_DEFAULT,
	    .max_objects = invocation->objects};
	struct target target;
	bool good = target_find(&target, invocation, text);

	options.device = target.device;
	if (good && record_run(&options, &hooks) != ERR_OK) {
		invocation_mistake(invocation, "cannot ask: no UDP socket, or no credential");
		good = false;
	}
	if (isatty(STDERR_FILENO) == 1)
		fputs("\r\033[K", stderr);
	if (good && linting->recordings.n == 0) {
		invocation_mistake(
		    invocation, "%s does not answer; 'rollcall probe %s' says more", text, text);
		good = false;
	}
	target_fini(&target);
	if (good)
		recordings_name(&linting->recordings, text);
	return good;
}

static bool get_recordings(struct linting *linting)
{
	const char *against = linting->invocation->against;

	if (against == NULL)
		return true;
	if (access(against, F_OK) == 0)
		return recordings_read(&linting->recordings, against);
	return record_device(linting, against);
}

/* --- all of it --- */

static void run(struct linting *linting)
{
	struct lint_options options = {.inventory = linting->inventory,
	    .profile = linting->profile,
	    .recordings = (const struct recording *const *)linting->recordings.v,
	    .n_recordings = linting->recordings.n};
	struct lint_result result;
	json_t *json;

	lint_run(&options, &result);
	json = lintshow(linting->profile, &result, linting->recordings.names.v, linting->recordings.names.n);
	setup_print(linting->invocation, json, text_lint);
	linting->status = finding_faults(&result.findings) > 0 ? EXIT_WRONG : EXIT_FINE;
	json_decref(json);
	lint_result_fini(&result);
}

int command_lint(const struct invocation *invocation)
{
	struct linting linting = {.invocation = invocation, .status = EXIT_USAGE};

	if (invocation->n_args != 1)
		return invocation_mistake(
		    invocation, "name one profile, or its file; --against a recording or a device");
	if (load(&linting, invocation->args[0]) && get_recordings(&linting))
		run(&linting);
	recordings_fini(&linting.recordings);
	inventory_free(linting.inventory);
	return linting.status;
}
