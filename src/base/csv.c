#include "base/csv.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	const char *p, *end;
	uint32_t line;
	char separator;
	const char *wrong;
};

static char choose_separator(const char *text, size_t len)
{
	static const char separators[] = {',', ';'};
	size_t best = 0;
	char chosen = ',';
	const char *end = memchr(text, '\n', len);

	len = end != NULL ? (size_t)(end - text) : len;
	if (memchr(text, '\t', len) != NULL)
		return '\t';
	for (size_t i = 0; i < sizeof separators; i++) {
		size_t n = 0;

		for (size_t j = 0; j < len; j++)
			n += text[j] == separators[i];
		if (n > best) {
			best = n;
			chosen = separators[i];
		}
	}
	return chosen;
}

static bool at_line_end(const struct reader *reader)
{
	return reader->p == reader->end || *reader->p == '\n' ||
	       (*reader->p == '\r' && (reader->p + 1 == reader->end || reader->p[1] == '\n'));
}

static void add_char(struct reader *reader, struct str *cell, char c)
{
	if (cell->len == CSV_CELL_MAX)
		reader->wrong = "a cell is longer than 64 KiB; is a quote missing before?";
	else
		str_add_char(cell, c == '\0' ? ' ' : c);
}

static void read_quoted(struct reader *reader, struct str *cell)
{
	for (reader->p++; reader->p < reader->end && reader->wrong == NULL; reader->p++) {
		if (*reader->p == '"' && reader->p + 1 < reader->end && reader->p[1] == '"') {
			reader->p++;
		} else if (*reader->p == '"') {
			reader->p++;
			return;
		}
		reader->line += *reader->p == '\n';
		add_char(reader, cell, *reader->p);
	}
	if (reader->wrong == NULL)
		reader->wrong = "a quote is not closed; close it, or double quotes within the text";
}

/* What mysql writes for characters that would end a cell. */
static char unescaped(char c)
{
	switch (c) {
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case '0':
		return ' ';
	default:
		return c;
	}
}

static void read_bare(struct reader *reader, struct str *cell)
{
	for (; !at_line_end(reader) && *reader->p != reader->separator && reader->wrong == NULL;
	     reader->p++) {
		bool escape = reader->separator == '\t' && *reader->p == '\\' &&
			      reader->p + 1 < reader->end && strchr("tn0\\", reader->p[1]) != NULL;

		if (escape)
			reader->p++;
		add_char(reader, cell, escape ? unescaped(*reader->p) : *reader->p);
	}
	while (cell->len > 0 && cell->s[cell->len - 1] == ' ')
		cell->s[--cell->len] = '\0';
}

/* `mysql -B` quotes nothing: with tabs a quote counts only where another one ends the cell. */
static bool is_quoted(const struct reader *reader)
{
	size_t len = 0, left = (size_t)(reader->end - reader->p);

	if (left == 0 || *reader->p != '"')
		return false;
	if (reader->separator != '\t')
		return true;
	while (len < left && strchr("\t\r\n", reader->p[len]) == NULL)
		len++;
	return len > 1 && reader->p[len - 1] == '"';
}

static char *read_cell(struct reader *reader)
{
	struct str cell = {0};

	while (reader->p < reader->end && *reader->p == ' ')
		reader->p++;
	if (is_quoted(reader)) {
		read_quoted(reader, &cell);
		while (reader->p < reader->end && *reader->p == ' ')
			reader->p++;
		if (reader->wrong == NULL && !at_line_end(reader) && *reader->p != reader->separator)
			reader->wrong = "text behind a closed quote; double quotes within the text";
	} else {
		read_bare(reader, &cell);
	}
	str_add(&cell, "");
	return str_steal(&cell);
}

static void row_fini(struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		explicit_bzero(row->cells[i], strlen(row->cells[i])); /* communities may be among them */
		free(row->cells[i]);
	}
	free(row->cells);
	*row = (struct csv_row){0};
}

static void read_row(struct reader *reader, struct csv_row *row)
{
	row->line = reader->line;
	while (reader->wrong == NULL) {
		row->cells = mem_realloc(row->cells, row->n + 1, sizeof *row->cells);
		row->cells[row->n++] = read_cell(reader);
		if (reader->wrong != NULL || at_line_end(reader))
			break;
		reader->p++; /* the separator */
		if (row->n == CSV_COLUMNS_MAX)
			reader->wrong = "more than 512 columns; is this a table?";
	}
	if (reader->p < reader->end && *reader->p == '\r')
		reader->p++;
	if (reader->p < reader->end && *reader->p == '\n') {
		reader->p++;
		reader->line++;
	}
}

static bool is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (row->cells[i][0] != '\0')
			return false;
	return true;
}

static void keep_row(struct csv *csv, const struct csv_row *row)
{
	if (csv->n_rows == csv->cap_rows) {
		csv->cap_rows = csv->cap_rows > 0 ? 2 * csv->cap_rows : 64;
		csv->rows = mem_realloc(csv->rows, csv->cap_rows, sizeof *csv->rows);
	}
	csv->rows[csv->n_rows++] = *row;
}

const char *csv_parse(const char *text, size_t len, struct csv *csv, uint32_t *line)
{
	struct reader reader;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	*csv = (struct csv){.separator = choose_separator(text, len)};
	reader = (struct reader){.p = text, .end = text + len, .line = 1, .separator = csv->separator};
	while (reader.p < reader.end && reader.wrong == NULL) {
		struct csv_row row = {0};

		read_row(&reader, &row);
		if (reader.wrong != NULL || is_blank(&row))
			row_fini(&row);
		else
			keep_row(csv, &row);
	}
	*line = reader.line;
	if (reader.wrong == NULL && csv->n_rows == 0)
		reader.wrong = "the file is empty; it needs a first line with the names of the columns";
	if (reader.wrong != NULL)
		csv_fini(csv);
	return reader.wrong;
}

void csv_fini(struct csv *csv)
{
	for (size_t i = 0; i < csv->n_rows; i++)
		row_fini(&csv->rows[i]);
	free(csv->rows);
	*csv = (struct csv){0};
}
