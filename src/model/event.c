#include "model/event.h"

const char *event_kind_name(enum event_kind kind)
{
	static const char *const names[EVENT_KIND_COUNT] = {
	    [EVENT_RAISE] = "raise", [EVENT_CLEAR] = "clear", [EVENT_INFO] = "info"};

	return kind < EVENT_KIND_COUNT ? names[kind] : "unknown";
}
