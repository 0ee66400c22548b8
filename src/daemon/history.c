#include "daemon/history.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "store/catalogue.h"
#include "store/fetch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_ENOUGH 288 /* a day of five minutes */

/* An interface's file. */
struct part {
	const struct device *device;
	char *key, *path;
	int64_t step;
};

struct parts {
	struct part *v;
	size_t n, cap;
	int64_t step; /* the longest of theirs */
};

struct reading {
	const struct history_request *request;
	struct traffic_report *report;
	size_t done, all; /* devices */
};

static const char *const sources[VOLUME_WAYS] = {TRAFFIC_IN, TRAFFIC_OUT};

static void parts_clear(struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		free(parts->v[i].key);
		free(parts->v[i].path);
	}
	vec_clear(parts);
	parts->step = TRAFFIC_STEP;
}

static void fault(struct reading *reading, const char *device, const char *key, const char *why)
{
	struct traffic_fault item = {mem_strdup(device), mem_strdup(key), mem_strdup(why)};

	vec_push(&reading->report->faults, item);
}

/* Rows of a file that do. Of a short period finer ones than billing asks for: the newest five minutes are not
 * in their archive before they are over. */
static int64_t wanted_step(const struct traffic_report *report)
{
	int64_t step = (report->to - report->from) / ROWS_ENOUGH;

	return step < 1 ? 1 : step < TRAFFIC_STEP ? step : TRAFFIC_STEP;
}

/* A part for the file, if it has something for us. */
static void part_add(
    struct reading *reading, struct parts *parts, const struct device *device, const char *key, char *path)
{
	const struct traffic_report *report = reading->report;
	struct part part = {device, NULL, path, 0};
	struct str error = {0};
	enum err err = fetch_resolution(
	    path, sources, VOLUME_WAYS, report->from, report->to, wanted_step(report), &part.step, &error);

	if (err == ERR_OK) {
		part.key = mem_strdup(key);
		parts->step = part.step > parts->step ? part.step : parts->step;
		vec_push(parts, part);
	} else {
		/* Named before it is made, and of a table that has no octets: both are in order. */
		if (err != ERR_NOT_FOUND && err != ERR_UNSUPPORTED)
			fault(reading, device->name, key, str_text(&error));
		free(path);
	}
	str_fini(&error);
}

static bool is_wanted(const struct reading *reading, const struct catalogue_entry *entry)
{
	return str_equal(entry->table, TRAFFIC_TABLE) && entry->key != NULL &&
	       (reading->request->row == NULL || match_test(reading->request->row, entry->key));
}

static void device_parts(struct reading *reading, struct parts *parts, const struct device *device)
{
	struct catalogue catalogue = {0};
	enum err err = catalogue_read(reading->request->state, device->name, &catalogue);

	for (size_t i = 0; err == ERR_OK && i < catalogue.n; i++)
		if (is_wanted(reading, &catalogue.v[i]))
			part_add(reading, parts, device, catalogue.v[i].key,
			    catalogue_path(&catalogue, &catalogue.v[i]));
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		fault(reading, device->name, NULL, err_text(err));
	catalogue_fini(&catalogue);
}

static void told(struct reading *reading)
{
	reading->done++;
	if (reading->request->progress != NULL)
		reading->request->progress(reading->request->arg, reading->done, reading->all);
}

static bool part_read(struct reading *reading, struct volume *volume, const struct part *part)
{
	const struct traffic_report *report = reading->report;
	struct str error = {0};
	struct fetch fetch;
	enum err err = fetch_read(
	    part->path, sources, VOLUME_WAYS, report->from, report->to, part->step, &fetch, &error);

	if (err != ERR_OK)
		fault(reading, part->device->name, part->key, str_text(&error));
	volume_begin(volume);
	for (size_t row = 0; err == ERR_OK && row < fetch.n_rows; row++) {
		int64_t start = fetch.start + (int64_t)row * fetch.step;

		volume_add(volume, start, start + fetch.step, fetch.v[row * VOLUME_WAYS + VOLUME_IN],
		    fetch.v[row * VOLUME_WAYS + VOLUME_OUT]);
	}
	if (err == ERR_OK)
		volume_end(volume);
	fetch_fini(&fetch);
	str_fini(&error);
	return err == ERR_OK;
}

