#include "base/exprparse.h"

#include "base/exprcursor.h"
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
	bool of_conditions;
} functions[] = {
    {"abs", OP_ABS, 1, 1, false},
    {"min", OP_MIN, 1, -1, false},
    {"max", OP_MAX, 1, -1, false},
    {"if", OP_IF, 3, 3, false},
    {"known", OP_KNOWN, 1, 1, false},
    {"first", OP_FIRST, 1, -1, false},
    {"was", OP_WAS, 1, 1, true},
    {"changed", OP_CHANGED, 1, 1, true},
};

struct binary {
	const char *text;
	enum expr_code code;
};

static bool parse_or(struct exprcursor *p);
static bool parse_sum(struct exprcursor *p);

static bool is_reserved(const char *s, size_t len)
{
	return exprcursor_word_is(s, len, "or") || exprcursor_word_is(s, len, "and") ||
	       exprcursor_word_is(s, len, "not");
}

int exprparse_taken(const struct expr_op *op)
{
	switch (op->code) {
	case OP_NUMBER:
	case OP_SLOT:
	case OP_TEXT:
	case OP_TEXT_EQ:
	case OP_TEXT_NE:
	case OP_TEXT_SAME:
	case OP_TEXT_DIFFER:
	case OP_TEXT_MATCHES:
	case OP_TEXT_KNOWN:
	case OP_TEXT_MARK:
		return 0;
	default:
		return op->operand;
	}
}

void exprparse_fini(struct expr_program *program)
{
	for (size_t i = 0; i < program->texts.n; i++)
		free(program->texts.v[i]);
	for (size_t i = 0; i < program->patterns.n; i++)
		match_free(program->patterns.v[i]);
	vec_fini(&program->texts);
	vec_fini(&program->patterns);
	vec_fini(program);
}

static bool emit(struct exprcursor *p, struct expr_op op)
{
	if (p->program->n >= EXPR_OPS_MAX)
		return exprcursor_mistake(p, p->at, str_format("longer than %d steps", EXPR_OPS_MAX));
	p->stack += 1 - exprparse_taken(&op);
	if (p->stack > EXPR_STACK_MAX)
		return exprcursor_mistake(
		    p, p->at, str_format("more than %d values at once", EXPR_STACK_MAX));
	vec_push(p->program, op);
	return true;
}

static bool emit_number(struct exprcursor *p, double number, const char *unit, size_t at)
{
	return emit(p, (struct expr_op){.code = OP_NUMBER, .number = number, .unit = unit, .at = at});
}

static bool emit_op(struct exprcursor *p, enum expr_code code, int operands, size_t at)
{
	return emit(p, (struct expr_op){.code = code, .operand = operands, .at = at});
}

/* was() and changed() remember one number each. */
static bool emit_memory(struct exprcursor *p, enum expr_code code, size_t at)
{
	if (p->program->n_states == EXPR_STATES_MAX)
		return exprcursor_mistake(
		    p, at, str_format("more than %d of was() and changed()", EXPR_STATES_MAX));
	return emit(
	    p, (struct expr_op){.code = code, .operand = 1, .index = p->program->n_states++, .at = at});
}

static bool parse_number(struct exprcursor *p)
{
	const char *s = p->text + p->at;
	size_t n = 0, unit_len = 0, at = p->at;
	const char *unit = NULL;
	double x, factor = 1;
	char *token;
	bool ok;

	while (exprcursor_is_digit(s[n]) || s[n] == '.')
		n++;
	if (s[n] == 'e' || s[n] == 'E') {
		size_t sign = s[n + 1] == '-' || s[n + 1] == '+';

		if (exprcursor_is_digit(s[n + 1 + sign]))
			n += 1 + sign;
	}
	if (p->names != NULL)
		unit_len = exprunit_read(s + n, &factor, &unit);
	while (unit_len == 0 && (exprcursor_is_digit(s[n]) || exprcursor_starts_name(s[n]) || s[n] == '.'))
		n++;
	token = mem_strndup(s, n);
	p->at += n + unit_len;
	ok = str_to_double(token, &x);
	if (ok)
		ok = emit_number(p, x * factor, unit, at);
	else
		exprcursor_mistake(p, at, str_format("malformed number \"%s\"", token));
	free(token);
	return ok;
}

