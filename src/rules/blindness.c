#include "rules/blindness.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/queue.h>

struct witness {
	size_t number;
	bool answers;
	bool fell;	   /* silent since less than a window: in `fallen` */
	bool counted;	   /* had been up when blindness began */
	int64_t silent_at; /* monotonic ns */
	TAILQ_ENTRY(witness) link;
};

struct blindness {
	size_t n;
	int64_t window;
	struct witness *witnesses;
	TAILQ_HEAD(witness_list, witness) fallen; /* by silent_at */
	size_t n_answers, n_fallen;
	bool blind;
	size_t were_up, silent; /* of those counted */
};

struct blindness *blindness_new(size_t n_devices)
{
	struct blindness *blindness = mem_alloc(sizeof *blindness);

	blindness->n = n_devices;
	blindness->witnesses = mem_calloc(n_devices, sizeof *blindness->witnesses);
	for (size_t i = 0; i < n_devices; i++)
		blindness->witnesses[i].number = i;
	TAILQ_INIT(&blindness->fallen);
	return blindness;
}

void blindness_free(struct blindness *blindness)
{
	if (blindness == NULL)
		return;
	free(blindness->witnesses);
	free(blindness);
}

void blindness_set_window(struct blindness *blindness, int64_t window)
{
	blindness->window = window;
}

static void unlink_fallen(struct blindness *blindness, struct witness *witness)
{
	TAILQ_REMOVE(&blindness->fallen, witness, link);
	witness->fell = false;
	blindness->n_fallen--;
}

static void forget_old(struct blindness *blindness, int64_t mono)
{
	struct witness *first;

	while (
	    (first = TAILQ_FIRST(&blindness->fallen)) != NULL && mono - first->silent_at > blindness->window)
		unlink_fallen(blindness, first);
}

static void go_blind(struct blindness *blindness)
{
	blindness->blind = true;
	blindness->were_up = blindness->n_answers + blindness->n_fallen;
	blindness->silent = blindness->n_fallen;
	for (size_t i = 0; i < blindness->n; i++) {
		struct witness *witness = &blindness->witnesses[i];

		witness->counted = witness->answers || witness->fell;
	}
}

bool blindness_fell_silent(struct blindness *blindness, size_t device, int64_t mono)
{
	struct witness *witness = &blindness->witnesses[device];

	forget_old(blindness, mono);
	witness->answers = false;
	blindness->n_answers--;
	witness->fell = true;
	witness->silent_at = mono;
	TAILQ_INSERT_TAIL(&blindness->fallen, witness, link);
	blindness->n_fallen++;
	if (blindness->blind) {
		blindness->silent += witness->counted;
		return false;
	}
	if (blindness->n_answers + blindness->n_fallen < BLINDNESS_DEVICES_MIN ||
	    blindness->n_fallen <= blindness->n_answers)
		return false;
	go_blind(blindness);
	return true;
}

bool blindness_answered(struct blindness *blindness, size_t device, int64_t mono)
{
	struct witness *witness = &blindness->witnesses[device];

	forget_old(blindness, mono);
	if (witness->fell)
		unlink_fallen(blindness, witness);
	witness->answers = true;
	blindness->n_answers++;
	if (!blindness->blind || !witness->counted)
		return false;
	blindness->silent--;
	if (blindness->silent * 2 > blindness->were_up)
		return false;
	blindness->blind = false;
	return true;
}

/* Counts what the witnesses say; those that fell keep their order. */
static void recount(struct blindness *blindness, const struct witness_list *fallen, const size_t *to)
{
	const struct witness *old;

	TAILQ_INIT(&blindness->fallen);
	blindness->n_answers = blindness->n_fallen = blindness->were_up = blindness->silent = 0;
	for (size_t i = 0; i < blindness->n; i++) {
		const struct witness *witness = &blindness->witnesses[i];

		blindness->n_answers += witness->answers;
		blindness->were_up += witness->counted;
		blindness->silent += witness->counted && !witness->answers;
	}
	TAILQ_FOREACH(old, fallen, link)
	{
		size_t number = to[old->number];

		if (number == SIZE_MAX)
			continue;
		TAILQ_INSERT_TAIL(&blindness->fallen, &blindness->witnesses[number], link);
		blindness->n_fallen++;
	}
}

bool blindness_renumber(struct blindness *blindness, const size_t *from, size_t n)
{
	struct witness *witnesses = mem_calloc(n, sizeof *witnesses), *old = blindness->witnesses;
	size_t *to = mem_calloc(blindness->n, sizeof *to);
	struct witness_list fallen = blindness->fallen;

	for (size_t i = 0; i < blindness->n; i++)
		to[i] = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		if (from[i] != SIZE_MAX) {
			witnesses[i] = old[from[i]];
			to[from[i]] = i;
		}
		witnesses[i].number = i;
	}
	blindness->witnesses = witnesses;
	blindness->n = n;
	recount(blindness, &fallen, to);
	free(old);
	free(to);
	if (!blindness->blind || blindness->silent * 2 > blindness->were_up)
		return false;
	blindness->blind = false;
	return true;
}

bool blindness_now(const struct blindness *blindness)
{
	return blindness->blind;
}

void blindness_counts(const struct blindness *blindness, size_t *silent, size_t *were_up)
{
	*silent = blindness->silent;
	*were_up = blindness->were_up;
}
