#include "config/yamlread.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#define LINEAR_KEYS 16 /* up to here keys are compared each with each */

struct entries {
	struct yaml_node *node;
	struct yaml_entry *last;
	const struct yaml_node *key; /* seen, its value not yet */
	const char *anchor;
	bool has_merge;
};

struct anchor {
	const char *name;
	const struct yaml_node *node;
};

struct reader {
	struct yaml *yaml;
	struct diag *diag;
	uint32_t file;
	enum yaml_duplicates duplicates;
	struct entries stack[YAML_DEPTH_MAX];
	size_t depth, nodes;
	struct {
		struct anchor *v;
		size_t n, cap;
	} anchors;
	const struct yaml_node *root;
	struct diag_place last; /* of what was read before */
	unsigned documents;
	bool failed; /* no use in going on */
};

static void drop(struct fy_diag *diag, void *user, const char *buf, size_t len)
{
	(void)diag;
	(void)user;
	(void)buf;
	(void)len;
}

static struct diag_place place_of(const struct reader *reader, const struct fy_mark *mark)
{
	struct diag_place place = {reader->file, 1, 1};

	if (mark != NULL && mark->line >= 0 && mark->column >= 0) {
		place.line = (uint32_t)mark->line + 1;
		place.col = (uint32_t)mark->column + 1;
	}
	return place;
}

static struct diag_place start_of(const struct reader *reader, struct fy_event *event)
{
	return place_of(reader, fy_event_start_mark(event));
}

static const char *token_text(struct reader *reader, struct fy_token *token)
{
	size_t len = 0;
	const char *text = token != NULL ? fy_token_get_text(token, &len) : NULL;
	char *copy;

	if (text == NULL)
		return NULL;
	copy = yaml_room(reader->yaml, len + 1);
	memcpy(copy, text, len);
	if (memchr(text, 0, len) != NULL) {
		diag_error(reader->diag, place_of(reader, fy_token_start_mark(token)),
		    "text with a NUL character; remove it");
		reader->failed = true;
	}
	return copy;
}

static struct yaml_node *node_new(struct reader *reader, struct fy_event *event, enum yaml_type type)
{
	struct yaml_node *node = yaml_room(reader->yaml, sizeof *node);

	node->type = type;
	/* "key:" or "-" and nothing has no place of its own. */
	node->place = node->end = fy_event_start_mark(event) != NULL ? start_of(reader, event) : reader->last;
	reader->last = node->place;
	if (++reader->nodes > YAML_NODES_MAX && !reader->failed) {
		diag_error(
		    reader->diag, node->place, "more than %d values in one file; split it", YAML_NODES_MAX);
		reader->failed = true;
	}
	if (fy_event_get_tag_token(event) != NULL)
		diag_error(reader->diag, node->place, "YAML tags (!...) mean nothing here; remove it");
	return node;
}

/* A finished node becomes the root, a key, a value or an item. */
static void place_node(struct reader *reader, const struct yaml_node *node)
{
	struct entries *top = reader->depth > 0 ? &reader->stack[reader->depth - 1] : NULL;
	struct yaml_entry *entry;

	if (top == NULL) {
		reader->root = node;
		return;
	}
	if (top->node->type == YAML_MAPPING && top->key == NULL) {
		if (node->type != YAML_SCALAR) {
			diag_error(reader->diag, node->place, "a key must be plain text; quote it");
			reader->failed = true;
			return;
		}
		top->key = node;
		top->has_merge |= !node->is_quoted && strcmp(node->text, "<<") == 0;
		return;
	}
	entry = yaml_room(reader->yaml, sizeof *entry);
	entry->key = top->key;
	entry->value = node;
	if (top->key != NULL && node->type == YAML_SCALAR && diag_is_secret_key(top->key->text, false))
		diag_hide(reader->diag, node->place, node->end);
	top->key = NULL;
	if (top->last != NULL)
		top->last->next = entry;
	else
		top->node->first = entry;
	top->last = entry;
	top->node->count++;
}

static void keep_anchor(struct reader *reader, const char *name, const struct yaml_node *node)
{
	struct anchor anchor = {name, node};

	if (name != NULL)
		vec_push(&reader->anchors, anchor);
}

static void read_scalar(struct reader *reader, struct fy_event *event)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	struct yaml_node *node = node_new(reader, event, YAML_SCALAR);
	enum fy_node_style style = fy_event_get_node_style(event);
	const char *text = token_text(reader, event->scalar.value);

	node->text = text != NULL ? text : "";
	if (fy_event_end_mark(event) != NULL)
		node->end = place_of(reader, fy_event_end_mark(event));
	node->is_quoted = style != FYNS_PLAIN && style != FYNS_ANY && style != FYNS_ALIAS && text != NULL;
	for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
		node->is_null |= !node->is_quoted && strcmp(node->text, nulls[i]) == 0;
	keep_anchor(reader, token_text(reader, event->scalar.anchor), node);
	place_node(reader, node);
}

