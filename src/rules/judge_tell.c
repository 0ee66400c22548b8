#include "rules/judge_parts.h"

#include "base/mem.h"
#include "base/units.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void emit(struct judge *judge, size_t device, const struct event *event)
{
	struct event complete = *event;

	if (device != JUDGE_COLLECTOR)
		complete.device = judge->inventory->devices[device].name;
	judge->hooks.event(judge->hooks.arg, device, &complete);
}

struct trouble *judge_trouble(struct judged_device *device, const struct rule *rule, uint64_t key)
{
	for (size_t i = 0; i < device->troubles.n; i++) {
		size_t at = (device->cursor + i) % device->troubles.n;
		struct trouble *trouble = &device->troubles.v[at];

		if (trouble->rule == rule && trouble->key == key) {
			device->cursor = at + 1;
			return trouble;
		}
	}
	return NULL;
}

/* Told once, until half of the room is free again. */
static void overflow(struct judge *judge, size_t device, const struct rule *rule, int64_t wall)
{
	struct judged_device *judged = judge_device(judge, device);
	char *text;

	if (judged->overflowed)
		return;
	judged->overflowed = true;
	text = str_format("more than %d problems at once: further ones are not told of", JUDGE_PROBLEMS_MAX);
	judge_inform(judge, device, rule, NULL, text, NAN, wall);
	free(text);
}

bool judge_raise(struct judge *judge, size_t device, const struct rule *rule, const char *object,
    enum severity severity, char *text, double value, int64_t wall)
{
	struct judged_device *judged = judge_device(judge, device);
	struct trouble *trouble = judge_trouble(judged, rule, judge_key(object));

	if (trouble == NULL && judged->troubles.n >= JUDGE_PROBLEMS_MAX) {
		overflow(judge, device, rule, wall);
		free(text);
		return false;
	}
	if (trouble == NULL) {
		struct trouble new = {
		    .rule = rule, .key = judge_key(object), .object = mem_strdup(object), .since = wall};

		vec_push(&judged->troubles, new);
		trouble = &judged->troubles.v[judged->troubles.n - 1];
	}
	free(trouble->text);
	trouble->text = text;
	trouble->severity = severity;
	trouble->value = value;
	emit(judge, device,
	    &(struct event){.time = wall,
		.object = trouble->object,
		.rule = rule->name,
		.kind = EVENT_RAISE,
		.severity = severity,
		.text = text,
		.value = value});
	return true;
}

static void emit_clear(struct judge *judge, size_t device, const struct trouble *trouble, const char *rule,
    const char *why, double value, int64_t wall)
{
	char lasted[UNITS_TEXT_MAX], *text;

	units_duration(lasted, wall - trouble->since);
	text = trouble->text != NULL ? str_format("%s after %s: %s", why, lasted, trouble->text)
				     : str_format("%s after %s", why, lasted);
	emit(judge, device,
	    &(struct event){.time = wall,
		.object = trouble->object,
		.rule = rule,
		.kind = EVENT_CLEAR,
		.severity = trouble->severity,
		.text = text,
		.value = value});
	free(text);
}

void judge_clear(
    struct judge *judge, size_t device, struct trouble *trouble, const char *why, double value, int64_t wall)
{
	struct judged_device *judged = judge_device(judge, device);
	struct trouble gone = *trouble;

	*trouble = judged->troubles.v[--judged->troubles.n];
	if (judged->troubles.n <= JUDGE_PROBLEMS_MAX / 2)
		judged->overflowed = false;
	emit_clear(judge, device, &gone, gone.rule->name, why != NULL ? why : "ended", value, wall);
	free(gone.object);
	free(gone.text);
}

void judge_inform(struct judge *judge, size_t device, const struct rule *rule, const char *object,
    const char *text, double value, int64_t wall)
{
	emit(judge, device,
	    &(struct event){.time = wall,
		.object = object,
		.rule = rule->name,
		.kind = EVENT_INFO,
		.severity = SEVERITY_INFO,
		.text = text,
		.value = value});
}

/* --- rows that come and go --- */

