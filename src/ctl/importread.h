/* importread: the files of other programs, read into an importlist.
 *
 *     csv         a header line, and a device a line
 *     librenms    JSON of /api/v0/devices, CSV or TSV of `select * from devices`
 *     zabbix      an export of hosts as YAML, JSON or XML, or what the API's host.get returns
 *     prometheus  file_sd as YAML or JSON, a prometheus.yml; snmp_exporter's `auths` for the credentials
 *
 * One file per source: importread_csv.c, ... Messages go to the list's diag. */
#ifndef ROLLCALL_CTL_IMPORTREAD_H
#define ROLLCALL_CTL_IMPORTREAD_H

#include "base/csv.h"
#include "config/yaml.h"
#include "ctl/importlist.h"

enum import_format { IMPORT_ANY, IMPORT_CSV, IMPORT_LIBRENMS, IMPORT_ZABBIX, IMPORT_PROMETHEUS };
const char *import_format_name(enum import_format format);
bool import_format_parse(const char *text, enum import_format *format);

/* One file. *format IMPORT_ANY = by its content, which it then says. False when it is not to be read: told.
 */
bool importread_file(struct importlist *list, const char *path, enum import_format *format);

/* --- for the importread*.c files --- */

struct importread {
	struct importlist *list;
	uint32_t file; /* in the list's diag */
	bool told_templates, told_modules;
};

struct diag_place importread_place(const struct importread *read, const struct yaml_node *node);

/* One object of a tree, or one row of a table. */
struct importrecord {
	const struct yaml_node *node; /* or NULL */
	const struct csv_row *header, *row;
};
/* NULL when it is not there, empty, or null. */
const char *importrecord_get(const struct importrecord *record, const char *key);
bool importrecord_is_on(const struct importrecord *record, const char *key); /* "1", "true", "yes" */

void importread_csv(struct importread *read, const struct csv *csv);
void importread_librenms_row(
    struct importread *read, const struct importrecord *record, struct diag_place place);
bool importread_librenms_is(const struct csv_row *header);

/* Each: is it such a tree, and its devices. */
bool importread_librenms_tree(struct importread *read, const struct yaml_node *root);
bool importread_zabbix_tree(struct importread *read, const struct yaml_node *root);
bool importread_prometheus_tree(struct importread *read, const struct yaml_node *root);

/* Of version 3: protocols as others name them; `level` as noAuthNoPriv, authNoPriv, authPriv (NULL = by what
 * is there) . Texts may be NULL; they are copied. */
struct importread_usm {
	const char *user, *level, *auth, *auth_key, *priv, *priv_key, *context;
};
void importread_usm(struct importread *read, struct diag_place place, const struct importread_usm *usm,
    struct import_access *access);
void importread_community(struct import_access *access, const char *community); /* NULL and "" are none */

#endif
