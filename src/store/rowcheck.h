/* rowcheck: the file of a series is looked at before librrd touches it, and what is wrong
 * with it is said. The writer's thread only. */
#ifndef ROLLCALL_STORE_ROWCHECK_H
#define ROLLCALL_STORE_ROWCHECK_H

#include "store/format.h"
#include "store/rowfile.h"

/* files->path becomes the path of the series' file. The others look there. */
void rowcheck_begin(struct rowfiles *files, const struct series *series);
/* ERR_OK: the file is there and safe to write. ERR_NOT_FOUND: to be made, a damaged one was set
 * aside. Else errno. Costs a stat() when nothing has changed since the last look. */
enum err rowcheck_look(struct rowfiles *files, struct series *series) MUST_USE;
/* What was found on looking becomes what is known. Another heartbeat than the layout's is put right at
 * once; series->misfit tells that more is to be done. */
void rowcheck_adopt(struct rowfiles *files, struct series *series, const struct format_file *file);
/* As a look, but neither sets aside nor makes anything: for a file that is not to be written now. */
enum err rowcheck_survey(struct rowfiles *files, struct series *series) MUST_USE;
/* Unless it is there already: the file's line in the catalogue. */
enum err rowcheck_list(struct rowfiles *files, struct series *series) MUST_USE;

#endif
