/* ranking: the answer of GET /api/v1/top: what is busiest now, of all that was polled.
 *
 *     class=traffic|utilisation|errors|cpu|memory|storage   n=1..1000   by=interface|device|tag|tag:NAME
 *     tag=NAME   device=PATTERN
 *
 * Only n rows are kept while all are looked at, a few at a time (pieces.h): neither memory nor a turn of the
 * loop grows with the fleet. What is stale, excluded or of a device that is not up is not ranked. */
#ifndef ROLLCALL_DAEMON_RANKING_H
#define ROLLCALL_DAEMON_RANKING_H

#include "base/loop.h"
#include "daemon/http.h"
#include "daemon/pieces.h"
#include "daemon/pipeline.h"

#define RANKING_DEFAULT 20
#define RANKING_MAX	1000

/* Answers the request, later; 400 when it asks for what there is not, 503 when too many wait. */
void ranking_answer(
    struct pieces *pieces, struct loop *loop, struct pipeline *pipeline, struct http_request *request);

#endif
