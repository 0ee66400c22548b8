/* playlist: which recorded files there are to play, out of files and folders, and the later recording of the
 * same device that lies beside each: NAME@EPOCH.snmprec (the latest) beside NAME.snmprec, NAME.2.walk beside
 * NAME.walk. */
#ifndef ROLLCALL_PLAY_PLAYLIST_H
#define ROLLCALL_PLAY_PLAYLIST_H

#include "base/err.h"

#include <stddef.h>

struct playlist_item {
	char *path, *later; /* owned; later NULL = none */
	char *name;	    /* owned: the file's, without folder and extension */
};

struct playlist {
	struct playlist_item *v;
	size_t n, cap;
};

/* A file; or of a folder all *.snmprec, *.walk and *.txt, in the order of their names, but for those that are
 * the later recording of another. ERR_NOT_FOUND: a folder without any; ERR_IO: errno tells. */
enum err playlist_add(struct playlist *list, const char *path) MUST_USE;
void playlist_fini(struct playlist *list);

#endif
