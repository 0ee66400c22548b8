/* output: what a program that we run writes, into our log, line by line. Only the beginning of it: a program
 * that talks without end fills neither the disk nor the journal, nor takes a processor: what is beyond is
 * read at some megabytes a second, and dropped. Lives in the loop's thread. */
#ifndef ROLLCALL_NOTIFY_OUTPUT_H
#define ROLLCALL_NOTIFY_OUTPUT_H

#include "base/loop.h"

#include <stddef.h>

#define OUTPUT_MAX	4096 /* bytes of a run that are logged; a line counts as OUTPUT_LINE more */
#define OUTPUT_LINE	64
#define OUTPUT_LINE_MAX 512 /* of a line; what is longer goes on in the next */

struct output;

/* Reads `fd` (a pipe, which is taken) until its end or output_free(). `program` is named in the log; copied.
 */
struct output *output_new(struct loop *loop, int fd, const char *program);
/* Reads what is there still, without waiting for more. NULL is fine. */
void output_free(struct output *output);

#endif
