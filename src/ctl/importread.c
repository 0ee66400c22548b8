#include "ctl/importread.h"

#include "base/mem.h"
#include "base/str.h"
#include "config/xml.h"
#include "ctl/importaccess.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const format_names[] = {[IMPORT_ANY] = "any",
    [IMPORT_CSV] = "csv",
    [IMPORT_LIBRENMS] = "librenms",
    [IMPORT_ZABBIX] = "zabbix",
    [IMPORT_PROMETHEUS] = "prometheus"};

const char *import_format_name(enum import_format format)
{
	return format_names[format];
}

bool import_format_parse(const char *text, enum import_format *format)
{
	for (size_t i = IMPORT_CSV; i < ARRAY_LEN(format_names); i++) {
		if (strcmp(format_names[i], text) == 0) {
			*format = (enum import_format)i;
			return true;
		}
	}
	return false;
}

/* --- tools of the readers --- */

struct diag_place importread_place(const struct importread *read, const struct yaml_node *node)
{
	return (struct diag_place){read->file, node->place.line, node->place.col};
}

const char *importrecord_get(const struct importrecord *record, const char *key)
{
	const char *text = NULL;

	if (record->node != NULL) {
		text = yaml_text(yaml_get(record->node, key));
	} else {
		for (size_t i = 0; i < record->header->n && i < record->row->n && text == NULL; i++)
			if (strcasecmp(record->header->cells[i], key) == 0)
				text = record->row->cells[i];
		/* As databases write nothing. */
		if (text != NULL && (strcmp(text, "NULL") == 0 || strcmp(text, "\\N") == 0))
			text = NULL;
	}
	return text != NULL && *text != '\0' ? text : NULL;
}

bool importrecord_is_on(const struct importrecord *record, const char *key)
{
	const char *text = importrecord_get(record, key);

	return text != NULL &&
	       (strcmp(text, "1") == 0 || strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0);
}

void importread_community(struct import_access *access, const char *community)
{
	if (community != NULL && *community != '\0')
		secret_set(&access->community, community, strlen(community));
}

static void set_key(struct secret *secret, const char *key)
{
	if (key != NULL && *key != '\0')
		secret_set(secret, key, strlen(key));
}

void importread_usm(struct importread *read, struct diag_place place, const struct importread_usm *usm,
    struct import_access *access)
{
	const char *auth = importaccess_auth(usm->auth), *priv = importaccess_priv(usm->priv),
		   *level = usm->level != NULL ? usm->level : "";
	bool no_auth = strncasecmp(level, "noauth", 6) == 0 || strcmp(level, "0") == 0;
	bool no_priv = no_auth || strcasecmp(level, "authnopriv") == 0 || strcmp(level, "1") == 0;

	access->version = SNMP_V3;
	access->user = mem_strdup(usm->user);
	access->context = usm->context != NULL && *usm->context != '\0' ? mem_strdup(usm->context) : NULL;
	if (!no_auth && usm->auth != NULL && auth == NULL)
		diag_warning(read->list->diag, place, "authentication protocol '%s' is not known; left away",
		    usm->auth);
	if (!no_priv && usm->priv != NULL && priv == NULL)
		diag_warning(
		    read->list->diag, place, "privacy protocol '%s' is not known; left away", usm->priv);
	if (no_auth || auth == NULL)
		return;
	access->auth = mem_strdup(auth);
	set_key(&access->auth_key, usm->auth_key);
	if (no_priv || priv == NULL)
		return;
	access->priv = mem_strdup(priv);
	set_key(&access->priv_key, usm->priv_key);
}

/* --- a file --- */

static bool read_whole(const char *path, struct str *text, struct diag *diag, struct diag_place place)
{
	char buffer[16384];
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	bool good = in != NULL;
	size_t n;

	while (good && (n = fread(buffer, 1, sizeof buffer, in)) > 0) {
		str_add_n(text, buffer, n);
		if (text->len > YAML_FILE_MAX) {
			diag_error(
			    diag, place, "the file is larger than %zu MiB; split it", YAML_FILE_MAX >> 20);
			good = false;
		}
	}
	explicit_bzero(buffer, sizeof buffer);
	if (in == NULL || (good && ferror(in) != 0)) {
		diag_error(diag, place, "cannot be read: %s; name a readable file", strerror(errno));
		good = false;
	}
	if (in != NULL && in != stdin)
		fclose(in);
	return good;
}

/* The first line of a message is its place and what is wrong; the line of the file that follows may hold a
 * secret. */
