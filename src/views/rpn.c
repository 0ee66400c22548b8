#include "views/rpn.h"

#include "base/mem.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define RPN_DEPTH 64
#define RPN_ARGS  16
#define RPN_NAME  64

struct parser {
	const char *text, *at;
	rpn_name_fn *name;
	void *arg;
	char *error;
	unsigned depth;
};

static bool parse_or(struct parser *p, struct str *out);

static bool fail(struct parser *p, const char *what)
{
	if (!p->error)
		p->error =
		    str_format("%s at column %zu of '%s'", what, (size_t)(p->at - p->text) + 1, p->text);
	return false;
}

static void skip_space(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Takes an op, or a word as a whole. */
static bool take(struct parser *p, const char *token)
{
	size_t len = strlen(token);
	skip_space(p);
	if (strncmp(p->at, token, len) || (is_word(token[0]) && is_word(p->at[len])))
		return false;
	p->at += len;
	return true;
}

static void join(struct str *out, const char *part)
{
	if (out->len)
		str_add_char(out, ',');
	str_add(out, part);
}

static bool parse_number(struct parser *p, struct str *out)
{
	size_t len = strspn(p->at, "0123456789.");
	if ((p->at[len] | 32) == 'e') {
		size_t sign = p->at[len + 1] == '-' || p->at[len + 1] == '+';
		size_t digits = strspn(p->at + len + 1 + sign, "0123456789");
		len += digits ? 1 + sign + digits : 0;
	}
	char *number = mem_strndup(p->at, len);
	double value;
	bool good = str_to_double(number, &value) && !is_word(p->at[len]);
	if (good) {
		join(out, number);
		p->at += len;
	}
	free(number);
	return good || fail(p, "not a number");
}

/* a,UN,b,a,IF for first(a,b); of more, from the right. */
static void compose_first(struct str *out, const struct str *args, size_t n)
{
	if (n == 1) {
		join(out, args->s);
		return;
	}
	join(out, args->s);
	join(out, "UN");
	compose_first(out, args + 1, n - 1);
	join(out, args->s);
	join(out, "IF");
}

static bool compose(struct parser *p, struct str *out, const char *function, const struct str *args, size_t n)
{
	if (!strcmp(function, "abs") && n == 1) {
		join(out, args[0].s);
		join(out, "ABS");
	} else if (!strcmp(function, "known") && n == 1) {
		join(out, args[0].s);
		join(out, "UN,0,1,IF");
	} else if (!strcmp(function, "if") && n == 3) {
		for (size_t i = 0; i < 3; i++)
			join(out, args[i].s);
		join(out, "IF");
	} else if (!strcmp(function, "first") && n > 0) {
		compose_first(out, args, n);
	} else if ((!strcmp(function, "min") || !strcmp(function, "max")) && n > 0) {
		for (size_t i = 0; i < n; i++) {
			join(out, args[i].s);
			if (i > 0)
				join(out, function[1] == 'i' ? "MINNAN" : "MAXNAN");
		}
	} else {
		return fail(p, "no such function, or not so many arguments,");
	}
	return true;
}

/* After the opening parenthesis. */
static bool parse_call(struct parser *p, struct str *out, const char *function)
{
	struct str args[RPN_ARGS] = {{0}};
	size_t n = 0;
	bool good;
	do {
		good = n < RPN_ARGS ? parse_or(p, &args[n]) : fail(p, "too many arguments");
		n += good;
	} while (good && take(p, ","));
	good = good && (take(p, ")") || fail(p, "')' is missing")) && compose(p, out, function, args, n);
	for (size_t i = 0; i < RPN_ARGS; i++)
		str_fini(&args[i]);
	return good;
}

static bool parse_word(struct parser *p, struct str *out)
{
	char word[RPN_NAME];
	const char *begin = p->at;
	size_t len = 0;
	while (is_word(begin[len]))
		len++;
	if (len >= sizeof word)
		return fail(p, "name too long");
	memcpy(word, begin, len);
	word[len] = 0;
	p->at += len;
	if (take(p, "("))
		return parse_call(p, out, word);
	struct str name = {0};
	bool known = p->name(p->arg, word, &name);
	if (known)
		join(out, name.s);
	str_fini(&name);
	p->at = known ? p->at : begin;
	return known || fail(p, "no data source of this name");
}

static bool parse_primary(struct parser *p, struct str *out)
{
	bool good;
	skip_space(p);
	if (++p->depth > RPN_DEPTH)
		good = fail(p, "nested too deeply");
	else if (take(p, "("))
		good = parse_or(p, out) && (take(p, ")") || fail(p, "')' is missing"));
	else if (take(p, "-")) {
		join(out, "0");
		good = parse_primary(p, out);
		join(out, "-");
	} else if (isdigit((unsigned char)*p->at) || *p->at == '.')
		good = parse_number(p, out);
	else if (is_word(*p->at))
		good = parse_word(p, out);
	else
		good = fail(p, *p->at ? "a number or a name is missing" : "the formula ends too early");
	p->depth--;
	return good;
}

static bool parse_divisor(struct parser *p, struct str *out, const char *op)
{
	struct str divisor = {0};
	double literal;
	bool good = parse_primary(p, &divisor);
	if (good && !(str_to_double(divisor.s, &literal) && literal != 0)) {
		char *plain = str_steal(&divisor);
		str_addf(&divisor, "%s,0,EQ,UNKN,%s,IF", plain, plain);
		free(plain);
	}
	if (good) {
		join(out, divisor.s);
		join(out, op);
	}
	str_fini(&divisor);
	return good;
}

static bool parse_product(struct parser *p, struct str *out)
{
	if (!parse_primary(p, out))
		return false;
	for (;;) {
		if (take(p, "*")) {
			if (!parse_primary(p, out))
				return false;
			join(out, "*");
		} else if (take(p, "/")) {
			if (!parse_divisor(p, out, "/"))
				return false;
		} else if (take(p, "%")) {
			if (!parse_divisor(p, out, "%"))
				return false;
		} else {
			return true;
		}
	}
}

static bool parse_sum(struct parser *p, struct str *out)
{
	if (!parse_product(p, out))
		return false;
	for (;;) {
		const char *op = take(p, "+") ? "+" : take(p, "-") ? "-" : NULL;
		if (!op)
			return true;
		if (!parse_product(p, out))
			return false;
		join(out, op);
	}
}

static bool parse_comparison(struct parser *p, struct str *out)
{
	static const struct {
		const char *token, *rpn;
	} comparisons[] = {{"==", "EQ"}, {"!=", "NE"}, {"<=", "LE"}, {">=", "GE"}, {"<", "LT"}, {">", "GT"}};
	if (!parse_sum(p, out))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(comparisons); i++) {
		if (!take(p, comparisons[i].token))
			continue;
		if (!parse_sum(p, out))
			return false;
		join(out, comparisons[i].rpn);
		break;
	}
	return true;
}

