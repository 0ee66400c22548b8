/* image: a whole RRD file in memory: read from one, given another layout by reshape.h,
 * written as the XML that `rrdtool restore` reads.
 *
 * Reading does not go through librrd, as rrd_dump prints 11 digits and rrd_fetch chooses
 * the archive itself. Writing does: the file is librrd's. Times are s since the epoch. */
#ifndef ROLLCALL_STORE_IMAGE_H
#define ROLLCALL_STORE_IMAGE_H

#include "base/err.h"
#include "store/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct image_ds {
	char name[PROFILE_DS_MAX + 1];
	char type[20];
	char last[30]; /* as it was told; for people */
	int64_t heartbeat;
	double min, max;      /* NaN = none */
	double sum;	      /* of the unfinished step: value times known seconds */
	uint64_t unknown_sec; /* of the unfinished step */
};

struct image_rra {
	struct format_rra def;
	double *rows; /* n_ds values each, oldest first; the newest ends where a whole one last did */
	/* The unfinished row, per data source: sum of its steps (AVERAGE) or the greatest (MAX),
	 * NaN when none is known; steps that are unknown. */
	double *value;
	uint64_t *unknown;
};

struct image {
	char version[5];
	int64_t step, last;
	size_t n_ds, n_rras;
	struct image_ds *ds;
	struct image_rra *rra;
};

/* Checks as format_read() does, and returns what that does. ERR_UNSUPPORTED: in order, but *why
 * keeps it from being written as XML. The caller ends with image_fini() whatever came back. */
enum err image_read(const char *path, struct image *image, const char **why) MUST_USE;
/* Room for the archives' rows, all unknown; n_ds and rra[].def must be set. */
void image_make_room(struct image *image);
void image_fini(struct image *image);
/* Bytes of the file that it would be. */
uint64_t image_size(const struct image *image);
/* ERR_IO with errno. Doubles have 17 digits; librrd's own reading of them is good to 15. */
enum err image_write_xml(const struct image *image, FILE *out) MUST_USE;
/* Place of a data source; n_ds when there is none. */
size_t image_find(const struct image *image, const char *ds);

/* End of the newest whole row. */
static inline int64_t image_rra_end(const struct image *image, const struct image_rra *rra)
{
	int64_t length = (int64_t)rra->def.pdps * image->step;

	return image->last / length * length;
}

#endif
