#include "views/json.h"

#include "base/str.h"
#include "model/endpoint.h"
#include "views/engine_json.h"
#include "views/jsonvalue.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *milliseconds(int64_t ns)
{
	return json_real(round((double)ns / 1e5) / 10);
}

static json_t *address(const struct device *device)
{
	char *text = endpoint_format(device->host, device->port);
	json_t *json = jsonvalue_text(text);

	free(text);
	return json;
}

json_t *json_problem(const struct problem *problem)
{
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:n, s:n}", "rule", problem->rule, "object",
	    jsonvalue_text(problem->object), "severity", severity_name(problem->severity), "since",
	    jsonvalue_time(problem->since), "text", jsonvalue_text(problem->text), "silenced",
	    "acknowledged");
}

static json_t *problems_of(const struct device_report *report)
{
	json_t *problems = json_array();

	for (size_t i = 0; i < report->n_problems; i++)
		json_array_append_new(problems, json_problem(&report->problems[i]));
	return problems;
}

json_t *json_status_device(const struct device_report *report, int64_t now)
{
	const char *profile = report->profile != NULL ? report->profile->name : NULL;
	int64_t last = report->last_poll;

	return json_pack("{s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:b, s:o}", "name",
	    jsonvalue_text(report->device->name), "address", address(report->device), "state",
	    device_state_name(report->status.state), "hard", report->status.hard, "since",
	    jsonvalue_time(report->status.since), "profile", jsonvalue_text(profile), "last_poll",
	    jsonvalue_time(last), "poll_ms", last > 0 ? milliseconds(report->poll_time) : json_null(),
	    "stale", last > 0 && now - last > 2 * report->device->interval, "problems", problems_of(report));
}

json_t *json_status(json_t *devices, const size_t by_state[DEVICE_STATE_COUNT], int64_t now)
{
	static const enum device_state order[DEVICE_STATE_COUNT] = {
	    DEVICE_UP, DEVICE_DOWN, DEVICE_UNREACHABLE, DEVICE_UNKNOWN};
	json_t *totals = json_object();

	for (size_t i = 0; i < DEVICE_STATE_COUNT; i++)
		json_object_set_new(
		    totals, device_state_name(order[i]), json_integer((json_int_t)by_state[order[i]]));
	return json_pack(
	    "{s:o, s:o, s:o}", "time", jsonvalue_time(now), "devices", devices, "totals", totals);
}

static json_t *metric_oid(const struct rowset *set, size_t row, size_t column)
{
	const struct source *source = rowset_source(set, row, column);
	char oid[OID_TEXT_MAX], index[OID_TEXT_MAX];
	struct oid name;
	char *text;
	json_t *json;

	if (source == NULL)
		return json_null();
	source_oid(source, &name);
	oid_format(&name, oid, sizeof oid);
	if (source->is_instance)
		return json_string(oid);
	oid_index_format(set->rows[row].index, set->rows[row].index_len, index, sizeof index);
	text = str_format("%s.%s", oid, index);
	json = json_string(text);
	free(text);
	return json;
}

/* The transformed number: an integer where it is one, a decimal string above 2^63-1. */
static json_t *metric_value(const struct rowset *set, size_t row, size_t column)
{
	bool negative;
	uint64_t magnitude;
	char text[24];

	if (!rowset_integer(set, row, column, &negative, &magnitude))
		return jsonvalue_number(rowset_value(set, row, column));
	if (magnitude <= INT64_MAX)
		return json_integer(negative ? -(json_int_t)magnitude : (json_int_t)magnitude);
	snprintf(text, sizeof text, "%s%" PRIu64, negative ? "-" : "", magnitude);
	return json_string(text);
}

/* "2025-11-24T16:00:00Z" (ISO 8601). */
static json_t *date_or_null(double epoch)
{
	time_t at = (time_t)epoch;
	struct tm tm;
	char text[64];

	if (gmtime_r(&at, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return json_null();
	return json_string(text);
}

static const char *metric_state(const struct rowset *set, size_t row, size_t column, bool stale)
{
	enum quality quality = (enum quality)set->quality[rowset_cell(set, row, column)];

	return quality_name(stale && quality == QUALITY_OK ? QUALITY_STALE : quality);
}

static json_t *metric(const struct rowset *set, size_t row, size_t column, bool stale)
{
	const struct column *meta = &set->table->columns[column];
	json_t *json = json_pack("{s:o, s:o, s:o, s:o, s:o, s:s}", "oid", metric_oid(set, row, column),
	    "value", metric_value(set, row, column), "rate", jsonvalue_number(rowset_rate(set, row, column)),
	    "unit", jsonvalue_text(meta->unit), "time", jsonvalue_time(set->rows[row].wall), "state",
	    metric_state(set, row, column, stale));
	double value = rowset_value(set, row, column);

	if (isfinite(value) && meta->kind == KIND_ENUM)
		json_object_set_new(json, "text", jsonvalue_text(column_enum_text(meta, (int64_t)value)));
	else if (isfinite(value) && meta->kind == KIND_DATETIME)
		json_object_set_new(json, "text", date_or_null(value));
	return json;
}

/* The name under which a metric appears: the object that feeds it on this row. */
static const char *metric_name(const struct rowset *set, size_t row, size_t column)
{
	const struct source *source = rowset_source(set, row, column);

	return source != NULL ? source->name : set->table->columns[column].name;
}

static json_t *row_json(const struct rowset *set, size_t row, bool stale)
{
	const struct table *table = set->table;
	json_t *tags = json_object(), *metrics = json_object(), *json;
	char index[OID_TEXT_MAX];

	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->columns[i].is_tag)
			json_object_set_new(
			    tags, table->columns[i].name, jsonvalue_text(rowset_tag(set, row, i)));
		else
			json_object_set_new(metrics, metric_name(set, row, i), metric(set, row, i, stale));
	}
	oid_index_format(set->rows[row].index, set->rows[row].index_len, index, sizeof index);
	json = json_pack("{s:o, s:s, s:o, s:o}", "key", jsonvalue_text(set->rows[row].key), "index", index,
	    "tags", tags, "metrics", metrics);
	if (set->rows[row].excluded)
		json_object_set_new(json, "excluded", json_true());
	if (set->rows[row].weak_key)
		json_object_set_new(json, "weak_key", json_true());
	return json;
}