static void read_alias(struct reader *reader, struct fy_event *event)
{
	const char *name = token_text(reader, event->alias.anchor);

	for (size_t i = reader->anchors.n; name != NULL && i-- > 0;) {
		if (strcmp(reader->anchors.v[i].name, name) == 0) {
			place_node(reader, reader->anchors.v[i].node);
			return;
		}
	}
	diag_error(reader->diag, start_of(reader, event),
	    "alias '*%s' without an anchor before it; write '&%s' where it is meant",
	    name != NULL ? name : "", name != NULL ? name : "");
	reader->failed = true;
}

static void open_node(
    struct reader *reader, struct fy_event *event, enum yaml_type type, struct fy_token *anchor)
{
	struct yaml_node *node = node_new(reader, event, type);

	if (reader->depth == YAML_DEPTH_MAX) {
		diag_error(reader->diag, node->place, "nested deeper than %d; flatten it", YAML_DEPTH_MAX);
		reader->failed = true;
		return;
	}
	reader->stack[reader->depth++] = (struct entries){.node = node, .anchor = token_text(reader, anchor)};
}

static int key_compare(const void *pa, const void *pb)
{
	const struct yaml_entry *a = *(struct yaml_entry *const *)pa, *b = *(struct yaml_entry *const *)pb;
	int order = strcmp(a->key->text, b->key->text);

	if (order != 0)
		return order;
	if (a->key->place.line != b->key->place.line)
		return a->key->place.line < b->key->place.line ? -1 : 1;
	return a->key->place.col < b->key->place.col ? -1 : a->key->place.col > b->key->place.col;
}

static void tell_duplicate(
    struct reader *reader, const struct yaml_entry *first, const struct yaml_entry *again)
{
	bool is_error = reader->duplicates == YAML_DUPLICATES_ERROR;

	diag_add(reader->diag, is_error ? DIAG_ERROR : DIAG_WARNING, again->key->place,
	    "key '%s' stands here again, first in line %u%s; remove one of them", again->key->text,
	    first->key->place.line, is_error ? "" : "; this one counts");
}

static void unlink_entry(struct yaml_node *node, const struct yaml_entry *entry)
{
	for (struct yaml_entry **at = &node->first; *at != NULL; at = &(*at)->next) {
		if (*at == entry) {
			*at = entry->next;
			node->count--;
			return;
		}
	}
}

/* Small mappings, that is nearly all, need no sorting. */
static bool has_duplicates(const struct yaml_node *node)
{
	if (node->count > LINEAR_KEYS)
		return true;
	for (const struct yaml_entry *a = node->first; a != NULL; a = a->next)
		for (const struct yaml_entry *b = a->next; b != NULL; b = b->next)
			if (strcmp(a->key->text, b->key->text) == 0)
				return true;
	return false;
}

static void check_duplicates(struct reader *reader, struct yaml_node *node)
{
	struct yaml_entry **order;
	size_t n = 0;

	if (!has_duplicates(node))
		return;
	order = mem_calloc(node->count, sizeof *order);
	for (struct yaml_entry *e = node->first; e != NULL; e = e->next)
		order[n++] = e;
	qsort(order, n, sizeof *order, key_compare);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(order[i - 1]->key->text, order[i]->key->text) != 0 ||
		    strcmp(order[i]->key->text, "<<") == 0)
			continue;
		tell_duplicate(reader, order[i - 1], order[i]);
		unlink_entry(node, order[i - 1]);
	}
	free(order);
}

static void merge_from(struct reader *reader, struct yaml_node *node, const struct yaml_node *from)
{
	struct yaml_entry **end = &node->first;

	if (from->type != YAML_MAPPING) {
		diag_error(reader->diag, from->place,
		    "'<<' takes a mapping or a list of mappings; give it '*alias' of one");
		return;
	}
	while (*end != NULL)
		end = &(*end)->next;
	for (const struct yaml_entry *e = from->first; e != NULL; e = e->next) {
		if (yaml_entry(node, e->key->text) != NULL)
			continue;
		*end = yaml_room(reader->yaml, sizeof **end);
		(*end)->key = e->key;
		(*end)->value = e->value;
		end = &(*end)->next;
		node->count++;
		if (++reader->nodes > YAML_NODES_MAX)
			return;
	}
}

/* `<<: *defaults`: what the mapping has itself goes before what is merged in. */
static void merge_keys(struct reader *reader, struct yaml_node *node)
{
	const struct yaml_entry *merge;

	while ((merge = yaml_entry(node, "<<")) != NULL) {
		unlink_entry(node, merge);
		if (merge->value->type != YAML_SEQUENCE)
			merge_from(reader, node, merge->value);
		for (const struct yaml_entry *e = yaml_first(merge->value);
		     merge->value->type == YAML_SEQUENCE && e != NULL; e = e->next)
			merge_from(reader, node, e->value);
	}
}

