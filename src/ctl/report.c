#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/config.h"
#include "ctl/client.h"
#include "ctl/command.h"
#include "ctl/setup.h"
#include "daemon/history.h"
#include "views/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BY_TAG	     "tag:"
#define FLUSH_SINGLY 20 /* so many devices are flushed one by one; for more, all are */

/* Devices to report on; some may be known by their files alone. */
struct chosen {
	const struct device **v;
	size_t n, cap;
	struct device *gone; /* no longer configured; their names are borrowed */
	size_t n_gone;
};

/* Midnight at the beginning of a month, in local time, whatever summer time does. */
static int64_t month_start(int year, int month)
{
	struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = 1, .tm_isdst = -1};

	return (int64_t)mktime(&tm);
}

static bool read_month(const char *text, struct traffic_report *report)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m", &tm);

	if (end == NULL || *end != '\0' || tm.tm_year < 70)
		return false;
	report->from = month_start(tm.tm_year + 1900, tm.tm_mon);
	report->to = month_start(tm.tm_year + 1900, tm.tm_mon + 1);
	return true;
}

static void this_month(struct traffic_report *report)
{
	time_t now = (time_t)report->time;
	struct tm tm;

	localtime_r(&now, &tm);
	report->from = month_start(tm.tm_year + 1900, tm.tm_mon);
	report->to = month_start(tm.tm_year + 1900, tm.tm_mon + 1);
}

static int read_period(const struct invocation *invocation, struct traffic_report *report)
{
	if (invocation->month != NULL && (invocation->from > 0 || invocation->to > 0))
		return invocation_mistake(invocation, "either --month, or --from and --to");
	if (invocation->month != NULL) {
		if (!read_month(invocation->month, report))
			return invocation_mistake(
			    invocation, "--month %s: expected a month such as 2026-10", invocation->month);
	} else if (invocation->from > 0) {
		report->from = invocation->from;
		report->to = invocation->to > 0 ? invocation->to : report->time;
	} else if (invocation->to > 0) {
		return invocation_mistake(invocation, "--to needs --from");
	} else {
		this_month(report);
	}
	if (report->from >= report->time)
		return invocation_mistake(invocation, "the period has not begun yet");
	report->is_running = report->to >= report->time;
	if (report->is_running)
		report->to = report->time;
	if (report->from >= report->to)
		return invocation_mistake(invocation, "--from must lie before --to");
	return EXIT_FINE;
}

static int read_by(const struct invocation *invocation, struct traffic_report *report, const char **tag)
{
	const char *by = invocation->by;

	if (by == NULL || str_equal(by, "interface"))
		report->by = TRAFFIC_BY_INTERFACE;
	else if (str_equal(by, "device"))
		report->by = TRAFFIC_BY_DEVICE;
	else if (str_equal(by, "tag"))
		report->by = TRAFFIC_BY_TAG;
	else if (str_starts(by, BY_TAG) && strlen(by) > strlen(BY_TAG)) {
		report->by = TRAFFIC_BY_TAG;
		*tag = by + strlen(BY_TAG);
	} else
		return invocation_mistake(
		    invocation, "--by %s: expected interface, device, tag or tag:NAME", by);
	return EXIT_FINE;
}

static bool is_chosen(const struct invocation *invocation, const struct device *device)
{
	for (size_t i = 1; i < invocation->n_args; i++)
		if (match_glob(invocation->args[i], device->name))
			return true;
	return invocation->n_args <= 1;
}

/* A name that fits nothing may be of a device that was removed and whose files are still there. */
static void choose_gone(
    struct chosen *chosen, const struct invocation *invocation, const struct inventory *inventory)
{
	chosen->gone = mem_calloc(invocation->n_args, sizeof *chosen->gone);
	for (size_t i = 1; i < invocation->n_args; i++) {
		bool fits = false;

		for (size_t j = 0; j < inventory->n_devices && !fits; j++)
			fits = match_glob(invocation->args[i], inventory->devices[j].name);
		if (fits)
			continue;
		chosen->gone[chosen->n_gone].name = invocation->args[i];
		vec_push(chosen, &chosen->gone[chosen->n_gone]);
		chosen->n_gone++;
	}
}

