/* recordings: what was recorded of one device, in the order of time: from files, or just now.
 *
 * Beside NAME.snmprec its later cycles NAME@EPOCH.snmprec are read, beside NAME.walk a NAME.2.walk in which
 * only what was different later stands. */
#ifndef ROLLCALL_CTL_RECORDINGS_H
#define ROLLCALL_CTL_RECORDINGS_H

#include "model/recording.h"

#include <stdbool.h>
#include <stddef.h>

struct recordings {
	struct recording **v; /* owned */
	size_t n, cap;
	struct {
		char **v; /* of the files, or of the device */
		size_t n, cap;
	} names;
};

/* Adds a copy. */
void recordings_add(struct recordings *recordings, const struct recording *recording);
void recordings_name(struct recordings *recordings, const char *name);
/* False after a message. */
bool recordings_read(struct recordings *recordings, const char *path);
void recordings_fini(struct recordings *recordings);

#endif
