#include "snmp/progress.h"

#include "base/mem.h"
#include "model/oid.h"

#include <stdlib.h>
#include <string.h>

static void set_mark(struct progress *progress, const uint8_t *name, size_t len)
{
	free(progress->mark);
	progress->mark = mem_dup(name, len);
	progress->mark_len = len;
	progress->steps = 0;
}

static bool is(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

enum progress_step progress_step(
    struct progress *progress, const uint8_t *last, size_t last_len, const uint8_t *name, size_t name_len)
{
	int order = oid_ber_compare(name, name_len, last, last_len);

	if (order == 0)
		return PROGRESS_SAME;
	if (progress->first == NULL) {
		progress->first = mem_dup(name, name_len);
		progress->first_len = name_len;
		return PROGRESS_NEW;
	}
	if (progress->mark == NULL) {
		if (order > 0)
			return PROGRESS_NEW;
		/* Names fall for the first time. If this leads back, it is to the one before. */
		set_mark(progress, last, last_len);
		progress->next_mark = 1;
	}
	if (is(name, name_len, progress->first, progress->first_len) ||
	    is(name, name_len, progress->mark, progress->mark_len))
		return PROGRESS_CIRCLE;
	if (++progress->steps == progress->next_mark) {
		set_mark(progress, name, name_len);
		progress->next_mark *= 2;
	}
	return PROGRESS_NEW;
}

void progress_fini(struct progress *progress)
{
	free(progress->first);
	free(progress->mark);
	*progress = (struct progress){0};
}
