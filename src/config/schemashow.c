/* The schema for people: a terminal's list and the tables of the manual. */
#include "base/units.h"
#include "config/config.h"
#include "config/schema.h"

#include <string.h>

static void add_words(struct str *out, const char *words, const char *last)
{
	for (const char *p = words, *end; *p != '\0'; p = *end == '|' ? end + 1 : end) {
		end = strchrnul(p, '|');
		if (p != words)
			str_add(out, *end == '|' ? ", " : last);
		str_add_n(out, p, (size_t)(end - p));
	}
}

static void add_range(struct str *out, const struct schema_key *key)
{
	char low[UNITS_TEXT_MAX], high[UNITS_TEXT_MAX];

	if (key->min == 0 && key->max == 0)
		return;
	if (key->type == SCHEMA_DURATION)
		str_addf(out, " %s to %s", key->min == 0 ? "0" : units_config_duration(low, key->min),
		    units_config_duration(high, key->max));
	else if (key->type == SCHEMA_SIZE)
		str_addf(out, " %lldM to %lldG", (long long)key->min >> 20, (long long)key->max >> 30);
	else
		str_addf(out, " %lld to %lld", (long long)key->min, (long long)key->max);
}

const char *schema_type_name(enum schema_type type)
{
	static const char *const names[] = {[SCHEMA_TEXT] = "text",
	    [SCHEMA_DURATION] = "duration",
	    [SCHEMA_SIZE] = "size",
	    [SCHEMA_INT] = "whole number",
	    [SCHEMA_NUMBER] = "number",
	    [SCHEMA_BOOL] = "true or false",
	    [SCHEMA_PATH] = "file",
	    [SCHEMA_PATTERN] = "pattern",
	    [SCHEMA_CHOICE] = "word",
	    [SCHEMA_OID] = "OID",
	    [SCHEMA_MAPPING] = "mapping",
	    [SCHEMA_MAP] = "mapping by name",
	    [SCHEMA_LIST] = "list of mappings",
	    [SCHEMA_ANY] = "list"};

	return names[type];
}

void schema_add_type(struct str *out, const struct schema_key *key)
{
	if (key->type == SCHEMA_CHOICE) {
		add_words(out, key->of, " or ");
		return;
	}
	str_add(out, schema_type_name(key->type));
	add_range(out, key);
	if (key->type == SCHEMA_DURATION && key->of != NULL) {
		str_add(out, ", or ");
		add_words(out, key->of, " or ");
	}
	if (key->is_list)
		str_add(out, ", or a list");
}

const char *schema_reload_text(enum schema_reload reload)
{
	switch (reload) {
	case RELOAD_LIVE:
		return "at once";
	case RELOAD_RESTART:
		return "restart";
	case RELOAD_FILES:
		return "files migrate";
	}
	return "";
}

void schema_show(struct str *out)
{
	const struct schema_section *section;

	for (size_t i = 0; (section = schema_section_at(i)) != NULL; i++) {
		str_addf(out, "%s%s\n  %s\n", i > 0 ? "\n" : "", section->path, section->doc);
		for (size_t k = 0; k < section->n; k++) {
			const struct schema_key *key = &section->keys[k];

			str_addf(out, "\n    %s: ", key->name);
			schema_add_type(out, key);
			if (key->def != NULL)
				str_addf(out, "; default %s", key->def);
			str_addf(out, "%s\n        %s\n", key->is_later ? "; not yet active" : "", key->doc);
		}
	}
}

/* `|` would end a cell. */
static void add_cell(struct str *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '|')
			str_add_char(out, '\\');
		str_add_char(out, *p);
	}
}

void schema_markdown(struct str *out)
{
	const struct schema_section *section;

	for (size_t i = 0; (section = schema_section_at(i)) != NULL; i++) {
		str_addf(out,
		    "%s### `%s`\n\n%s\n\n| key | value | default | after a reload | meaning "
		    "|\n|---|---|---|---|---|\n",
		    i > 0 ? "\n" : "", section->path, section->doc);
		for (size_t k = 0; k < section->n; k++) {
			const struct schema_key *key = &section->keys[k];
			struct str type = {0};

			schema_add_type(&type, key);
			str_addf(out, "| `%s` | ", key->name);
			add_cell(out, str_text(&type));
			str_addf(out, " | %s | %s | ", key->def != NULL ? key->def : "",
			    key->is_later ? "" : schema_reload_text(key->reload));
			add_cell(out, key->doc);
			str_addf(out, "%s |\n", key->is_later ? " *(not yet active)*" : "");
			str_fini(&type);
		}
	}
}

void config_show_schema(struct str *out)
{
	schema_show(out);
}
