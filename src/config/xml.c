#include "config/xml.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/yamlread.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/* An element whose end has not come. */
struct element {
	struct yaml_node *node;
	struct yaml_entry *last;
	const char *name;
	struct str text;
	bool all_the_same; /* its children's names */
};

struct xml {
	XML_Parser parser;
	struct yaml *yaml;
	struct diag *diag;
	uint32_t file;
	struct element stack[YAML_DEPTH_MAX];
	size_t depth, nodes;
	enum err err;
};

static struct diag_place here(const struct xml *xml)
{
	return (struct diag_place){xml->file, (uint32_t)XML_GetCurrentLineNumber(xml->parser),
	    (uint32_t)XML_GetCurrentColumnNumber(xml->parser) + 1};
}

static void refuse(struct xml *xml, enum err err, const char *why)
{
	if (xml->err != ERR_OK)
		return;
	xml->err = err;
	diag_error(xml->diag, here(xml), "%s", why);
	XML_StopParser(xml->parser, XML_FALSE);
}

static char *keep(struct xml *xml, const char *text, size_t len)
{
	char *copy = yaml_room(xml->yaml, len + 1);

	memcpy(copy, text, len);
	return copy;
}

static struct yaml_node *new_node(struct xml *xml)
{
	struct yaml_node *node = yaml_room(xml->yaml, sizeof *node);

	node->place = node->end = here(xml);
	return node;
}

/* --- the tree --- */

static void open_element(struct xml *xml, const char *name)
{
	struct element *element = &xml->stack[xml->depth];

	*element = (struct element){
	    .node = new_node(xml), .name = keep(xml, name, strlen(name)), .all_the_same = true};
	xml->depth++;
	xml->nodes++;
}

static void append(struct xml *xml, struct element *parent, const struct element *child)
{
	struct yaml_entry *entry = yaml_room(xml->yaml, sizeof *entry);
	struct yaml_node *key = new_node(xml);

	key->text = child->name;
	entry->key = key;
	entry->value = child->node;
	if (parent->last != NULL) {
		parent->all_the_same =
		    parent->all_the_same && strcmp(parent->last->key->text, child->name) == 0;
		parent->last->next = entry;
	} else {
		parent->node->first = entry;
	}
	parent->last = entry;
	parent->node->count++;
}

/* <hosts><host/><host/></hosts> */
static bool is_list(const struct element *element)
{
	const char *child = element->last->key->text;
	size_t len = strlen(child);

	return element->all_the_same && strncmp(element->name, child, len) == 0 &&
	       strcmp(element->name + len, "s") == 0;
}

static void finish_scalar(struct xml *xml, struct element *element)
{
	const char *start = str_text(&element->text);
	size_t len;

	start += strspn(start, " \t\r\n");
	len = strlen(start);
	while (len > 0 && strchr(" \t\r\n", start[len - 1]) != NULL)
		len--;
	element->node->text = keep(xml, start, len);
	element->node->is_null = len == 0;
	element->node->is_quoted = len > 0;
}

static void close_element(struct xml *xml)
{
	struct element *element = &xml->stack[--xml->depth];

	if (element->last == NULL) {
		element->node->type = YAML_SCALAR;
		finish_scalar(xml, element);
	} else if (is_list(element)) {
		element->node->type = YAML_SEQUENCE;
		for (struct yaml_entry *e = element->node->first; e != NULL; e = e->next)
			e->key = NULL;
	} else {
		element->node->type = YAML_MAPPING;
	}
	if (element->text.s != NULL)
		explicit_bzero(element->text.s, element->text.len);
	str_fini(&element->text);
	if (xml->depth > 0)
		append(xml, &xml->stack[xml->depth - 1], element);
}

/* --- the library's callbacks --- */

static void XMLCALL element_started(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *xml = arg;

	(void)attributes;
	if (xml->err != ERR_OK)
		return;
	if (xml->depth == YAML_DEPTH_MAX)
		refuse(xml, ERR_LIMIT, "elements within elements, too deep; is this an export?");
	else if (xml->nodes == YAML_NODES_MAX)
		refuse(xml, ERR_LIMIT, "too many elements; split the export");
	else
		open_element(xml, name);
}

static void XMLCALL element_ended(void *arg, const XML_Char *name)
{
	struct xml *xml = arg;

	(void)name;
	if (xml->err == ERR_OK)
		close_element(xml);
}

static void XMLCALL text_came(void *arg, const XML_Char *text, int len)
{
	struct xml *xml = arg;

	if (xml->err == ERR_OK && xml->depth > 0)
		str_add_n(&xml->stack[xml->depth - 1].text, text, (size_t)len);
}

static void XMLCALL doctype_started(
    void *arg, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	refuse(arg, ERR_INVALID, "a DOCTYPE is not read; remove it");
}

static void parse(struct xml *xml, const char *text, size_t len)
{
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, element_started, element_ended);
	XML_SetCharacterDataHandler(xml->parser, text_came);
	XML_SetStartDoctypeDeclHandler(xml->parser, doctype_started);
	open_element(xml, ""); /* what the root element is in */
	if (XML_Parse(xml->parser, text, (int)len, XML_TRUE) == XML_STATUS_ERROR && xml->err == ERR_OK) {
		xml->err = ERR_INVALID;
		diag_error(xml->diag, here(xml), "malformed XML: %s; export it anew",
		    XML_ErrorString(XML_GetErrorCode(xml->parser)));
	}
	while (xml->err != ERR_OK && xml->depth > 0)
		str_fini(&xml->stack[--xml->depth].text);
	if (xml->err != ERR_OK)
		return;
	close_element(xml);
	yaml_set_root(xml->yaml, xml->stack[0].node);
}

enum err xml_parse(const char *name, const char *text, size_t len, struct diag *diag, struct yaml **yaml)
{
	struct xml *xml = mem_alloc(sizeof *xml);
	enum err err;

	*yaml = NULL;
	xml->parser = XML_ParserCreate(NULL);
	xml->diag = diag;
	xml->file = diag_add_file(diag, name, text, len);
	xml->yaml = yaml_begin(xml->file);
	if (len > YAML_FILE_MAX || xml->parser == NULL) {
		xml->err = ERR_LIMIT;
		diag_error(diag, (struct diag_place){.file = xml->file},
		    "the file is larger than %zu MiB; split it", YAML_FILE_MAX >> 20);
	} else {
		parse(xml, text, len);
	}
	err = xml->err;
	if (err == ERR_OK)
		*yaml = xml->yaml;
	else
		yaml_free(xml->yaml);
	XML_ParserFree(xml->parser);
	free(xml);
	return err;
}
