/* site: one device that is polled every minute with the shipped profiles and rules, by the whole pipeline, on
 * a virtual clock. Whatever other sites there are, each polls at the same times. */
#ifndef TESTS_PROFILES_SITE_H
#define TESTS_PROFILES_SITE_H

#include "base/clock.h"
#include "base/str.h"
#include "base/units.h"
#include "daemon/pipeline.h"
#include "scenario/memory_sink.h"
#include "scenario/replay_agent.h"

#include <stdbool.h>

#define SITE_TURN (60 * UNITS_SEC)

struct site {
	struct clock_virtual clock;
	struct loop *loop;
	struct replay *replay;
	struct replay_device *device; /* the agent's MIB; empty at first */
	struct agent agent;
	struct memory_sink memory; /* the last sample of each series */
	struct sink sink;
	struct pipeline *pipeline; /* NULL: not open */
	struct str told;	   /* events of severity info, a line each */
};

/* `settings`: further keys of the device's entry, as ", charset: EUC-KR"; "" = none. False, and told on
 * stderr, when the configuration or what is shipped has a mistake or a warning. Nothing is asked before
 * site_run(). */
bool site_open(struct site *site, const char *name, const char *settings);
void site_close(struct site *site);
void site_run(struct site *site, unsigned turns);
struct device_report site_report(const struct site *site);
/* Its rows of a table; NULL when the profile has none of that name. */
const struct rowset *site_rows(const struct site *site, const char *table);

#endif
