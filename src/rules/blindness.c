#include "rules/blindness.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/queue.h>

struct witness {
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

struct blindness *blindness_new(size_t n_devices, int64_t window)
{
	struct blindness *blindness = mem_alloc(sizeof *blindness);

	blindness->n = n_devices;
	blindness->window = window;
	blindness->witnesses = mem_calloc(n_devices, sizeof *blindness->witnesses);
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

bool blindness_now(const struct blindness *blindness)
{
	return blindness->blind;
}

void blindness_counts(const struct blindness *blindness, size_t *silent, size_t *were_up)
{
	*silent = blindness->silent;
	*were_up = blindness->were_up;
}
