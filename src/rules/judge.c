#include "rules/judge.h"

#include "base/mem.h"
#include "base/units.h"
#include "base/vec.h"
#include "rules/judge_parts.h"
#include "rules/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct judge *judge_new(const struct inventory *inventory, const struct judge_hooks *hooks)
{
	struct judge *judge = mem_alloc(sizeof *judge);

	judge->magic = JUDGE_MAGIC;
	judge->inventory = inventory;
	judge->hooks = *hooks;
	judge->devices = mem_calloc(inventory->n_devices + 1, sizeof *judge->devices);
	judge->epoch = INT64_MIN;
	return judge;
}

static void device_fini(struct judged_device *device)
{
	for (size_t i = 0; i < device->n_tables; i++)
		judged_table_fini(&device->tables[i]);
	free(device->tables);
	for (size_t i = 0; i < device->troubles.n; i++) {
		free(device->troubles.v[i].object);
		free(device->troubles.v[i].text);
	}
	vec_fini(&device->troubles);
	for (size_t i = 0; i < device->restored.n; i++) {
		free(device->restored.v[i].rule);
		free(device->restored.v[i].object);
	}
	vec_fini(&device->restored);
	free(device->absence.text);
	free(device->seen);
	free(device->list);
	memset(device, 0, sizeof *device);
}

void judge_free(struct judge *judge)
{
	if (judge == NULL)
		return;
	MAGIC_CHECK(judge, JUDGE_MAGIC);
	for (size_t i = 0; i < judge->inventory->n_devices; i++)
		device_fini(&judge->devices[i]);
	device_fini(&judge->collector);
	free(judge->devices);
	judge->magic = 0;
	free(judge);
}

struct judged_device *judge_device(const struct judge *judge, size_t device)
{
	return device == JUDGE_COLLECTOR ? (struct judged_device *)&judge->collector
					 : &judge->devices[device];
}

const struct rule *judge_rule(const struct judge *judge, const char *name)
{
	for (size_t i = 0; i < judge->inventory->n_rules; i++)
		if (strcmp(judge->inventory->rules[i]->name, name) == 0)
			return judge->inventory->rules[i];
	return NULL;
}

const struct problem *judge_problems(const struct judge *judge, size_t device, size_t *n)
{
	const struct judged_device *judged = judge_device(judge, device);

	*n = judged->n_list;
	return judged->list;
}

/* --- states --- */

static const char *absence_rule(size_t device)
{
	return device == JUDGE_COLLECTOR ? "collector-blind" : "device-down";
}

static bool is_wanted(const struct judge *judge, size_t device)
{
	const struct device *d = device != JUDGE_COLLECTOR ? &judge->inventory->devices[device] : NULL;

	return reach_disabled(judge->inventory, d, absence_rule(device)) == NULL;
}

static void tell_absence(struct judge *judge, size_t device, enum event_kind kind, int64_t wall)
{
	const struct absence *absence = &judge_device(judge, device)->absence;
	struct event event = {.time = wall,
	    .device = device != JUDGE_COLLECTOR ? judge->inventory->devices[device].name : NULL,
	    .rule = absence_rule(device),
	    .kind = kind,
	    .severity = SEVERITY_CRITICAL,
	    .value = NAN};
	char lasted[UNITS_TEXT_MAX], *text = NULL;

	if (kind == EVENT_CLEAR)
		text = str_format("%s after %s",
		    device == JUDGE_COLLECTOR ? "the collector sees again" : "answers again",
		    units_duration(lasted, wall - absence->since));
	event.text = text != NULL ? text : absence->text;
	judge->hooks.event(judge->hooks.arg, device, &event);
	free(text);
}

static void begin_absence(struct judge *judge, size_t device, const char *text, int64_t since)
{
	struct absence *absence = &judge_device(judge, device)->absence;

	if (!absence->told)
		absence->since = since;
	free(absence->text);
	absence->text = mem_strdup(text != NULL ? text : "");
	absence->shown = true;
}

static void end_absence(struct judge *judge, size_t device, int64_t wall)
{
	struct absence *absence = &judge_device(judge, device)->absence;

	if (absence->told)
		tell_absence(judge, device, EVENT_CLEAR, wall);
	free(absence->text);
	*absence = (struct absence){0};
}

