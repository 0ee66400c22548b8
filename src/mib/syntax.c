/* SYNTAX of an object or a type: its name, and named numbers. Ranges and sizes are passed over. */
#include "base/mem.h"
#include "mib/parser.h"

#include <stdlib.h>

/* [-]digits; false when something else is there. */
static bool read_integer(struct parser *parser, int64_t *number)
{
	bool negative = parser_skip(parser, "-");
	uint64_t digits;

	if (!mib_token_number(&parser->token, &digits) || digits > INT64_MAX)
		return false;
	*number = negative ? -(int64_t)digits : (int64_t)digits;
	parser_next(parser);
	return true;
}

/* { up(1), down(2) }; commas may lack, and be too many. */
static void read_labels(struct parser *parser, struct mib_syntax *syntax)
{
	size_t cap = 0;

	parser_next(parser);
	while (!parser_at(parser, "}")) {
		struct mib_token name = parser->token;
		struct mib_label label = {0};

		if (parser_skip(parser, ","))
			continue;
		if (!parser_at_type(parser, MIB_NAME) && !parser_at_type(parser, MIB_WORD) &&
		    !parser_at_type(parser, MIB_NUMBER)) {
			parser_fault(parser, &name, "a name of a number is expected, as in { up(1) }");
			return;
		}
		parser_next(parser);
		if (!parser_skip(parser, "(") || !read_integer(parser, &label.number) ||
		    !parser_skip(parser, ")")) {
			parser_fault(parser, &parser->token, "a named number is expected, as in { up(1) }");
			return;
		}
		if (syntax->n_labels == MIB_LABELS_MAX)
			continue;
		if (syntax->n_labels == cap) {
			cap = cap ? 2 * cap : 4;
			syntax->labels = mem_realloc(syntax->labels, cap, sizeof *syntax->labels);
		}
		label.name = parser_copy(&name);
		syntax->labels[syntax->n_labels++] = label;
	}
	parser_next(parser);
}

static void read_type(struct parser *parser, struct mib_syntax *syntax)
{
	struct mib_token first = parser->token;

	parser_next(parser);
	free(syntax->type);
	if (mib_token_is(&first, "OBJECT") && parser_skip(parser, "IDENTIFIER"))
		syntax->type = mem_strdup("OBJECT IDENTIFIER");
	else if (mib_token_is(&first, "OCTET") && parser_skip(parser, "STRING"))
		syntax->type = mem_strdup("OCTET STRING");
	else
		syntax->type = parser_copy(&first);
}

/* What stands behind SYNTAX or the ::= of a type: [APPLICATION 1] IMPLICIT INTEGER (0..9). */
void parser_read_syntax(struct parser *parser, struct mib_syntax *syntax)
{
	if (parser_at(parser, "[")) {
		while (!parser_at_type(parser, MIB_END) && !parser_at(parser, "]"))
			parser_next(parser);
		parser_next(parser);
	}
	(void)parser_skip(parser, "IMPLICIT"); /* it may be there, or not */
	if (!parser_at_type(parser, MIB_WORD)) {
		parser_fault(parser, &parser->token, "a type is expected");
		return;
	}
	if (parser_skip(parser, "SEQUENCE") || parser_skip(parser, "CHOICE")) {
		syntax->is_sequence_of = parser_skip(parser, "OF");
		syntax->is_sequence = !syntax->is_sequence_of;
		if (syntax->is_sequence_of && parser_at_type(parser, MIB_WORD))
			read_type(parser, syntax);
		else if (parser_at(parser, "{"))
			parser_skip_brackets(parser);
		return;
	}
	read_type(parser, syntax);
	if (parser_at(parser, "{"))
		read_labels(parser, syntax);
	if (parser_at(parser, "("))
		parser_skip_brackets(parser);
}
