/* replayed: recordings as an agent behind the seam of model/agent.h, on a virtual loop: what a poll of that
 * device would have been. One agent; whatever is asked for, it is this one that answers, at once. sysUpTime
 * runs with the loop from what the first recording says; all else changes when the recording is changed. */
#ifndef ROLLCALL_DAEMON_REPLAYED_H
#define ROLLCALL_DAEMON_REPLAYED_H

#include "base/loop.h"
#include "model/agent.h"
#include "model/recording.h"

struct replayed;

struct replayed *replayed_new(struct loop *loop, const struct recording *recording); /* borrowed */
void replayed_free(struct replayed *replayed); /* its peers must be freed before */
struct agent replayed_agent(struct replayed *replayed);
/* Answers from now on are from another one. */
void replayed_change(struct replayed *replayed, const struct recording *recording);

#endif
