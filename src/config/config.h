/* config: YAML files -> inventory, with every mistake of every file told at once.
 *
 * The only user of libfyaml. Reading is driven by one schema table (schema.h):
 * parsing, checks, `rollcall check --show` and the reference page come from it. */
#ifndef ROLLCALL_CONFIG_CONFIG_H
#define ROLLCALL_CONFIG_CONFIG_H

#include "base/err.h"
#include "base/str.h"
#include "model/inventory.h"

#include <stddef.h>

struct config_options {
	const char *file;	  /* rollcall.yaml; NULL = the default places (see config_default_file) */
	const char *profiles_dir; /* the shipped profiles; NULL = found beside the program */
	const char *profile;	  /* a file of one more, in the place of any of its name; NULL = none */
	const char *mibs_dir;	  /* the shipped MIB modules; NULL = found beside the program */
};

/* What was found out while loading. */
struct config_report {
	struct str
	    messages; /* "file:line:col: error: what; remedy\n    offending line\n    ^\n", in file order */
	size_t errors, warnings;
};
void config_report_fini(struct config_report *report);

/* A complete inventory, or NULL when report->errors > 0. Warnings alone are fine.
 * Reads files; does not resolve host names. */
struct inventory *config_load(const struct config_options *options, struct config_report *report) MUST_USE;

/* Settings, credentials and the shipped profiles without any device list: for
 * one-shot commands. A missing default file is an empty configuration. */
struct inventory *config_load_bare(
    const struct config_options *options, struct config_report *report) MUST_USE;

/* /etc/rollcall/rollcall.yaml, or ./rollcall.yaml when that is there. Caller frees. */
char *config_default_file(void);
/* <directory of the executable>/../share/rollcall or /../etc, whichever has profiles/, else ROLLCALL_DATA.
 * Caller frees. */
char *config_data_dir(void);
/* mibs/ in the data directory, or (in a build tree) beside it. Caller frees. */
char *config_mibs_dir(void);

/* Every key with type, unit, default and one line of documentation, as text. */
void config_show_schema(struct str *out);

#endif