/* "text" or 'text', without escapes. */
static bool parse_text(struct exprcursor *p)
{
	size_t at = p->at;
	const char *begin = p->text + at + 1, *end = strchr(begin, p->text[at]);

	if (end == NULL)
		return exprcursor_mistake(p, at, str_format("this text is never closed"));
	vec_push(&p->program->texts, mem_strndup(begin, (size_t)(end - begin)));
	p->at = (size_t)(end - p->text) + 1;
	return emit(p, (struct expr_op){.code = OP_TEXT, .index = p->program->texts.n - 1, .at = at});
}

static const struct function *function_by_name(const struct exprcursor *p, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (strcmp(functions[i].name, name) == 0 && (p->names != NULL || !functions[i].of_conditions))
			return &functions[i];
	return NULL;
}

static bool unknown_function(struct exprcursor *p, size_t column, const char *name)
{
	const char *names[ARRAY_LEN(functions)];
	const char *near;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (p->names != NULL || !functions[i].of_conditions)
			names[n++] = functions[i].name;
	near = str_nearest(name, names, n);
	if (near)
		return exprcursor_mistake(
		    p, column, str_format("unknown function \"%s\" (did you mean \"%s\"?)", name, near));
	return exprcursor_mistake(p, column, str_format("unknown function \"%s\"", name));
}

static bool wrong_count(struct exprcursor *p, size_t column, const struct function *f, int count)
{
	return exprcursor_mistake(p, column,
	    str_format("%s() takes %s%d argument%s, not %d", f->name, f->most < 0 ? "at least " : "",
		f->least, f->least == 1 ? "" : "s", count));
}

/* After the opening parenthesis. */
static bool parse_call(struct exprcursor *p, size_t column, const char *name)
{
	const struct function *f = function_by_name(p, name);
	int beside = p->beside;
	size_t open = p->at - 1;
	int count = 0;

	if (f == NULL)
		return unknown_function(p, column, name);
	if (f->of_conditions)
		p->beside = -1;
	if (!exprcursor_take_char(p, ')')) {
		do {
			if (!parse_or(p))
				return false;
			count++;
		} while (exprcursor_take_char(p, ','));
		if (!exprcursor_take_char(p, ')')) {
			if (p->text[p->at] != '\0')
				return exprcursor_mistake(p, p->at, str_format("\",\" or \")\" expected"));
			return exprcursor_mistake(p, open, str_format("\"(\" is never closed"));
		}
	}
	if (count < f->least || (f->most >= 0 && count > f->most))
		return wrong_count(p, column, f, count);
	p->beside = beside;
	if (f->of_conditions)
		return emit_memory(p, f->code, column);
	return emit_op(p, f->code, count, column);
}

static int resolve(struct exprcursor *p, const char *name, double *literal)
{
	if (p->names != NULL)
		return p->names->resolve(p->names->arg, name, p->beside, literal);
	return p->resolve(p->arg, name, literal);
}

static bool parse_name(struct exprcursor *p, size_t len)
{
	size_t column = p->at;
	double literal = NAN, factor;
	const char *unit;
	char *name;
	bool ok;
	int slot;

	/* in_octets% */
	if (p->names != NULL && p->text[column + len] == '%' &&
	    exprunit_read(p->text + column + len, &factor, &unit) > 0)
		len++;
	name = mem_strndup(p->text + column, len);
	p->at += len;
	if (exprcursor_take_char(p, '(')) {
		ok = parse_call(p, column, name);
	} else if ((slot = resolve(p, name, &literal)) >= 0) {
		ok = emit(p, (struct expr_op){.code = OP_SLOT, .operand = slot, .at = column});
	} else if (slot == -2) {
		ok = emit_number(p, literal, NULL, column);
	} else {
		ok = exprcursor_mistake(p, column, str_format("unknown name \"%s\"", name));
	}
	free(name);
	return ok;
}