static void retire(struct judge *judge, size_t device, int64_t wall)
{
	struct judged_device *judged = judge_device(judge, device);
	struct hold *hold;

	for (size_t i = judged->troubles.n; i-- > 0;) {
		struct trouble *trouble = &judged->troubles.v[i];

		if (!judge_find(judged, trouble->rule, trouble->key, &hold) || hold->level == 0)
			judge_clear(judge, device, trouble, "no longer judged", NAN, wall);
	}
}

static unsigned level_of(const struct rule *rule, enum severity severity)
{
	return rule_has_limits(rule) && severity == SEVERITY_CRITICAL ? 2 : 1;
}

/* True when it is settled, for good or ill. */
static bool settle(struct judge *judge, size_t device, struct restored *restored, int64_t wall)
{
	struct judged_device *judged = judge_device(judge, device);
	const struct rule *rule = judge_rule(judge, restored->rule);
	uint64_t key = judge_key(restored->object);
	struct hold *hold;

	if (rule != NULL && rule->severity != SEVERITY_INFO && judge_find(judged, rule, key, &hold) &&
	    judged->troubles.n < JUDGE_PROBLEMS_MAX) {
		struct trouble trouble = {.rule = rule,
		    .key = key,
		    .object = mem_strdup(restored->object),
		    .severity = restored->severity,
		    .since = restored->since,
		    .value = NAN};

		if (hold->level == 0)
			vec_push(&judged->troubles, trouble);
		else
			free(trouble.object);
		hold->level = (uint8_t)level_of(rule, restored->severity);
		return true;
	}
	if (rule != NULL && rule->kind == RULE_CONDITION && --restored->polls > 0)
		return false;
	emit_clear(judge, device,
	    &(struct trouble){
		.object = restored->object, .severity = restored->severity, .since = restored->since},
	    restored->rule, "no longer judged", NAN, wall);
	return true;
}

void judge_settle(struct judge *judge, size_t device, bool rows_changed, int64_t wall)
{
	struct judged_device *judged = judge_device(judge, device);
	size_t kept = 0;

	if (rows_changed && judged->troubles.n > 0)
		retire(judge, device, wall);
	for (size_t i = 0; i < judged->restored.n; i++) {
		struct restored *restored = &judged->restored.v[i];

		if (!settle(judge, device, restored, wall)) {
			judged->restored.v[kept++] = *restored;
			continue;
		}
		free(restored->rule);
		free(restored->object);
	}
	judged->restored.n = kept;
}

/* --- the list --- */

static int by_weight(const void *a, const void *b)
{
	const struct problem *x = a, *y = b;
	bool x_whole = x->object == NULL, y_whole = y->object == NULL;
	int names;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	names = strcmp(x->rule, y->rule);
	if (names != 0)
		return names;
	return x_whole || y_whole ? y_whole - x_whole : strcmp(x->object, y->object);
}

void judge_list(struct judge *judge, size_t device)
{
	struct judged_device *judged = judge_device(judge, device);
	size_t need = judged->troubles.n + judged->restored.n + 1, n = 0;
	bool absent = judged->absence.shown && judged->absence.text != NULL;

	if (need > judged->cap_list) {
		judged->list = mem_realloc(judged->list, need, sizeof *judged->list);
		judged->cap_list = need;
	}
	if (absent)
		judged->list[n++] =
		    (struct problem){.rule = device == JUDGE_COLLECTOR ? "collector-blind" : "device-down",
			.severity = SEVERITY_CRITICAL,
			.since = judged->absence.since,
			.text = judged->absence.text};
	for (size_t i = 0; i < judged->troubles.n; i++) {
		const struct trouble *t = &judged->troubles.v[i];

		judged->list[n++] =
		    (struct problem){t->rule->name, t->object, t->severity, t->since, t->text};
	}
	for (size_t i = 0; i < judged->restored.n; i++) {
		const struct restored *r = &judged->restored.v[i];

		judged->list[n++] = (struct problem){r->rule, r->object, r->severity, r->since, NULL};
	}
	qsort(judged->list + absent, n - absent, sizeof *judged->list, by_weight);
	judged->n_list = n;
}
