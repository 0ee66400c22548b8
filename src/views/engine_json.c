#include "views/engine_json.h"

#include "views/jsonvalue.h"

#include <math.h>

/* To a microsecond; 0 = not known. */
static json_t *milliseconds(int64_t ns)
{
	return ns > 0 ? json_real(round((double)ns / 1e3) / 1e3) : json_null();
}

static json_t *text(const char *text_or_empty)
{
	return *text_or_empty != '\0' ? jsonvalue_text(text_or_empty) : json_null();
}

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *number_or_null(uint64_t n)
{
	return n > 0 ? number(n) : json_null();
}

/* Tables whose counters the agent refreshes now and then: {"interfaces": {"period_s": 15.0}}. */
static json_t *cached(const struct device_report *report)
{
	json_t *tables = json_object();

	for (size_t i = 0; i < report->n_tables; i++) {
		double period = round((double)report->tables[i]->refresh / 1e7) / 100;

		if (period > 0)
			json_object_set_new(
			    tables, report->tables[i]->table->name, json_pack("{s:f}", "period_s", period));
	}
	return tables;
}

json_t *json_engine(const struct device_report *report)
{
	const struct peer_stats *peer = &report->peer;
	json_t *json;

	if (peer->window == 0)
		return json_null();
	json = json_pack("{s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "address", text(peer->address),
	    "answers_from", text(peer->answers_from), "silent", peer->silent, "source_port",
	    number_or_null(peer->source_port), "source_port_changes", number(peer->source_port_changes),
	    "rtt_ms", milliseconds(peer->rtt), "timeout_ms", milliseconds(peer->timeout));
	json_object_set_new(json, "window", number(peer->window));
	json_object_set_new(json, "window_max", number(peer->window_max));
	json_object_set_new(json, "window_losses", number(peer->window_losses));
	json_object_set_new(json, "max_rate", number_or_null(peer->max_rate));
	json_object_set_new(json, "max_message", number(peer->max_message));
	json_object_set_new(json, "max_message_reason", text(size_reason_name(peer->size_reason)));
	json_object_set_new(json, "getbulk", text(bulk_state_name(peer->bulk)));
	json_object_set_new(json, "requests", number(peer->requests));
	json_object_set_new(json, "responses", number(peer->responses));
	json_object_set_new(json, "timeouts", number(peer->timeouts));
	json_object_set_new(json, "retransmits", number(peer->retransmits));
	json_object_set_new(json, "cached", cached(report));
	return json;
}
