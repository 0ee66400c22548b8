#include "base/mem.h"
#include "base/str.h"
#include "poll/rows.h"
#include "poll/session_parts.h"

#include <string.h>

const struct row_filter *session_filter(const struct device *device, const char *table)
{
	for (size_t i = 0; i < device->n_rows; i++) {
		if (strcmp(device->rows[i].table, table) == 0)
			return &device->rows[i];
	}
	return NULL;
}

static bool same_pattern(const struct match *a, const struct match *b)
{
	return str_equal(a != NULL ? match_pattern(a) : NULL, b != NULL ? match_pattern(b) : NULL);
}

static bool same_filter(const struct row_filter *a, const struct row_filter *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return same_pattern(a->include, b->include) && same_pattern(a->exclude, b->exclude);
}

/* How it is asked. */
static bool same_manners(const struct device *a, const struct device *b)
{
	return a->timeout == b->timeout && a->retries == b->retries &&
	       a->accept_any_source == b->accept_any_source && a->max_rate == b->max_rate;
}

/* What its samples are kept as. */
static bool same_series(const struct device *a, const struct device *b)
{
	return a->interval == b->interval && a->timeout == b->timeout && a->retries == b->retries &&
	       strcmp(a->name, b->name) == 0;
}

static bool same_profile(const struct device *a, const struct device *b)
{
	if (a->profile == NULL || b->profile == NULL)
		return a->profile == b->profile;
	return strcmp(a->profile->name, b->profile->name) == 0;
}

static void forget_series(struct rowset *set)
{
	for (size_t i = 0; i < set->n_rows; i++)
		set->rows[i].series = SERIES_NONE;
}

/* The rows stay; what says how they are read is that of the other inventory. */
static void take_tables(struct session *session, const struct profile *profile, const struct device *device)
{
	for (size_t i = 0; i < session->n_tables; i++) {
		struct rowset *set = session->tables[i].set;
		bool is_custom = profile == NULL || i == profile->n_tables;
		const char *name = set->table->name;
		const struct row_filter *filter = session_filter(device, name);

		if (!same_series(session->device, device))
			forget_series(set);
		if (!same_filter(session_filter(session->device, name), filter))
			rows_refilter(set, filter);
		set->table = is_custom ? device->custom : &profile->tables[i];
	}
}

/* What was found out about it stays. */
static void change_manners(struct session *session, const struct device *device)
{
	struct peer_config config = session_manners(device);

	if (session->peer != NULL)
		session->agent.ops->peer_manners(session->agent.self, session->peer, &config);
}

void session_rebind_now(struct session *session)
{
	struct inventory *inventory = session->next_inventory, *before = session->inventory;
	const struct device *device = session->next_device;
	const struct profile *profile = NULL;

	if (session->profile != NULL)
		profile = inventory_same_profile(inventory, session->profile);
	if (session->profile != NULL && profile == NULL)
		session_drop_tables(session);
	else
		take_tables(session, profile, device);
	session->profile = profile;
	session->rematch |= session->next_rematch || !same_profile(session->device, device);
	if (!same_manners(session->device, device))
		change_manners(session, device);
	session->device = device;
	session->inventory = inventory;
	session->next_inventory = NULL;
	session->next_device = NULL;
	session->next_rematch = false;
	inventory_free(before);
}

void session_rebind(
    struct session *session, struct inventory *inventory, const struct device *device, bool rematch)
{
	MAGIC_CHECK(session, SESSION_MAGIC);
	inventory_free(session->next_inventory);
	session->next_inventory = inventory_ref(inventory);
	session->next_device = device;
	session->next_rematch |= rematch;
	if (session->turn == NULL)
		session_rebind_now(session);
}
