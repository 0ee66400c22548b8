#include "fleet/fault.h"

#include "base/mem.h"
#include "fleet/personality.h"
#include "fleet/rule.h"

#include <stdlib.h>
#include <string.h>

struct faults {
	struct rule *rules;
	size_t n, room;
	char error[RULE_ERROR_MAX];
};

struct faults *faults_new(void)
{
	return mem_alloc(sizeof(struct faults));
}

void faults_free(struct faults *faults)
{
	if (faults != NULL)
		free(faults->rules);
	free(faults);
}

/* A personality's faults, each with what the line says of time and devices: its first `len` octets. */
static const char *add_personality(
    struct faults *faults, struct fleet *fleet, const char *line, size_t len, const char *name, int64_t now)
{
	const struct personality *personality = personality_named(name);
	const char *error = NULL;

	if (personality == NULL)
		return "no such personality";
	for (const char *fault = personality->faults; *fault != '\0' && error == NULL;) {
		size_t end = strcspn(fault, ";");
		char whole[256];

		snprintf(whole, sizeof(whole), "%.*s%.*s", (int)len, line, (int)end, fault);
		error = faults_add(faults, fleet, whole, now);
		fault += end;
		fault += strspn(fault, "; ");
	}
	return error;
}

const char *faults_add(struct faults *faults, struct fleet *fleet, const char *line, int64_t now)
{
	const char *as = strncmp(line, "as ", 3) == 0 ? line : strstr(line, " as ");
	struct rule rule;

	if (as == line)
		return add_personality(faults, fleet, line, 0, as + 3, now);
	if (as != NULL)
		return add_personality(faults, fleet, line, (size_t)(as + 1 - line), as + 4, now);
	if (!rule_read(fleet, line, now, &rule, faults->error))
		return faults->error;
	if (rule.text[0] == '\0')
		return NULL;
	if (faults->n == faults->room) {
		faults->room = faults->room * 2 + 16;
		faults->rules = mem_realloc(faults->rules, faults->room, sizeof(*faults->rules));
	}
	faults->rules[faults->n++] = rule;
	return NULL;
}

bool faults_load(struct faults *faults, struct fleet *fleet, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[256];
	bool good = true;

	if (file == NULL) {
		perror(path);
		return false;
	}
	for (int number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
		const char *error = faults_add(faults, fleet, line, fleet->start);

		if (error != NULL) {
			fprintf(stderr, "%s:%d: %s\n", path, number, error);
			good = false;
		}
	}
	fclose(file);
	return good;
}

static void each_port(const struct rule *rule, struct fleet *fleet, enum device_event event, int64_t time)
{
	for (uint32_t i = rule->from; i <= rule->to; i++)
		device_port_event(&fleet->devices[i], rule->port, event, time);
}

static void restart(const struct rule *rule, struct fleet *fleet, int64_t time)
{
	for (uint32_t i = rule->from; i <= rule->to; i++) {
		device_reboot(&fleet->devices[i], time);
		if (rule->fault == FAULT_REBOOT_RENUMBER)
			device_renumber(&fleet->devices[i], fleet->options.seed, time, true);
	}
}