static bool parse_not(struct parser *p, struct str *out)
{
	bool negated = false;
	while (take(p, "not"))
		negated = !negated;
	if (!parse_comparison(p, out))
		return false;
	if (negated)
		join(out, "0,EQ");
	return true;
}

/* Truth is any number but 0; the result is 1 or 0. */
static bool parse_and(struct parser *p, struct str *out)
{
	if (!parse_not(p, out))
		return false;
	while (take(p, "and")) {
		join(out, "0,NE");
		if (!parse_not(p, out))
			return false;
		join(out, "0,NE,*");
	}
	return true;
}

static bool parse_or(struct parser *p, struct str *out)
{
	if (++p->depth > RPN_DEPTH)
		return fail(p, "nested too deeply");
	bool good = parse_and(p, out);
	while (good && take(p, "or")) {
		join(out, "0,NE");
		good = parse_and(p, out);
		join(out, "0,NE,MAX");
	}
	p->depth--;
	return good;
}

enum err rpn_add(struct str *out, const char *text, rpn_name_fn *name, void *arg, char **error)
{
	struct parser p = {.text = text, .at = text, .name = name, .arg = arg};
	struct str rpn = {0};
	bool good = parse_or(&p, &rpn);
	skip_space(&p);
	if (good && *p.at)
		good = fail(&p, "something is left over");
	if (good)
		join(out, rpn.s);
	else
		*error = p.error;
	str_fini(&rpn);
	return good ? ERR_OK : ERR_INVALID;
}
