#include "notify/silences.h"

#include "base/match.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

void silences_fini(struct silences *silences)
{
	for (size_t i = 0; i < silences->n; i++)
		free(silences->v[i]);
	vec_fini(silences);
}

enum err silences_add(struct silences *silences, const struct silence *silence)
{
	struct silence *copy;

	if (silences->n >= SILENCES_MAX)
		return ERR_LIMIT;
	copy = silence_dup(silence);
	vec_push(silences, copy);
	return ERR_OK;
}

static void remove_at(struct silences *silences, size_t i)
{
	free(silences->v[i]);
	silences->n--;
	memmove(&silences->v[i], &silences->v[i + 1], (silences->n - i) * sizeof *silences->v);
}

bool silences_remove(struct silences *silences, int64_t id)
{
	for (size_t i = 0; i < silences->n; i++) {
		if (silences->v[i]->id == id) {
			remove_at(silences, i);
			return true;
		}
	}
	return false;
}

/* Equality first: a row may be called "Ethernet[1]". */
static bool fits(const char *pattern, const char *text)
{
	if (pattern == NULL)
		return true;
	if (text == NULL)
		text = "";
	/* Thousands of problems are compared with every silence: most differ in the first letter. */
	if (*pattern != *text && strchr("*?[\\", *pattern) == NULL)
		return false;
	return strcmp(pattern, text) == 0 || match_glob(pattern, text);
}

static bool covers(const struct silence *silence, const char *device, const char *rule, const char *object,
    const char *const *parents, size_t n_parents)
{
	if (fits(silence->device, device))
		return fits(silence->rule, rule) && fits(silence->object, object);
	if (silence->rule != NULL || silence->object != NULL)
		return false;
	for (size_t i = 0; i < n_parents; i++)
		if (fits(silence->device, parents[i]))
			return true;
	return false;
}

const struct silence *silences_match(const struct silences *silences, const char *device, const char *rule,
    const char *object, const char *const *parents, size_t n_parents, int64_t since, int64_t wall)
{
	for (size_t i = 0; i < silences->n; i++) {
		const struct silence *silence = silences->v[i];

		if (silence->from <= since && wall < silence->until &&
		    covers(silence, device, rule, object, parents, n_parents))
			return silence;
	}
	return NULL;
}

size_t silences_expire(struct silences *silences, int64_t wall,
    void (*ended)(void *arg, const struct silence *silence), void *arg)
{
	size_t kept = 0, before = silences->n;

	for (size_t i = 0; i < before; i++) {
		struct silence *silence = silences->v[i];

		if (wall < silence->until) {
			silences->v[kept++] = silence;
			continue;
		}
		if (ended != NULL)
			ended(arg, silence);
		free(silence);
	}
	silences->n = kept;
	return before - kept;
}

void silences_rename(struct silences *silences, const char *old, const char *name)
{
	for (size_t i = 0; i < silences->n; i++) {
		struct silence renamed = *silences->v[i], *before = silences->v[i];

		if (strcmp(renamed.device, old) != 0)
			continue;
		renamed.device = name;
		silences->v[i] = silence_dup(&renamed);
		free(before);
	}
}

int64_t silences_next_end(const struct silences *silences)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < silences->n; i++)
		if (silences->v[i]->until < next)
			next = silences->v[i]->until;
	return next;
}

void acks_fini(struct acks *acks)
{
	for (size_t i = 0; i < acks->n; i++)
		free(acks->v[i]);
	vec_fini(acks);
}

enum err acks_set(struct acks *acks, const struct ack *ack)
{
	struct ack *copy;

	acks_remove(acks, ack->device, ack->rule, ack->object);
	if (acks->n >= SILENCES_MAX)
		return ERR_LIMIT;
	copy = ack_dup(ack);
	vec_push(acks, copy);
	return ERR_OK;
}

const struct ack *acks_find(const struct acks *acks, const char *device, const char *rule, const char *object)
{
	for (size_t i = 0; i < acks->n; i++)
		if (ack_is_of(acks->v[i], device, rule, object))
			return acks->v[i];
	return NULL;
}

void acks_rename(struct acks *acks, const char *old, const char *name)
{
	size_t i = 0;

	while (i < acks->n) {
		struct ack renamed = *acks->v[i], *before = acks->v[i];

		if (!str_equal(renamed.device, old)) {
			i++;
		} else if (acks_find(acks, name, renamed.rule, renamed.object) != NULL) {
			acks_remove(acks, old, renamed.rule, renamed.object);
		} else {
			renamed.device = name;
			acks->v[i++] = ack_dup(&renamed);
			free(before);
		}
	}
}

void acks_remove(struct acks *acks, const char *device, const char *rule, const char *object)
{
	for (size_t i = 0; i < acks->n; i++) {
		if (!ack_is_of(acks->v[i], device, rule, object))
			continue;
		free(acks->v[i]);
		acks->n--;
		memmove(&acks->v[i], &acks->v[i + 1], (acks->n - i) * sizeof *acks->v);
		return;
	}
}
