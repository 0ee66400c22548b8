/* preview: what the rules would say of a device at once, before anybody watches it.
 *
 * The judge over a device that no inventory has, with all rules, thresholds and exceptions of the site but
 * for `for`: how long something holds cannot be told from two polls, so it counts at once. Pure. */
#ifndef ROLLCALL_DAEMON_PREVIEW_H
#define ROLLCALL_DAEMON_PREVIEW_H

#include "model/inventory.h"
#include "model/report.h"

#include <stdbool.h>
#include <stddef.h>

struct preview_rules; /* the site's, without `for`; shared by all previews */
struct preview;

struct preview_alarm {
	const char *rule, *object; /* object NULL = the device */
	enum severity severity;
	char *text;		  /* owned */
	double value;		  /* NaN = none */
	double warning, critical; /* thresholds that hold here; NaN = none */
	const char *unit;	  /* of these, the rule's; "" = none */
	bool waits;		  /* the rule has a `for` */
};

/* The inventory must outlive it. */
struct preview_rules *preview_rules_new(const struct inventory *inventory);
void preview_rules_free(struct preview_rules *rules);

/* Tags and exceptions are the device's, which must outlive the preview, as must the rules; its name is
 * copied. */
struct preview *preview_new(const struct preview_rules *rules, const struct device *device);
void preview_free(struct preview *preview); /* NULL is fine */
/* A poll has ended well. `mono` and `wall`: of its end, ns. */
void preview_poll(
    struct preview *preview, const struct device_report *report, bool restarted, int64_t mono, int64_t wall);
/* By severity. Borrowed until the next poll. */
const struct preview_alarm *preview_alarms(const struct preview *preview, size_t *n);

#endif
