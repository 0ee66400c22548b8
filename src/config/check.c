#include "config/check.h"

#include "base/match.h"
#include "base/mem.h"
#include "base/units.h"
#include "model/oid.h"

#include <stdlib.h>
#include <string.h>

static const char *const true_words[] = {"true", "True", "TRUE", "yes", "on"};
static const char *const false_words[] = {"false", "False", "FALSE", "no", "off"};

/* Is `text` one of "a|b|c"? */
static bool is_word(const char *words, const char *text)
{
	size_t len = strlen(text);

	for (const char *p = words, *end; p != NULL && *p != '\0'; p = *end == '|' ? end + 1 : end) {
		end = strchrnul(p, '|');
		if ((size_t)(end - p) == len && strncmp(p, text, len) == 0)
			return true;
	}
	return false;
}

static void tell_choice(struct diag *diag, const struct yaml_node *value, const struct schema_key *key)
{
	char *words = mem_strdup(key->of), *save = NULL;
	const char *list[16];
	size_t n = 0;

	for (char *w = strtok_r(words, "|", &save); w != NULL && n < ARRAY_LEN(list);
	     w = strtok_r(NULL, "|", &save))
		list[n++] = w;
	diag_unknown(diag, DIAG_ERROR, value->place, key->name, value->text, list, n);
	free(words);
}

static void check_range(
    struct diag *diag, const struct yaml_node *value, const struct schema_key *key, int64_t number)
{
	struct str text = {0};

	if ((key->min == 0 && key->max == 0) || (number >= key->min && number <= key->max))
		return;
	schema_add_type(&text, key);
	diag_error(
	    diag, value->place, "%s %s is out of range; give a %s", key->name, value->text, str_text(&text));
	str_fini(&text);
}

static void check_pattern(struct diag *diag, const struct yaml_node *value, const char *name)
{
	char *error = NULL;
	size_t offset = 0;
	struct match *match = match_new(value->text, &error, &offset);
	struct diag_place place = value->place;

	if (match == NULL) {
		place.col += (uint32_t)offset;
		diag_error(diag, place, "%s is no valid pattern: %s; see pcre2syntax(3)", name, error);
	}
	match_free(match);
	free(error);
}

static void tell_type(
    struct diag *diag, const struct yaml_node *value, const struct schema_key *key, const char *example)
{
	diag_error(diag, value->place, "%s '%s' is no %s; %s", key->name, value->text,
	    schema_type_name(key->type), example);
}

static void check_scalar(struct diag *diag, const struct yaml_node *value, const struct schema_key *key)
{
	int64_t number = 0;
	double real;
	bool flag;
	struct oid oid;

	switch (key->type) {
	case SCHEMA_DURATION:
		if (is_word(key->of, value->text))
			break;
		if (!field_duration(value, &number))
			tell_type(diag, value, key, "write it with its unit, as in 60s, 5m or 1h30m");
		else
			check_range(diag, value, key, number);
		break;
	case SCHEMA_SIZE:
		if (!field_size(value, &number))
			tell_type(diag, value, key, "write it as in 500M or 4G");
		else
			check_range(diag, value, key, number);
		break;
	case SCHEMA_INT:
		if (!field_int(value, &number))
			tell_type(diag, value, key, "write digits only");
		else
			check_range(diag, value, key, number);
		break;
	case SCHEMA_NUMBER:
		if (!field_number(value, &real))
			tell_type(diag, value, key, "write it as in 0.1");
		break;
	case SCHEMA_BOOL:
		if (!field_bool(value, &flag))
			diag_error(diag, value->place, "%s '%s' is neither true nor false; write one of them",
			    key->name, value->text);
		break;
	case SCHEMA_CHOICE:
		if (!is_word(key->of, value->text))
			tell_choice(diag, value, key);
		break;
	case SCHEMA_PATTERN:
		check_pattern(diag, value, key->name);
		break;
	case SCHEMA_OID:
		if (oid_parse(value->text, &oid) != ERR_OK)
			tell_type(diag, value, key,
			    "write numbers with dots between, as in 1.3.6.1.2.1.1.3.0, or a MIB name");
		break;
	case SCHEMA_TEXT:
	case SCHEMA_PATH:
		if (value->text[0] == '\0')
			diag_error(
			    diag, value->place, "%s is empty; give it a text, or remove it", key->name);
		break;
	case SCHEMA_MAPPING:
	case SCHEMA_MAP:
	case SCHEMA_LIST:
	case SCHEMA_ANY:
		break;
	}
}

static void check_scalars(struct diag *diag, const struct yaml_node *value, const struct schema_key *key)
{
	struct str text = {0};

	if (value->is_null) {
		schema_add_type(&text, key);
		diag_error(diag, value->place, "%s has no value; give it a %s, or remove it", key->name,
		    str_text(&text));
	} else if (value->type == YAML_SCALAR) {
		check_scalar(diag, value, key);
	} else if (value->type == YAML_SEQUENCE && key->is_list) {
		for (const struct yaml_entry *e = value->first; e != NULL; e = e->next) {
			if (e->value->type != YAML_SCALAR || e->value->is_null)
				diag_error(diag, e->value->place, "%s lists %s here; give it texts only",
				    key->name, yaml_type_name(e->value));
			else
				check_scalar(diag, e->value, key);
		}
	} else {
		schema_add_type(&text, key);
		diag_error(diag, value->place, "%s is %s here; give it a %s", key->name,
		    yaml_type_name(value), str_text(&text));
	}
	str_fini(&text);
}

