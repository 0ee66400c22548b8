#include "base/exprparse.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct function {
	const char *name;
	enum expr_code code;
	int least, most; /* arguments; -1 = any number */
} functions[] = {
    {"abs", OP_ABS, 1, 1},
    {"min", OP_MIN, 1, -1},
    {"max", OP_MAX, 1, -1},
    {"if", OP_IF, 3, 3},
    {"known", OP_KNOWN, 1, 1},
    {"first", OP_FIRST, 1, -1},
};

struct binary {
	const char *text;
	enum expr_code code;
};

/* --- reading --- */

struct parser {
	const char *text;
	size_t at;
	struct expr_program *program;
	expr_resolve_fn *resolve;
	void *arg;
	int depth;
	int stack; /* values on the stack at this point of the program */
	char *error;
	size_t column;
};

static bool parse_or(struct parser *p);

/* Keeps the first mistake. Always false. */
static bool mistake(struct parser *p, size_t column, char *error)
{
	if (p->error) {
		free(error);
	} else {
		p->error = error;
		p->column = column;
	}
	return false;
}

static void skip_space(struct parser *p)
{
	while (p->text[p->at] == ' ' || (p->text[p->at] >= '\t' && p->text[p->at] <= '\r'))
		p->at++;
}

static bool starts_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of the name at `s`. Points are for names of the form table.column. */
static size_t name_length(const char *s)
{
	size_t n = 0;

	if (!starts_name(*s))
		return 0;
	while (starts_name(s[n]) || is_digit(s[n]) || (s[n] == '.' && starts_name(s[n + 1])))
		n++;
	return n;
}

