/* seen: what a file has of a graph's series in its span, so that a legend neither prints figures
 * of nothing nor calls an old value the one of now. Pure. */
#ifndef ROLLCALL_VIEWS_SEEN_H
#define ROLLCALL_VIEWS_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	bool any;     /* a value at all */
	int64_t last; /* wall s of the newest one */
};

/* What the command of graph_look_argv() printed -> seen[n], one per series. What is not
 * understood counts as seen at `end`: then figures are shown as rrdtool has them. */
void seen_read(const char *output, int64_t end, struct seen *seen, size_t n);

#endif
