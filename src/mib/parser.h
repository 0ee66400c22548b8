/* parser: the words of a module one by one, for the .c files that read its parts.
 *
 * By recursive descent; one token is looked at. What is not understood is a fault of the module. */
#ifndef ROLLCALL_MIB_PARSER_H
#define ROLLCALL_MIB_PARSER_H

#include "mib/lexer.h"
#include "mib/module.h"

#include <stdbool.h>

struct parser {
	struct mib_lexer lexer;
	struct mib_token token; /* the one that is looked at */
	struct mib_module *module;
};

void parser_next(struct parser *parser);
bool parser_at(const struct parser *parser, const char *text);
bool parser_at_type(const struct parser *parser, enum mib_token_type type);
bool parser_skip(struct parser *parser, const char *text); /* goes on if that is looked at */
char *parser_copy(const struct mib_token *token);	   /* caller frees */
/* `what` is "... is expected"; the word that is there instead is added. Those beyond MIB_FAULTS_MAX are
 * dropped. */
void parser_fault(struct parser *parser, const struct mib_token *at, const char *what);
/* Behind the bracket that closes the one that is looked at; ::= ends it too. */
void parser_skip_brackets(struct parser *parser);

/* syntax.c: what stands behind SYNTAX, or behind the ::= of a type. */
void parser_read_syntax(struct parser *parser, struct mib_syntax *syntax);

#endif
