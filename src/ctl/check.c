#include "base/str.h"
#include "base/units.h"
#include "config/config.h"
#include "ctl/command.h"
#include "daemon/estimate.h"

#include <stdio.h>

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
	if (inventory != NULL) {
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
