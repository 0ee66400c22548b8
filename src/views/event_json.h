/* event_json: events, silences and acknowledgements -> the JSON of DESIGN.md section 5. New references, never
 * NULL; times are epoch seconds, unknown is null. */
#ifndef ROLLCALL_VIEWS_EVENT_JSON_H
#define ROLLCALL_VIEWS_EVENT_JSON_H

#include "model/event.h"
#include "model/silence.h"

#include <jansson.h>
#include <stddef.h>

json_t *json_event(const struct event *event);
json_t *json_events(struct event *const *events, size_t n);	  /* {"events": [...]} */
json_t *json_silences(struct silence *const *silences, size_t n); /* {"silences": [...]} */
json_t *json_acks(struct ack *const *acks, size_t n);		  /* {"acks": [...]} */

/* What people have said of a problem, into what json_problem() made: "silenced": {"until", "by", "reason"},
 * "acknowledged": {"by", "time", "reason"}. NULL: nothing. */
void json_problem_said(json_t *problem, const struct silence *silence, const struct ack *ack);

#endif
