#include "views/traffic.h"

#include "base/mem.h"
#include "views/jsonvalue.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BITS 8 /* of an octet */

/* The columns of CSV: a row's members, in this order. */
static const char *const columns[] = {"device", "key", "tag", "parts", "in_octets", "out_octets", "octets",
    "in_avg_bps", "out_avg_bps", "in_peak_bps", "in_peak_time", "out_peak_bps", "out_peak_time", "in_p95_bps",
    "out_p95_bps", "p95_bps", "resolution_s", "known", "complete"};

static const char *by_name(enum traffic_by by)
{
	switch (by) {
	case TRAFFIC_BY_INTERFACE:
		return "interface";
	case TRAFFIC_BY_DEVICE:
		return "device";
	case TRAFFIC_BY_TAG:
		return "tag";
	}
	return "";
}

static json_t *octets(double value)
{
	return isfinite(value) && value < 9e18 ? json_integer((json_int_t)llround(value)) : json_null();
}

static json_t *bits(double octets_per_second)
{
	return jsonvalue_number(octets_per_second * BITS);
}

static void add_way(json_t *row, const char *way, const struct volume_way *figures)
{
	const struct {
		const char *name;
		json_t *value;
	} members[] = {{"octets", octets(figures->octets)}, {"avg_bps", bits(figures->average)},
	    {"peak_bps", bits(figures->peak)},
	    {"peak_time", isnan(figures->peak) ? json_null() : json_integer(figures->peak_time)},
	    {"p95_bps", bits(figures->percentile)}};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		char *name = str_format("%s_%s", way, members[i].name);

		json_object_set_new(row, name, members[i].value);
		free(name);
	}
}

static json_t *row_json(const struct traffic_row *row)
{
	const struct volume_figures *figures = &row->figures;
	json_t *json = json_pack("{s:o, s:o, s:o, s:I, s:o}", "device", jsonvalue_text(row->device), "key",
	    jsonvalue_text(row->key), "tag", jsonvalue_text(row->tag), "parts", (json_int_t)figures->parts,
	    "octets", octets(traffic_octets(row)));

	add_way(json, "in", &figures->way[VOLUME_IN]);
	add_way(json, "out", &figures->way[VOLUME_OUT]);
	json_object_update_new(
	    json, json_pack("{s:o, s:I, s:o, s:o}", "p95_bps", bits(figures->percentile), "resolution_s",
		      (json_int_t)row->step, "known", jsonvalue_number(figures->known), "complete",
		      jsonvalue_number(figures->complete)));
	return json;
}

static json_t *totals_json(const struct traffic_report *report)
{
	double in = report->octets[VOLUME_IN], out = report->octets[VOLUME_OUT];

	return json_pack("{s:I, s:o, s:o, s:o, s:o}", "parts", (json_int_t)report->parts, "in_octets",
	    octets(in), "out_octets", octets(out), "octets",
	    octets(isnan(in)	? out
		   : isnan(out) ? in
				: in + out),
	    "known", jsonvalue_number(report->known));
}

json_t *json_traffic(const struct traffic_report *report)
{
	json_t *rows = json_array(), *faults = json_array();

	for (size_t i = 0; i < report->rows.n; i++)
		json_array_append_new(rows, row_json(&report->rows.v[i]));
	for (size_t i = 0; i < report->faults.n; i++) {
		const struct traffic_fault *fault = &report->faults.v[i];

		json_array_append_new(
		    faults, json_pack("{s:o, s:o, s:o}", "device", jsonvalue_text(fault->device), "key",
				jsonvalue_text(fault->key), "why", jsonvalue_text(fault->why)));
	}
	return json_pack("{s:I, s:I, s:I, s:b, s:s, s:o, s:I, s:o, s:o}", "time", (json_int_t)report->time,
	    "from", (json_int_t)report->from, "to", (json_int_t)report->to, "running", report->is_running,
	    "by", by_name(report->by), "rows", rows, "more", (json_int_t)report->more, "totals",
	    totals_json(report), "unreadable", faults);
}

/* Quoted where it must be. */
static void add_field(struct str *out, const char *text)
{
	if (text[strcspn(text, ",\"\n")] == '\0') {
		str_add(out, text);
		return;
	}
	str_add_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			str_add_char(out, '"');
		str_add_char(out, *text);
	}
	str_add_char(out, '"');
}

void csv_traffic(struct str *out, const json_t *report)
{
	const json_t *row;
	size_t at;

	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		str_addf(out, "%s%s", i > 0 ? "," : "", columns[i]);
	str_add(out, "\n");
	json_array_foreach(json_object_get(report, "rows"), at, row)
	{
		for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
			const json_t *value = json_object_get(row, columns[i]);

			if (i > 0)
				str_add_char(out, ',');
			if (json_is_string(value))
				add_field(out, json_string_value(value));
			else if (json_is_integer(value))
				str_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
			else if (json_is_real(value))
				str_addf(out, "%.15g", json_real_value(value));
		}
		str_add(out, "\n");
	}
}
