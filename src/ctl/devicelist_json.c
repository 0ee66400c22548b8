#include "ctl/devicelist_json.h"

#include "views/jsonvalue.h"

#include <math.h>

static json_t *count(uint64_t number)
{
	return json_integer((json_int_t)number);
}

static json_t *mac_of(const struct identity *identity)
{
	uint64_t mac = identity->bridge != 0  ? identity->bridge
		       : identity->n_macs > 0 ? identity->macs[0]
					      : 0;
	struct str text = {0};
	json_t *json;

	if (mac == 0)
		return json_null();
	identity_add_mac_text(&text, mac);
	json = json_string(str_text(&text));
	str_fini(&text);
	return json;
}

static json_t *doubts_of(const struct devicelist_entry *entry)
{
	json_t *doubts = json_array();

	for (size_t i = 0; i < entry->doubts.n; i++)
		json_array_append_new(
		    doubts, json_pack("{s:o, s:o}", "address", jsonvalue_text(entry->doubts.v[i].address),
				"evidence", jsonvalue_text(entry->doubts.v[i].text)));
	return doubts;
}

static json_t *tables_of(const struct devicelist_entry *entry)
{
	json_t *tables = json_array();

	for (size_t i = 0; i < entry->n_tables; i++)
		json_array_append_new(tables,
		    json_pack("{s:o, s:o, s:o}", "table", jsonvalue_text(entry->tables[i].name), "rows",
			count(entry->tables[i].rows), "rrd_bytes", count(entry->tables[i].bytes)));
	return tables;
}

static json_t *now_of(const struct vitals *vitals)
{
	json_t *busiest = json_null();

	if (vitals->port != NULL)
		busiest = json_pack("{s:o, s:o, s:o, s:o}", "row", jsonvalue_text(vitals->port), "in_bps",
		    jsonvalue_number(vitals->in), "out_bps", jsonvalue_number(vitals->out), "percent",
		    jsonvalue_number(vitals->used));
	return json_pack("{s:o, s:o, s:o, s:o}", "uptime_s", jsonvalue_number(vitals->uptime_s),
	    "cpu_percent", jsonvalue_number(vitals->cpu), "memory_percent", jsonvalue_number(vitals->memory),
	    "busiest", busiest);
}

static json_t *alarms_of(const struct devicelist_entry *entry)
{
	json_t *alarms = json_array();

	for (size_t i = 0; i < entry->n_alarms; i++) {
		const struct preview_alarm *alarm = &entry->alarms[i];

		json_array_append_new(
		    alarms, json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:b}", "rule",
				jsonvalue_text(alarm->rule), "row", jsonvalue_text(alarm->object), "severity",
				severity_name(alarm->severity), "text", jsonvalue_text(alarm->text), "value",
				jsonvalue_number(alarm->value), "warning", jsonvalue_number(alarm->warning),
				"critical", jsonvalue_number(alarm->critical), "unit",
				jsonvalue_text(alarm->unit), "waits", alarm->waits));
	}
	return alarms;
}

static json_t *neighbour(const char *address, const char *name, const char *protocol)
{
	return json_pack("{s:o, s:o, s:s}", "address", jsonvalue_text(address), "name", jsonvalue_text(name),
	    "protocol", protocol);
}

static json_t *neighbours_of(const struct devicelist_entry *entry)
{
	json_t *neighbours = json_array();

	for (size_t i = 0; i < entry->n_neighbours; i++)
		json_array_append_new(
		    neighbours, neighbour(entry->neighbours[i].address, entry->neighbours[i].name,
				    entry->neighbours[i].protocol));
	return neighbours;
}

static json_t *entry_json(const struct devicelist_entry *entry)
{
	static const char *const sources[] = {
	    [NAME_FROM_SYSNAME] = "sysname", [NAME_FROM_DNS] = "dns", [NAME_FROM_ADDRESS] = "address"};
	const struct identity *identity = &entry->identity;
	json_t *json = json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
	    jsonvalue_text(entry->name), "name_from", sources[entry->name_from], "address",
	    jsonvalue_text(entry->address), "sysname", jsonvalue_text(identity->sysname), "descr",
	    jsonvalue_text(identity->descr), "engine_id", jsonvalue_text(identity->engine_id), "serial",
	    jsonvalue_text(identity->serial), "mac", mac_of(identity));

	json_object_set_new(json, "profile", jsonvalue_text(entry->profile));
	json_object_set_new(json, "reason", jsonvalue_text(entry->reason));
	json_object_set_new(json, "credential", jsonvalue_text(entry->credential));
	json_object_set_new(json, "known", json_boolean(entry->known_as != NULL));
	json_object_set_new(json, "known_as", jsonvalue_text(entry->known_as));
	json_object_set_new(json, "same_as", jsonvalue_text(entry->is_really));
	json_object_set_new(json, "same_evidence", jsonvalue_text(entry->evidence));
	json_object_set_new(json, "not_same", doubts_of(entry));
	json_object_set_new(json, "rows", count(entry->rows));
	json_object_set_new(json, "requests", count(entry->requests));
	json_object_set_new(json, "octets", count(entry->octets));
	json_object_set_new(json, "poll_ms", jsonvalue_number(entry->poll_ms));
	json_object_set_new(json, "rrd_bytes", count(entry->bytes));
	json_object_set_new(json, "tables", tables_of(entry));
	json_object_set_new(json, "now", now_of(&entry->vitals));
	json_object_set_new(json, "would_raise", alarms_of(entry));
	json_object_set_new(json, "neighbours", neighbours_of(entry));
	return json;
}

static json_t *candidates_json(const struct candidates *candidates)
{
	json_t *array = json_array();

	for (size_t i = 0; i < candidates->n; i++) {
		const struct candidate *candidate = &candidates->v[i];
		json_t *json = neighbour(candidate->address, candidate->name, candidate->protocol),
		       *seen_by = json_array();

		for (size_t j = 0; j < candidate->n_seen_by; j++)
			json_array_append_new(seen_by, jsonvalue_text(candidate->seen_by[j]));
		json_object_set_new(json, "seen_by", seen_by);
		json_array_append_new(array, json);
	}
	return array;
}

json_t *devicelist_json(const struct devicelist *list, uint32_t asked, const struct candidates *candidates)
{
	json_t *devices = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(devices, entry_json(&list->v[i]));
	return json_pack("{s:o, s:o, s:o}", "asked", count(asked), "devices", devices, "neighbours",
	    candidates_json(candidates));
}