static bool parse_primary(struct exprcursor *p)
{
	const char *s;
	size_t len;

	exprcursor_skip_space(p);
	s = p->text + p->at;
	len = exprcursor_name_length(s);
	if (exprcursor_is_digit(*s) || (*s == '.' && exprcursor_is_digit(s[1])))
		return parse_number(p);
	if (len > 0 && !is_reserved(s, len))
		return parse_name(p, len);
	if (p->names != NULL && (*s == '"' || *s == '\''))
		return parse_text(p);
	if (exprcursor_take_char(p, '(')) {
		size_t open = p->at - 1;

		if (!parse_or(p))
			return false;
		if (exprcursor_take_char(p, ')'))
			return true;
		if (p->text[p->at] != '\0')
			return exprcursor_mistake(p, p->at, str_format("\")\" expected"));
		return exprcursor_mistake(p, open, str_format("\"(\" is never closed"));
	}
	if (*s == '\0')
		return exprcursor_mistake(p, p->at, str_format("a value is missing at the end"));
	if (len > 0)
		return exprcursor_mistake(
		    p, p->at, str_format("a value is missing before \"%.*s\"", (int)len, s));
	return exprcursor_mistake(
	    p, p->at, str_format("a value is missing before \"%.*s\"", (int)str_fit(s, 1), s));
}

static bool parse_sign(struct exprcursor *p)
{
	size_t at;
	bool ok;

	if (++p->depth > EXPR_DEPTH_MAX)
		return exprcursor_mistake(p, p->at, str_format("nested deeper than %d", EXPR_DEPTH_MAX));
	exprcursor_skip_space(p);
	at = p->at;
	if (exprcursor_take_char(p, '-'))
		ok = parse_sign(p) && emit_op(p, OP_NEG, 1, at);
	else
		ok = parse_primary(p);
	p->depth--;
	return ok;
}

static const struct binary *take_binary(struct exprcursor *p, const struct binary *ops, size_t n, size_t *at)
{
	exprcursor_skip_space(p);
	*at = p->at;
	for (size_t i = 0; i < n; i++) {
		if (str_starts(p->text + p->at, ops[i].text)) {
			p->at += strlen(ops[i].text);
			return &ops[i];
		}
	}
	return NULL;
}

static bool parse_product(struct exprcursor *p)
{
	static const struct binary ops[] = {{"*", OP_MUL}, {"/", OP_DIV}, {"%", OP_MOD}};
	const struct binary *op;
	size_t at;

	if (!parse_sign(p))
		return false;
	while ((op = take_binary(p, ops, ARRAY_LEN(ops), &at)) != NULL)
		if (!parse_sign(p) || !emit_op(p, op->code, 2, at))
			return false;
	return true;
}

static bool parse_sum(struct exprcursor *p)
{
	static const struct binary ops[] = {{"+", OP_ADD}, {"-", OP_SUB}};
	const struct binary *op;
	size_t at;

	if (!parse_product(p))
		return false;
	while ((op = take_binary(p, ops, ARRAY_LEN(ops), &at)) != NULL)
		if (!parse_product(p) || !emit_op(p, op->code, 2, at))
			return false;
	return true;
}

/* Behind `in`. */
static bool parse_list(struct exprcursor *p, size_t at)
{
	size_t open;
	int count = 1;

	if (!exprcursor_take_char(p, '['))
		return exprcursor_mistake(
		    p, p->at, str_format("a list is missing behind \"in\"; write in [a, b]"));
	open = p->at - 1;
	do {
		if (!parse_sum(p))
			return false;
		count++;
	} while (exprcursor_take_char(p, ','));
	if (!exprcursor_take_char(p, ']')) {
		if (p->text[p->at] != '\0')
			return exprcursor_mistake(p, p->at, str_format("\",\" or \"]\" expected"));
		return exprcursor_mistake(p, open, str_format("\"[\" is never closed"));
	}
	return emit_op(p, OP_IN, count, at);
}