void judge_state(struct judge *judge, size_t device, const struct device_status *before,
    const struct device_status *after, const char *text, int64_t wall)
{
	struct absence *absence = &judge->devices[device].absence;

	(void)before;
	MAGIC_CHECK(judge, JUDGE_MAGIC);
	switch (after->state) {
	case DEVICE_DOWN:
		if (!is_wanted(judge, device))
			break;
		begin_absence(judge, device, text, after->since);
		if (after->hard && !absence->told) {
			absence->told = true;
			tell_absence(judge, device, EVENT_RAISE, wall);
		}
		break;
	case DEVICE_UP:
		end_absence(judge, device, wall);
		break;
	case DEVICE_UNREACHABLE:
	case DEVICE_UNKNOWN:
	case DEVICE_STATE_COUNT:
		absence->shown = false; /* what was told of stays told */
		break;
	}
	judge_list(judge, device);
}

void judge_blind(struct judge *judge, bool blind, const char *text, int64_t wall)
{
	struct absence *absence = &judge->collector.absence;

	MAGIC_CHECK(judge, JUDGE_MAGIC);
	if (!blind) {
		end_absence(judge, JUDGE_COLLECTOR, wall);
	} else if (is_wanted(judge, JUDGE_COLLECTOR)) {
		begin_absence(judge, JUDGE_COLLECTOR, text, wall);
		if (!absence->told) {
			absence->told = true;
			tell_absence(judge, JUDGE_COLLECTOR, EVENT_RAISE, wall);
		}
	}
	judge_list(judge, JUDGE_COLLECTOR);
}

/* --- from before --- */

void judge_restore(struct judge *judge, size_t device, const char *rule, const char *object,
    enum severity severity, int64_t since_wall)
{
	struct judged_device *judged = judge_device(judge, device);
	struct restored restored = {
	    mem_strdup(rule), mem_strdup(object), severity, since_wall, JUDGE_RESTORE_POLLS};

	MAGIC_CHECK(judge, JUDGE_MAGIC);
	if (object == NULL && strcmp(rule, absence_rule(device)) == 0) {
		judged->absence.told = true;
		judged->absence.since = since_wall;
		free(restored.rule);
	} else if (device == JUDGE_COLLECTOR || judged->restored.n >= JUDGE_PROBLEMS_MAX) {
		free(restored.rule);
		free(restored.object);
	} else {
		vec_push(&judged->restored, restored);
	}
	judge_list(judge, device);
}

static bool same_words(const struct rule *a, const struct rule *b)
{
	return str_equal(a->of, b->of) && str_equal(a->value, b->value) && str_equal(a->where, b->where) &&
	       str_equal(a->when, b->when) && str_equal(a->clear, b->clear);
}

static void inherit_tables(const struct judge *judge, struct judged_device *judged)
{
	for (size_t t = 0; t < judged->n_tables; t++) {
		struct judged_table *table = &judged->tables[t];

		table->table = NULL;
		for (size_t k = 0; k < table->n_rules; k++) {
			struct applied *applied = &table->rules[k];
			const struct rule *now = NULL;

			if (applied->rule != NULL)
				now = judge_rule(judge, applied->rule->name);
			applied->same = applied->same && now != NULL && same_words(now, applied->rule);
			applied->rule = now;
			applied->binding = NULL;
		}
	}
}

void judge_inherit(struct judge *judge, size_t device, struct judge *old, size_t old_device, int64_t wall)
{
	struct judged_device *judged = judge_device(judge, device), *from = judge_device(old, old_device);

	MAGIC_CHECK(judge, JUDGE_MAGIC);
	MAGIC_CHECK(old, JUDGE_MAGIC);
	device_fini(judged);
	*judged = *from;
	memset(from, 0, sizeof *from);
	judge->epoch = old->epoch;
	judged->built = false;
	inherit_tables(judge, judged);
	for (size_t i = judged->troubles.n; i-- > 0;) {
		struct trouble *trouble = &judged->troubles.v[i];
		const struct rule *now = judge_rule(judge, trouble->rule->name);

		if (now == NULL)
			judge_clear(judge, device, trouble, "no longer judged", NAN, wall);
		else
			trouble->rule = now;
	}
	if (judged->absence.told && !is_wanted(judge, device))
		end_absence(judge, device, wall);
	judge_list(judge, device);
}

size_t judge_memory(const struct judge *judge)
{
	size_t bytes = sizeof *judge;

	for (size_t i = 0; i < judge->inventory->n_devices; i++) {
		const struct judged_device *device = &judge->devices[i];

		bytes += sizeof *device + device->n_seen * sizeof *device->seen +
			 device->troubles.cap * sizeof *device->troubles.v +
			 device->cap_list * sizeof *device->list;
		for (size_t t = 0; t < device->n_tables; t++) {
			const struct judged_table *table = &device->tables[t];

			bytes +=
			    sizeof *table + table->n_rules * sizeof *table->rules +
			    table->n_rows * (sizeof *table->rows + table->n_rules * sizeof *table->holds +
						table->n_states * sizeof *table->memory);
		}
	}
	return bytes;
}
