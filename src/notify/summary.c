#include "notify/summary.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

#define NAMED_MAX   12
#define NAMES_BYTES 1000

void summary_fini(struct summary *summary)
{
	summary_clear(summary);
	str_fini(&summary->names);
	str_fini(&summary->text);
}

void summary_clear(struct summary *summary)
{
	struct str names = summary->names, text = summary->text;

	free(summary->device);
	str_clear(&names);
	str_clear(&text);
	*summary = (struct summary){.names = names, .text = text};
}

static void add_name(struct summary *summary, const struct event *event)
{
	if (summary->named >= NAMED_MAX || summary->names.len >= NAMES_BYTES)
		return;
	str_addf(&summary->names, "%s%s%s%s %s%s", summary->named > 0 ? ", " : "",
	    event->device != NULL ? event->device : "collector", event->object != NULL ? " " : "",
	    event->object != NULL ? event->object : "", event->rule,
	    event->kind == EVENT_CLEAR ? " cleared" : "");
	summary->named++;
}

void summary_add(struct summary *summary, const struct event *event)
{
	if (summary->n == 0) {
		summary->device = mem_strdup(event->device);
		summary->same_device = true;
	} else if (!str_equal(summary->device, event->device)) {
		summary->same_device = false;
	}
	summary->n++;
	if (event->kind < EVENT_KIND_COUNT)
		summary->by_kind[event->kind]++;
	if (event->kind == EVENT_RAISE && event->severity <= SEVERITY_CRITICAL)
		summary->raised[event->severity]++;
	if (event->severity > summary->worst)
		summary->worst = event->severity;
	summary->id = event->id;
	summary->time = event->time;
	add_name(summary, event);
}

/* "30 raised (28 critical, 2 warning)" */
static void add_raised(struct str *text, const struct summary *summary)
{
	const char *before = " (";

	str_addf(text, "%" PRIu64 " raised", summary->by_kind[EVENT_RAISE]);
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_OK; i--) {
		if (summary->raised[i] == 0)
			continue;
		str_addf(
		    text, "%s%" PRIu64 " %s", before, summary->raised[i], severity_name((enum severity)i));
		before = ", ";
	}
	str_add_char(text, ')');
}

struct event summary_event(struct summary *summary)
{
	struct str *text = &summary->text;
	const char *before = "";

	str_clear(text);
	str_addf(text, "%" PRIu64 " events: ", summary->n);
	if (summary->by_kind[EVENT_RAISE] > 0) {
		add_raised(text, summary);
		before = ", ";
	}
	if (summary->by_kind[EVENT_CLEAR] > 0) {
		str_addf(text, "%s%" PRIu64 " cleared", before, summary->by_kind[EVENT_CLEAR]);
		before = ", ";
	}
	if (summary->by_kind[EVENT_INFO] > 0)
		str_addf(text, "%s%" PRIu64 " to know", before, summary->by_kind[EVENT_INFO]);
	str_addf(text, ": %s%s", str_text(&summary->names), summary->n > summary->named ? ", ..." : "");
	return (struct event){.id = summary->id,
	    .time = summary->time,
	    .device = summary->same_device ? summary->device : NULL,
	    .rule = "summary",
	    .kind = EVENT_INFO,
	    .severity = summary->worst,
	    .text = str_text(text),
	    .value = (double)summary->n};
}
