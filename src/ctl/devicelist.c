#include "ctl/devicelist.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "ctl/devicefile.h"
#include "ctl/nameset.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void entry_fini(struct devicelist_entry *entry)
{
	free(entry->host);
	free(entry->address);
	free(entry->profile);
	free(entry->reason);
	free(entry->credential);
	free(entry->name);
	free(entry->evidence);
	for (size_t i = 0; i < entry->n_tables; i++)
		free(entry->tables[i].name);
	free(entry->tables);
	for (size_t i = 0; i < entry->n_alarms; i++) {
		free((char *)(uintptr_t)entry->alarms[i].rule);
		free((char *)(uintptr_t)entry->alarms[i].object);
		free(entry->alarms[i].text);
	}
	free(entry->alarms);
	for (size_t i = 0; i < entry->n_neighbours; i++) {
		free(entry->neighbours[i].address);
		free(entry->neighbours[i].name);
	}
	free(entry->neighbours);
	for (size_t i = 0; i < entry->doubts.n; i++)
		free(entry->doubts.v[i].text);
	vec_fini(&entry->doubts);
	vitals_fini(&entry->vitals);
	identity_fini(&entry->identity);
}

void devicelist_fini(struct devicelist *list)
{
	for (size_t i = 0; i < list->n; i++)
		entry_fini(&list->v[i]);
	free(list->v);
	*list = (struct devicelist){0};
}

/* --- order --- */

static int by_address(const void *a, const void *b)
{
	const struct devicelist_entry *x = a, *y = b;
	uint8_t left[4], right[4];

	if (inet_pton(AF_INET, x->host, left) == 1 && inet_pton(AF_INET, y->host, right) == 1 &&
	    memcmp(left, right, sizeof left) != 0)
		return memcmp(left, right, sizeof left);
	return strcmp(x->address, y->address);
}

/* --- doubles --- */

bool devicelist_is_new(const struct devicelist_entry *entry)
{
	return entry->known_as == NULL && entry->is_really == NULL;
}

/* One that is in the configuration stands for its other addresses, else the one that comes first. */
static bool stands_for(const struct devicelist *list, size_t j, size_t i)
{
	const struct devicelist_entry *a = &list->v[j], *b = &list->v[i];

	return i != j && b->known_as == NULL && a->is_really == NULL && (a->known_as != NULL || j < i);
}

static void add_doubt(struct devicelist_entry *entry, const struct devicelist_entry *other, char *text)
{
	struct devicelist_doubt doubt = {other->address, text};

	if (entry->doubts.n < DEVICELIST_DOUBTS_MAX)
		vec_push(&entry->doubts, doubt);
	else
		free(text);
}

static void find_double(struct devicelist *list, size_t i)
{
	struct devicelist_entry *entry = &list->v[i];

	for (size_t j = 0; j < list->n && entry->is_really == NULL; j++) {
		const struct devicelist_entry *other = &list->v[j];
		struct str evidence = {0};
		enum identity_match match = IDENTITY_OTHER;

		if (stands_for(list, j, i))
			match = identity_compare(&other->identity, &entry->identity, &evidence);
		if (match == IDENTITY_SAME) {
			entry->is_really = other->address;
			entry->evidence = str_steal(&evidence);
		} else if (match == IDENTITY_DOUBTFUL) {
			add_doubt(entry, other, str_steal(&evidence));
		}
		str_fini(&evidence);
	}
}

size_t devicelist_tidy(struct devicelist *list)
{
	size_t new = 0;

	if (list->n > 0)
		qsort(list->v, list->n, sizeof *list->v, by_address);
	for (size_t i = 0; i < list->n; i++)
		find_double(list, i);
	for (size_t i = 0; i < list->n; i++)
		new += devicelist_is_new(&list->v[i]);
	return new;
}

/* --- names --- */

/* What a device is called while nobody has given it a name. */
static bool is_nobodys(const char *name)
{
	static const char *const words[] = {"", "localhost", "localhost.localdomain", "none", "unknown",
	    "noname", "no-name", "null", "sysName", "default", "not-set"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(words[i], name) == 0)
			return true;
	return false;
}

/* Takes what is made of `text`; false when it is no name, or another's. */
static bool take_name(
    struct devicelist_entry *entry, struct nameset *taken, const char *text, enum name_from from)
{
	char *name = devicefile_clean_name(text);
	bool good = !is_nobodys(name) && nameset_add(taken, name, 0);

	if (good) {
		entry->name = name;
		entry->name_from = from;
	} else {
		free(name);
	}
	return good;
}

static bool name_by_dns(struct devicelist *list, struct nameset *taken, lookup_fn *lookup, int64_t patience)
{
	const char **addresses = mem_calloc(list->n + 1, sizeof *addresses);
	char **names = mem_calloc(list->n + 1, sizeof *names);
	size_t n = 0;
	bool complete = true;

	for (size_t i = 0; i < list->n; i++)
		if (devicelist_is_new(&list->v[i]) && list->v[i].name == NULL)
			addresses[n++] = list->v[i].host;
	if (n > 0)
		complete = lookup_all(addresses, n, patience, lookup, names);
	n = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (!devicelist_is_new(&list->v[i]) || list->v[i].name != NULL)
			continue;
		if (names[n] != NULL)
			take_name(&list->v[i], taken, names[n], NAME_FROM_DNS);
		free(names[n++]);
	}
	free(names);
	free(addresses);
	return complete;
}

bool devicelist_name(
    struct devicelist *list, const struct inventory *inventory, lookup_fn *lookup, int64_t patience)
{
	struct nameset taken = {0};
	bool complete;

	for (size_t i = 0; i < inventory->n_devices; i++)
		nameset_add(&taken, inventory->devices[i].name, 0);
	for (size_t i = 0; i < list->n; i++)
		if (devicelist_is_new(&list->v[i]) && list->v[i].identity.sysname != NULL)
			take_name(&list->v[i], &taken, list->v[i].identity.sysname, NAME_FROM_SYSNAME);
	complete = name_by_dns(list, &taken, lookup, patience);
	for (size_t i = 0; i < list->n; i++) {
		struct devicelist_entry *entry = &list->v[i];

		if (entry->name == NULL) {
			entry->name = mem_strdup(entry->address);
			entry->name_from = NAME_FROM_ADDRESS;
		}
	}
	nameset_fini(&taken);
	return complete;
}
