/* The parser of one module: by recursive descent, with one token looked at ahead. What it does
 * not understand it tells of, and goes on at the next definition. */
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "mib/lexer.h"
#include "mib/module.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 40 /* characters of a word in a message */

struct parser {
	struct mib_lexer lexer;
	struct mib_token token; /* the one that is looked at */
	struct mib_module *module;
};

static void next(struct parser *parser)
{
	parser->token = mib_lexer_next(&parser->lexer);
}

static bool is(const struct parser *parser, const char *text)
{
	return mib_token_is(&parser->token, text);
}

static bool is_type(const struct parser *parser, enum mib_token_type type)
{
	return parser->token.type == type;
}

static bool skip(struct parser *parser, const char *text)
{
	if (!is(parser, text))
		return false;
	next(parser);
	return true;
}

static char *copy(const struct mib_token *token)
{
	return mem_strndup(token->text, token->len);
}

/* `what` is "... expected"; the word that is there instead is added. */
static void fault(struct parser *parser, const struct mib_token *at, const char *what)
{
	struct mib_fault one = {.line = at->line, .col = at->col};
	struct str text = {0};

	if (parser->module->faults.n == MIB_FAULTS_MAX)
		return;
	if (at->type == MIB_END) {
		str_addf(&text, "the file ends where %s", what);
	} else if (at->type == MIB_STRING && at->is_open) {
		str_add(&text, "the text that begins here has no end; close it with a quotation mark");
	} else {
		str_add(&text, "'");
		str_add_utf8(&text, at->text, at->len < SHOWN_MAX ? at->len : SHOWN_MAX);
		str_addf(&text, "' where %s", what);
	}
	one.text = str_steal(&text);
	vec_push(&parser->module->faults, one);
}

/* Behind the bracket that closes the one that is looked at. */
static void skip_brackets(struct parser *parser)
{
	unsigned depth = 0;

	do {
		if (is(parser, "{") || is(parser, "("))
			depth++;
		else if (is(parser, "}") || is(parser, ")"))
			depth--;
		next(parser);
	} while (depth > 0 && !is_type(parser, MIB_END) && !is_type(parser, MIB_ASSIGN));
}

/* ---- SYNTAX ---- */

/* [-]digits; false when something else is there. */
static bool read_integer(struct parser *parser, int64_t *number)
{
	bool negative = skip(parser, "-");
	uint64_t digits;

	if (!mib_token_number(&parser->token, &digits) || digits > INT64_MAX)
		return false;
	*number = negative ? -(int64_t)digits : (int64_t)digits;
	next(parser);
	return true;
}

/* { up(1), down(2) }; commas may lack, and be too many. */
static void read_labels(struct parser *parser, struct mib_syntax *syntax)
{
	size_t cap = 0;

	next(parser);
	while (!is(parser, "}")) {
		struct mib_token name = parser->token;
		struct mib_label label = {0};

		if (skip(parser, ","))
			continue;
		if (!is_type(parser, MIB_NAME) && !is_type(parser, MIB_WORD) &&
		    !is_type(parser, MIB_NUMBER)) {
			fault(parser, &name, "a name of a number is expected, as in { up(1) }");
			return;
		}
		next(parser);
		if (!skip(parser, "(") || !read_integer(parser, &label.number) || !skip(parser, ")")) {
			fault(parser, &parser->token, "a named number is expected, as in { up(1) }");
			return;
		}
		if (syntax->n_labels == MIB_LABELS_MAX)
			continue;
		if (syntax->n_labels == cap) {
			cap = cap ? 2 * cap : 4;
			syntax->labels = mem_realloc(syntax->labels, cap, sizeof *syntax->labels);
		}
		label.name = copy(&name);
		syntax->labels[syntax->n_labels++] = label;
	}
	next(parser);
}

static void read_type(struct parser *parser, struct mib_syntax *syntax)
{
	struct mib_token first = parser->token;

	next(parser);
	free(syntax->type);
	if (mib_token_is(&first, "OBJECT") && skip(parser, "IDENTIFIER"))
		syntax->type = mem_strdup("OBJECT IDENTIFIER");
	else if (mib_token_is(&first, "OCTET") && skip(parser, "STRING"))
		syntax->type = mem_strdup("OCTET STRING");
	else
		syntax->type = copy(&first);
}

