/* regard: what people have said of problems (silences, acknowledgements), into the JSON that shows them. */
#ifndef ROLLCALL_DAEMON_REGARD_H
#define ROLLCALL_DAEMON_REGARD_H

#include "model/status.h"
#include "notify/desk.h"

#include <jansson.h>
#include <stddef.h>

/* `json`: what json_problem() has made of each of the problems, in their order. `device` NULL = the
 * collector itself. */
void regard_problems(const struct desk *desk, const char *device, const struct problem *problems, size_t n,
    const json_t *json);

#endif
