/* subject: what of a device can be drawn. Its files are found without the daemon; each belongs to a
 * table, whose graphs are those of its profile, or one per data source where the profile has none. */
#ifndef ROLLCALL_CTL_SUBJECT_H
#define ROLLCALL_CTL_SUBJECT_H

#include "ctl/invocation.h"
#include "daemon/archive.h"
#include "model/inventory.h"

#include <stdio.h>

/* One table, as it is drawn. */
struct subject_table {
	const struct table *table;
	const struct graph *graphs;
	size_t n_graphs;
	struct graph *made; /* owned, where the table has none of its own */
};

struct subject_list {
	struct archive_list files;    /* in natural order of their names */
	struct subject_table *tables; /* of the file of the same number; table NULL = cannot be drawn */
	struct inventory *whole;      /* with devices, where `custom` had to be looked up */
};

/* What to draw: a file, the table it belongs to and one of that table's graphs. */
struct subject {
	const struct archive_file *file;
	const struct table *table;
	const struct graph *graph;
};

/* `profile` is the name of the device's own, asked first; NULL when not known. An exit status;
 * other than EXIT_FINE after a message. End with subject_list_fini() in any case. */
int subject_list_open(struct subject_list *list, const struct invocation *invocation,
    const struct inventory *inventory, const char *profile);
void subject_list_fini(struct subject_list *list);

/* The row and the graph of the command line, or what is drawn when none is named. False after a message. */
bool subject_find(
    const struct subject_list *list, const struct invocation *invocation, struct subject *subject);
/* A line per file: "interfaces/eth0  traffic errors". */
void subject_print(const struct subject_list *list, FILE *out);

#endif
