/* lexer: the words of a MIB file (RFC 2578 section 3, and what vendors make of it).
 *
 * Lenient where real files are crooked: comments end with their line alone, identifiers
 * may have underscores and begin with a digit, lower-case module names pass. The text need
 * not be terminated; tokens point into it. No memory, no messages. */
#ifndef ROLLCALL_MIB_LEXER_H
#define ROLLCALL_MIB_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mib_token_type {
	MIB_END,    /* of the text */
	MIB_NAME,   /* begins with a lower-case letter or a digit: an object, a label */
	MIB_WORD,   /* begins with an upper-case letter: a type, a module, a keyword */
	MIB_NUMBER, /* digits; a minus sign is a token of its own */
	MIB_STRING, /* text between quotes, without them; may span lines */
	MIB_BITS,   /* '...'H and '...'B, quotes and letter included */
	MIB_ASSIGN, /* ::= */
	MIB_SIGN,   /* any other character by itself */
};

struct mib_token {
	enum mib_token_type type;
	bool is_open;	    /* a string that nothing closes */
	uint32_t line, col; /* from 1; columns in bytes */
	const char *text;
	size_t len;
};

struct mib_lexer {
	const char *p, *end, *line_start;
	uint32_t line;
};

void mib_lexer_init(struct mib_lexer *lexer, const char *text, size_t len);
struct mib_token mib_lexer_next(struct mib_lexer *lexer); /* MIB_END for ever behind the last */

bool mib_token_is(const struct mib_token *token, const char *text); /* a name, word or sign of that text */
bool mib_token_number(
    const struct mib_token *token, uint64_t *number); /* false: no number, or beyond 64 bits */

#endif
