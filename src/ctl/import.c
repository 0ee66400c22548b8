#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"
#include "ctl/command.h"
#include "ctl/devicefile.h"
#include "ctl/importread.h"
#include "ctl/importwrite.h"
#include "ctl/setup.h"
#include "views/jsonvalue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run of the command. */
struct importing {
	const struct invocation *invocation;
	struct inventory *inventory;
	struct addresses excluded;
	struct diag *diag;
	struct importlist list;
};

static bool read_files(struct importing *importing)
{
	const struct invocation *invocation = importing->invocation;
	bool good = true;

	for (size_t i = 0; i < invocation->n_args; i++) {
		enum import_format format = IMPORT_ANY;

		if (invocation->format != NULL && !import_format_parse(invocation->format, &format)) {
			invocation_mistake(invocation,
			    "--format %s is none of csv, librenms, zabbix and prometheus",
			    invocation->format);
			return false;
		}
		good = importread_file(&importing->list, invocation->args[i], &format) && good;
	}
	return good;
}

static bool read_excluded(struct importing *importing)
{
	const struct invocation *invocation = importing->invocation;
	char *copy = mem_strdup(invocation->exclude), *rest = NULL;
	const char *wrong = NULL;

	for (char *word = copy != NULL ? strtok_r(copy, ",", &rest) : NULL; word != NULL && wrong == NULL;
	     word = strtok_r(NULL, ",", &rest)) {
		wrong = addresses_add(&importing->excluded, word);
		if (wrong != NULL)
			invocation_mistake(invocation, "--exclude '%s' %s", word, wrong);
	}
	free(copy);
	return wrong == NULL;
}

/* --- telling --- */

static void tell_messages(const struct importing *importing)
{
	struct str text = {0};

	diag_render(importing->diag, &text);
	fputs(str_text(&text), stderr);
	str_fini(&text);
}

static void tell_missing(const struct import_credential *credential)
{
	const char *missing[3];
	size_t n = importwrite_missing(credential, missing);

	if (n == 0)
		return;
	fprintf(stderr, "  %s", credential->name);
	if (credential->access.user != NULL)
		fprintf(stderr, " (user %s)", credential->access.user);
	fputs(": missing", stderr);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s %s", i > 0 ? "," : "", missing[i]);
	fputc('\n', stderr);
}

/* What has to be done before the devices can be asked. */
static void tell_credentials(const struct importing *importing)
{
	const struct importlist *list = &importing->list;
	const char *path = importing->invocation->write_credentials;
	size_t without = 0, new = 0;

	for (size_t i = 0; i < list->devices.n; i++)
		without += list->devices.v[i].credential == NULL;
	for (size_t i = 0; i < list->credentials.n; i++)
		new += !list->credentials.v[i].is_known;
	if (without > 0)
		fprintf(stderr, "%zu device%s the default credential\n", without,
		    without == 1 ? " has" : "s have");
	if (new == 0)
		return;
	if (path != NULL)
		fprintf(stderr, "%zu credential%s in %s: put what is in it into rollcall.yaml\n", new,
		    new == 1 ? " is" : "s are", path);
	else
		fprintf(stderr,
		    "%zu credential%s that the configuration does not have; --write-credentials FILE writes "
		    "%s\n",
		    new, new == 1 ? " is named" : "s are named", new == 1 ? "it" : "them");
	for (size_t i = 0; i < list->credentials.n; i++)
		tell_missing(&list->credentials.v[i]);
}

static void tell(const struct importing *importing)
{
	const struct importlist *list = &importing->list;

	tell_credentials(importing);
	fprintf(stderr, "%zu device%s, %zu left out\n", list->devices.n, list->devices.n == 1 ? "" : "s",
	    list->skipped.n);
}

static bool write_devices(const struct importing *importing)
{
	const struct invocation *invocation = importing->invocation;
	struct str text = {0};
	bool good = true;

	importwrite_devices(&text, &importing->list);
	if (invocation->write != NULL)
		good = importing->list.devices.n == 0 ||
		       devicefile_append(invocation->write, "by rollcall import", &text);
	else if (!invocation->json)
		fputs(str_text(&text), stdout);
	str_fini(&text);
	return good;
}

/* Of a file that has been loaded without mistakes, or that is not there. */
static bool write_credentials(const struct importing *importing, const char *path)
{
	const struct inventory *inventory = importing->inventory;
	struct importwrite_main main = {
	    .usual = inventory->n_default_credentials > 0 ? inventory->default_credentials[0]->name : NULL};
	char *file = importing->invocation->config != NULL ? mem_strdup(importing->invocation->config)
							   : config_default_file();
	struct diag *diag = diag_new();
	struct yaml *yaml = NULL;
	bool good;

	if (yaml_load(file, (struct diag_place){0}, diag, YAML_DUPLICATES_WARNING, &yaml) == ERR_OK) {
		main.has_credentials = yaml_get(yaml_root(yaml), "credentials") != NULL;
		main.has_credential = yaml_get(yaml_root(yaml), "credential") != NULL;
	}
	good = importwrite_credentials(&importing->list, &main, path);
	yaml_free(yaml);
	diag_free(diag);
	free(file);
	return good;
}

static int finish(struct importing *importing)
{
	const struct invocation *invocation = importing->invocation;

	if (invocation->json) {
		json_t *json = importwrite_json(&importing->list);

		json_dumpf(json, stdout, JSONVALUE_WRITTEN);
		putchar('\n');
		json_decref(json);
	}
	if (invocation->write != NULL && !devicefile_check(invocation->write))
		return EXIT_USAGE;
	if (invocation->write_credentials != NULL && importwrite_has_credentials(&importing->list) &&
	    !write_credentials(importing, invocation->write_credentials))
		return EXIT_USAGE;
	if (!write_devices(importing))
		return EXIT_USAGE;
	tell(importing);
	return EXIT_FINE;
}

/* With the devices that are listed already, if there is a list. */
static struct inventory *load(const struct invocation *invocation, int *status)
{
	struct config_report report = {0};
	struct inventory *inventory =
	    config_load(&(struct config_options){.file = invocation->config}, &report);

	config_report_fini(&report);
	return inventory != NULL ? inventory : setup_bare(invocation, status);
}

int command_import(const struct invocation *invocation)
{
	struct importing importing = {.invocation = invocation};
	int status = EXIT_USAGE;
	bool good;

	if (invocation->n_args == 0)
		return invocation_mistake(
		    invocation, "name a file: CSV, or an export of LibreNMS, Zabbix or Prometheus");
	if (!read_excluded(&importing))
		goto out;
	importing.inventory = load(invocation, &status);
	if (importing.inventory == NULL)
		goto out;
	status = EXIT_USAGE;
	importing.diag = diag_new();
	importlist_init(&importing.list, importing.inventory, &importing.excluded, importing.diag);
	good = read_files(&importing);
	importlist_finish(&importing.list);
	tell_messages(&importing);
	if (good && diag_errors(importing.diag) == 0)
		status = finish(&importing);
	importlist_fini(&importing.list);
	diag_free(importing.diag);
out:
	addresses_fini(&importing.excluded);
	inventory_free(importing.inventory);
	return status;
}