json_t *json_show_row(const struct device_report *report, const struct rowset *set, size_t row, int64_t now)
{
	int64_t interval =
	    set->table->interval > report->device->interval ? set->table->interval : report->device->interval;

	return row_json(set, row, now - set->rows[row].wall > 2 * interval);
}

static json_t *show_table(const struct device_report *report, const struct rowset *set, int64_t now)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < set->n_rows; i++)
		json_array_append_new(rows, json_show_row(report, set, i, now));
	return rows;
}

static json_t *show_system(const struct system_info *system)
{
	static const struct system_info none = {.uptime_s = NAN};

	if (system == NULL)
		system = &none;
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "name", jsonvalue_text(system->name), "object_id",
	    jsonvalue_text(system->object_id), "descr", jsonvalue_text(system->descr), "location",
	    jsonvalue_text(system->location), "contact", jsonvalue_text(system->contact), "uptime_s",
	    jsonvalue_number(system->uptime_s));
}

json_t *json_show_head(const struct device_report *report)
{
	const char *profile = report->profile != NULL ? report->profile->name : NULL;
	const char *reason = profile != NULL ? report->profile_reason : NULL;

	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "device",
	    jsonvalue_text(report->device->name), "address", address(report->device), "state",
	    device_state_name(report->status.state), "profile", jsonvalue_text(profile), "profile_reason",
	    jsonvalue_text(reason), "credential", jsonvalue_text(report->credential), "last_poll",
	    jsonvalue_time(report->last_poll), "poll_ms",
	    report->last_poll > 0 ? milliseconds(report->poll_time) : json_null(), "problems",
	    problems_of(report), "system", show_system(report->system), "engine", json_engine(report),
	    "tables", json_object());
}

json_t *json_show(const struct device_report *report, int64_t now)
{
	json_t *show = json_show_head(report), *tables = json_object_get(show, "tables");

	for (size_t i = 0; i < report->n_tables; i++)
		json_object_set_new(
		    tables, report->tables[i]->table->name, show_table(report, report->tables[i], now));
	return show;
}

static json_t *counted(const struct counted *list, size_t n)
{
	json_t *json = json_object();

	for (size_t i = 0; i < n; i++)
		json_object_set_new(json, list[i].name, json_integer((json_int_t)list[i].count));
	return json;
}

static void count(json_t *json, const char *name, uint64_t number)
{
	json_object_set_new(json, name, json_integer((json_int_t)number));
}

static json_t *lateness(const struct collector_stats *stats)
{
	return json_pack("{s:o, s:o, s:o}", "p50", jsonvalue_number(stats->lateness_p50_ms), "p99",
	    jsonvalue_number(stats->lateness_p99_ms), "max", jsonvalue_number(stats->lateness_max_ms));
}

json_t *json_stats(const struct collector_stats *stats)
{
	json_t *json = json_pack("{s:f}", "uptime_s", (double)stats->uptime / 1e9);

	count(json, "devices", stats->devices);
	count(json, "rows", stats->rows);
	count(json, "polls", stats->polls);
	count(json, "polls_late", stats->polls_late);
	count(json, "requests", stats->requests);
	count(json, "responses", stats->responses);
	count(json, "timeouts", stats->timeouts);
	count(json, "retransmits", stats->retransmits);
	count(json, "late_replies", stats->late_replies);
	json_object_set_new(json, "rejected", counted(stats->rejected, stats->n_rejected));
	json_object_set_new(json, "failures", counted(stats->failures, stats->n_failures));
	count(json, "values", stats->values);
	count(json, "samples_stored", stats->samples_stored);
	count(json, "samples_lost", stats->samples_lost);
	count(json, "samples_replayed", stats->samples_replayed);
	count(json, "rrd_opens", stats->rrd_opens);
	count(json, "rrd_migrated", stats->rrd_migrated);
	count(json, "rrd_migrating", stats->rrd_migrating);
	count(json, "spool_bytes", stats->spool_bytes);
	count(json, "events_written", stats->events_written);
	count(json, "events_lost", stats->events_lost);
	count(json, "calls", stats->calls);
	count(json, "calls_failed", stats->calls_failed);
	json_object_set_new(json, "lateness_ms", lateness(stats));
	json_object_set_new(json, "cpu_s", jsonvalue_number(stats->cpu_s));
	count(json, "rss_bytes", stats->rss_bytes);
	count(json, "threads", (uint64_t)stats->threads);
	return json;
}
