#include "fleet/bend.h"

#define TOO_BIG 1

static bool has(const struct agent_ask *ask, enum fault fault)
{
	return effect_has(ask->effect, fault);
}

static int64_t arg(const struct agent_ask *ask, enum fault fault, int place)
{
	return ask->effect->arg[fault][place];
}

/* ---- the view ---- */

/* sysUpTime is itself at the fleet's start, so that a fault that begins later makes no leap of its own. */
static uint64_t odd_clock(const struct agent_ask *ask, uint64_t uptime)
{
	uint64_t start = ask->device->boot < 0 ? (uint64_t)-ask->device->boot : 0;

	if (has(ask, FAULT_UPTIME_SPEED) && uptime >= start)
		uptime =
		    start + (uint64_t)((int64_t)(uptime - start) * arg(ask, FAULT_UPTIME_SPEED, 0) / 100);
	if (has(ask, FAULT_UPTIME_UNIT) && arg(ask, FAULT_UPTIME_UNIT, 0) > 0)
		uptime /= (uint64_t)arg(ask, FAULT_UPTIME_UNIT, 0);
	return uptime;
}

static uint64_t cached(const struct agent_ask *ask, uint64_t uptime)
{
	int64_t seconds = arg(ask, FAULT_CACHED, 0);

	return seconds > 0 && seconds < UINT32_MAX ? uptime - uptime % ((uint64_t)seconds * 100) : uptime;
}

static uint64_t leaps(const struct agent_ask *ask)
{
	int64_t every = arg(ask, FAULT_JUMP, 1);

	if (every <= 0)
		return 0;
	return (ask->number - ask->device->leaps_from) / (uint64_t)every * (uint64_t)arg(ask, FAULT_JUMP, 0);
}

static void bend_numbers(const struct agent_ask *ask, struct mib_view *view)
{
	view->ticks = odd_clock(ask, view->uptime);
	if (has(ask, FAULT_CACHED))
		view->counted = cached(ask, view->uptime);
	if (has(ask, FAULT_JUMP))
		view->jump = leaps(ask);
	if (has(ask, FAULT_RESTLESS))
		view->restless = ask->number;
	if (has(ask, FAULT_LONG_TEXT) && arg(ask, FAULT_LONG_TEXT, 0) > 0)
		view->long_text =
		    arg(ask, FAULT_LONG_TEXT, 0) < FLEET_FILLER ? arg(ask, FAULT_LONG_TEXT, 0) : FLEET_FILLER;
}

void bend_view(const struct agent_ask *ask, struct mib_view *view)
{
	uint64_t uptime = fleet_uptime(ask->fleet, ask->device, ask->now);
	bool v1 = ask->request->version == SNMP_V1;

	*view = (struct mib_view){
	    .fleet = ask->fleet,
	    .device = ask->device,
	    .uptime = uptime,
	    .ticks = uptime,
	    .counted = uptime,
	    .groups = mib_groups_of(ask->device),
	    .v1 = v1,
	    .narrow = v1,
	};
	if (!ask->effect->any)
		return;
	bend_numbers(ask, view);
	view->endless = has(ask, FAULT_ENDLESS);
	view->hostile = has(ask, FAULT_HOSTILE_TEXT);
	view->narrow = v1 && !has(ask, FAULT_V1_COUNTER64);
	if (has(ask, FAULT_HIDE))
		view->groups &= ~(unsigned)arg(ask, FAULT_HIDE, 0);
	if (has(ask, FAULT_NAMES))
		view->names = arg(ask, FAULT_NAMES, 0);
	if (has(ask, FAULT_CLOCK_SKEW))
		view->skew = arg(ask, FAULT_CLOCK_SKEW, 0);
}

/* ---- errors ---- */

/* Place of the first name asked that the effect is about, from 1; 0 = none. */
static int32_t place_of(const struct agent_ask *ask, const struct mib_view *view, enum fault fault)
{
	int32_t object = ask->effect->object[fault];
	int64_t port = ask->effect->port[fault];

	for (size_t i = 0; i < ask->request->n; i++) {
		struct mib_at at;
		struct oid_arcs oid;
		int32_t entry;

		if (!oid_read(ask->request->names[i], &oid))
			continue;
		entry = mib_entry_of(view->fleet->mib, &oid);
		if (entry < 0 || (object >= 0 && entry != object))
			continue;
		at = (struct mib_at){.entry = (size_t)entry, .index = oid.arc[oid.n - 1]};
		if (port < 0 || mib_port(view, &at) == port)
			return (int32_t)(i + 1);
	}
	return 0;
}

static bool is_about(const struct agent_ask *ask, const struct mib_view *view, enum fault fault)
{
	return (ask->effect->object[fault] < 0 && ask->effect->port[fault] < 0) ||
	       place_of(ask, view, fault) > 0;
}

bool bend_refusal(const struct agent_ask *ask, const struct mib_view *view, int32_t *status, int32_t *index)
{
	const struct request *request = ask->request;
	int64_t wanted = (int64_t)request->n;
	bool bulk = request->pdu == PDU_GETBULK;

	if (bulk)
		wanted *= request->max_repetitions > 1 ? request->max_repetitions : 1;
	*index = 0;
	if (has(ask, FAULT_TOO_BIG) && wanted > arg(ask, FAULT_TOO_BIG, 0)) {
		*status = TOO_BIG;
	} else if (has(ask, FAULT_BULK_ERROR) && bulk) {
		*status = (int32_t)arg(ask, FAULT_BULK_ERROR, 0);
	} else if (has(ask, FAULT_ERROR_AT) && place_of(ask, view, FAULT_ERROR_AT) > 0) {
		*status = (int32_t)arg(ask, FAULT_ERROR_AT, 0);
		*index = place_of(ask, view, FAULT_ERROR_AT);
	} else if (has(ask, FAULT_ERROR) && is_about(ask, view, FAULT_ERROR)) {
		*status = (int32_t)arg(ask, FAULT_ERROR, 0);
		*index = (int32_t)arg(ask, FAULT_ERROR, 1);
	} else {
		return false;
	}
	return true;
}

/* ---- the device ---- */

static bool is_turn(const struct agent_ask *ask, enum fault fault, uint64_t number)
{
	return has(ask, fault) && arg(ask, fault, 0) > 0 && number % (uint64_t)arg(ask, fault, 0) == 0;
}

void bend_device(const struct agent_ask *ask, struct device *device)
{
	int64_t time = fleet_time(ask->fleet, ask->now);
	bool walks = ask->request->pdu == PDU_GETNEXT || ask->request->pdu == PDU_GETBULK;

	device->walked += walks;
	if (has(ask, FAULT_JUMP) && device->leaps_from == 0)
		device->leaps_from = ask->number;
	if (walks && is_turn(ask, FAULT_REBOOT_EVERY, device->walked))
		device_reboot(device, time);
	if (is_turn(ask, FAULT_RENUMBER_EVERY, ask->number))
		device_renumber(
		    device, ask->fleet->options.seed, time, arg(ask, FAULT_RENUMBER_EVERY, 1) == 1);
	if (is_turn(ask, FAULT_VANISH_EVERY, ask->number)) {
		device->vanished = !device->vanished;
		device_port_event(device, ask->effect->port[FAULT_VANISH_EVERY],
		    device->vanished ? DEVICE_REMOVE_PORT : DEVICE_RETURN_PORT, time);
	}
}
