#include "rules/judge_parts.h"

#include "base/mem.h"
#include "base/vec.h"
#include "rules/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void judged_table_fini(struct judged_table *table)
{
	free(table->name);
	free(table->rules);
	free(table->rows);
	free(table->holds);
	free(table->memory);
	memset(table, 0, sizeof *table);
}

uint64_t judge_key(const char *object)
{
	return object != NULL ? str_hash(object, strlen(object)) : 0;
}

/* --- tables --- */

/* Polls come with some jitter: what held at both ends of `for` has held for it. */
static uint32_t duration(const struct rule *rule, int64_t interval)
{
	int64_t slack = (interval < rule->hold ? interval : rule->hold) / 10;

	return (uint32_t)((rule->hold - slack) / JUDGE_TICK);
}

static void apply_rules(
    const struct inventory *inventory, const struct device *device, struct judged_table *table)
{
	int64_t interval =
	    table->table != NULL && table->table->interval > 0 ? table->table->interval : device->interval;
	struct {
		struct applied *v;
		size_t n, cap;
	} rules = {0};

	for (size_t i = 0; i < inventory->n_rules; i++) {
		const struct rule *rule = inventory->rules[i];
		const struct rule_binding *binding = rule_binding(rule, table->table);
		struct applied applied = {rule, binding, table->n_states, 0, 0, true};

		if (rule->kind != RULE_CONDITION || binding == NULL || !reach_includes(rule, device) ||
		    reach_disabled(inventory, device, rule->name) != NULL)
			continue;
		applied.n_states = binding->where_states + binding->when_states + binding->clear_states;
		applied.duration = duration(rule, interval);
		table->n_states += applied.n_states;
		vec_push(&rules, applied);
	}
	table->rules = rules.v;
	table->n_rules = rules.n;
	table->max_gap = interval * 5 / 2 + device->timeout * (device->retries + 1);
}

static bool is_as_built(const struct judged_device *judged, const struct profile *profile,
    const struct rowset *const *tables, size_t n_tables)
{
	if (!judged->built || judged->profile != profile || judged->n_seen != n_tables)
		return false;
	for (size_t i = 0; i < n_tables; i++)
		if (judged->seen[i] != (tables[i] != NULL ? tables[i]->table : NULL))
			return false;
	return true;
}

/* Adds a table if a rule is about it. */
static void add_table(const struct inventory *inventory, const struct device *device,
    struct judged_device *judged, const struct table *table, size_t number)
{
	struct judged_table *added = &judged->tables[judged->n_tables];

	*added = (struct judged_table){.table = table, .number = number};
	apply_rules(inventory, device, added);
	if (added->n_rules == 0)
		return;
	added->name = mem_strdup(table != NULL ? table->name : "device");
	judged->n_tables++;
}

/* --- rows --- */

struct place {
	uint64_t key;
	size_t row;
};

static int by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static struct place *sort_rows(const struct judged_table *table)
{
	struct place *places = mem_calloc(table->n_rows + 1, sizeof *places);

	for (size_t i = 0; i < table->n_rows; i++)
		places[i] = (struct place){table->rows[i].key, i};
	qsort(places, table->n_rows, sizeof *places, by_key);
	return places;
}

/* What is known of one row under one rule; thresholds are looked up anew. */
static void carry_row(struct judged_table *to, size_t row, const struct judged_table *from, size_t old_row)
{
	to->rows[row].mono = from->rows[old_row].mono;
	for (size_t i = 0; i < to->n_rules; i++) {
		for (size_t j = 0; j < from->n_rules; j++) {
			struct hold *hold = &to->holds[row * to->n_rules + i];
			int16_t limit = hold->limit;

			if (from->rules[j].rule != to->rules[i].rule)
				continue;
			*hold = from->holds[old_row * from->n_rules + j];
			hold->limit = limit;
			if (!from->rules[j].same || from->rules[j].n_states != to->rules[i].n_states) {
				hold_forget(hold);
				continue;
			}
			memcpy(to->memory + row * to->n_states + to->rules[i].first_state,
			    from->memory + old_row * from->n_states + from->rules[j].first_state,
			    to->rules[i].n_states * sizeof *to->memory);
		}
	}
}