static bool word_is(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

static bool is_reserved(const char *s, size_t len)
{
	return word_is(s, len, "or") || word_is(s, len, "and") || word_is(s, len, "not");
}

static bool take_word(struct parser *p, const char *word)
{
	skip_space(p);
	if (!word_is(p->text + p->at, name_length(p->text + p->at), word))
		return false;
	p->at += strlen(word);
	return true;
}

static bool take_char(struct parser *p, char c)
{
	skip_space(p);
	if (p->text[p->at] != c)
		return false;
	p->at++;
	return true;
}

/* Values an op takes off the stack; each op puts one on. */
static int taken(const struct expr_op *op)
{
	return op->code == OP_NUMBER || op->code == OP_SLOT ? 0 : op->operand;
}

static bool emit(struct parser *p, struct expr_op op)
{
	if (p->program->n >= EXPR_OPS_MAX)
		return mistake(p, p->at, str_format("longer than %d steps", EXPR_OPS_MAX));
	p->stack += 1 - taken(&op);
	if (p->stack > EXPR_STACK_MAX)
		return mistake(p, p->at, str_format("more than %d values at once", EXPR_STACK_MAX));
	vec_push(p->program, op);
	return true;
}

static bool emit_number(struct parser *p, double number)
{
	return emit(p, (struct expr_op){.code = OP_NUMBER, .number = number});
}

static bool emit_op(struct parser *p, enum expr_code code, int operands)
{
	return emit(p, (struct expr_op){.code = code, .operand = operands});
}

static bool parse_number(struct parser *p)
{
	const char *s = p->text + p->at;
	size_t n = 0;
	char *token;
	double x;
	bool ok;

	while (is_digit(s[n]) || s[n] == '.')
		n++;
	if (s[n] == 'e' || s[n] == 'E') {
		size_t sign = s[n + 1] == '-' || s[n + 1] == '+';

		if (is_digit(s[n + 1 + sign]))
			n += 1 + sign;
	}
	while (is_digit(s[n]) || starts_name(s[n]) || s[n] == '.')
		n++;
	token = mem_strndup(s, n);
	ok = str_to_double(token, &x);
	if (ok)
		ok = emit_number(p, x);
	else
		mistake(p, p->at, str_format("malformed number \"%s\"", token));
	p->at += n;
	free(token);
	return ok;
}

static const struct function *function_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

static bool unknown_function(struct parser *p, size_t column, const char *name)
{
	const char *names[ARRAY_LEN(functions)];
	const char *near;

	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		names[i] = functions[i].name;
	near = str_nearest(name, names, ARRAY_LEN(names));
	if (near)
		return mistake(
		    p, column, str_format("unknown function \"%s\" (did you mean \"%s\"?)", name, near));
	return mistake(p, column, str_format("unknown function \"%s\"", name));
}

static bool wrong_count(struct parser *p, size_t column, const struct function *f, int count)
{
	return mistake(p, column,
	    str_format("%s() takes %s%d argument%s, not %d", f->name, f->most < 0 ? "at least " : "",
		f->least, f->least == 1 ? "" : "s", count));
}

/* After the opening parenthesis. */
static bool parse_call(struct parser *p, size_t column, const char *name)
{
	const struct function *f = function_by_name(name);
	size_t open = p->at - 1;
	int count = 0;

	if (f == NULL)
		return unknown_function(p, column, name);
	if (!take_char(p, ')')) {
		do {
			if (!parse_or(p))
				return false;
			count++;
		} while (take_char(p, ','));
		if (!take_char(p, ')')) {
			if (p->text[p->at] != '\0')
				return mistake(p, p->at, str_format("\",\" or \")\" expected"));
			return mistake(p, open, str_format("\"(\" is never closed"));
		}
	}
	if (count < f->least || (f->most >= 0 && count > f->most))
		return wrong_count(p, column, f, count);
	return emit_op(p, f->code, count);
}

static bool parse_name(struct parser *p, size_t len)
{
	size_t column = p->at;
	char *name = mem_strndup(p->text + p->at, len);
	double literal = NAN;
	bool ok;
	int slot;

	p->at += len;
	if (take_char(p, '(')) {
		ok = parse_call(p, column, name);
	} else if ((slot = p->resolve(p->arg, name, &literal)) >= 0) {
		ok = emit(p, (struct expr_op){.code = OP_SLOT, .operand = slot});
	} else if (slot == -2) {
		ok = emit_number(p, literal);
	} else {
		ok = mistake(p, column, str_format("unknown name \"%s\"", name));
	}
	free(name);
	return ok;
}

static bool parse_primary(struct parser *p)
{
	const char *s;
	size_t len;

	skip_space(p);
	s = p->text + p->at;
	len = name_length(s);
	if (is_digit(*s) || (*s == '.' && is_digit(s[1])))
		return parse_number(p);
	if (len > 0 && !is_reserved(s, len))
		return parse_name(p, len);
	if (take_char(p, '(')) {
		size_t open = p->at - 1;

		if (!parse_or(p))
			return false;
		if (take_char(p, ')'))
			return true;
		if (p->text[p->at] != '\0')
			return mistake(p, p->at, str_format("\")\" expected"));
		return mistake(p, open, str_format("\"(\" is never closed"));
	}
	if (*s == '\0')
		return mistake(p, p->at, str_format("a value is missing at the end"));
	if (len > 0)
		return mistake(p, p->at, str_format("a value is missing before \"%.*s\"", (int)len, s));
	return mistake(p, p->at, str_format("a value is missing before \"%.*s\"", (int)str_fit(s, 1), s));
}

static bool parse_sign(struct parser *p)
{
	bool ok;

	if (++p->depth > EXPR_DEPTH_MAX)
		return mistake(p, p->at, str_format("nested deeper than %d", EXPR_DEPTH_MAX));
	if (take_char(p, '-'))
		ok = parse_sign(p) && emit_op(p, OP_NEG, 1);
	else
		ok = parse_primary(p);
	p->depth--;
	return ok;
}

static const struct binary *take_binary(struct parser *p, const struct binary *ops, size_t n)
{
	skip_space(p);
	for (size_t i = 0; i < n; i++) {
		if (str_starts(p->text + p->at, ops[i].text)) {
			p->at += strlen(ops[i].text);
			return &ops[i];
		}
	}
	return NULL;
}

static bool parse_product(struct parser *p)
{
	static const struct binary ops[] = {{"*", OP_MUL}, {"/", OP_DIV}, {"%", OP_MOD}};
	const struct binary *op;

	if (!parse_sign(p))
		return false;
	while ((op = take_binary(p, ops, ARRAY_LEN(ops))) != NULL)
		if (!parse_sign(p) || !emit_op(p, op->code, 2))
			return false;
	return true;
}

static bool parse_sum(struct parser *p)
{
	static const struct binary ops[] = {{"+", OP_ADD}, {"-", OP_SUB}};
	const struct binary *op;

	if (!parse_product(p))
		return false;
	while ((op = take_binary(p, ops, ARRAY_LEN(ops))) != NULL)
		if (!parse_product(p) || !emit_op(p, op->code, 2))
			return false;
	return true;
}

static bool parse_comparison(struct parser *p)
{
	/* The longer ones first. */
	static const struct binary ops[] = {
	    {"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {"<", OP_LT}, {">", OP_GT}};
	const struct binary *op;
	size_t column;

	if (!parse_sum(p))
		return false;
	op = take_binary(p, ops, ARRAY_LEN(ops));
	if (op == NULL) {
		if (p->text[p->at] == '=')
			return mistake(p, p->at, str_format("\"=\" is no operator; \"==\" compares"));
		return true;
	}
	if (!parse_sum(p) || !emit_op(p, op->code, 2))
		return false;
	/* a < b < c would compare a truth value with c, which nobody means. */
	skip_space(p);
	column = p->at;
	if (take_binary(p, ops, ARRAY_LEN(ops)))
		return mistake(p, column, str_format("comparisons cannot be chained; use \"and\""));
	return true;
}

static bool parse_not(struct parser *p)
{
	bool ok;

	if (!take_word(p, "not"))
		return parse_comparison(p);
	if (++p->depth > EXPR_DEPTH_MAX)
		return mistake(p, p->at, str_format("nested deeper than %d", EXPR_DEPTH_MAX));
	ok = parse_not(p) && emit_op(p, OP_NOT, 1);
	p->depth--;
	return ok;
}

static bool parse_and(struct parser *p)
{
	if (!parse_not(p))
		return false;
	while (take_word(p, "and"))
		if (!parse_not(p) || !emit_op(p, OP_AND, 2))
			return false;
	return true;
}

static bool parse_or(struct parser *p)
{
	if (!parse_and(p))
		return false;
	while (take_word(p, "or"))
		if (!parse_and(p) || !emit_op(p, OP_OR, 2))
			return false;
	return true;
}

static bool parse_all(struct parser *p)
{
	if (strlen(p->text) > EXPR_TEXT_MAX)
		return mistake(p, EXPR_TEXT_MAX, str_format("longer than %d bytes", EXPR_TEXT_MAX));
	if (!parse_or(p))
		return false;
	skip_space(p);
	if (p->text[p->at] == ')')
		return mistake(p, p->at, str_format("\")\" without \"(\""));
	if (p->text[p->at] != '\0')
		return mistake(p, p->at, str_format("an operator is missing here"));
	return true;
}

bool exprparse(const char *text, expr_resolve_fn *resolve, void *arg, struct expr_program *program,
    char **error, size_t *column)
{
	struct parser p = {.text = text, .program = program, .resolve = resolve, .arg = arg};

	if (parse_all(&p))
		return true;
	*error = p.error;
	*column = p.column;
	return false;
}
