#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

bool draft_is_object_id(const char *text)
{
	char digits[OID_TEXT_MAX + 1];
	size_t len = strlen(text);
	struct oid oid;

	if (strcmp(text, "*") == 0)
		return true;
	if (len >= sizeof digits)
		return false;
	memcpy(digits, text, len + 1);
	if (str_ends(text, ".*"))
		digits[len - 2] = '\0';
	return oid_parse(digits, &oid) == ERR_OK;
}

/* Patterns that grow into one, an alternative each. */
static void add_alternative(struct str *pattern, const char *text)
{
	str_addf(pattern, "%s(?:%s)", pattern->len > 0 ? "|" : "", text);
}

/* Adds `text` so that a pattern takes it literally. */
static void add_quoted(struct str *pattern, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\^$.|?*+()[]{}-# ", *text) != NULL)
			str_add_char(pattern, '\\');
		str_add_char(pattern, *text);
	}
}

/* An OID, one that ends in .*, or a pattern, as a pattern. */
static void add_object_id(struct str *pattern, const char *text)
{
	struct str one = {0};
	size_t len = strlen(text);

	if (!draft_is_object_id(text) || strcmp(text, "*") == 0) {
		add_alternative(pattern, strcmp(text, "*") == 0 ? "." : text);
		return;
	}
	text += *text == '.';
	len = strlen(text);
	str_add_char(&one, '^');
	if (text[len - 1] == '*') {
		char *stem = mem_strndup(text, len - 1);

		add_quoted(&one, stem);
		free(stem);
	} else {
		add_quoted(&one, text);
		str_add_char(&one, '$');
	}
	add_alternative(pattern, str_text(&one));
	str_fini(&one);
}

static void add_words(struct str *pattern, const char *text)
{
	struct str one = {0};

	add_quoted(&one, text);
	add_alternative(pattern, str_text(&one));
	str_fini(&one);
}

static struct match *compile(
    struct profile_reader *reader, const struct yaml_node *at, struct str *pattern, bool any_case)
{
	struct match *match = NULL;
	char *error = NULL, *whole;
	size_t offset;

	if (pattern->len == 0)
		return NULL;
	whole = str_format("%s%s", any_case ? "(?i)" : "", str_text(pattern));
	match = match_new(whole, &error, &offset);
	if (match == NULL)
		diag_error(reader->diag, at->place, "a pattern does not compile: %s; they are PCREs", error);
	free(error);
	free(whole);
	str_fini(pattern);
	return match;
}

/* One text or a list of them. */
typedef void take_fn(struct profile_reader *reader, const struct yaml_node *node, void *arg);

static void each(struct profile_reader *reader, const struct yaml_node *node, take_fn *take, void *arg)
{
	if (node == NULL)
		return;
	if (node->type == YAML_SEQUENCE) {
		for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next)
			take(reader, e->value, arg);
	} else {
		take(reader, node, arg);
	}
}

static void keep(char ***list, size_t *n, const char *text)
{
	*list = mem_realloc(*list, *n + 1, sizeof **list);
	(*list)[(*n)++] = mem_strdup(text);
}

/* Terms of one selector, and the pattern that they grow into. */
struct terms {
	struct selector *selector;
	struct str pattern;
};

static void take_word(struct profile_reader *reader, const struct yaml_node *node, void *arg)
{
	struct terms *terms = arg;
	const char *text = node_text(reader, node);

	if (text == NULL || *text == '\0')
		return;
	keep(&terms->selector->words, &terms->selector->n_words, text);
	add_words(&terms->pattern, text);
}

static void take_not_word(struct profile_reader *reader, const struct yaml_node *node, void *arg)
{
	const char *text = node_text(reader, node);

	if (text != NULL && *text != '\0')
		add_words(arg, text);
}

static void take_not_id(struct profile_reader *reader, const struct yaml_node *node, void *arg)
{
	const char *text = node_text(reader, node);

	if (text != NULL && *text != '\0')
		add_object_id(arg, text);
}

static void take_id(struct profile_reader *reader, const struct yaml_node *node, void *arg)
{
	struct terms *terms = arg;
	struct selector *selector = terms->selector;
	const char *text = node_text(reader, node);

	if (text == NULL || *text == '\0')
		return;
	if (!draft_is_object_id(text)) {
		add_object_id(&terms->pattern, text);
		keep(&selector->patterns, &selector->n_patterns, text);
		return;
	}
	keep(&selector->sysobjectids, &selector->n_sysobjectids, text);
}