static void close_node(struct reader *reader)
{
	struct entries *top = &reader->stack[--reader->depth];

	if (top->node->type == YAML_MAPPING) {
		check_duplicates(reader, top->node);
		if (top->has_merge)
			merge_keys(reader, top->node);
	}
	keep_anchor(reader, top->anchor, top->node);
	place_node(reader, top->node);
}

static void read_event(struct reader *reader, struct fy_event *event)
{
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (++reader->documents == 2) {
			diag_error(reader->diag, start_of(reader, event),
			    "a second document in one file; remove the '---' or make it a file of its own");
			reader->failed = true;
		}
		break;
	case FYET_MAPPING_START:
		open_node(reader, event, YAML_MAPPING, event->mapping_start.anchor);
		break;
	case FYET_SEQUENCE_START:
		open_node(reader, event, YAML_SEQUENCE, event->sequence_start.anchor);
		break;
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		close_node(reader);
		break;
	case FYET_SCALAR:
		read_scalar(reader, event);
		break;
	case FYET_ALIAS:
		read_alias(reader, event);
		break;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		break;
	}
}

/* The library's first message is the one that helps; those after it follow from it. */
static void tell_syntax(struct reader *reader, struct fy_diag *fy)
{
	void *prev = NULL;
	const struct fy_diag_error *error = fy_diag_errors_iterate(fy, &prev);
	struct fy_mark mark = {0, error != NULL ? error->line - 1 : 0, error != NULL ? error->column - 1 : 0};

	diag_hide_by_keys(reader->diag, reader->file);
	diag_error(reader->diag, place_of(reader, &mark),
	    "this is not YAML: %s; look at the indentation, colons, quotes and brackets here and on the line "
	    "above",
	    error != NULL && error->msg != NULL ? error->msg : "unreadable");
}

/* The library takes bytes that are no text for the end of the file; so they are found before. */
static bool is_text(struct diag *diag, uint32_t file, const char *text, size_t len)
{
	struct diag_place place = {file, 1, 1};
	int32_t code;

	for (size_t i = 0, n; i < len; i += n, place.col++) {
		unsigned char c = (unsigned char)text[i];

		n = 1;
		if (c == '\n') {
			place.line++;
			place.col = 0;
		} else if (c >= 0x80) {
			n = utf8_decode((const unsigned char *)text + i, len - i, &code);
			if (code < 0) {
				diag_hide_by_keys(diag, file);
				diag_error(diag, place, "bytes that are not UTF-8; save the file as UTF-8");
				return false;
			}
		} else if (c < 0x20 && c != '\t' && c != '\r') {
			diag_hide_by_keys(diag, file);
			diag_error(diag, place, "control character 0x%02x; remove it", c);
			return false;
		}
	}
	return true;
}

enum err yamlread_parse(struct yaml *yaml, uint32_t file, const char *text, size_t len, struct diag *diag,
    enum yaml_duplicates duplicates, const struct yaml_node **root)
{
	static const struct yaml_node nothing = {.type = YAML_SCALAR, .is_null = true, .text = ""};
	const struct fy_diag_cfg diag_cfg = {.output_fn = drop, .level = FYET_ERROR, .module_mask = ~0u};
	struct fy_diag *fy = fy_diag_create(&diag_cfg);
	const struct fy_parse_cfg cfg = {
	    .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DISABLE_MMAP_OPT, .diag = fy};
	struct fy_parser *parser = fy != NULL ? fy_parser_create(&cfg) : NULL;
	struct reader *reader = mem_alloc(sizeof *reader);
	struct fy_event *event;
	enum err err = ERR_INVALID;

	*reader = (struct reader){.yaml = yaml, .diag = diag, .file = file, .duplicates = duplicates};
	reader->root = &nothing;
	reader->last = (struct diag_place){file, 1, 1};
	fy_diag_set_collect_errors(fy, true);
	if (!is_text(diag, file, text, len))
		goto out;
	if (parser == NULL || fy_parser_set_string(parser, text != NULL ? text : "", len) != 0)
		goto out;
	while (!reader->failed && (event = fy_parser_parse(parser)) != NULL) {
		read_event(reader, event);
		fy_parser_event_free(parser, event);
	}
	if (!reader->failed && fy_parser_get_stream_error(parser))
		tell_syntax(reader, fy);
	else if (!reader->failed)
		err = ERR_OK;
	if (reader->root == &nothing) {
		struct yaml_node *empty = yaml_room(yaml, sizeof *empty);

		*empty = nothing;
		empty->place = empty->end = (struct diag_place){file, 1, 1};
		reader->root = empty;
	}
	*root = reader->root;
out:
	vec_fini(&reader->anchors);
	free(reader);
	fy_parser_destroy(parser);
	fy_diag_destroy(fy);
	return err;
}