static void choose(
    struct chosen *chosen, const struct invocation *invocation, const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_devices; i++) {
		const struct device *device = &inventory->devices[i];

		if (is_chosen(invocation, device) &&
		    (invocation->tag == NULL || device_has_tag(device, invocation->tag)))
			vec_push(chosen, device);
	}
	choose_gone(chosen, invocation, inventory);
}

/* So that the newest samples are in the files; without a daemon they are, or never will be. */
static void flush(const struct invocation *invocation, const struct chosen *chosen)
{
	if (chosen->n > FLUSH_SINGLY) {
		client_post(invocation, "/api/v1/flush", true);
		return;
	}
	for (size_t i = 0; i < chosen->n; i++) {
		char *path = client_path("/api/v1/flush?device=", chosen->v[i]->name);

		client_post(invocation, path, true);
		free(path);
	}
}

static void progress(void *arg, size_t done, size_t all)
{
	bool is_shown = *(const bool *)arg;

	if (is_shown && (done % 16 == 0 || done == all))
		fprintf(stderr, "\rread %zu of %zu devices ", done, all);
	if (is_shown && done == all)
		fputs("\r\033[K", stderr);
}

static void print(const struct invocation *invocation, const struct traffic_report *report)
{
	json_t *json = json_traffic(report);
	struct str csv = {0};

	if (invocation->csv) {
		csv_traffic(&csv, json);
		fputs(str_text(&csv), stdout);
	} else {
		setup_print(invocation, json, text_traffic);
	}
	str_fini(&csv);
	json_decref(json);
}

static int report_on(const struct invocation *invocation, const struct inventory *inventory,
    const struct match *row, struct traffic_report *report, const char *tag)
{
	struct chosen chosen = {0};
	bool has_progress = isatty(STDERR_FILENO);
	struct history_request request = {.state = inventory->settings.state,
	    .tag = tag,
	    .row = row,
	    .progress = progress,
	    .arg = &has_progress};
	int status = EXIT_FINE;

	choose(&chosen, invocation, inventory);
	request.devices = chosen.v;
	request.n_devices = chosen.n;
	if (report->is_running)
		flush(invocation, &chosen);
	history_traffic(&request, report);
	traffic_finish(report, invocation->top);
	if (report->rows.n == 0 && report->faults.n == 0 && chosen.n == 1)
		status = invocation_mistake(invocation,
		    "nothing is stored of interfaces of '%s' in %s/rrd; 'rollcall status' shows the devices "
		    "there are",
		    chosen.v[0]->name, request.state);
	else
		print(invocation, report);
	vec_fini(&chosen);
	free(chosen.gone);
	return status;
}

/* The whole configuration: the devices' tags are in it. */
static struct inventory *load(const struct invocation *invocation)
{
	struct config_report report = {0};
	struct inventory *inventory =
	    config_load(&(struct config_options){.file = invocation->config}, &report);

	if (inventory == NULL)
		fputs(str_text(&report.messages), stderr);
	config_report_fini(&report);
	return inventory;
}

static int read_row(const struct invocation *invocation, struct match **row)
{
	char *error = NULL;
	size_t offset;
	int status = EXIT_FINE;

	if (invocation->row == NULL)
		return EXIT_FINE;
	*row = match_new(invocation->row, &error, &offset);
	if (*row == NULL)
		status = invocation_mistake(
		    invocation, "--row %s: %s, at character %zu", invocation->row, error, offset + 1);
	free(error);
	return status;
}

int command_report(const struct invocation *invocation)
{
	struct traffic_report report = {.time = clock_wall(clock_real()) / UNITS_SEC};
	struct inventory *inventory = NULL;
	struct match *row = NULL;
	const char *tag = NULL;
	int status;

	if (invocation->n_args < 1 || !str_equal(invocation->args[0], "traffic"))
		return invocation_mistake(
		    invocation, "say of what: 'rollcall report traffic --month 2026-10'");
	if (invocation->csv && invocation->json)
		return invocation_mistake(invocation, "either --csv or --json");
	status = read_period(invocation, &report);
	if (status == EXIT_FINE)
		status = read_by(invocation, &report, &tag);
	if (status == EXIT_FINE)
		status = read_row(invocation, &row);
	if (status == EXIT_FINE) {
		inventory = load(invocation);
		status = inventory != NULL ? report_on(invocation, inventory, row, &report, tag) : EXIT_USAGE;
	}
	traffic_fini(&report);
	match_free(row);
	inventory_free(inventory);
	return status;
}