/* {include, exclude}, or what is included itself. */
static const struct yaml_node *list_of(
    struct profile_reader *reader, const struct yaml_node *node, const char *which)
{
	if (node == NULL || node->type != YAML_MAPPING)
		return strcmp(which, "include") == 0 ? node : NULL;
	if (strcmp(which, "include") == 0)
		(void)node_keys(reader, node, WHERE_LISTS); /* a mapping it is; the rest is told */
	return yaml_get(node, which);
}

static void read_selector(
    struct profile_reader *reader, const struct yaml_node *node, struct profile *profile)
{
	const struct yaml_node *ids, *descr;
	struct selector selector = {0};
	struct terms take = {.selector = &selector}, words = {.selector = &selector};
	struct str not_id = {0}, not_words = {0};

	if (!node_keys(reader, node, WHERE_SELECTOR))
		return;
	ids = yaml_get(node, "sysobjectid");
	descr = yaml_get(node, "sysdescr");
	each(reader, list_of(reader, ids, "include"), take_id, &take);
	each(reader, list_of(reader, ids, "exclude"), take_not_id, &not_id);
	each(reader, list_of(reader, descr, "include"), take_word, &words);
	each(reader, list_of(reader, descr, "exclude"), take_not_word, &not_words);
	selector.object_id = compile(reader, node, &take.pattern, false);
	selector.not_object_id = compile(reader, node, &not_id, false);
	selector.sysdescr = compile(reader, node, &words.pattern, true);
	selector.not_sysdescr = compile(reader, node, &not_words, true);
	profile->selectors =
	    mem_realloc(profile->selectors, profile->n_selectors + 1, sizeof *profile->selectors);
	profile->selectors[profile->n_selectors++] = selector;
}

void draft_read_selectors(
    struct profile_reader *reader, const struct yaml_node *node, struct profile *profile)
{
	if (node == NULL)
		return;
	if (node->type != YAML_SEQUENCE) {
		read_selector(reader, node, profile);
		return;
	}
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next)
		read_selector(reader, e->value, profile);
}

/* ---- probe ---- */

static void read_probe(struct profile_reader *reader, const struct yaml_node *node, struct profile *profile)
{
	struct profile_probe probe = {0};

	if (!node_keys(reader, node, WHERE_PROBE))
		return;
	probe.any_row = node_bool(reader, yaml_get(node, "column"), false);
	if (probe.any_row && yaml_get(node, "instance") != NULL) {
		diag_error(reader->diag, node->place,
		    "a probe is an instance or any row of a column; leave one of 'instance' and 'column' "
		    "out");
		return;
	}
	if (!draft_read_source(reader, node, !probe.any_row, &probe.source))
		return;
	profile->probes = mem_realloc(profile->probes, profile->n_probes + 1, sizeof *profile->probes);
	profile->probes[profile->n_probes++] = probe;
}

void draft_read_probes(struct profile_reader *reader, const struct yaml_node *node, struct profile *profile)
{
	if (node == NULL)
		return;
	if (node->type != YAML_SEQUENCE) {
		read_probe(reader, node, profile);
		return;
	}
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next)
		read_probe(reader, e->value, profile);
}

/* ---- matches ---- */

static void copy_ids(struct selector *to, char *const *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		keep(&to->sysobjectids, &to->n_sysobjectids, ids[i]);
}

void draft_add_match(struct profile_reader *reader, const struct yaml_node *pattern,
    const struct profile *from, struct profile *to)
{
	struct selector selector = {0};
	struct str whole = {0};

	copy_ids(&selector, from->sysobjectids, from->n_sysobjectids);
	for (size_t i = 0; i < from->n_selectors; i++)
		copy_ids(&selector, from->selectors[i].sysobjectids, from->selectors[i].n_sysobjectids);
	str_add(&whole, pattern->text);
	selector.sysdescr = compile(reader, pattern, &whole, true);
	if (selector.n_sysobjectids == 0 || selector.sysdescr == NULL) {
		str_fini(&whole);
		selector_fini(&selector);
		return;
	}
	to->is_abstract = false;
	to->selectors = mem_realloc(to->selectors, to->n_selectors + 1, sizeof *to->selectors);
	to->selectors[to->n_selectors++] = selector;
}
