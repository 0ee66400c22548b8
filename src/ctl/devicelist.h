/* devicelist: what a discovery found, as a list of devices to keep. */
#ifndef ROLLCALL_CTL_DEVICELIST_H
#define ROLLCALL_CTL_DEVICELIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct devicelist_entry {
	char *address;		/* as the configuration has it, with port if it is not 161 */
	char *sysname, *descr;	/* NULL = the agent does not tell */
	char *profile, *reason; /* and the evidence for it */
	char *credential;	/* NULL = the default one */
	char *name;		/* made by devicelist_tidy() */
	size_t rows;
	uint64_t requests; /* of a poll */
	double poll_ms;
	double booted;	       /* epoch s; NaN = not told */
	bool is_known;	       /* in the configuration already */
	const char *is_really; /* the address of the entry that is the same device; borrowed; NULL = none */
};

struct devicelist {
	struct devicelist_entry *v;
	size_t n, cap;
};

void devicelist_fini(struct devicelist *list);
/* Sorts by address, finds who is the same device under another address, gives names (sysName, else the
 * address; none twice). Returns how many are new: neither known nor another's. */
size_t devicelist_tidy(struct devicelist *list);
/* The new ones as YAML, each with profile, evidence and price as a comment. */
void devicelist_print(const struct devicelist *list, FILE *out);
void devicelist_print_json(const struct devicelist *list, uint32_t asked);
/* The sum, and who was left out and why, on standard error. */
void devicelist_tell(const struct devicelist *list, uint32_t asked);
/* Adds the new ones at the end of a file, which is made if need be; what is in it stays as it is. False after
 * a message. */
bool devicelist_append(const struct devicelist *list, const char *path);

#endif
