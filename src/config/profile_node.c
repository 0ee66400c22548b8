#include "config/profile_node.h"

#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_SHOWN 8 /* of one message */

static void note(struct profile_said *said, const struct yaml_node *at, const char *what)
{
	struct said one = {at->place, mem_strdup(what)};

	vec_push(said, one);
}

void node_unused(struct profile_reader *reader, const struct yaml_node *at, const char *what)
{
	note(&reader->unused, at, what);
}

void node_kindless(struct profile_reader *reader, const struct yaml_node *at, const char *name)
{
	note(&reader->kindless, at, name != NULL ? name : "?");
}

static int by_place(const void *a, const void *b)
{
	const struct said *x = a, *y = b;

	if (x->place.file != y->place.file)
		return x->place.file < y->place.file ? -1 : 1;
	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->place.col != y->place.col)
		return x->place.col < y->place.col ? -1 : 1;
	return strcmp(x->what, y->what);
}

/* Sorts, and drops what is there twice: a file is read anew for each that extends it. */
static void tidy(struct profile_said *said)
{
	size_t n = 0;

	if (said->n > 0)
		qsort(said->v, said->n, sizeof *said->v, by_place);
	for (size_t i = 0; i < said->n; i++) {
		if (n > 0 && by_place(&said->v[n - 1], &said->v[i]) == 0)
			free(said->v[i].what);
		else
			said->v[n++] = said->v[i];
	}
	said->n = n;
}

/* Number of entries from `from` on that are of the same file. */
static size_t of_file(const struct profile_said *said, size_t from)
{
	size_t n = 1;

	while (from + n < said->n && said->v[from + n].place.file == said->v[from].place.file)
		n++;
	return n;
}

static bool said_before(const struct said *v, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(v[k].what, v[i].what) == 0)
			return true;
	}
	return false;
}

/* Everything once, with its first line. */
static void report_unused(struct diag *diag, const struct said *v, size_t n)
{
	struct str text = {0};
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		if (said_before(v, i))
			continue;
		str_addf(&text, "%s'%s'", named > 0 ? ", " : "", v[i].what);
		if (v[i].place.line != v[0].place.line)
			str_addf(&text, " (line %u)", (unsigned)v[i].place.line);
		named++;
	}
	diag_warning(diag, v[0].place, "not used, all else is: %s", str_text(&text));
	str_fini(&text);
}

static void report_kindless(struct diag *diag, const struct said *v, size_t n)
{
	struct str text = {0};

	for (size_t i = 0; i < n && i < NAMES_SHOWN; i++)
		str_addf(&text, "%s'%s'", i > 0 ? ", " : "", v[i].what);
	if (n > NAMES_SHOWN)
		str_addf(&text, " and %zu more", n - NAMES_SHOWN);
	diag_warning(diag, v[0].place,
	    "%s %s no kind, taken as gauge; the type on the wire does not tell: add 'kind: gauge' or 'kind: "
	    "counter'",
	    str_text(&text), n == 1 ? "has" : "have");
	str_fini(&text);
}

void profile_reader_report(struct profile_reader *reader)
{
	size_t n;

	tidy(&reader->unused);
	tidy(&reader->kindless);
	for (size_t i = 0; i < reader->unused.n; i += n) {
		n = of_file(&reader->unused, i);
		report_unused(reader->diag, &reader->unused.v[i], n);
	}
	for (size_t i = 0; i < reader->kindless.n; i += n) {
		n = of_file(&reader->kindless, i);
		report_kindless(reader->diag, &reader->kindless.v[i], n);
	}
}

static void said_fini(struct profile_said *said)
{
	for (size_t i = 0; i < said->n; i++)
		free(said->v[i].what);
	vec_fini(said);
}

void profile_reader_fini(struct profile_reader *reader)
{
	said_fini(&reader->unused);
	said_fini(&reader->kindless);
	profile_kinds_free(reader->kinds);
	reader->kinds = NULL;
}

struct diag_place node_place(const struct yaml_node *node, size_t offset)
{
	struct diag_place place = node->place;

