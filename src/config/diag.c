#include "config/diag.h"

#include "base/mem.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINE_COLUMNS 160 /* of an offending line that are shown */
#define CARET_LEFT   100 /* columns kept before the caret of a longer one */
#define KNOWN_LIST   12	 /* so many names are listed as a remedy */
#define INDENT	     "    "

struct file {
	char *name;
	char *text;
	size_t len;
	bool hide_by_keys;
};

struct message {
	enum diag_severity severity;
	struct diag_place place;
	size_t number; /* keeps the order of messages about one place */
	char *text;
};

struct span {
	struct diag_place from, to;
};

struct diag {
	struct {
		struct file *v;
		size_t n, cap;
	} files;
	struct {
		struct message *v;
		size_t n, cap;
	} messages;
	struct {
		struct span *v;
		size_t n, cap;
	} hidden;
	size_t counts[3], kept[3];
};

struct diag *diag_new(void)
{
	return mem_alloc(sizeof(struct diag));
}

void diag_free(struct diag *diag)
{
	if (diag == NULL)
		return;
	for (size_t i = 0; i < diag->files.n; i++) {
		free(diag->files.v[i].name);
		if (diag->files.v[i].text != NULL)
			explicit_bzero(diag->files.v[i].text, diag->files.v[i].len);
		free(diag->files.v[i].text);
	}
	for (size_t i = 0; i < diag->messages.n; i++)
		free(diag->messages.v[i].text);
	vec_fini(&diag->files);
	vec_fini(&diag->messages);
	vec_fini(&diag->hidden);
	free(diag);
}

uint32_t diag_add_file(struct diag *diag, const char *name, const char *text, size_t len)
{
	struct file file = {.name = mem_strdup(name)};

	if (text != NULL) {
		file.text = mem_alloc(len + 1);
		memcpy(file.text, text, len);
		file.len = len;
	}
	vec_push(&diag->files, file);
	return (uint32_t)diag->files.n;
}

static struct file *file_at(const struct diag *diag, uint32_t number)
{
	return number >= 1 && number <= diag->files.n ? &diag->files.v[number - 1] : NULL;
}

const char *diag_file_name(const struct diag *diag, uint32_t file)
{
	const struct file *found = file_at(diag, file);

	return found != NULL ? found->name : "";
}

static bool same_place(struct diag_place a, struct diag_place b)
{
	return a.file == b.file && a.line == b.line && a.col == b.col;
}

static bool is_known(const struct diag *diag, const struct message *message)
{
	for (size_t i = diag->messages.n; i-- > 0;) {
		const struct message *other = &diag->messages.v[i];

		if (other->severity == message->severity && same_place(other->place, message->place) &&
		    strcmp(other->text, message->text) == 0)
			return true;
	}
	return false;
}

void diag_add(
    struct diag *diag, enum diag_severity severity, struct diag_place place, const char *format, ...)
{
	size_t max = severity == DIAG_ERROR ? DIAG_ERRORS_MAX : DIAG_OTHERS_MAX;
	struct message message = {.severity = severity, .place = place, .number = diag->messages.n};
	struct str text = {0}, clean = {0};
	va_list ap;

	va_start(ap, format);
	str_vaddf(&text, format, ap);
	va_end(ap);
	str_add_utf8(&clean, str_text(&text), text.len);
	str_fini(&text);
	message.text = str_steal(&clean);
	if (is_known(diag, &message)) {
		free(message.text);
		return;
	}
	diag->counts[severity]++;
	if (diag->kept[severity] >= max) {
		free(message.text);
		return;
	}
	diag->kept[severity]++;
	vec_push(&diag->messages, message);
}

