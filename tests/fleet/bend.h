/* bend: effects upon what a device seems to be: its view, its clock, its errors. */
#ifndef FLEET_BEND_H
#define FLEET_BEND_H

#include "fleet/agent.h"
#include "fleet/mib.h"

/* The view of an honest device at this request, then bent as the effects say. */
void bend_view(const struct agent_ask *ask, struct mib_view *view);
/* What it says instead of an answer: true with an error-status and -index. */
bool bend_refusal(const struct agent_ask *ask, const struct mib_view *view, int32_t *status, int32_t *index);
/* Effects that change the device itself at every so-manyth request, before it answers. */
void bend_device(const struct agent_ask *ask, struct device *device);

#endif
