/* exprtype: which values fit each other. Walks the program as evaluation would, with types
 * in place of values. */
#include "base/exprparse.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* What an operand is. */
struct operand {
	struct expr_type type;
	size_t at;	   /* where its text begins */
	bool is_text_name; /* text: of a slot, else as written */
};

struct checker {
	const struct expr_names *names;
	struct expr_program *program;
	struct {
		struct expr_op *v;
		size_t n, cap;
	} out;
	struct operand stack[EXPR_STACK_MAX + 1];
	size_t top;
	char *error;
	size_t column;
};

static bool mistake(struct checker *c, size_t at, char *error)
{
	c->error = error;
	c->column = at;
	return false;
}

static const char *kind_words(const struct operand *o)
{
	switch (o->type.kind) {
	case EXPR_NUMBER:
		return "a number";
	case EXPR_STATE:
		return "a state";
	case EXPR_TRUTH:
		return "a condition";
	case EXPR_TEXT:
		return "text";
	}
	return "?";
}

static bool is_number(const struct operand *o)
{
	return o->type.kind == EXPR_NUMBER;
}

static bool want_truth(struct checker *c, const struct operand *o)
{
	if (o->type.kind == EXPR_TRUTH)
		return true;
	return mistake(c, o->at,
	    str_format("a condition belongs here, and this is %s; compare it with something", kind_words(o)));
}

static bool want_number(struct checker *c, const struct operand *o)
{
	if (is_number(o))
		return true;
	return mistake(c, o->at, str_format("a number belongs here, and this is %s", kind_words(o)));
}

/* Things in a second, of whatever sort: packets and errors add up. Octets and bits do not. */
static bool is_frequency(const char *unit)
{
	static const char *const amounts[] = {"octets/s", "bit/s", "B/s"};

	for (size_t i = 0; i < ARRAY_LEN(amounts); i++)
		if (strcmp(unit, amounts[i]) == 0)
			return false;
	return str_ends(unit, "/s");
}

/* The unit of both together; "" fits any. */
static bool join(struct checker *c, struct operand *a, const struct operand *b)
{
	if (a->type.unit[0] == '\0')
		memcpy(a->type.unit, b->type.unit, sizeof a->type.unit);
	else if (b->type.unit[0] != '\0' && strcmp(a->type.unit, b->type.unit) != 0 &&
		 !(is_frequency(a->type.unit) && is_frequency(b->type.unit)))
		return mistake(c, b->at,
		    str_format("%s does not fit %s%s", b->type.unit, a->type.unit,
			strcmp(b->type.unit, "%") == 0 && strchr(a->type.unit, '/') != NULL
			    ? "; NAME% is a rate in percent of the speed"
			    : "; compare and add what has one unit"));
	return true;
}

static bool want_numbers(struct checker *c, struct operand *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!want_number(c, &v[i]) || (i > 0 && !join(c, &v[0], &v[i])))
			return false;
	return true;
}

static struct operand truth_at(size_t at)
{
	return (struct operand){.type = {.kind = EXPR_TRUTH}, .at = at};
}

static void keep(struct checker *c, struct expr_op op)
{
	vec_push(&c->out, op);
}

/* --- text: the operands are the last ops, and give way to one leaf --- */

static bool compare_texts(struct checker *c, const struct expr_op *op, const struct operand *v)
{
	struct expr_op *a = &c->out.v[c->out.n - 2], *b = a + 1, leaf = {.at = op->at};
	bool equal = op->code == OP_EQ;

	if (op->code != OP_EQ && op->code != OP_NE)
		return mistake(c, op->at, str_format("text has no order; compare it by ==, != or =~"));
	if (!v[0].is_text_name && !v[1].is_text_name)
		return mistake(c, v[0].at, str_format("two texts as written are compared; name a tag"));
	if (v[0].is_text_name && v[1].is_text_name) {
		leaf.code = equal ? OP_TEXT_SAME : OP_TEXT_DIFFER;
		leaf.operand = a->operand;
		leaf.index = (size_t)b->operand;
	} else {
		leaf.code = equal ? OP_TEXT_EQ : OP_TEXT_NE;
		leaf.operand = v[0].is_text_name ? a->operand : b->operand;
		leaf.index = v[0].is_text_name ? b->index : a->index;
	}
	c->out.n -= 2;
	keep(c, leaf);
	return true;
}

