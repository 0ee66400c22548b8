/* answers: the two answers that grow with the fleet, rendered in pieces.
 *
 * `status` of 10,000 devices takes some 70 ms to render, `show` of a switch with thousands of
 * rows no less: in one piece that would make every poll of that moment late. Each device, or each row, is
 * of one moment (and says of which: last_poll, time); the whole is of several. When devices or rows come
 * or go between two pieces, the answer is begun anew. */
#ifndef ROLLCALL_DAEMON_ANSWERS_H
#define ROLLCALL_DAEMON_ANSWERS_H

#include "base/loop.h"
#include "daemon/http.h"
#include "daemon/pieces.h"
#include "daemon/pipeline.h"
#include "notify/desk.h"

#include <stddef.h>

struct answers;

struct answers *answers_new(struct loop *loop, struct pipeline *pipeline, const struct desk *desk);
/* Refuses what is not answered yet. NULL is fine. */
void answers_free(struct answers *answers);

/* Both answer the request, later; `name` NULL = all devices. An unknown device is 404, too many at once 503.
 */
void answers_status(struct answers *answers, struct http_request *request, const char *name);
void answers_show(struct answers *answers, struct http_request *request, const char *name);
/* Where other long answers take their turn beside these. */
struct pieces *answers_pieces(struct answers *answers);
/* The device's number, or SIZE_MAX after an answer of 404. */
size_t answers_find(struct answers *answers, struct http_request *request, const char *name);

#endif
