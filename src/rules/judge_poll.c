#include "base/mem.h"
#include "rules/judge_parts.h"
#include "rules/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One poll of one device. */
struct poll {
	struct judge *judge;
	size_t device;
	struct judged_device *judged;
	bool restarted;
	int64_t mono, wall;
	uint32_t tick;
	struct scope scope;
};

/* One row under one rule. */
struct matter {
	const struct judged_table *table;
	const struct applied *applied;
	struct hold *hold;
	const char *object; /* NULL: the device, or a group of scalars */
	double *memory;
};

static enum severity severity_at(const struct rule *rule, unsigned level)
{
	if (!rule_has_limits(rule))
		return rule->severity;
	return level == 2 ? SEVERITY_CRITICAL : SEVERITY_WARNING;
}

static bool is_info(const struct rule *rule)
{
	return !rule_has_limits(rule) && rule->severity <= SEVERITY_INFO;
}

/* The thresholds of this row: on which levels there is something to judge. */
static void thresholds(const struct poll *poll, const struct matter *matter, double limit[2], bool has[2])
{
	const struct rule *rule = matter->applied->rule;

	if (!rule_has_limits(rule)) {
		limit[0] = limit[1] = NAN;
		has[0] = true;
		has[1] = false;
		return;
	}
	reach_thresholds(poll->judge->inventory, rule, matter->hold->limit, limit);
	has[0] = !isnan(limit[0]);
	has[1] = !isnan(limit[1]);
}

/* By default it is over as soon as it does not hold. */
static double is_over(struct poll *poll, const struct matter *matter, double when, double *after)
{
	const struct rule_binding *binding = matter->applied->binding;
	size_t first = binding->where_states + binding->when_states;

	if (binding->clear == NULL)
		return isnan(when) ? NAN : when == 0;
	if (matter->hold->level == 0 && binding->clear_states == 0)
		return NAN;
	return scope_eval(&poll->scope, binding->clear, matter->memory + first, after + first);
}

static void take_sample(
    struct poll *poll, const struct matter *matter, double *after, struct hold_sample *sample)
{
	const struct rule_binding *binding = matter->applied->binding;
	size_t first = binding->where_states;
	double limit[2];
	bool has[2];

	thresholds(poll, matter, limit, has);
	for (int i = 1; i >= 0; i--) {
		sample->when[i] = 0;
		sample->clear[i] = 1;
		if (!has[i])
			continue;
		poll->scope.limit = limit[i];
		sample->when[i] =
		    scope_eval(&poll->scope, binding->when, matter->memory + first, after + first);
		sample->clear[i] = is_over(poll, matter, sample->when[i], after);
	}
	/* What is critical is a warning too, also where the one has no threshold of its own kind. */
	if (sample->when[1] > 0 && has[0])
		sample->when[0] = 1;
}

/* The limit that texts speak of. */
static void set_limit(struct poll *poll, const struct matter *matter, unsigned level)
{
	double limit[2];
	bool has[2];

	thresholds(poll, matter, limit, has);
	poll->scope.limit = limit[level == 2];
}

static void follow(struct poll *poll, const struct matter *matter, unsigned level)
{
	const struct rule *rule = matter->applied->rule;
	struct hold *hold = matter->hold;
	struct trouble *trouble;

	double value = scope_number(&poll->scope);

	set_limit(poll, matter, level);
	if (is_info(rule)) {
		char *text = level > 0 ? scope_text(&poll->scope) : NULL;

		if (level > 0)
			judge_inform(
			    poll->judge, poll->device, rule, matter->object, text, value, poll->wall);
		free(text);
		hold->level = (uint8_t)level;
	} else if (level > 0) {
		if (judge_raise(poll->judge, poll->device, rule, matter->object, severity_at(rule, level),
			scope_text(&poll->scope), value, poll->wall))
			hold->level = (uint8_t)level;
	} else {
		hold->level = 0;
		trouble = judge_trouble(poll->judged, rule, judge_key(matter->object));
		if (trouble != NULL)
			judge_clear(poll->judge, poll->device, trouble, NULL, value, poll->wall);
	}
}

/* It stays raised: what is shown of it keeps up with the values. */
static void renew(struct poll *poll, const struct matter *matter)
{
	const struct rule *rule = matter->applied->rule;
	struct trouble *trouble;

	if (is_info(rule) || isnan(scope_number(&poll->scope)))
		return;
	trouble = judge_trouble(poll->judged, rule, judge_key(matter->object));
	if (trouble == NULL)
		return;
	set_limit(poll, matter, matter->hold->level);
	free(trouble->text);
	trouble->text = scope_text(&poll->scope);
	trouble->value = scope_number(&poll->scope);
}

/* The row is not, or no longer, what the rule is about. */
static void drop(struct poll *poll, const struct matter *matter)
{
	struct trouble *trouble = NULL;

	hold_forget(matter->hold);
	if (matter->hold->level == 0)
		return;
	matter->hold->level = 0;
	if (!is_info(matter->applied->rule))
		trouble = judge_trouble(poll->judged, matter->applied->rule, judge_key(matter->object));
	if (trouble != NULL)
		judge_clear(poll->judge, poll->device, trouble, "no longer judged", NAN, poll->wall);
}

