/* pending: which segments of the spool have samples that are not in files yet: a count for each. */
#ifndef ROLLCALL_STORE_PENDING_H
#define ROLLCALL_STORE_PENDING_H

#include <stddef.h>
#include <stdint.h>

struct pending {
	struct pending_count {
		uint32_t number; /* of the segment */
		uint32_t count;
	} * v; /* by number */
	size_t n, cap;
};

void pending_add(struct pending *pending, uint32_t number);
void pending_drop(struct pending *pending, uint32_t number); /* one that was added */
uint32_t pending_lowest(const struct pending *pending);	     /* 0 = none has any */
void pending_fini(struct pending *pending);

#endif