/* Rows as they are now; each takes over what is known of its key from `from` (may be `table` itself). */
static void set_rows(const struct inventory *inventory, const struct device *device,
    struct judged_table *table, const struct rowset *set, const struct judged_table *from)
{
	struct judged_table new = *table;
	struct place *places = from != NULL ? sort_rows(from) : NULL;

	new.n_rows = set != NULL ? set->n_rows : 1;
	new.rows = mem_calloc(new.n_rows, sizeof *new.rows);
	new.holds = mem_calloc(new.n_rows *new.n_rules, sizeof *new.holds);
	new.memory = mem_calloc(new.n_rows *new.n_states, sizeof *new.memory);
	for (size_t i = 0; i < new.n_rows *new.n_states; i++)
		new.memory[i] = NAN;
	for (size_t i = 0; i < new.n_rows; i++) {
		const char *key = set != NULL && !set->table->is_scalar ? set->rows[i].key : NULL;
		struct place want = {judge_key(key), 0}, *found = NULL;

		new.rows[i].key = want.key;
		for (size_t k = 0; k < new.n_rules; k++)
			new.holds[i * new.n_rules + k].limit =
			    (int16_t)reach_limit(inventory, device, new.rules[k].rule, key);
		if (places != NULL)
			found = bsearch(&want, places, from->n_rows, sizeof *places, by_key);
		if (found != NULL)
			carry_row(&new, i, from, found->row);
	}
	free(places);
	free(table->rows);
	free(table->holds);
	free(table->memory);
	new.generation = set != NULL ? set->generation : 0;
	new.synced = true;
	*table = new;
}

static const struct judged_table *find_table(const struct judged_table *tables, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(tables[i].name, name) == 0)
			return &tables[i];
	return NULL;
}

static void build(struct judge *judge, size_t number, const struct profile *profile,
    const struct rowset *const *tables, size_t n_tables)
{
	const struct inventory *inventory = judge->inventory;
	const struct device *device = &inventory->devices[number];
	struct judged_device *judged = &judge->devices[number];
	struct judged_table *old = judged->tables;
	size_t n_old = judged->n_tables;

	judged->tables = mem_calloc(n_tables + 1, sizeof *judged->tables);
	judged->n_tables = 0;
	judged->seen = mem_realloc(judged->seen, n_tables + 1, sizeof *judged->seen);
	for (size_t i = 0; i < n_tables; i++) {
		judged->seen[i] = tables[i] != NULL ? tables[i]->table : NULL;
		if (tables[i] != NULL)
			add_table(inventory, device, judged, tables[i]->table, i);
	}
	add_table(inventory, device, judged, NULL, SIZE_MAX);
	for (size_t i = 0; i < judged->n_tables; i++) {
		struct judged_table *table = &judged->tables[i];

		set_rows(inventory, device, table, table->table != NULL ? tables[table->number] : NULL,
		    find_table(old, n_old, table->name));
	}
	for (size_t i = 0; i < n_old; i++)
		judged_table_fini(&old[i]);
	free(old);
	judged->n_seen = n_tables;
	judged->profile = profile;
	judged->built = true;
}

bool judge_sync(struct judge *judge, size_t device, const struct profile *profile,
    const struct rowset *const *tables, size_t n_tables)
{
	struct judged_device *judged = &judge->devices[device];
	bool changed = false;

	if (!is_as_built(judged, profile, tables, n_tables)) {
		build(judge, device, profile, tables, n_tables);
		return true;
	}
	for (size_t i = 0; i < judged->n_tables; i++) {
		struct judged_table *table = &judged->tables[i];
		const struct rowset *set = table->table != NULL ? tables[table->number] : NULL;

		if (set == NULL || (set->generation == table->generation && set->n_rows == table->n_rows))
			continue;
		set_rows(judge->inventory, &judge->inventory->devices[device], table, set, table);
		changed = true;
	}
	return changed;
}

bool judge_find(struct judged_device *device, const struct rule *rule, uint64_t key, struct hold **hold)
{
	for (size_t t = 0; t < device->n_tables; t++) {
		struct judged_table *table = &device->tables[t];

		for (size_t k = 0; k < table->n_rules; k++) {
			if (table->rules[k].rule != rule)
				continue;
			for (size_t row = 0; row < table->n_rows; row++) {
				if (table->rows[row].key != key)
					continue;
				*hold = &table->holds[row * table->n_rules + k];
				return true;
			}
		}
	}
	return false;
}
