/* graph: a profile's graph and a row's file -> the rrdtool command that draws it
 * (download variant of DASHBOARD.md section 4: title, units, legend with now/avg/max/95th). */
#ifndef ROLLCALL_VIEWS_GRAPH_H
#define ROLLCALL_VIEWS_GRAPH_H

#include "base/err.h"
#include "model/profile.h"
#include "views/seen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct graph_request {
	const struct table *table;
	const struct graph *graph;
	const char *file;	/* of the RRD */
	const char *output;	/* .png or .svg */
	const char *device;	/* for the title */
	const char *row;	/* label of the row; NULL for scalars */
	const char *subtitle;	/* ifAlias and the like; NULL = none */
	int64_t start, end;	/* wall s */
	unsigned width, height; /* of the picture; 0 = default */
	bool dark;
	bool with_max; /* the file has MAX archives: spans of 30 days and more show the peaks behind the means
			*/
	double top;    /* largest value to expect, in the graph's unit, for KiB to TiB; 0 = unknown: GiB */
	const struct seen *seen; /* one per series: without a value the legend says so, and an old one is
				  * the "last", not what is "now". NULL = not looked */
	int64_t now;		 /* wall s; 0 = end */
};

/* The command stands by itself: it may be run, or each argument quoted and pasted into a shell.
 * Text from devices is in --title alone, cleaned. Times are told in the zone of this process,
 * which must be rrdtool's too.
 *
 * argv of one rrdtool call, NULL-terminated, argv[0] = "rrdtool"; caller frees with
 * graph_argv_free(). NULL and *error (caller frees) when a formula cannot be turned into RPN. */
char **graph_argv(const struct graph_request *request, char **error);
void graph_argv_free(char **argv);

/* The rrdtool call that draws nothing and prints what seen_read() takes; as graph_argv() else. */
char **graph_look_argv(const struct graph_request *request, char **error);

#endif
