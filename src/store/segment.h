/* segment: one file of the spool: a head, then blocks, each framed and checked by itself.
 *
 *     head    magic "rcspool\n", version, kind, run, number, wall time; CRC        40 octets
 *     block   magic "RCBK", octets of content, CRC of both and of the content      16 octets
 *             content, padded to eight octets
 *
 * Numbers are of the machine's own byte order: a spool does not travel. CRC is zlib's crc32. A block is there
 * whole or not at all for a reader: a torn end (the process or the machine died while writing) reads as the
 * end, and what is damaged in the midst is passed over up to the next sound block, and counted.
 *
 * Blocks; the threads of the store alone. */
#ifndef ROLLCALL_STORE_SEGMENT_H
#define ROLLCALL_STORE_SEGMENT_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define SEGMENT_VERSION	  1
#define SEGMENT_BLOCK_MAX (1u << 20) /* octets of content */

enum segment_kind { SEGMENT_SAMPLES = 1, SEGMENT_SERIES = 2 };

struct segment_head {
	uint32_t version;
	uint32_t kind;	 /* enum segment_kind */
	uint32_t run;	 /* the daemon's run that wrote it: the number of its first segment */
	uint32_t number; /* of segments, rising for ever; of a file of series its run */
	int64_t wall;	 /* ns, when it was begun */
};

/* The writing end. */
struct segment {
	int fd; /* -1 = none */
	uint64_t end;
};

/* A new file in the folder, its head in it. ERR_IO with errno; then there is no file. */
enum err segment_create(
    struct segment *segment, int folder, const char *name, const struct segment_head *head) MUST_USE;
/* One more block. `len` is at most SEGMENT_BLOCK_MAX. ERR_IO with errno: the file ends as before. */
enum err segment_append(struct segment *segment, const void *content, size_t len) MUST_USE;
/* What was appended is on the disk. ERR_IO with errno. */
enum err segment_sync(const struct segment *segment) MUST_USE;
void segment_close(struct segment *segment); /* one that is not open is fine */
/* Octets that a block of this content takes. */
uint64_t segment_block_size(size_t len);

/* The reading end, of a file that may still grow. */
struct segment_reader {
	int fd; /* -1 = none */
	struct segment_head head;
	uint64_t at;	   /* of the next block */
	uint64_t damaged;  /* octets passed over so far */
	uint64_t *content; /* of the last block; NULL = none yet */
	size_t len;	   /* octets of it */
};

/* ERR_NOT_FOUND; ERR_CORRUPT: no head of ours; ERR_UNSUPPORTED: another version's; ERR_IO with errno. */
enum err segment_open(struct segment_reader *reader, int folder, const char *name) MUST_USE;
/* The next block that ends at or before `until`: its content and length are the reader's until the next call.
 * ERR_NOT_FOUND when there is none; ERR_IO with errno. */
enum err segment_next(struct segment_reader *reader, uint64_t until) MUST_USE;
void segment_reader_close(struct segment_reader *reader);

#endif