static void begin(const struct rule *rule, struct fleet *fleet, int64_t time)
{
	uint64_t seed = fleet->options.seed;

	for (uint32_t i = rule->from; i <= rule->to; i++) {
		struct device *device = &fleet->devices[i];

		device->faults += rule_bends(rule);
		if (rule->fault == FAULT_RENUMBER || rule->fault == FAULT_RENUMBER_QUIET)
			device_renumber(device, seed, time, rule->fault == FAULT_RENUMBER_QUIET);
		else if (rule->fault == FAULT_ADD_PORT)
			device_add_ports(device, rule->arg[0] > 0 ? (uint32_t)rule->arg[0] : 0, time);
	}
	if (rule->fault == FAULT_REMOVE_PORT)
		each_port(rule, fleet, DEVICE_REMOVE_PORT, time);
	else if (rule->fault == FAULT_COUNTER_RESET)
		each_port(rule, fleet, DEVICE_COUNTER_RESET, time);
	else if (rule->fault == FAULT_DISCONTINUITY)
		each_port(rule, fleet, DEVICE_DISCONTINUITY, time);
	else if (rule->fault == FAULT_PORT_DOWN)
		each_port(rule, fleet, DEVICE_PORT_DOWN, time);
	else if (rule->fault == FAULT_PORT_DISABLE)
		each_port(rule, fleet, DEVICE_PORT_DISABLE, time);
	else if (rule->fault == FAULT_FLAP)
		each_port(rule, fleet, DEVICE_FLAP, time);
	else if (rule->fault == FAULT_RENAME_PORT)
		each_port(rule, fleet, DEVICE_RENAME_PORT, time);
}

static void end(const struct rule *rule, struct fleet *fleet, int64_t time)
{
	for (uint32_t i = rule->from; i <= rule->to; i++)
		fleet->devices[i].faults -= rule_bends(rule);
	if (rule_is_reboot(rule))
		restart(rule, fleet, time);
	else if (rule->fault == FAULT_REMOVE_PORT)
		each_port(rule, fleet, DEVICE_RETURN_PORT, time);
	else if (rule->fault == FAULT_PORT_DOWN)
		each_port(rule, fleet, DEVICE_PORT_UP, time);
	else if (rule->fault == FAULT_PORT_DISABLE)
		each_port(rule, fleet, DEVICE_PORT_ENABLE, time);
}

int64_t faults_turn(struct faults *faults, struct fleet *fleet, int64_t now)
{
	int64_t next = INT64_MAX;
	size_t kept = 0;

	for (size_t i = 0; i < faults->n; i++) {
		struct rule *rule = &faults->rules[i];

		if (!rule->active && rule->start <= now) {
			rule->active = true;
			/* A reboot without a down time is over at once. */
			if (rule->end == INT64_MAX && rule_is_reboot(rule))
				rule->end = now;
			begin(rule, fleet, fleet_time(fleet, now));
			if (rule->end == INT64_MAX && !rule_bends(rule))
				continue; /* it happened, and nothing will undo it */
		}
		if (rule->active && rule->end <= now) {
			end(rule, fleet, fleet_time(fleet, now));
			continue;
		}
		if ((rule->active ? rule->end : rule->start) < next)
			next = rule->active ? rule->end : rule->start;
		faults->rules[kept++] = *rule;
	}
	faults->n = kept;
	return next;
}

void faults_clear(struct faults *faults, struct fleet *fleet, int64_t now)
{
	for (size_t i = 0; i < faults->n; i++)
		if (faults->rules[i].active)
			end(&faults->rules[i], fleet, fleet_time(fleet, now));
	faults->n = 0;
}

void faults_gather(const struct faults *faults, const struct fleet *fleet, const struct device *device,
    uint64_t number, struct effect *effect)
{
	effect->any = false;
	effect->on[0] = effect->on[1] = 0;
	for (size_t i = 0; i < faults->n; i++) {
		const struct rule *rule = &faults->rules[i];

		if (!rule->active || device->number < rule->from || device->number > rule->to)
			continue;
		if (rule->percent < 100 &&
		    !model_chance(rule->percent, fleet->options.seed, device->number, number, rule->fault))
			continue;
		effect->any = true;
		effect->on[rule->fault / 64] |= UINT64_C(1) << rule->fault % 64;
		memcpy(effect->arg[rule->fault], rule->arg, sizeof(rule->arg));
		effect->object[rule->fault] = rule->object;
		effect->port[rule->fault] = rule->port;
	}
}

void faults_list(const struct faults *faults, FILE *out)
{
	for (size_t i = 0; i < faults->n; i++)
		fprintf(
		    out, "%s %s\n", faults->rules[i].active ? "active" : "waiting", faults->rules[i].text);
}