/* Mappings and lists that are there but empty are as good as not there. */
static void check_value(struct diag *diag, const struct yaml_node *value, const struct schema_key *key)
{
	switch (key->type) {
	case SCHEMA_MAPPING:
		if (!value->is_null)
			check_section(diag, value, schema_section(key->of), key->name);
		break;
	case SCHEMA_MAP:
		if (value->type != YAML_MAPPING && !value->is_null)
			diag_error(diag, value->place,
			    "%s is %s here; write a name, a colon and what it means for each", key->name,
			    yaml_type_name(value));
		for (const struct yaml_entry *e = yaml_first(value); e != NULL && e->key != NULL; e = e->next)
			check_section(diag, e->value, schema_section(key->of), e->key->text);
		break;
	case SCHEMA_LIST:
		if (value->type != YAML_SEQUENCE && !value->is_null)
			diag_error(diag, value->place,
			    "%s is %s here; write a list of mappings, as in [{...}, {...}]", key->name,
			    yaml_type_name(value));
		for (const struct yaml_entry *e = yaml_first(value); e != NULL && e->key == NULL; e = e->next)
			check_section(diag, e->value, schema_section(key->of), key->name);
		break;
	case SCHEMA_ANY:
		break;
	case SCHEMA_TEXT:
	case SCHEMA_DURATION:
	case SCHEMA_SIZE:
	case SCHEMA_INT:
	case SCHEMA_NUMBER:
	case SCHEMA_BOOL:
	case SCHEMA_CHOICE:
	case SCHEMA_PATH:
	case SCHEMA_PATTERN:
	case SCHEMA_OID:
		check_scalars(diag, value, key);
		break;
	}
}

static void tell_unknown(
    struct diag *diag, const struct yaml_entry *entry, const struct schema_section *section)
{
	const char *names[64];
	size_t n = 0;

	for (; n < section->n && n < ARRAY_LEN(names); n++)
		names[n] = section->keys[n].name;
	if (entry->value->type == YAML_SCALAR && diag_is_secret_key(entry->key->text, true))
		diag_hide(diag, entry->value->place, entry->value->end);
	diag_unknown(diag, DIAG_ERROR, entry->key->place, "key", entry->key->text, names, n);
}

bool check_section(
    struct diag *diag, const struct yaml_node *node, const struct schema_section *section, const char *what)
{
	if (node->type != YAML_MAPPING) {
		diag_error(diag, node->place, "%s is %s here; write a mapping, as in {%s: ...}", what,
		    yaml_type_name(node), section->keys[0].name);
		return false;
	}
	for (const struct yaml_entry *e = node->first; e != NULL; e = e->next) {
		const struct schema_key *key = schema_key(section, e->key->text);

		if (key == NULL)
			tell_unknown(diag, e, section);
		else if (key->is_later)
			diag_warning(diag, e->key->place,
			    "'%s' is not yet active in this version; it may stay", key->name);
		else
			check_value(diag, e->value, key);
	}
	return true;
}

const char *field_text(const struct yaml_node *mapping, const char *key)
{
	return yaml_text(yaml_get(mapping, key));
}

bool field_duration(const struct yaml_node *value, int64_t *out)
{
	const char *text = yaml_text(value);

	return text != NULL && units_parse_duration(text, out) == ERR_OK;
}

bool field_size(const struct yaml_node *value, int64_t *out)
{
	const char *text = yaml_text(value);
	uint64_t bytes;

	if (text == NULL || units_parse_size(text, &bytes) != ERR_OK || bytes > INT64_MAX)
		return false;
	*out = (int64_t)bytes;
	return true;
}

bool field_int(const struct yaml_node *value, int64_t *out)
{
	const char *text = yaml_text(value);

	return text != NULL && str_to_i64(text, out);
}

bool field_number(const struct yaml_node *value, double *out)
{
	const char *text = yaml_text(value);

	return text != NULL && str_to_double(text, out);
}

bool field_bool(const struct yaml_node *value, bool *out)
{
	const char *text = yaml_text(value);

	for (size_t i = 0; text != NULL && i < ARRAY_LEN(true_words); i++) {
		bool yes = strcmp(text, true_words[i]) == 0;

		if (yes || strcmp(text, false_words[i]) == 0) {
			*out = yes;
			return true;
		}
	}
	return false;
}

const struct yaml_node *field_next(const struct yaml_node *value, const struct yaml_entry **at)
{
	static const struct yaml_entry done;

	if (value == NULL || *at == &done)
		return NULL;
	if (value->type == YAML_SCALAR) {
		*at = &done;
		return value->is_null ? NULL : value;
	}
	if (value->type != YAML_SEQUENCE)
		return NULL;
	*at = *at == NULL ? value->first : (*at)->next;
	while (*at != NULL && yaml_text((*at)->value) == NULL)
		*at = (*at)->next;
	if (*at == NULL) {
		*at = &done;
		return NULL;
	}
	return (*at)->value;
}
