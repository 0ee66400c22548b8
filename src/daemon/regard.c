#include "daemon/regard.h"

#include "views/event_json.h"

void regard_problems(
    const struct desk *desk, const char *device, const struct problem *problems, size_t n, const json_t *json)
{
	for (size_t i = 0; i < n; i++) {
		const char *rule = problems[i].rule, *object = problems[i].object;

		json_problem_said(json_array_get(json, i), desk_silence_of(desk, device, rule, object),
		    desk_ack_of(desk, device, rule, object));
	}
}
