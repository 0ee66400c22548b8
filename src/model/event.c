#include "model/event.h"

#include "base/mem.h"

#include <stddef.h>
#include <string.h>

const char *event_kind_name(enum event_kind kind)
{
	static const char *const names[EVENT_KIND_COUNT] = {
	    [EVENT_RAISE] = "raise", [EVENT_CLEAR] = "clear", [EVENT_INFO] = "info"};

	return kind < EVENT_KIND_COUNT ? names[kind] : "unknown";
}

static size_t size_of(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

/* Moves `*text` to `*room`, behind which the next one goes. */
static void settle(const char **text, char **room)
{
	size_t size = size_of(*text);

	if (*text == NULL)
		return;
	memcpy(*room, *text, size);
	*text = *room;
	*room += size;
}

struct event *event_dup(const struct event *event)
{
	struct event *copy = mem_alloc(sizeof *copy + size_of(event->device) + size_of(event->object) +
				       size_of(event->rule) + size_of(event->text) + size_of(event->cause));
	char *room = (char *)(copy + 1);

	*copy = *event;
	settle(&copy->device, &room);
	settle(&copy->object, &room);
	settle(&copy->rule, &room);
	settle(&copy->text, &room);
	settle(&copy->cause, &room);
	return copy;
}
