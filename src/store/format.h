/* format: the header of an RRD file, read for checking only.
 *
 * librrd maps a file and trusts it: one that is truncated is SIGBUS, one with a
 * damaged header divides by zero or writes beside its data. So a file is held
 * against this before librrd sees it. Files are written by librrd alone.
 *
 * The layout is that of rrdtool's versions 3 to 5 (rrd_format.h, read, not copied):
 * fixed structs of the machine's own byte order and alignment. */
#ifndef ROLLCALL_STORE_FORMAT_H
#define ROLLCALL_STORE_FORMAT_H

#include "base/err.h"
#include "model/profile.h"

#include <stddef.h>
#include <stdint.h>

#define FORMAT_DS_MAX  PROFILE_COLUMNS_MAX
#define FORMAT_RRA_MAX 256

enum format_cf { FORMAT_AVERAGE, FORMAT_MAX, FORMAT_OTHER };

struct format_rra {
	enum format_cf cf;
	uint64_t pdps, rows;
	double xff; /* share of a row that may be unknown */
};

/* What is worth knowing about a file that is in order. */
struct format_file {
	uint64_t size, inode; /* of the file, to notice later that it is another one */
	uint64_t header;      /* octets before the first row */
	int64_t last;	      /* of the last update, ms since the epoch */
	int64_t step;	      /* s */
	int64_t heartbeat;    /* the shortest of its data sources', s */
	size_t n_ds;
	char ds[FORMAT_DS_MAX][PROFILE_DS_MAX + 1];
	int64_t heartbeats[FORMAT_DS_MAX]; /* s */
	size_t n_rras;
	struct format_rra rra[FORMAT_RRA_MAX];
};

/* Bytes before the first archive's first row. */
uint64_t format_header_size(size_t n_ds, size_t n_rras);

/* Reads and checks the file. ERR_OK; ERR_NOT_FOUND; ERR_CORRUPT when librrd must not
 * touch it (then *why is a static word: "truncated", "not an RRD file", ...);
 * ERR_DENIED and ERR_IO with errno. */
enum err format_read(const char *path, struct format_file *file, const char **why) MUST_USE;

#endif