/* What stands behind SYNTAX or the ::= of a type: [APPLICATION 1] IMPLICIT INTEGER (0..9). */
static void read_syntax(struct parser *parser, struct mib_syntax *syntax)
{
	if (is(parser, "[")) {
		while (!is_type(parser, MIB_END) && !is(parser, "]"))
			next(parser);
		next(parser);
	}
	(void)skip(parser, "IMPLICIT"); /* it may be there, or not */
	if (!is_type(parser, MIB_WORD)) {
		fault(parser, &parser->token, "a type is expected");
		return;
	}
	if (skip(parser, "SEQUENCE") || skip(parser, "CHOICE")) {
		syntax->is_sequence_of = skip(parser, "OF");
		syntax->is_sequence = !syntax->is_sequence_of;
		if (syntax->is_sequence_of && is_type(parser, MIB_WORD))
			read_type(parser, syntax);
		else if (is(parser, "{"))
			skip_brackets(parser);
		return;
	}
	read_type(parser, syntax);
	if (is(parser, "{"))
		read_labels(parser, syntax);
	if (is(parser, "("))
		skip_brackets(parser);
}

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
	if (!skip(parser, "{"))
		return false;
	definition->ids = mem_calloc(MIB_IDS_MAX, sizeof *definition->ids);
	while (!is(parser, "}")) {
		struct mib_token token = parser->token;
		uint64_t id;
		bool is_number = mib_token_number(&token, &id);

		if (skip(parser, ","))
			continue;
		if (!is_number && token.type != MIB_NAME && token.type != MIB_WORD)
			return false;
		next(parser);
		if (!is_number && skip(parser, ".")) { /* MODULE.name */
			token = parser->token;
			next(parser);
		}
		if (!is_number && skip(parser, "(")) {
			is_number = mib_token_number(&parser->token, &id);
			next(parser);
			if (!is_number || !skip(parser, ")"))
				return false;
		}
		if (!is_number) {
			drop_value(definition);
			definition->parent = copy(&token);
			continue;
		}
		if (id > UINT32_MAX || definition->n_ids == MIB_IDS_MAX)
			return false;
		definition->ids[definition->n_ids++] = (uint32_t)id;
	}
	definition->ids = mem_realloc(definition->ids, definition->n_ids + 1, sizeof *definition->ids);
	next(parser);
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
	next(parser);
	return true;
}

/* ---- definitions ---- */

static void take_text(struct parser *parser, char **text)
{
	if (!is_type(parser, MIB_STRING))
		return;
	free(*text);
	*text = copy(&parser->token);
	next(parser);
}

static void take_enterprise(struct parser *parser, struct mib_definition *definition)
{
	bool has_brackets = skip(parser, "{");

	if (is_type(parser, MIB_NAME)) {
		free(definition->parent);
		definition->parent = copy(&parser->token);
		next(parser);
	}
	if (has_brackets)
		(void)skip(parser, "}"); /* if it lacks, the next clause is found in any case */
}