static bool find_in_texts(struct checker *c, const struct expr_op *op, const struct operand *v)
{
	size_t n = (size_t)op->operand - 1, first = c->out.n - n - 1;
	int slot = c->out.v[first].operand;

	if (!v[0].is_text_name)
		return mistake(c, v[0].at, str_format("text as written is looked for; name a tag"));
	for (size_t i = 1; i <= n; i++)
		if (v[i].type.kind != EXPR_TEXT || v[i].is_text_name)
			return mistake(c, v[i].at, str_format("the list is about text; write \"...\" here"));
	for (size_t i = 0; i < n; i++)
		c->out.v[first + i] = (struct expr_op){.code = OP_TEXT_EQ,
		    .operand = slot,
		    .index = c->out.v[first + i + 1].index,
		    .at = op->at};
	c->out.n--;
	for (size_t i = 1; i < n; i++)
		keep(c, (struct expr_op){.code = OP_OR, .operand = 2, .at = op->at});
	return true;
}

static bool match_text(struct checker *c, const struct expr_op *op, const struct operand *v)
{
	struct expr_op *name = &c->out.v[c->out.n - 2], *text = name + 1;
	struct match *pattern;
	char *why = NULL;
	size_t offset = 0;

	if (v[0].type.kind != EXPR_TEXT || !v[0].is_text_name)
		return mistake(c, v[0].at,
		    str_format("=~ looks into text, and this is %s",
			v[0].type.kind == EXPR_TEXT ? "text as written" : kind_words(&v[0])));
	if (v[1].type.kind != EXPR_TEXT || v[1].is_text_name)
		return mistake(c, v[1].at, str_format("a pattern belongs behind =~; write \"...\""));
	pattern = match_new(c->program->texts.v[text->index], &why, &offset);
	if (pattern == NULL) {
		mistake(c, v[1].at + 1 + offset, str_format("malformed pattern: %s", why));
		free(why);
		return false;
	}
	vec_push(&c->program->patterns, pattern);
	*name = (struct expr_op){.code = OP_TEXT_MATCHES,
	    .operand = name->operand,
	    .index = c->program->patterns.n - 1,
	    .at = op->at};
	c->out.n--;
	return true;
}

/* known(ifAlias), changed(sysDescr) */
static bool of_text(struct checker *c, const struct expr_op *op, const struct operand *v)
{
	struct expr_op *name = &c->out.v[c->out.n - 1];

	if (!v->is_text_name)
		return mistake(c, v->at, str_format("text as written does not change; name a tag"));
	name->code = op->code == OP_KNOWN ? OP_TEXT_KNOWN : OP_TEXT_MARK;
	if (op->code == OP_CHANGED)
		keep(c, *op);
	return true;
}

/* --- operators --- */

static bool compare(struct checker *c, const struct expr_op *op, struct operand *v)
{
	const struct operand *a = &v[0], *b = &v[1];

	if (a->type.kind == EXPR_TEXT && b->type.kind == EXPR_TEXT)
		return compare_texts(c, op, v);
	if (a->type.kind == EXPR_TEXT || b->type.kind == EXPR_TEXT)
		return mistake(
		    c, b->at, str_format("%s is compared with %s here", kind_words(a), kind_words(b)));
	if (a->type.kind == EXPR_STATE || b->type.kind == EXPR_STATE) {
		const struct operand *other = a->type.kind == EXPR_STATE ? b : a;

		if (other->type.kind == EXPR_TRUTH || other->type.unit[0] != '\0')
			return mistake(c, other->at,
			    str_format("a state is compared with %s%s here",
				other->type.unit[0] != '\0' ? "a number in " : "",
				other->type.unit[0] != '\0' ? other->type.unit : "a condition"));
	} else if (a->type.kind == EXPR_TRUTH || b->type.kind == EXPR_TRUTH) {
		return mistake(c, a->type.kind == EXPR_TRUTH ? a->at : b->at,
		    str_format("a condition is compared here; join conditions by and, or, not"));
	} else if (!join(c, &v[0], &v[1])) {
		return false;
	}
	keep(c, *op);
	return true;
}

static bool find_in(struct checker *c, const struct expr_op *op, struct operand *v)
{
	if (v[0].type.kind == EXPR_TEXT)
		return find_in_texts(c, op, v);
	for (int i = 1; i < op->operand; i++) {
		if (v[i].type.kind != EXPR_NUMBER && v[i].type.kind != v[0].type.kind)
			return mistake(c, v[i].at,
			    str_format(
				"%s is looked for, and this is %s", kind_words(&v[0]), kind_words(&v[i])));
		if (is_number(&v[0]) && !join(c, &v[0], &v[i]))
			return false;
	}
	keep(c, *op);
	return true;
}

