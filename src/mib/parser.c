#include "mib/parser.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>

#define SHOWN_MAX 40 /* characters of a word in a message */

void parser_next(struct parser *parser)
{
	parser->token = mib_lexer_next(&parser->lexer);
}

bool parser_at(const struct parser *parser, const char *text)
{
	return mib_token_is(&parser->token, text);
}

bool parser_at_type(const struct parser *parser, enum mib_token_type type)
{
	return parser->token.type == type;
}

bool parser_skip(struct parser *parser, const char *text)
{
	if (!parser_at(parser, text))
		return false;
	parser_next(parser);
	return true;
}

char *parser_copy(const struct mib_token *token)
{
	return mem_strndup(token->text, token->len);
}

void parser_fault(struct parser *parser, const struct mib_token *at, const char *what)
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

void parser_skip_brackets(struct parser *parser)
{
	unsigned depth = 0;

	do {
		if (parser_at(parser, "{") || parser_at(parser, "("))
			depth++;
		else if (parser_at(parser, "}") || parser_at(parser, ")"))
			depth--;
		parser_next(parser);
	} while (depth > 0 && !parser_at_type(parser, MIB_END) && !parser_at_type(parser, MIB_ASSIGN));
}