/* One clause of a macro, or one word that says nothing here. */
static void read_clause(struct parser *parser, struct mib_definition *definition)
{
	if (is(parser, "{") || is(parser, "(")) {
		skip_brackets(parser);
	} else if (skip(parser, "SYNTAX")) {
		if (definition->syntax.type == NULL && !definition->syntax.is_sequence)
			read_syntax(parser, &definition->syntax);
	} else if (skip(parser, "UNITS")) {
		take_text(parser, &definition->units);
	} else if (skip(parser, "INDEX") || skip(parser, "AUGMENTS")) {
		definition->has_index = true;
	} else if (strcmp(definition->macro, "TRAP-TYPE") == 0 && skip(parser, "ENTERPRISE")) {
		take_enterprise(parser, definition);
	} else {
		next(parser);
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
	while (!is_type(parser, MIB_ASSIGN)) {
		if (is_type(parser, MIB_END) || parser->token.is_open || is(parser, "END") ||
		    (is_type(parser, MIB_NAME) && begins_definition(parser)))
			return false;
		read_clause(parser, definition);
	}
	next(parser);
	return true;
}

/* name MACRO ... ::= value; the macro is what is looked at. */
static void read_macro(struct parser *parser, const struct mib_token *name)
{
	struct mib_definition one = {.name = copy(name), .macro = copy(&parser->token), .line = name->line};
	bool ok;

	next(parser);
	if (!read_clauses(parser, &one)) {
		fault(parser, &parser->token, "the ::= of the definition before is expected");
		mib_definition_fini(&one);
		return;
	}
	ok = strcmp(one.macro, "TRAP-TYPE") == 0 && !is(parser, "{") ? read_trap_number(parser, &one)
								     : read_oid(parser, &one);
	if (!ok) {
		fault(parser, &parser->token, "a value is expected, as in { parent 1 }");
		mib_definition_fini(&one);
		return;
	}
	vec_push(&parser->module->definitions, one);
}

/* name OBJECT IDENTIFIER ::= value */
static void read_identifier(struct parser *parser, const struct mib_token *name)
{
	struct mib_definition one = {
	    .name = copy(name), .macro = mem_strdup("OBJECT IDENTIFIER"), .line = name->line};

	if (!is_type(parser, MIB_ASSIGN)) {
		fault(parser, &parser->token, "::= is expected");
		mib_definition_fini(&one);
		return;
	}
	next(parser);
	if (!read_oid(parser, &one)) {
		fault(parser, &parser->token, "a value is expected, as in { parent 1 }");
		mib_definition_fini(&one);
		return;
	}
	vec_push(&parser->module->definitions, one);
}

/* Type ::= TEXTUAL-CONVENTION ... SYNTAX type, or Type ::= type; behind the ::=. */
static void read_type_assignment(struct parser *parser, const struct mib_token *name)
{
	struct mib_type type = {.name = copy(name)};

	if (skip(parser, "TEXTUAL-CONVENTION")) {
		while (!is(parser, "SYNTAX") && !is_type(parser, MIB_END) && !is_type(parser, MIB_ASSIGN) &&
		       !is(parser, "END"))
			next(parser);
		if (!skip(parser, "SYNTAX")) {
			fault(parser, &parser->token, "the SYNTAX of a textual convention is expected");
			free(type.name);
			return;
		}
	}
	read_syntax(parser, &type.syntax);
	vec_push(&parser->module->types, type);
}

/* ---- the module ---- */

/* IMPORTS a, b FROM C d FROM E; */
static void read_imports(struct parser *parser)
{
	size_t first = parser->module->imports.n;

	while (!is(parser, ";") && !is_type(parser, MIB_END) && !is_type(parser, MIB_ASSIGN)) {
		struct mib_import one = {0};

		if (skip(parser, "FROM")) {
			while (first < parser->module->imports.n)
				parser->module->imports.v[first++].module = copy(&parser->token);
			next(parser);
			continue;
		}
		if (is_type(parser, MIB_NAME) || is_type(parser, MIB_WORD)) {
			one.name = copy(&parser->token);
			vec_push(&parser->module->imports, one);
		}
		next(parser);
	}
	while (first < parser->module->imports.n) /* those that no FROM follows */
		free(parser->module->imports.v[--parser->module->imports.n].name);
	if (!skip(parser, ";"))
		fault(parser, &parser->token, "the semicolon that ends IMPORTS is expected");
}

static void skip_to(struct parser *parser, const char *text)
{
	while (!is(parser, text) && !is_type(parser, MIB_END))
		next(parser);
	next(parser);
}

/* True: a definition, or what began like one, was read. */
static bool read_definition(struct parser *parser)
{
	struct mib_token name = parser->token;

	next(parser);
	if (is_type(parser, MIB_WORD) && mib_is_macro(parser->token.text, parser->token.len) &&
	    name.type == MIB_NAME) {
		read_macro(parser, &name);
		return true;
	}
	if (name.type == MIB_NAME && skip(parser, "OBJECT")) {
		(void)skip(parser, "IDENTIFIER"); /* if it lacks, ::= is missed */
		read_identifier(parser, &name);
		return true;
	}
	if (name.type == MIB_WORD && skip(parser, "MACRO")) {
		skip_to(parser, "END");
		return true;
	}
	if (name.type == MIB_WORD && is_type(parser, MIB_ASSIGN)) {
		next(parser);
		read_type_assignment(parser, &name);
		return true;
	}
	return false;
}

static void read_body(struct parser *parser)
{
	bool told = false; /* of this stretch of what means nothing */

	while (!is_type(parser, MIB_END) && !is(parser, "END") && !is(parser, "DEFINITIONS")) {
		struct mib_token at = parser->token;
		bool good = true;

		if (skip(parser, "IMPORTS"))
			read_imports(parser);
		else if (skip(parser, "EXPORTS"))
			skip_to(parser, ";");
		else if (is_type(parser, MIB_NAME) || is_type(parser, MIB_WORD))
			good = read_definition(parser);
		else {
			next(parser);
			good = false;
		}
		if (!good && !told)
			fault(parser, &at, "a definition is expected");
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
	next(&parser);
	parser.module->name = copy(&parser.token);
	skip_to(&parser, "DEFINITIONS");
	while (is_type(&parser, MIB_WORD) && !is(&parser, "BEGIN")) /* IMPLICIT TAGS */
		next(&parser);
	if (!is_type(&parser, MIB_ASSIGN))
		fault(&parser, &parser.token, "::= BEGIN is expected");
	else
		next(&parser);
	(void)skip(&parser, "BEGIN"); /* without it the definitions follow in any case */
	read_body(&parser);
	if (parser.module->definitions.n > 0)
		qsort(parser.module->definitions.v, parser.module->definitions.n,
		    sizeof *parser.module->definitions.v, by_name);
	return parser.module;
}
