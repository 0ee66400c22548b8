/* One module, definition by definition. After what it does not understand it goes on at the next one. */
#include "base/mem.h"
#include "base/vec.h"
#include "mib/parser.h"

#include <stdlib.h>
#include <string.h>

/* ---- values ---- */

static void drop_value(struct mib_definition *definition)
{
	free(definition->parent);
	definition->parent = NULL;
	definition->n_ids = 0;
}

/* { parent 1 2 }, { iso org(3) 6 }: what names a number counts as the number, a name alone as
 * what the rest hangs on. False when there is no such value. */
static bool read_oid(struct parser *parser, struct mib_definition *definition)
{
	if (!parser_skip(parser, "{"))
		return false;
	definition->ids = mem_calloc(MIB_IDS_MAX, sizeof *definition->ids);
	while (!parser_at(parser, "}")) {
		struct mib_token token = parser->token;
		uint64_t id;
		bool is_number = mib_token_number(&token, &id);

		if (parser_skip(parser, ","))
			continue;
		if (!is_number && token.type != MIB_NAME && token.type != MIB_WORD)
			return false;
		parser_next(parser);
		/* MODULE.name; but parent.1 is what some write for parent 1. */
		if (!is_number && parser_skip(parser, ".") && !parser_at_type(parser, MIB_NUMBER)) {
			token = parser->token;
			parser_next(parser);
		}
		if (!is_number && parser_skip(parser, "(")) {
			is_number = mib_token_number(&parser->token, &id);
			parser_next(parser);
			if (!is_number || !parser_skip(parser, ")"))
				return false;
		}
		if (!is_number) {
			drop_value(definition);
			definition->parent = parser_copy(&token);
			continue;
		}
		if (id > UINT32_MAX || definition->n_ids == MIB_IDS_MAX)
			return false;
		definition->ids[definition->n_ids++] = (uint32_t)id;
	}
	definition->ids = mem_realloc(definition->ids, definition->n_ids + 1, sizeof *definition->ids);
	parser_next(parser);
	return definition->parent != NULL || definition->n_ids > 0;
}

/* A trap of SMIv1 is number n below 0 of its enterprise (RFC 3584 section 3.1). */
static bool read_trap_number(struct parser *parser, struct mib_definition *definition)
{
	uint64_t number;

	if (definition->parent == NULL || !mib_token_number(&parser->token, &number) || number > UINT32_MAX)
		return false;
	definition->ids = mem_calloc(2, sizeof *definition->ids);
	definition->ids[1] = (uint32_t)number;
	definition->n_ids = 2;
	parser_next(parser);
	return true;
}

/* ---- definitions ---- */

static void take_text(struct parser *parser, char **text)
{
	if (!parser_at_type(parser, MIB_STRING))
		return;
	free(*text);
	*text = parser_copy(&parser->token);
	parser_next(parser);
}

static void take_enterprise(struct parser *parser, struct mib_definition *definition)
{
	bool has_brackets = parser_skip(parser, "{");

	if (parser_at_type(parser, MIB_NAME)) {
		free(definition->parent);
		definition->parent = parser_copy(&parser->token);
		parser_next(parser);
	}
	if (has_brackets)
		(void)parser_skip(parser, "}"); /* if it lacks, the next clause is found in any case */
}

/* One clause of a macro, or one word that says nothing here. */
static void read_clause(struct parser *parser, struct mib_definition *definition)
{
	if (parser_at(parser, "{") || parser_at(parser, "(")) {
		parser_skip_brackets(parser);
	} else if (parser_skip(parser, "SYNTAX")) {
		if (definition->syntax.type == NULL && !definition->syntax.is_sequence)
			parser_read_syntax(parser, &definition->syntax);
	} else if (parser_skip(parser, "UNITS")) {
		take_text(parser, &definition->units);
	} else if (parser_skip(parser, "INDEX") || parser_skip(parser, "AUGMENTS")) {
		definition->has_index = true;
	} else if (strcmp(definition->macro, "TRAP-TYPE") == 0 && parser_skip(parser, "ENTERPRISE")) {
		take_enterprise(parser, definition);
	} else {
		parser_next(parser);
	}
}

