#include "mib/lexer.h"

#include <string.h>

void mib_lexer_init(struct mib_lexer *lexer, const char *text, size_t len)
{
	*lexer = (struct mib_lexer){.p = text, .end = text + len, .line_start = text, .line = 1};
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z');
}

static bool starts(const struct mib_lexer *lexer, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(lexer->end - lexer->p) >= len && memcmp(lexer->p, text, len) == 0;
}

static void step(struct mib_lexer *lexer)
{
	if (*lexer->p++ == '\n') {
		lexer->line++;
		lexer->line_start = lexer->p;
	}
}

/* A second -- ends a comment too, says the standard; but lines of dashes are what people write, and their
 * number is any. */
static void skip_space(struct mib_lexer *lexer)
{
	while (lexer->p < lexer->end) {
		if (starts(lexer, "--")) {
			while (lexer->p < lexer->end && *lexer->p != '\n')
				lexer->p++;
		} else if ((unsigned char)*lexer->p <= ' ' || starts(lexer, "\xef\xbb\xbf")) {
			step(lexer);
		} else if ((unsigned char)*lexer->p >= 0x80) { /* outside of texts it means nothing */
			lexer->p++;
		} else {
			break;
		}
	}
}

static void read_string(struct mib_lexer *lexer, struct mib_token *token)
{
	step(lexer);
	token->text = lexer->p;
	while (lexer->p < lexer->end && *lexer->p != '"')
		step(lexer);
	token->len = (size_t)(lexer->p - token->text);
	token->type = MIB_STRING;
	token->is_open = lexer->p == lexer->end;
	if (!token->is_open)
		lexer->p++;
}

/* '0A'H; an apostrophe that no second one follows on its line is a sign. */
static void read_bits(struct mib_lexer *lexer, struct mib_token *token)
{
	const char *p = lexer->p + 1;

	while (p < lexer->end && *p != '\'' && *p != '\n')
		p++;
	if (p == lexer->end || *p != '\'') {
		lexer->p++;
		token->type = MIB_SIGN;
	} else {
		lexer->p = p + 1;
		if (lexer->p < lexer->end && strchr("HhBb", *lexer->p) != NULL && *lexer->p != '\0')
			lexer->p++;
		token->type = MIB_BITS;
	}
	token->len = (size_t)(lexer->p - token->text);
}

static void read_word(struct mib_lexer *lexer, struct mib_token *token)
{
	bool digits = true;

	while (lexer->p < lexer->end) {
		char c = *lexer->p;

		if (!is_letter(c) && !is_digit(c) && c != '_' && (c != '-' || starts(lexer, "--")))
			break;
		digits &= is_digit(c);
		lexer->p++;
	}
	token->len = (size_t)(lexer->p - token->text);
	token->type = digits ? MIB_NUMBER : is_upper(token->text[0]) ? MIB_WORD : MIB_NAME;
}

struct mib_token mib_lexer_next(struct mib_lexer *lexer)
{
	struct mib_token token = {0};

	skip_space(lexer);
	token.line = lexer->line;
	token.col = (uint32_t)(lexer->p - lexer->line_start) + 1;
	token.text = lexer->p;
	if (lexer->p == lexer->end)
		return token;
	if (*lexer->p == '"') {
		read_string(lexer, &token);
	} else if (*lexer->p == '\'') {
		read_bits(lexer, &token);
	} else if (is_letter(*lexer->p) || is_digit(*lexer->p)) {
		read_word(lexer, &token);
	} else if (starts(lexer, "::=")) {
		lexer->p += 3;
		token.len = 3;
		token.type = MIB_ASSIGN;
	} else {
		lexer->p++;
		token.len = 1;
		token.type = MIB_SIGN;
	}
	return token;
}

bool mib_token_is(const struct mib_token *token, const char *text)
{
	return (token->type == MIB_WORD || token->type == MIB_NAME || token->type == MIB_SIGN) &&
	       strlen(text) == token->len && memcmp(token->text, text, token->len) == 0;
}

bool mib_token_number(const struct mib_token *token, uint64_t *number)
{
	uint64_t sum = 0;

	if (token->type != MIB_NUMBER)
		return false;
	for (size_t i = 0; i < token->len; i++) {
		uint64_t digit = (uint64_t)(token->text[i] - '0');

		if (sum > (UINT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*number = sum;
	return true;
}
