/* importwrite: an importlist as lines of a device list, as a piece of configuration with its credentials, as
 * JSON. */
#ifndef ROLLCALL_CTL_IMPORTWRITE_H
#define ROLLCALL_CTL_IMPORTWRITE_H

#include "base/str.h"
#include "ctl/importlist.h"

#include <jansson.h>

/* What the main file says of credentials. Without `credential` the only one is the default, or "public" where
 * there is none: as there will be more, the default of now has to be said, and made. */
struct importwrite_main {
	const char *usual; /* the default one's name; NULL = none */
	bool has_credentials, has_credential;
};

void importwrite_devices(struct str *out, const struct importlist *list);
/* Whether anything is to be written there: credentials that the configuration does not have. */
bool importwrite_has_credentials(const struct importlist *list);
/* "credentials:" with the new ones into a new file that its owner alone may read, and beside it a file for
 * each passphrase of version 3. False after a message; a file that is there already is left as it is. */
bool importwrite_credentials(
    const struct importlist *list, const struct importwrite_main *main, const char *path);
/*     {"devices": [{"name", "address", "credential", "tags", "parent", "file", "line"}],
 *      "credentials": [{"name", "known", "version", "user", "auth", "priv", "context",
 *                       "devices", "missing": []}],
 *      "skipped": [{"name", "address", "reason", "file", "line"}]}
 *
 * No secrets. New reference. */
json_t *importwrite_json(const struct importlist *list);
/* What of a credential the sources do not have: "community", "auth_key", "priv_key". Returns their number. */
size_t importwrite_missing(const struct import_credential *credential, const char *missing[3]);

#endif