static void tell_syntax(struct importread *read, const struct diag *diag)
{
	struct str text = {0};
	const char *line, *message;
	struct diag_place place = {.file = read->file};

	diag_render(diag, &text);
	line = str_text(&text);
	message = strstr(line, ": error: ");
	if (message != NULL) {
		const char *path = diag_file_name(read->list->diag, read->file);
		const char *numbers = strncmp(line, path, strlen(path)) == 0 ? line + strlen(path) : line;
		unsigned at = 0, col = 0;

		if (sscanf(numbers, ":%u:%u:", &at, &col) == 2)
			place = (struct diag_place){read->file, at, col};
		message += strlen(": error: ");
	} else {
		message = "malformed";
	}
	diag_error(read->list->diag, place, "%.*s", (int)strcspn(message, "\n"), message);
	if (text.s != NULL)
		explicit_bzero(text.s, text.len);
	str_fini(&text);
}

typedef bool tree_fn(struct importread *read, const struct yaml_node *root);
static tree_fn *const trees[] = {[IMPORT_LIBRENMS] = importread_librenms_tree,
    [IMPORT_ZABBIX] = importread_zabbix_tree,
    [IMPORT_PROMETHEUS] = importread_prometheus_tree};

static bool read_tree(struct importread *read, const struct yaml_node *root, enum import_format *format)
{
	for (size_t i = IMPORT_LIBRENMS; i < ARRAY_LEN(trees); i++) {
		if ((*format == IMPORT_ANY || *format == (enum import_format)i) && trees[i](read, root)) {
			*format = (enum import_format)i;
			return true;
		}
	}
	if (*format == IMPORT_ANY)
		diag_error(read->list->diag, importread_place(read, root),
		    "neither devices of LibreNMS, nor hosts of Zabbix, nor targets of Prometheus are in it; "
		    "name "
		    "the format with --format");
	else
		diag_error(read->list->diag, importread_place(read, root), "it is no export of %s",
		    import_format_name(*format));
	return false;
}

static bool parse_tree(
    struct importread *read, const char *path, const struct str *text, enum import_format *format)
{
	struct diag *diag = diag_new();
	struct yaml *yaml = NULL;
	const char *start = str_text(text);
	enum err err;
	bool good = false;

	if (strncmp(start, "\xef\xbb\xbf", 3) == 0)
		start += 3;
	if (start[strspn(start, " \t\r\n")] == '<')
		err = xml_parse(path, str_text(text), text->len, diag, &yaml);
	else
		err = yaml_parse(path, start, text->len - (size_t)(start - str_text(text)), diag,
		    YAML_DUPLICATES_WARNING, &yaml);
	if (err == ERR_OK)
		good = read_tree(read, yaml_root(yaml), format);
	else
		tell_syntax(read, diag);
	yaml_free(yaml);
	diag_free(diag);
	return good;
}

static bool parse_table(struct importread *read, const struct str *text, enum import_format *format)
{
	struct csv csv;
	uint32_t line;
	const char *wrong = csv_parse(str_text(text), text->len, &csv, &line);

	if (wrong != NULL) {
		diag_error(read->list->diag, (struct diag_place){read->file, line, 1}, "%s", wrong);
		return false;
	}
	if (*format == IMPORT_ANY)
		*format = importread_librenms_is(&csv.rows[0]) ? IMPORT_LIBRENMS : IMPORT_CSV;
	for (size_t i = 1; i < csv.n_rows && *format == IMPORT_LIBRENMS; i++) {
		struct importrecord record = {.header = &csv.rows[0], .row = &csv.rows[i]};

		importread_librenms_row(read, &record, (struct diag_place){read->file, csv.rows[i].line, 1});
	}
	if (*format == IMPORT_CSV)
		importread_csv(read, &csv);
	csv_fini(&csv);
	return true;
}

/* XML, JSON and YAML show it in their first character or line. */
static bool is_tree(const struct str *text)
{
	const char *p = str_text(text);
	size_t line;

	if (strncmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	p += strspn(p, " \t\r\n");
	while (*p == '#') {
		p += strcspn(p, "\n");
		p += strspn(p, " \t\r\n");
	}
	line = strcspn(p, "\r\n");
	return strchr("<{[", *p) != NULL || strncmp(p, "---", 3) == 0 || strncmp(p, "- ", 2) == 0 ||
	       (line > 0 && p[line - 1] == ':');
}

bool importread_file(struct importlist *list, const char *path, enum import_format *format)
{
	struct importread read = {.list = list};
	struct str text = {0};
	bool good;

	read.file = diag_add_file(list->diag, strcmp(path, "-") == 0 ? "(standard input)" : path, NULL, 0);
	good = read_whole(path, &text, list->diag, (struct diag_place){.file = read.file});
	if (good && (text.len == 0 || memchr(text.s, '\0', text.len) != NULL)) {
		diag_error(list->diag, (struct diag_place){.file = read.file},
		    text.len == 0 ? "the file is empty" : "this is no text; export it as UTF-8");
		good = false;
	} else if (good) {
		good = *format != IMPORT_CSV && is_tree(&text)
			   ? parse_tree(&read, diag_file_name(list->diag, read.file), &text, format)
			   : parse_table(&read, &text, format);
	}
	if (text.s != NULL)
		explicit_bzero(text.s, text.len);
	str_fini(&text);
	return good;
}
