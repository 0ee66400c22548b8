#include "daemon/preview.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "rules/judge.h"
#include "rules/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct preview_rules {
	const struct inventory *inventory;
	struct rule *copies; /* shallow, without `for` */
	struct rule **rules; /* pointers to them */
};

struct preview {
	const struct preview_rules *rules;
	struct inventory view; /* the site's, with this device alone; nothing in it is owned */
	struct device device;
	struct judge *judge;
	struct {
		struct preview_alarm *v;
		size_t n, cap;
	} alarms;
	struct {
		struct value_of {
			const char *rule;
			char *object;
			double value;
		} * v;
		size_t n, cap;
	} values; /* as events told them */
};

struct preview_rules *preview_rules_new(const struct inventory *inventory)
{
	struct preview_rules *rules = mem_alloc(sizeof *rules);

	rules->inventory = inventory;
	rules->copies = mem_calloc(inventory->n_rules + 1, sizeof *rules->copies);
	rules->rules = mem_calloc(inventory->n_rules + 1, sizeof *rules->rules);
	for (size_t i = 0; i < inventory->n_rules; i++) {
		rules->copies[i] = *inventory->rules[i];
		rules->copies[i].hold = 0;
		rules->copies[i].hold_polls = 0;
		rules->rules[i] = &rules->copies[i];
	}
	return rules;
}

void preview_rules_free(struct preview_rules *rules)
{
	if (rules == NULL)
		return;
	free(rules->copies);
	free(rules->rules);
	free(rules);
}

static void heard(void *arg, size_t number, const struct event *event)
{
	struct preview *preview = arg;
	struct value_of value = {.value = event->value};

	(void)number;
	if (event->kind != EVENT_RAISE)
		return;
	for (size_t i = 0; i < preview->rules->inventory->n_rules; i++)
		if (strcmp(preview->rules->rules[i]->name, event->rule) == 0)
			value.rule = preview->rules->rules[i]->name;
	value.object = mem_strdup(event->object);
	vec_push(&preview->values, value);
}

struct preview *preview_new(const struct preview_rules *rules, const struct device *device)
{
	struct preview *preview = mem_alloc(sizeof *preview);

	preview->rules = rules;
	preview->device = *device;
	preview->device.name = mem_strdup(device->name);
	preview->device.number = 0;
	preview->view = *rules->inventory;
	preview->view.rules = rules->rules;
	preview->view.devices = &preview->device;
	preview->view.n_devices = 1;
	preview->judge = judge_new(&preview->view, &(struct judge_hooks){heard, preview});
	return preview;
}

static void clear_alarms(struct preview *preview)
{
	for (size_t i = 0; i < preview->alarms.n; i++)
		free(preview->alarms.v[i].text);
	vec_clear(&preview->alarms);
}

void preview_free(struct preview *preview)
{
	if (preview == NULL)
		return;
	judge_free(preview->judge);
	clear_alarms(preview);
	vec_fini(&preview->alarms);
	for (size_t i = 0; i < preview->values.n; i++)
		free(preview->values.v[i].object);
	vec_fini(&preview->values);
	free(preview->device.name);
	free(preview);
}

/* The last that was told. */
static double value_of(const struct preview *preview, const struct problem *problem)
{
	for (size_t i = preview->values.n; i-- > 0;) {
		const struct value_of *value = &preview->values.v[i];

		if (str_equal(value->rule, problem->rule) && str_equal(value->object, problem->object))
			return value->value;
	}
	return NAN;
}

static void add_alarm(struct preview *preview, const struct problem *problem)
{
	const struct inventory *inventory = preview->rules->inventory;
	struct preview_alarm alarm = {.rule = problem->rule,
	    .object = problem->object,
	    .severity = problem->severity,
	    .text = mem_strdup(problem->text),
	    .value = value_of(preview, problem),
	    .unit = "",
	    .warning = NAN,
	    .critical = NAN};

	for (size_t i = 0; i < inventory->n_rules; i++) {
		const struct rule *rule = inventory->rules[i];
		double thresholds[2];

		if (strcmp(rule->name, problem->rule) != 0)
			continue;
		reach_thresholds(inventory, rule,
		    reach_limit(inventory, &preview->device, rule, problem->object), thresholds);
		alarm.warning = thresholds[0];
		alarm.critical = thresholds[1];
		alarm.unit = rule->limit_unit;
		alarm.waits = rule->hold > 0 || rule->hold_polls > 0;
	}
	vec_push(&preview->alarms, alarm);
}

void preview_poll(
    struct preview *preview, const struct device_report *report, bool restarted, int64_t mono, int64_t wall)
{
	const struct problem *problems;
	size_t n;

	if (report->profile == NULL)
		return;
	judge_poll(preview->judge, 0, report->profile, report->tables, report->n_tables, restarted,
	    report->system != NULL ? report->system->uptime_s : (double)NAN, mono, wall);
	clear_alarms(preview);
	problems = judge_problems(preview->judge, 0, &n);
	for (size_t i = 0; i < n; i++)
		add_alarm(preview, &problems[i]);
}

const struct preview_alarm *preview_alarms(const struct preview *preview, size_t *n)
{
	*n = preview->alarms.n;
	return preview->alarms.v;
}
