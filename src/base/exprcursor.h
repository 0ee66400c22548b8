/* exprcursor: where the parser of expressions stands in the text, and its first mistake. For
 * base/exprparse only. */
#ifndef ROLLCALL_BASE_EXPRCURSOR_H
#define ROLLCALL_BASE_EXPRCURSOR_H

#include "base/exprparse.h"

struct exprcursor {
	const char *text;
	size_t at;
	struct expr_program *program;
	expr_resolve_fn *resolve;
	void *arg;
	const struct expr_names *names; /* NULL: a formula, not a condition */
	int beside; /* conditions: the slot that is compared with what is read now, or -1 */
	int depth;
	int stack; /* values on the stack at this point of the program */
	char *error;
	size_t column;
};

/* Keeps the first mistake; takes `error`. Always false. */
bool exprcursor_mistake(struct exprcursor *p, size_t column, char *error);
void exprcursor_skip_space(struct exprcursor *p);
/* Skip spaces, then what is asked for, if it stands there. */
bool exprcursor_take_word(struct exprcursor *p, const char *word);
bool exprcursor_take_char(struct exprcursor *p, char c);

bool exprcursor_starts_name(char c);
bool exprcursor_is_digit(char c);
/* Bytes of the name at `s`. Points are for names of the form table.column. */
size_t exprcursor_name_length(const char *s);
bool exprcursor_word_is(const char *s, size_t len, const char *word);

#endif
