#include "base/exprcursor.h"

#include <stdlib.h>
#include <string.h>

bool exprcursor_mistake(struct exprcursor *p, size_t column, char *error)
{
	if (p->error) {
		free(error);
	} else {
		p->error = error;
		p->column = column;
	}
	return false;
}

void exprcursor_skip_space(struct exprcursor *p)
{
	while (p->text[p->at] == ' ' || (p->text[p->at] >= '\t' && p->text[p->at] <= '\r'))
		p->at++;
}

bool exprcursor_starts_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool exprcursor_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

size_t exprcursor_name_length(const char *s)
{
	size_t n = 0;

	if (!exprcursor_starts_name(*s))
		return 0;
	while (exprcursor_starts_name(s[n]) || exprcursor_is_digit(s[n]) ||
	       (s[n] == '.' && exprcursor_starts_name(s[n + 1])))
		n++;
	return n;
}

bool exprcursor_word_is(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

bool exprcursor_take_word(struct exprcursor *p, const char *word)
{
	exprcursor_skip_space(p);
	if (!exprcursor_word_is(p->text + p->at, exprcursor_name_length(p->text + p->at), word))
		return false;
	p->at += strlen(word);
	return true;
}

bool exprcursor_take_char(struct exprcursor *p, char c)
{
	exprcursor_skip_space(p);
	if (p->text[p->at] != c)
		return false;
	p->at++;
	return true;
}
