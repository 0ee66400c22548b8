/* yamllab: one device on the virtual clock under a profile and rules that are written in YAML, for what
 * the formats promise. */
#ifndef TESTS_SCENARIO_YAMLLAB_H
#define TESTS_SCENARIO_YAMLLAB_H

#include "base/clock.h"
#include "base/loop.h"
#include "base/units.h"
#include "daemon/pipeline.h"
#include "scenario/memory_sink.h"
#include "scenario/replay_agent.h"

struct yamllab {
	struct clock_virtual clock;
	struct loop *loop;
	struct replay *replay;
	struct replay_device *device;
	struct agent agent;
	struct memory_sink memory;
	struct sink sink;
	struct pipeline *pipeline;
};

/* A device "d", polled every 60 s with a time-out of 1 s and a retry, whose agent has the system group only
 * (sysObjectID 1.3.6.1.4.1.9999.1). Texts with mistakes, and with warnings, fail the test. `rules` may be
 * NULL. */
void yamllab_init(struct yamllab *lab, const char *profile, const char *rules);
void yamllab_fini(struct yamllab *lab);
/* Runs until the next poll has ended. */
void yamllab_poll(struct yamllab *lab);
/* NULL if the profile has no such table. */
const struct rowset *yamllab_rows(struct yamllab *lab, const char *table);
/* A metric as formulas and rules see it; key NULL: of a group. NaN also when there is no such row. */
double yamllab_number(struct yamllab *lab, const char *table, const char *key, const char *metric);
/* Of the last sample. */
double yamllab_stored(struct yamllab *lab, const char *table, const char *key, const char *ds);
/* Problems of a rule; NULL: of any. */
size_t yamllab_problems(struct yamllab *lab, const char *rule);

#endif
