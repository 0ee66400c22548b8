/* yamllab: the lab with a profile that is written in YAML, for what the format promises. */
#ifndef TESTS_SCENARIO_YAMLLAB_H
#define TESTS_SCENARIO_YAMLLAB_H

#include "scenario/lab.h"

/* A lab with one device "d" at 192.0.2.1, polled every 60 s, and its agent (sysObjectID 1.3.6.1.4.1.9999.1).
 * The profile's text must be without mistakes; `warnings`: how many it may have. */
struct replay_device *yamllab_init(struct lab *lab, const char *profile, size_t warnings);
/* Another poll, a minute after the one before; it must be answered. */
void yamllab_poll(struct lab *lab);
/* A metric as formulas and rules see it; key NULL: of a group. NaN also when there is no such row. */
double yamllab_number(struct lab *lab, const char *table, const char *key, const char *metric);
/* Of the last sample. */
double yamllab_stored(struct lab *lab, const char *table, const char *key, const char *ds);
size_t yamllab_rows(struct lab *lab, const char *table);

#endif