/* The sum of n parts becomes a row, which takes the names. */
static void row_add(struct reading *reading, const struct part *parts, size_t n, int64_t step,
    const struct traffic_row *names)
{
	struct volume *volume = volume_new(reading->report->from, reading->report->to, step);
	struct traffic_row row = *names;
	size_t read = 0;

	for (size_t i = 0; i < n; i++)
		read += part_read(reading, volume, &parts[i]);
	row.step = step;
	volume_figures(volume, &row.figures);
	volume_free(volume);
	if (read > 0) {
		vec_push(&reading->report->rows, row);
	} else {
		free(row.device);
		free(row.key);
		free(row.tag);
	}
}

static void by_interface(struct reading *reading, struct parts *parts, const struct device *device)
{
	device_parts(reading, parts, device);
	for (size_t i = 0; i < parts->n; i++) {
		const struct part *part = &parts->v[i];
		int64_t step = part->step > TRAFFIC_STEP ? part->step : TRAFFIC_STEP;

		row_add(reading, part, 1, step,
		    &(struct traffic_row){.device = mem_strdup(device->name), .key = mem_strdup(part->key)});
	}
}

static void by_device(struct reading *reading, struct parts *parts, const struct device *device)
{
	device_parts(reading, parts, device);
	if (parts->n > 0)
		row_add(reading, parts->v, parts->n, parts->step,
		    &(struct traffic_row){.device = mem_strdup(device->name)});
}

/* The groups' tags, each once, in the order of the configuration; borrowed. */
static const char **groups_of(const struct history_request *request, size_t *n)
{
	struct {
		const char **v;
		size_t n, cap;
	} groups = {0};

	for (size_t i = 0; i < request->n_devices; i++) {
		const struct device *device = request->devices[i];

		for (size_t j = 0; j < device->n_tags; j++) {
			size_t at = 0;

			if (request->tag != NULL && !tag_in_group(device->tags[j], request->tag))
				continue;
			while (at < groups.n && strcmp(groups.v[at], device->tags[j]) != 0)
				at++;
			if (at == groups.n)
				vec_push(&groups, device->tags[j]);
		}
	}
	*n = groups.n;
	return groups.v;
}

static void by_tag(struct reading *reading, struct parts *parts)
{
	const struct history_request *request = reading->request;
	size_t n;
	const char **groups = groups_of(request, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < request->n_devices; j++)
			reading->all += device_has_tag(request->devices[j], groups[i]);
	for (size_t i = 0; i < n; i++) {
		parts_clear(parts);
		for (size_t j = 0; j < request->n_devices; j++) {
			if (!device_has_tag(request->devices[j], groups[i]))
				continue;
			device_parts(reading, parts, request->devices[j]);
			told(reading);
		}
		if (parts->n > 0)
			row_add(reading, parts->v, parts->n, parts->step,
			    &(struct traffic_row){.tag = mem_strdup(groups[i])});
	}
	free(groups);
}

void history_traffic(const struct history_request *request, struct traffic_report *report)
{
	struct reading reading = {request, report, 0, 0};
	struct parts parts = {.step = TRAFFIC_STEP};

	if (report->by == TRAFFIC_BY_TAG) {
		by_tag(&reading, &parts);
	} else {
		reading.all = request->n_devices;
		for (size_t i = 0; i < request->n_devices; i++) {
			parts_clear(&parts);
			if (report->by == TRAFFIC_BY_DEVICE)
				by_device(&reading, &parts, request->devices[i]);
			else
				by_interface(&reading, &parts, request->devices[i]);
			told(&reading);
		}
	}
	parts_clear(&parts);
	vec_fini(&parts);
}
