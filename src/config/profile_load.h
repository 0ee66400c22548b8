/* profile_load: profile files -> struct profile, flattened.
 *
 * The format is the YAML of device profiles that Datadog, ktranslate and Netdata
 * share, and our own keys on top; docs/profiles.md is its reference, and a test
 * compares the two. `extends` is resolved (ancestors first, each once), entries of
 * one logical table are merged, names in keys and formulas become column numbers.
 *
 * What a file of that format has and we have no use for is told in one warning per
 * file; unknown keys are warnings too, with the nearest known one. Mistakes that
 * would change what is measured are errors. */
#ifndef ROLLCALL_CONFIG_PROFILE_LOAD_H
#define ROLLCALL_CONFIG_PROFILE_LOAD_H

#include "base/err.h"
#include "config/diag.h"
#include "config/mibnames.h"
#include "model/profile.h"

#include <stddef.h>

#define PROFILE_EXTENDS_MAX 16 /* generations of `extends` */
#define PROFILE_SOURCES_MAX 16 /* of one metric: it and its fallbacks */

/* All files together, so that `extends` finds others: by path relative to the file that names
 * it, else by file name (with or without .yaml). `names` finds objects that have names only; NULL: such are
 * errors. *out is in the order of the files, abstract
 * ones included; the caller frees each profile and the array. With any error in any file:
 * ERR_INVALID, everything is in diag, *out is NULL. Warnings alone are ERR_OK. */
enum err profile_load_all(const char *const *files, size_t n, struct diag *diag, struct mibnames *names,
    struct profile ***out, size_t *n_out) MUST_USE;

/* The keys that a place in a profile may have: for the reference page and its test. */
struct profile_keys {
	const char *where;	  /* "symbol" */
	const char *const *known; /* NULL-terminated */
	const char *const *later; /* read, but of no use yet; NULL-terminated */
};
const struct profile_keys *profile_keys_all(size_t *n);

#endif
