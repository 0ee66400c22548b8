#include "model/silence.h"

#include "base/mem.h"
#include "base/str.h"

#include <string.h>

static size_t size_of(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

/* Moves the texts behind the copy, one after the other. */
static void settle(const char **const texts[], size_t n, char *room)
{
	for (size_t i = 0; i < n; i++) {
		size_t size = size_of(*texts[i]);

		if (size == 0)
			continue;
		memcpy(room, *texts[i], size);
		*texts[i] = room;
		room += size;
	}
}

struct silence *silence_dup(const struct silence *silence)
{
	size_t texts = size_of(silence->device) + size_of(silence->rule) + size_of(silence->object) +
		       size_of(silence->reason) + size_of(silence->author);
	struct silence *copy = mem_alloc(sizeof *copy + texts);

	*copy = *silence;
	settle(
	    (const char **const[]){&copy->device, &copy->rule, &copy->object, &copy->reason, &copy->author},
	    5, (char *)(copy + 1));
	return copy;
}

struct ack *ack_dup(const struct ack *ack)
{
	size_t texts = size_of(ack->device) + size_of(ack->rule) + size_of(ack->object) +
		       size_of(ack->reason) + size_of(ack->author);
	struct ack *copy = mem_alloc(sizeof *copy + texts);

	*copy = *ack;
	settle(
	    (const char **const[]){&copy->device, &copy->rule, &copy->object, &copy->reason, &copy->author},
	    5, (char *)(copy + 1));
	return copy;
}

bool ack_is_of(const struct ack *ack, const char *device, const char *rule, const char *object)
{
	return str_equal(ack->device, device) && str_equal(ack->rule, rule) && str_equal(ack->object, object);
}
