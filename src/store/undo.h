/* undo: the head of the RRD file that is being written, so that a process that is killed in the midst leaves
 * no file half written.
 *
 * librrd updates a file in place, in memory that is shared with it: killed between two of its steps it leaves
 * an archive whose place has moved and a time that has not, and the samples that are replayed then land a row
 * too far. So the head, in which all this is, is copied before each update to STATE/spool/undo, and put back
 * as it was when the next run finds it there. Rows need no copy: the same samples write the same ones again.
 *
 * Holds against the death of the process, not of the machine: nothing is synced. The writer's thread only. */
#ifndef ROLLCALL_STORE_UNDO_H
#define ROLLCALL_STORE_UNDO_H

#include <stddef.h>
#include <stdint.h>

#define UNDO_HEAD_MAX (1u << 20) /* octets; files with a larger head are not protected */

struct undo;

/* NULL when there is no room for it: files are then written without. */
struct undo *undo_open(const char *state);
void undo_close(struct undo *undo); /* NULL is fine, as for all others */
/* Puts back the file that an earlier run was writing when it died, if it was. */
void undo_apply(struct undo *undo);
/* `head` octets of the file at `path` are kept until undo_done(). */
void undo_keep(struct undo *undo, const char *path, size_t head);
void undo_done(struct undo *undo);

#endif