/* Whether what follows the name that is looked at makes it a definition's: within one that means that its
 * ::= is missing. */
static bool begins_definition(const struct parser *parser)
{
	struct mib_lexer ahead = parser->lexer;
	struct mib_token second = mib_lexer_next(&ahead);

	if (second.type == MIB_WORD && mib_is_macro(second.text, second.len))
		return true;
	if (!mib_token_is(&second, "OBJECT"))
		return false;
	second = mib_lexer_next(&ahead);
	return mib_token_is(&second, "IDENTIFIER") && mib_lexer_next(&ahead).type == MIB_ASSIGN;
}

/* Goes from behind the macro's name to behind the ::=. False when another definition or the end comes first:
 * then that is what is looked at. */
static bool read_clauses(struct parser *parser, struct mib_definition *definition)
{
	while (!parser_at_type(parser, MIB_ASSIGN)) {
		if (parser_at_type(parser, MIB_END) || parser->token.is_open || parser_at(parser, "END") ||
		    (parser_at_type(parser, MIB_NAME) && begins_definition(parser)))
			return false;
		read_clause(parser, definition);
	}
	parser_next(parser);
	return true;
}

/* name MACRO ... ::= value; the macro is what is looked at. */
static void read_macro(struct parser *parser, const struct mib_token *name)
{
	struct mib_definition one = {
	    .name = parser_copy(name), .macro = parser_copy(&parser->token), .line = name->line};
	bool ok;

	parser_next(parser);
	if (!read_clauses(parser, &one)) {
		parser_fault(parser, &parser->token, "the ::= of the definition before is expected");
		mib_definition_fini(&one);
		return;
	}
	ok = strcmp(one.macro, "TRAP-TYPE") == 0 && !parser_at(parser, "{") ? read_trap_number(parser, &one)
									    : read_oid(parser, &one);
	if (!ok) {
		parser_fault(parser, &parser->token, "a value is expected, as in { parent 1 }");
		mib_definition_fini(&one);
		return;
	}
	vec_push(&parser->module->definitions, one);
}

/* name OBJECT IDENTIFIER ::= value */
static void read_identifier(struct parser *parser, const struct mib_token *name)
{
	struct mib_definition one = {
	    .name = parser_copy(name), .macro = mem_strdup("OBJECT IDENTIFIER"), .line = name->line};

	if (!parser_at_type(parser, MIB_ASSIGN)) {
		parser_fault(parser, &parser->token, "::= is expected");
		mib_definition_fini(&one);
		return;
	}
	parser_next(parser);
	if (!read_oid(parser, &one)) {
		parser_fault(parser, &parser->token, "a value is expected, as in { parent 1 }");
		mib_definition_fini(&one);
		return;
	}
	vec_push(&parser->module->definitions, one);
}

/* Type ::= TEXTUAL-CONVENTION ... SYNTAX type, or Type ::= type; behind the ::=. */
static void read_type_assignment(struct parser *parser, const struct mib_token *name)
{
	struct mib_type type = {.name = parser_copy(name)};

	if (parser_skip(parser, "TEXTUAL-CONVENTION")) {
		while (!parser_at(parser, "SYNTAX") && !parser_at_type(parser, MIB_END) &&
		       !parser_at_type(parser, MIB_ASSIGN) && !parser_at(parser, "END"))
			parser_next(parser);
		if (!parser_skip(parser, "SYNTAX")) {
			parser_fault(
			    parser, &parser->token, "the SYNTAX of a textual convention is expected");
			free(type.name);
			return;
		}
	}
	parser_read_syntax(parser, &type.syntax);
	vec_push(&parser->module->types, type);
}

/* ---- the module ---- */