	/* Text over several lines is folded: where a byte of it stood is not known any more. */
	if (node->end.line == place.line)
		place.col += (uint32_t)offset + node->is_quoted;
	return place;
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

/* The list's own string, which outlives the file. */
static const char *find(const char *const *list, const char *key)
{
	for (; *list != NULL; list++) {
		if (strcmp(*list, key) == 0)
			return *list;
	}
	return NULL;
}

bool node_keys(struct profile_reader *reader, const struct yaml_node *node, enum profile_where where)
{
	size_t n;
	const struct profile_keys *keys = &profile_keys_all(&n)[where];

	if (node->type != YAML_MAPPING) {
		diag_error(reader->diag, node->place, "%s is %s; it must be a mapping of keys to values",
		    keys->where, yaml_type_name(node));
		return false;
	}
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next) {
		const char *later = find(keys->later, e->key->text);

		if (later != NULL)
			node_unused(reader, e->key, later);
		else if (find(keys->known, e->key->text) == NULL)
			diag_unknown(reader->diag, DIAG_WARNING, e->key->place, "key", e->key->text,
			    keys->known, count(keys->known));
	}
	return true;
}

const char *node_text(struct profile_reader *reader, const struct yaml_node *node)
{
	if (node == NULL || (node->type == YAML_SCALAR && node->is_null))
		return NULL;
	if (node->type != YAML_SCALAR) {
		diag_error(reader->diag, node->place, "%s where text is expected; write one value",
		    yaml_type_name(node));
		return NULL;
	}
	return node->text;
}

bool node_is_list(struct profile_reader *reader, const struct yaml_node *node, const char *what)
{
	if (node == NULL)
		return false;
	if (node->type == YAML_SEQUENCE)
		return true;
	if (!(node->type == YAML_SCALAR && node->is_null))
		diag_error(
		    reader->diag, node->place, "'%s' is %s; it must be a list", what, yaml_type_name(node));
	return false;
}

double node_number(struct profile_reader *reader, const struct yaml_node *node, double otherwise)
{
	const char *text = node_text(reader, node);
	double number;

	if (text == NULL)
		return otherwise;
	if (!str_to_double(text, &number)) {
		diag_error(
		    reader->diag, node->place, "'%s' is not a number; write it as 12, 0.1 or 1e6", text);
		return otherwise;
	}
	return number;
}

bool node_bool(struct profile_reader *reader, const struct yaml_node *node, bool otherwise)
{
	static const char *const words[] = {"false", "true", "no", "yes"};
	int choice = node_choice(reader, node, "value", words, ARRAY_LEN(words));

	return choice < 0 ? otherwise : choice % 2 == 1;
}

int node_choice(struct profile_reader *reader, const struct yaml_node *node, const char *what,
    const char *const *names, size_t n)
{
	const char *text = node_text(reader, node);

	if (text == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], text) == 0)
			return (int)i;
	}
	diag_unknown(reader->diag, DIAG_ERROR, node->place, what, text, names, n);
	return -1;
}

bool node_oid(struct profile_reader *reader, const struct yaml_node *node, struct oid *oid)
{
	const char *text = node_text(reader, node);
	uint8_t ber[OID_BER_MAX];

	if (text == NULL)
		return false;
	if (oid_parse(text, oid) != ERR_OK || oid_to_ber(oid, ber) == 0) {
		diag_error(reader->diag, node->place,
		    "malformed OID '%s'; write numbers with dots, as 1.3.6.1.2.1.2.2", text);
		return false;
	}
	return true;
}

struct match *node_match(struct profile_reader *reader, const struct yaml_node *node)
{
	const char *text = node_text(reader, node);
	struct match *match;
	char *error = NULL;
	size_t offset = 0;

	if (text == NULL)
		return NULL;
	match = match_new(text, &error, &offset);
	if (match == NULL)
		diag_error(reader->diag, node_place(node, offset),
		    "the pattern does not compile: %s; it is a PCRE", error);
	free(error);
	return match;
}

int64_t node_duration(
    struct profile_reader *reader, const struct yaml_node *node, int64_t least, int64_t most)
{
	char from[UNITS_TEXT_MAX], to[UNITS_TEXT_MAX];
	const char *text = node_text(reader, node);
	int64_t ns;

	if (text == NULL)
		return 0;
	if (units_parse_duration(text, &ns) != ERR_OK) {
		diag_error(
		    reader->diag, node->place, "'%s' is not a duration; write it as 30s, 5m or 1h", text);
		return 0;
	}
	if (ns < least || ns > most) {
		diag_error(reader->diag, node->place, "%s is out of range; choose from %s to %s", text,
		    units_config_duration(from, least), units_config_duration(to, most));
		return 0;
	}
	return ns;
}
