/* paths: where files and directories are, and patterns of files. */
#ifndef ROLLCALL_CONFIG_PATHS_H
#define ROLLCALL_CONFIG_PATHS_H

#include "base/err.h"
#include "config/diag.h"

#include <stdbool.h>
#include <stddef.h>

#define PATHS_MAX	100000 /* files of one pattern */
#define PATHS_DEPTH_MAX 32     /* folders that ** goes down */

char *paths_dir(const char *file);		     /* its directory, "." when it names none; caller frees */
char *paths_join(const char *dir, const char *path); /* path itself when absolute; caller frees */
bool paths_is_pattern(const char *path);	     /* has * ? or [ */
const char *paths_base(const char *path);	     /* behind the last slash; points into path */

/* Sorted files. */
struct paths {
	char **v;
	size_t n, cap;
};
void paths_fini(struct paths *paths);

/* Adds what `pattern` (relative to `dir`) names, in the order of names: ** stands for any
 * number of folders, also none, each once however many links lead to it; only regular files; names with a
 * leading dot are found only by a pattern with one. A pattern may find nothing. A path without pattern is
 * added as it is, there or not. A folder that cannot be read is told at `named_at`: ERR_IO; more than
 * PATHS_MAX: ERR_LIMIT. */
enum err paths_expand(const char *dir, const char *pattern, struct diag_place named_at, struct diag *diag,
    struct paths *out) MUST_USE;

/* The directories when the configuration names none (docs/configuration.md, "Directories").
 * `state` is the configured one or NULL. Caller frees. */
char *paths_default_state(void);
char *paths_default_run(const char *state_given, const char *state);

#endif
