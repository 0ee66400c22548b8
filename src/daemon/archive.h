/* archive: the files that hold a device's history, found without the daemon: for graphs. */
#ifndef ROLLCALL_DAEMON_ARCHIVE_H
#define ROLLCALL_DAEMON_ARCHIVE_H

#include "base/err.h"

#include <stddef.h>

struct archive_file {
	char *table;
	char *key; /* NULL for scalars */
	char *path;
};

struct archive_list {
	struct archive_file *v;
	size_t n, cap;
};

/* In the order in which rows were first seen. ERR_NOT_FOUND when nothing was stored for
 * the device. The caller ends with archive_list_fini() in any case. */
enum err archive_list_device(const char *state, const char *device, struct archive_list *list) MUST_USE;
void archive_list_fini(struct archive_list *list);

#endif