static const struct binary *take_comparison(struct exprcursor *p, size_t *at)
{
	/* The longer ones first. */
	static const struct binary ops[] = {{"=~", OP_MATCHES}, {"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE},
	    {">=", OP_GE}, {"<", OP_LT}, {">", OP_GT}};
	static const struct binary in = {"in", OP_IN};
	size_t more = p->names == NULL;

	if (p->names != NULL && exprcursor_take_word(p, "in")) {
		*at = p->at - 2;
		return &in;
	}
	return take_binary(p, ops + more, ARRAY_LEN(ops) - more, at);
}

static bool parse_comparison(struct exprcursor *p)
{
	size_t begin = p->program->n, at;
	int beside = p->beside;
	const struct binary *op;

	if (!parse_sum(p))
		return false;
	op = take_comparison(p, &at);
	if (op == NULL) {
		if (p->text[p->at] == '=')
			return exprcursor_mistake(
			    p, p->at, str_format("\"=\" is no operator; \"==\" compares"));
		return true;
	}
	/* `ifOperStatus == up` means the state, whatever else is called so. */
	if (p->program->n == begin + 1 && p->program->v[begin].code == OP_SLOT)
		p->beside = p->program->v[begin].operand;
	if (op->code == OP_IN ? !parse_list(p, at) : !parse_sum(p) || !emit_op(p, op->code, 2, at))
		return false;
	p->beside = beside;
	/* a < b < c would compare a truth value with c, which nobody means. */
	if (take_comparison(p, &at))
		return exprcursor_mistake(p, at, str_format("comparisons cannot be chained; use \"and\""));
	return true;
}

static bool parse_not(struct exprcursor *p)
{
	size_t at;
	bool ok;

	if (!exprcursor_take_word(p, "not"))
		return parse_comparison(p);
	at = p->at - strlen("not");
	if (++p->depth > EXPR_DEPTH_MAX)
		return exprcursor_mistake(p, p->at, str_format("nested deeper than %d", EXPR_DEPTH_MAX));
	ok = parse_not(p) && emit_op(p, OP_NOT, 1, at);
	p->depth--;
	return ok;
}

static bool parse_and(struct exprcursor *p)
{
	if (!parse_not(p))
		return false;
	while (exprcursor_take_word(p, "and")) {
		size_t at = p->at - strlen("and");

		if (!parse_not(p) || !emit_op(p, OP_AND, 2, at))
			return false;
	}
	return true;
}

static bool parse_or(struct exprcursor *p)
{
	if (!parse_and(p))
		return false;
	while (exprcursor_take_word(p, "or")) {
		size_t at = p->at - strlen("or");

		if (!parse_and(p) || !emit_op(p, OP_OR, 2, at))
			return false;
	}
	return true;
}

static bool parse_all(struct exprcursor *p)
{
	if (strlen(p->text) > EXPR_TEXT_MAX)
		return exprcursor_mistake(
		    p, EXPR_TEXT_MAX, str_format("longer than %d bytes", EXPR_TEXT_MAX));
	if (!parse_or(p))
		return false;
	exprcursor_skip_space(p);
	if (p->text[p->at] == ')')
		return exprcursor_mistake(p, p->at, str_format("\")\" without \"(\""));
	if (p->text[p->at] != '\0')
		return exprcursor_mistake(p, p->at, str_format("an operator is missing here"));
	return true;
}

static bool parse(struct exprcursor *p, char **error, size_t *column)
{
	if (parse_all(p))
		return true;
	*error = p->error;
	*column = p->column;
	return false;
}

bool exprparse(const char *text, expr_resolve_fn *resolve_name, void *arg, struct expr_program *program,
    char **error, size_t *column)
{
	struct exprcursor p = {
	    .text = text, .program = program, .resolve = resolve_name, .arg = arg, .beside = -1};

	return parse(&p, error, column);
}

bool exprparse_condition(const char *text, const struct expr_names *names, struct expr_program *program,
    char **error, size_t *column)
{
	struct exprcursor p = {.text = text, .program = program, .names = names, .beside = -1};

	return parse(&p, error, column);
}
