#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "config/config.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"
#include "daemon/estimate.h"
#include "daemon/ruleshow.h"

#include <stdio.h>
#include <stdlib.h>

static void print_summary(const struct inventory *inventory)
{
	char size[UNITS_TEXT_MAX];
	uint64_t bytes;
	size_t rows;

	estimate_inventory(inventory, &rows, &bytes);
	printf("%zu devices, %zu profiles, %zu rules, %zu rows expected, %s on disk\n", inventory->n_devices,
	    inventory->n_profiles, inventory->n_rules, rows, units_bytes(size, (double)bytes));
}

static int print_schema(void)
{
	struct str text = {0};

	config_show_schema(&text);
	fputs(str_text(&text), stdout);
	str_fini(&text);
	return EXIT_FINE;
}

/* The device that was named; NULL after a message. */
static const struct device *find_device(
    const struct invocation *invocation, const struct inventory *inventory)
{
	const char *name = invocation->rules_of, *nearest, **names;
	const struct device *device = inventory_device(inventory, name);

	if (device != NULL)
		return device;
	names = mem_calloc(inventory->n_devices + 1, sizeof *names);
	for (size_t i = 0; i < inventory->n_devices; i++)
		names[i] = inventory->devices[i].name;
	nearest = str_nearest(name, names, inventory->n_devices);
	if (nearest != NULL)
		invocation_mistake(
		    invocation, "no device is called \"%s\"; did you mean \"%s\"?", name, nearest);
	else
		invocation_mistake(invocation, "no device is called \"%s\"", name);
	free(names);
	return NULL;
}

static const struct profile *find_profile(const struct inventory *inventory, const char *name)
{
	for (size_t i = 0; name != NULL && i < inventory->n_profiles; i++)
		if (str_equal(inventory->profiles[i]->name, name))
			return inventory->profiles[i];
	return NULL;
}

/* The one that a running daemon has chosen, else the configured one, else NULL. */
static const struct profile *profile_of(const struct invocation *invocation,
    const struct inventory *inventory, const struct device *device, const char **said_by)
{
	char *path = client_path("/api/v1/devices/", device->name);
	json_t *show = client_try(invocation, path);
	const struct profile *profile =
	    find_profile(inventory, json_string_value(json_object_get(show, "profile")));

	*said_by = "daemon";
	if (profile == NULL) {
		profile = device->profile;
		*said_by = profile != NULL ? "configuration" : NULL;
	}
	json_decref(show);
	free(path);
	return profile;
}

static int print_rules(const struct invocation *invocation, const struct inventory *inventory)
{
	const struct device *device = find_device(invocation, inventory);
	const char *said_by;
	json_t *rules;
	char *config;

	if (device == NULL)
		return EXIT_USAGE;
	rules = ruleshow(inventory, device, profile_of(invocation, inventory, device, &said_by));
	config = invocation->config != NULL ? mem_strdup(invocation->config) : config_default_file();
	json_object_set_new(rules, "profile_from", said_by != NULL ? json_string(said_by) : json_null());
	json_object_set_new(rules, "config", json_string(config));
	setup_print(invocation, rules, text_rules);
	json_decref(rules);
	free(config);
	return EXIT_FINE;
}

int command_check(const struct invocation *invocation)
{
	struct config_report report = {0};
	struct inventory *inventory;
	int status = EXIT_FINE;

	if (invocation->n_args > 0)
		return invocation_mistake(invocation, "takes no arguments; -c names the configuration");
	if (invocation->schema)
		return print_schema();
	inventory = config_load(&(struct config_options){.file = invocation->config}, &report);
	fputs(str_text(&report.messages), stderr);
	if (inventory != NULL && invocation->rules_of != NULL) {
		status = print_rules(invocation, inventory);
	} else if (inventory != NULL) {
		print_summary(inventory);
	} else {
		fprintf(stderr, "%zu error%s, %zu warning%s\n", report.errors, report.errors == 1 ? "" : "s",
		    report.warnings, report.warnings == 1 ? "" : "s");
		status = EXIT_USAGE;
	}
	config_report_fini(&report);
	inventory_free(inventory);
	return status;
}