static void judge_matter(struct poll *poll, const struct matter *matter, bool gap)
{
	const struct applied *applied = matter->applied;
	const struct rule_binding *binding = applied->binding;
	double after[3 * EXPR_STATES_MAX], wanted = 1;
	struct hold_sample sample = {
	    .now = poll->tick, .duration = applied->duration, .polls = applied->rule->hold_polls, .gap = gap};
	unsigned level;

	if (applied->n_states > 0)
		memcpy(after, matter->memory, applied->n_states * sizeof *after);
	poll->scope.binding = binding;
	poll->scope.value_known = false;
	if (binding->where != NULL)
		wanted = scope_eval(&poll->scope, binding->where, matter->memory, after);
	if (wanted > 0) {
		take_sample(poll, matter, after, &sample);
		level = hold_step(matter->hold, &sample);
		if (level != matter->hold->level)
			follow(poll, matter, level);
		else if (level > 0)
			renew(poll, matter);
	} else if (!isnan(wanted)) {
		drop(poll, matter);
	}
	if (applied->n_states > 0)
		memcpy(matter->memory, after, applied->n_states * sizeof *after);
}

static struct matter matter_at(struct judged_table *table, size_t row, size_t rule, const char *object)
{
	return (struct matter){.table = table,
	    .applied = &table->rules[rule],
	    .hold = &table->holds[row * table->n_rules + rule],
	    .object = object,
	    .memory = table->memory + row * table->n_states + table->rules[rule].first_state};
}

/* A row that is named by its index may be another after a restart. */
static void forget_row(struct judged_table *table, size_t row)
{
	for (size_t i = 0; i < table->n_states; i++)
		table->memory[row * table->n_states + i] = NAN;
	for (size_t k = 0; k < table->n_rules; k++)
		hold_forget(&table->holds[row * table->n_rules + k]);
}

static void judge_row(struct poll *poll, struct judged_table *table, const struct rowset *set, size_t row)
{
	const struct row *now = &set->rows[row];
	struct judged_row *known = &table->rows[row];
	const char *object = set->table->is_scalar ? NULL : now->key;
	bool gap = known->mono != 0 && now->mono - known->mono > table->max_gap;

	if (poll->restarted && now->weak_key)
		forget_row(table, row);
	if (!now->excluded && (now->mono == 0 || now->mono == known->mono))
		return;
	poll->scope.row = row;
	poll->scope.now = (double)now->wall / 1e9;
	for (size_t k = 0; k < table->n_rules; k++) {
		struct matter matter = matter_at(table, row, k, object);

		if (now->excluded)
			drop(poll, &matter);
		else
			judge_matter(poll, &matter, gap);
	}
	known->mono = now->mono;
}

static void judge_table(struct poll *poll, struct judged_table *table, const struct rowset *set)
{
	poll->scope.set = set;
	if (set != NULL) {
		for (size_t row = 0; row < set->n_rows; row++)
			judge_row(poll, table, set, row);
		return;
	}
	poll->scope.now = (double)poll->wall / 1e9;
	for (size_t k = 0; k < table->n_rules; k++) {
		struct matter matter = matter_at(table, 0, k, NULL);

		judge_matter(poll, &matter,
		    table->rows[0].mono != 0 && poll->mono - table->rows[0].mono > table->max_gap);
	}
	table->rows[0].mono = poll->mono;
}

static uint32_t tick_of(struct judge *judge, int64_t mono)
{
	if (judge->epoch == INT64_MIN)
		judge->epoch = mono;
	return (uint32_t)((mono - judge->epoch) / JUDGE_TICK) + 1;
}

void judge_poll(struct judge *judge, size_t device, const struct profile *profile,
    const struct rowset *const *tables, size_t n_tables, bool restarted, double uptime_s, int64_t mono,
    int64_t wall)
{
	struct judged_device *judged = &judge->devices[device];
	struct poll poll = {.judge = judge,
	    .device = device,
	    .judged = judged,
	    .restarted = restarted,
	    .mono = mono,
	    .wall = wall,
	    .scope = {.device = judge->inventory->devices[device].name,
		.uptime = uptime_s,
		.since_restart = NAN,
		.limit = NAN,
		.value = NAN}};

	MAGIC_CHECK(judge, JUDGE_MAGIC);
	poll.tick = tick_of(judge, mono);
	if (restarted) {
		judged->restart_seen = true;
		judged->restart = mono - (uptime_s > 0 ? (int64_t)(uptime_s * 1e9) : 0);
	}
	if (judged->restart_seen)
		poll.scope.since_restart = (double)(mono - judged->restart) / 1e9;
	judge_settle(judge, device, judge_sync(judge, device, profile, tables, n_tables), wall);
	judged->cursor = 0;
	for (size_t i = 0; i < judged->n_tables; i++) {
		struct judged_table *table = &judged->tables[i];

		judge_table(&poll, table, table->table != NULL ? tables[table->number] : NULL);
	}
	judge_list(judge, device);
}