void diag_unknown(struct diag *diag, enum diag_severity severity, struct diag_place place, const char *what,
    const char *word, const char *const *candidates, size_t count)
{
	const char *nearest = str_nearest(word, candidates, count);
	struct str remedy = {0};

	if (nearest != NULL) {
		str_addf(&remedy, "did you mean '%s'?", nearest);
	} else if (count == 0) {
		str_addf(&remedy, "there is none");
	} else if (count <= KNOWN_LIST) {
		str_add(&remedy, count == 1 ? "the only one is " : "known are ");
		for (size_t i = 0; i < count; i++)
			str_addf(&remedy, "%s%s", i > 0 ? ", " : "", candidates[i]);
	} else {
		str_addf(&remedy, "none of the %zu known is like it", count);
	}
	diag_add(diag, severity, place, "unknown %s '%s'; %s", what, word, str_text(&remedy));
	str_fini(&remedy);
}

void diag_hide(struct diag *diag, struct diag_place from, struct diag_place to)
{
	struct span span = {from, to};

	vec_push(&diag->hidden, span);
}

void diag_hide_by_keys(struct diag *diag, uint32_t file)
{
	struct file *found = file_at(diag, file);

	if (found != NULL)
		found->hide_by_keys = true;
}

bool diag_is_secret_key(const char *key, bool near)
{
	static const char *const words[] = {"community", "password", "passphrase", "secret", "auth_key",
	    "priv_key", "auth_password", "priv_password"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(key, words[i]) == 0)
			return true;
	return near && !str_ends(key, "_file") && str_nearest(key, words, ARRAY_LEN(words)) != NULL;
}

size_t diag_errors(const struct diag *diag)
{
	return diag->counts[DIAG_ERROR];
}

size_t diag_warnings(const struct diag *diag)
{
	return diag->counts[DIAG_WARNING];
}

/* Line `number` of a file, without its end; NULL if there is no such line. */
static const char *find_line(const struct file *file, uint32_t number, size_t *len)
{
	const char *p = file->text, *end = p != NULL ? p + file->len : NULL;

	if (p == NULL || number == 0)
		return NULL;
	for (uint32_t line = 1; line < number; line++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (p == NULL)
			return NULL;
		p++;
	}
	const char *stop = memchr(p, '\n', (size_t)(end - p));
	*len = (size_t)((stop != NULL ? stop : end) - p);
	if (*len > 0 && p[*len - 1] == '\r')
		--*len;
	return p;
}

static bool is_key_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Where the value of the first secret-looking key of a line begins; SIZE_MAX if there is none. */
static size_t secret_value(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t start = i, colon;
		char *word;
		bool is_secret;

		while (i < len && is_key_char(line[i]))
			i++;
		for (colon = i; colon < len && strchr("\"' ", line[colon]) != NULL;)
			colon++;
		if (i == start || colon == len || line[colon] != ':')
			continue;
		word = mem_strndup(line + start, i - start);
		is_secret = diag_is_secret_key(word, true);
		free(word);
		if (is_secret)
			return colon + 1 + strspn(line + colon + 1, " ");
	}
	return SIZE_MAX;
}

/* The value may stand on the line after its key. */
static bool follows_secret_key(const struct file *file, uint32_t number)
{
	size_t len = 0, from;
	const char *line = find_line(file, number - 1, &len);

	if (line == NULL)
		return false;
	from = secret_value(line, len);
	for (size_t i = from; i < len; i++)
		if (strchr(" \t|>+-", line[i]) == NULL)
			return false;
	return from != SIZE_MAX;
}

static int place_compare(struct diag_place a, struct diag_place b)
{
	if (a.file != b.file)
		return a.file < b.file ? -1 : 1;
	if (a.line != b.line)
		return a.line < b.line ? -1 : 1;
	return a.col == b.col ? 0 : a.col < b.col ? -1 : 1;
}

