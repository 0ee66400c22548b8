#include "views/event_json.h"

#include "views/jsonvalue.h"

json_t *json_event(const struct event *event)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)event->id,
	    "time", jsonvalue_time(event->time), "device", jsonvalue_text(event->device), "object",
	    jsonvalue_text(event->object), "rule", jsonvalue_text(event->rule), "kind",
	    event_kind_name(event->kind), "severity", severity_name(event->severity), "text",
	    jsonvalue_text(event->text), "value", jsonvalue_number(event->value), "cause",
	    jsonvalue_text(event->cause));
}

json_t *json_events(struct event *const *events, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_event(events[i]));
	return json_pack("{s:o}", "events", list);
}

static json_t *json_silence(const struct silence *silence)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)silence->id, "device",
	    jsonvalue_text(silence->device), "rule", jsonvalue_text(silence->rule), "object",
	    jsonvalue_text(silence->object), "reason", jsonvalue_text(silence->reason), "author",
	    jsonvalue_text(silence->author), "from", jsonvalue_time(silence->from), "until",
	    jsonvalue_time(silence->until));
}

json_t *json_silences(struct silence *const *silences, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_silence(silences[i]));
	return json_pack("{s:o}", "silences", list);
}

static json_t *json_ack(const struct ack *ack)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "device", jsonvalue_text(ack->device), "rule",
	    jsonvalue_text(ack->rule), "object", jsonvalue_text(ack->object), "reason",
	    jsonvalue_text(ack->reason), "author", jsonvalue_text(ack->author), "time",
	    jsonvalue_time(ack->time));
}

json_t *json_acks(struct ack *const *acks, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_ack(acks[i]));
	return json_pack("{s:o}", "acks", list);
}

void json_problem_said(json_t *problem, const struct silence *silence, const struct ack *ack)
{
	if (silence != NULL)
		json_object_set_new(problem, "silenced",
		    json_pack("{s:o, s:o, s:o}", "until", jsonvalue_time(silence->until), "by",
			jsonvalue_text(silence->author), "reason", jsonvalue_text(silence->reason)));
	if (ack != NULL)
		json_object_set_new(problem, "acknowledged",
		    json_pack("{s:o, s:o, s:o}", "by", jsonvalue_text(ack->author), "time",
			jsonvalue_time(ack->time), "reason", jsonvalue_text(ack->reason)));
}
