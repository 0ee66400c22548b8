#include "base/mem.h"
#include "base/str.h"
#include "daemon/pipeline_parts.h"

#include <stdlib.h>
#include <string.h>

/* Which member is the device of the new snapshot; SIZE_MAX if it is new. */
static size_t find_before(
    const struct pipeline *pipeline, const struct device *device, const struct pipeline_rename *rename)
{
	if (rename != NULL && strcmp(device->name, rename->to) == 0)
		return pipeline_find(pipeline, rename->from);
	return pipeline_find(pipeline, device->name);
}

static const char *parent_name(const struct inventory *inventory, const struct device *device)
{
	return device->parent >= 0 ? inventory->devices[device->parent].name : NULL;
}

static bool is_as_before(const struct inventory *before, const struct device *was,
    const struct inventory *inventory, const struct device *is)
{
	return was->digest == is->digest && str_equal(parent_name(before, was), parent_name(inventory, is));
}

static void rebind(
    struct pipeline *pipeline, struct member *member, const struct device *device, bool rematch)
{
	const struct device *before = member->device;

	member->device = device;
	if (device->n_credentials == 0)
		pipeline_unschedule(pipeline, member);
	else if (member->turn == NULL)
		pipeline_schedule(pipeline, member);
	else if (before->interval != device->interval)
		sched_change(pipeline->sched, member->turn, device->name, device->interval);
	if (before->agent_digest == device->agent_digest) {
		session_rebind(member->session, pipeline->inventory, device, rematch);
	} else {
		session_free(member->session);
		pipeline_contact(pipeline, member);
	}
}

/* Problems and states pass on; what rests on the numbers of devices is made anew. */
static void inherit(struct pipeline *pipeline, struct judge *old, const size_t *from, int64_t wall)
{
	const struct inventory *inventory = pipeline->inventory;

	judge_inherit(pipeline->judge, JUDGE_COLLECTOR, old, JUDGE_COLLECTOR, wall);
	for (size_t i = 0; i < inventory->n_devices; i++) {
		if (from[i] != SIZE_MAX)
			judge_inherit(pipeline->judge, i, old, from[i], wall);
	}
	tracker_renumber(pipeline->tracker, from, inventory->n_devices, inventory->settings.tries, wall);
	pipeline_place(pipeline);
}

/* The members take their places in the new snapshot; what is left in `old` has gone. */
static void take_places(struct pipeline *pipeline, const struct inventory *before, struct member **old,
    const size_t *from, struct pipeline_change *change)
{
	struct inventory *inventory = pipeline->inventory;
	bool rematch = !inventory_same_profiles(before, inventory);

	for (size_t i = 0; i < inventory->n_devices; i++) {
		const struct device *device = &inventory->devices[i];
		struct member *member;

		if (from[i] == SIZE_MAX) {
			pipeline_enrol(pipeline, device);
			change->added++;
			continue;
		}
		member = old[from[i]];
		old[from[i]] = NULL;
		pipeline->members[i] = member;
		if (is_as_before(before, member->device, inventory, device))
			change->unchanged++;
		else
			change->changed++;
		rebind(pipeline, member, device, rematch);
		pipeline_list(pipeline, member);
	}
}

void pipeline_reload(struct pipeline *pipeline, struct inventory *inventory,
    const struct pipeline_rename *rename, struct pipeline_change *change)
{
	struct inventory *before = pipeline->inventory;
	struct member **old = pipeline->members;
	struct judge *judge = pipeline->judge;
	size_t *from = mem_calloc(inventory->n_devices + 1, sizeof *from);

	MAGIC_CHECK(pipeline, PIPELINE_MAGIC);
	*change = (struct pipeline_change){0};
	for (size_t i = 0; i < inventory->n_devices; i++)
		from[i] = find_before(pipeline, &inventory->devices[i], rename);
	HASH_CLEAR(hh, pipeline->by_name); /* its names go with their snapshot */
	pipeline->inventory = inventory;
	pipeline->members = mem_calloc(inventory->n_devices + 1, sizeof(struct member *));
	pipeline->judge = judge_new(inventory, &(struct judge_hooks){pipeline_event, pipeline});
	pipeline->snapshot++;
	take_places(pipeline, before, old, from, change);
	inherit(pipeline, judge, from, clock_wall(loop_clock(pipeline->loop)));
	for (size_t i = 0; i < before->n_devices; i++) {
		if (old[i] == NULL)
			continue;
		pipeline_dismiss(pipeline, old[i]);
		change->removed++;
	}
	judge_free(judge);
	inventory_free(before);
	free(old);
	free(from);
}

bool pipeline_is_polling(const struct pipeline *pipeline, const char *device)
{
	size_t number = pipeline_find(pipeline, device);

	return number != SIZE_MAX && session_busy(pipeline->members[number]->session);
}

uint64_t pipeline_snapshot(const struct pipeline *pipeline)
{
	return pipeline->snapshot;
}