/* IMPORTS a, b FROM C d FROM E; where the semicolon lacks, a definition ends them. */
static void read_imports(struct parser *parser)
{
	size_t first = parser->module->imports.n;
	bool is_over = false;

	while (!is_over && !parser_at(parser, ";") && !parser_at_type(parser, MIB_END) &&
	       !parser_at_type(parser, MIB_ASSIGN)) {
		struct mib_import one = {0};

		if (parser_skip(parser, "FROM")) {
			while (first < parser->module->imports.n)
				parser->module->imports.v[first++].module = parser_copy(&parser->token);
			parser_next(parser);
			is_over = parser_at_type(parser, MIB_NAME) && begins_definition(parser);
			continue;
		}
		if (parser_at_type(parser, MIB_NAME) || parser_at_type(parser, MIB_WORD)) {
			one.name = parser_copy(&parser->token);
			vec_push(&parser->module->imports, one);
		}
		parser_next(parser);
	}
	while (first < parser->module->imports.n) /* those that no FROM follows */
		free(parser->module->imports.v[--parser->module->imports.n].name);
	if (!parser_skip(parser, ";"))
		parser_fault(parser, &parser->token, "the semicolon that ends IMPORTS is expected");
}

static void skip_to(struct parser *parser, const char *text)
{
	while (!parser_at(parser, text) && !parser_at_type(parser, MIB_END))
		parser_next(parser);
	parser_next(parser);
}

/* True: a definition, or what began like one, was read. Names should begin with a lower-case letter; not all
 * vendors' do. */
static bool read_definition(struct parser *parser)
{
	struct mib_token name = parser->token;

	parser_next(parser);
	if (parser_at_type(parser, MIB_WORD) && mib_is_macro(parser->token.text, parser->token.len)) {
		read_macro(parser, &name);
		return true;
	}
	if (parser_skip(parser, "OBJECT")) {
		(void)parser_skip(parser, "IDENTIFIER"); /* if it lacks, ::= is missed */
		read_identifier(parser, &name);
		return true;
	}
	if (name.type == MIB_WORD && parser_skip(parser, "MACRO")) {
		skip_to(parser, "END");
		return true;
	}
	if (name.type == MIB_WORD && parser_at_type(parser, MIB_ASSIGN)) {
		parser_next(parser);
		read_type_assignment(parser, &name);
		return true;
	}
	return false;
}

static void read_body(struct parser *parser)
{
	bool told = false; /* of this stretch of what means nothing */

	while (!parser_at_type(parser, MIB_END) && !parser_at(parser, "END") &&
	       !parser_at(parser, "DEFINITIONS")) {
		struct mib_token at = parser->token;
		bool good = true;

		if (parser_skip(parser, "IMPORTS"))
			read_imports(parser);
		else if (parser_skip(parser, "EXPORTS"))
			skip_to(parser, ";");
		else if (parser_at_type(parser, MIB_NAME) || parser_at_type(parser, MIB_WORD))
			good = read_definition(parser);
		else {
			parser_next(parser);
			good = false;
		}
		if (!good && !told)
			parser_fault(parser, &at, "a definition is expected");
		told = !good;
	}
}

static int by_name(const void *a, const void *b)
{
	const struct mib_definition *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

struct mib_module *mib_module_parse(const char *text, size_t len)
{
	struct parser parser = {.module = mem_alloc(sizeof *parser.module)};

	mib_lexer_init(&parser.lexer, text, len);
	parser_next(&parser);
	parser.module->name = parser_copy(&parser.token);
	skip_to(&parser, "DEFINITIONS");
	while (parser_at_type(&parser, MIB_WORD) && !parser_at(&parser, "BEGIN")) /* IMPLICIT TAGS */
		parser_next(&parser);
	if (!parser_at_type(&parser, MIB_ASSIGN))
		parser_fault(&parser, &parser.token, "::= BEGIN is expected");
	else
		parser_next(&parser);
	(void)parser_skip(&parser, "BEGIN"); /* without it the definitions follow in any case */
	read_body(&parser);
	if (parser.module->definitions.n > 0)
		qsort(parser.module->definitions.v, parser.module->definitions.n,
		    sizeof *parser.module->definitions.v, by_name);
	return parser.module;
}