/* What comes out has a unit that nobody names. */
static bool multiply(struct checker *c, const struct expr_op *op, struct operand *v)
{
	if (!want_number(c, &v[0]) || !want_number(c, &v[1]))
		return false;
	v[0].type.unit[0] = '\0';
	keep(c, *op);
	return true;
}

static bool choose(struct checker *c, const struct expr_op *op, struct operand *v)
{
	if (!want_truth(c, &v[0]))
		return false;
	if (v[1].type.kind == EXPR_TEXT || v[2].type.kind == EXPR_TEXT)
		return mistake(c, v[1].at, str_format("if() chooses between numbers"));
	if (v[1].type.kind != v[2].type.kind)
		return mistake(c, v[2].at,
		    str_format("if() chooses between %s and %s here", kind_words(&v[1]), kind_words(&v[2])));
	if (!join(c, &v[1], &v[2]))
		return false;
	v[1].at = v[0].at;
	v[0] = v[1];
	keep(c, *op);
	return true;
}

static bool remember(struct checker *c, const struct expr_op *op, struct operand *v)
{
	if (op->code == OP_WAS && !want_truth(c, v))
		return false;
	if (v->type.kind == EXPR_TEXT)
		return of_text(c, op, v);
	keep(c, *op);
	return true;
}

/* Checks one operator over its operands, of which v[0] becomes its result. */
static bool apply(struct checker *c, const struct expr_op *op, struct operand *v)
{
	size_t n = (size_t)exprparse_taken(op), at = v[0].at;
	bool ok = true, is_truth = false;

	switch (op->code) {
	case OP_OR:
	case OP_AND:
	case OP_NOT:
		for (size_t i = 0; ok && i < n; i++)
			ok = want_truth(c, &v[i]);
		is_truth = true;
		break;
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		ok = compare(c, op, v);
		*v = truth_at(at);
		return ok;
	case OP_IN:
		ok = find_in(c, op, v);
		*v = truth_at(at);
		return ok;
	case OP_MATCHES:
		ok = match_text(c, op, v);
		*v = truth_at(at);
		return ok;
	case OP_WAS:
	case OP_CHANGED:
		ok = remember(c, op, v);
		*v = truth_at(op->at);
		return ok;
	case OP_KNOWN:
		ok = v->type.kind != EXPR_TEXT || of_text(c, op, v);
		if (ok && v->type.kind != EXPR_TEXT)
			keep(c, *op);
		*v = truth_at(op->at);
		return ok;
	case OP_MUL:
	case OP_DIV:
		return multiply(c, op, v);
	case OP_IF:
		return choose(c, op, v);
	default:
		ok = want_numbers(c, v, n);
		break;
	}
	if (!ok)
		return false;
	if (is_truth)
		*v = truth_at(op->code == OP_NOT ? op->at : at);
	else if (op->code != OP_ADD && op->code != OP_SUB && op->code != OP_MOD)
		v->at = op->at;
	keep(c, *op);
	return true;
}

static void push_leaf(struct checker *c, const struct expr_op *op)
{
	struct operand *o = &c->stack[c->top++];

	*o = (struct operand){.at = op->at};
	if (op->code == OP_TEXT) {
		o->type.kind = EXPR_TEXT;
	} else if (op->code == OP_SLOT) {
		c->names->type(c->names->arg, op->operand, &o->type);
		o->is_text_name = o->type.kind == EXPR_TEXT;
	} else if (op->unit != NULL) {
		strncpy(o->type.unit, op->unit, sizeof o->type.unit - 1);
	}
	keep(c, *op);
}

static bool walk(struct checker *c)
{
	for (size_t i = 0; i < c->program->n; i++) {
		const struct expr_op *op = &c->program->v[i];
		size_t taken = (size_t)exprparse_taken(op);

		if (taken == 0) {
			push_leaf(c, op);
			continue;
		}
		c->top -= taken;
		if (!apply(c, op, &c->stack[c->top]))
			return false;
		c->top++;
	}
	if (c->stack[0].type.kind == EXPR_TEXT)
		return mistake(c, c->stack[0].at, str_format("this is text; compare it"));
	return true;
}

bool exprtype_check(struct expr_program *program, const struct expr_names *names, struct expr_type *type,
    char **error, size_t *column)
{
	struct checker c = {.names = names, .program = program};

	if (!walk(&c)) {
		*error = c.error;
		*column = c.column;
		vec_fini(&c.out);
		return false;
	}
	*type = c.stack[0].type;
	free(program->v);
	program->v = c.out.v;
	program->n = c.out.n;
	program->cap = c.out.cap;
	return true;
}
