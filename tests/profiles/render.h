/* render: what was made of an agent's answers, a line for each value, and what rules say of it. */
#ifndef TESTS_PROFILES_RENDER_H
#define TESTS_PROFILES_RENDER_H

#include "base/str.h"
#include "model/report.h"

/* "profile NAME (why)", then "TABLE [KEY] COLUMN VALUE UNIT" for each value, "TEXT" for a tag. A counter has
 * its rate. What the agent does not have is left out; other reasons for no value are said. */
void render_values(struct str *out, const struct device_report *report);
/* "problem SEVERITY RULE [KEY] TEXT", the worst first. */
void render_problems(struct str *out, const struct device_report *report);

#endif
