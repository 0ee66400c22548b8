/* discard: a sink that keeps nothing, for `store: {writer: none}` and one-shot polls. */
#ifndef ROLLCALL_DAEMON_DISCARD_H
#define ROLLCALL_DAEMON_DISCARD_H

#include "base/loop.h"
#include "model/sample.h"

/* `loop` runs the done() of flushes; it must outlive the sink. */
struct sink discard_sink(struct loop *loop);

#endif