/* One flag per character of a line: is it (part of) a secret? Caller frees. */
static bool *hidden_columns(
    const struct diag *diag, struct diag_place place, const struct file *file, const char *line, size_t len)
{
	bool *hidden = mem_calloc(len + 2, sizeof *hidden);
	size_t from = SIZE_MAX;

	if (file->hide_by_keys)
		from = follows_secret_key(file, place.line) ? 0 : secret_value(line, len);
	/* Bytes for columns: characters are never more than bytes, so all of the value is covered
	 * once the start is turned into a column. */
	if (from != SIZE_MAX) {
		size_t start = 0;

		for (size_t i = 0; i < from && i < len; i++)
			start += ((unsigned char)line[i] & 0xC0) != 0x80;
		memset(hidden + start, true, len + 1 - start);
	}
	for (size_t i = 0; i < diag->hidden.n; i++) {
		const struct span *span = &diag->hidden.v[i];

		if (span->from.file != place.file || span->from.line > place.line ||
		    span->to.line < place.line)
			continue;
		for (uint32_t col = span->from.line < place.line ? 1 : span->from.col;
		     col <= len && (span->to.line > place.line || col < span->to.col); col++)
			hidden[col - 1] = true;
	}
	return hidden;
}

static size_t utf8_len(const char *p, size_t left)
{
	size_t n = 1;

	while (n < left && n < 4 && ((unsigned char)p[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* Adds one character as it may be printed; one space stays one space. */
static void add_clean(struct str *out, const char *p, size_t n)
{
	if (*p == ' ' || *p == '\t')
		str_add_char(out, ' ');
	else
		str_add_utf8(out, p, n);
}

static void render_line(const struct diag *diag, struct diag_place place, struct str *out)
{
	const struct file *file = file_at(diag, place.file);
	size_t len = 0, caret = SIZE_MAX;
	const char *line = file != NULL ? find_line(file, place.line, &len) : NULL;
	uint32_t first = place.col > LINE_COLUMNS - 20 ? place.col - CARET_LEFT : 1, col = 1;
	struct str shown = {0};
	bool *hidden;

	if (line == NULL || len == 0)
		return; /* the file ends here */
	hidden = hidden_columns(diag, place, file, line, len);
	str_add(&shown, first > 1 ? "..." : "");
	for (size_t i = 0, n; i < len && col < first + LINE_COLUMNS; i += n, col++) {
		n = utf8_len(line + i, len - i);
		if (col == place.col)
			caret = str_width(str_text(&shown));
		if (col < first)
			continue;
		if (!hidden[col - 1])
			add_clean(&shown, line + i, n);
		else if (col == first || !hidden[col - 2])
			str_add(&shown, "***");
	}
	if (caret == SIZE_MAX)
		caret = str_width(str_text(&shown));
	str_addf(out, INDENT "%s%s\n" INDENT "%*s^\n", str_text(&shown),
	    col == first + LINE_COLUMNS ? "..." : "", (int)caret, "");
	str_fini(&shown);
	free(hidden);
}

static int message_compare(const void *pa, const void *pb)
{
	const struct message *a = *(const struct message *const *)pa, *b = *(const struct message *const *)pb;
	int order = place_compare(a->place, b->place);

	if (order != 0)
		return order;
	return a->number < b->number ? -1 : 1;
}

static void render_message(const struct diag *diag, const struct message *message, struct str *out)
{
	static const char *const words[] = {"error", "warning", "note"};

	if (message->place.file != 0)
		str_addf(out, "%s:", diag_file_name(diag, message->place.file));
	if (message->place.line != 0)
		str_addf(out, "%u:%u:", message->place.line, message->place.col);
	str_addf(
	    out, "%s%s: %s\n", message->place.file != 0 ? " " : "", words[message->severity], message->text);
	if (message->place.line != 0)
		render_line(diag, message->place, out);
}

void diag_render(const struct diag *diag, struct str *out)
{
	const struct message **order = mem_calloc(diag->messages.n + 1, sizeof *order);
	static const char *const words[] = {"errors", "warnings", "notes"};

	for (size_t i = 0; i < diag->messages.n; i++)
		order[i] = &diag->messages.v[i];
	qsort(order, diag->messages.n, sizeof *order, message_compare);
	for (size_t i = 0; i < diag->messages.n; i++)
		render_message(diag, order[i], out);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (diag->counts[i] > diag->kept[i])
			str_addf(out, "and %zu more %s\n", diag->counts[i] - diag->kept[i], words[i]);
	free(order);
}
