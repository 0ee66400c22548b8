#include "poll/naming.h"

#include "base/mem.h"
#include "base/str.h"
#include "model/oid.h"

#include <stdlib.h>
#include <string.h>

/* Tag number of a column. */
static size_t table_tag(const struct table *table, size_t column)
{
	size_t tag = 0;

	for (size_t c = 0; c < column; c++)
		tag += table->columns[c].is_tag;
	return tag;
}

/* A text and how many rows bear it. */
struct bearer {
	char *text; /* owned */
	unsigned n;
	UT_hash_handle hh;
};

static struct bearer *bear(struct bearer **hash, const char *text)
{
	struct bearer *bearer = NULL;
	size_t len = strlen(text);

	HASH_FIND(hh, *hash, text, len, bearer);
	if (bearer == NULL) {
		bearer = mem_alloc(sizeof *bearer);
		bearer->text = mem_strdup(text);
		HASH_ADD_KEYPTR(hh, *hash, bearer->text, len, bearer);
	}
	bearer->n++;
	return bearer;
}

static unsigned bearers(struct bearer *hash, const char *text)
{
	struct bearer *bearer = NULL;

	HASH_FIND_STR(hash, text, bearer);
	return bearer != NULL ? bearer->n : 0;
}

static void bearers_free(struct bearer **hash)
{
	struct bearer *bearer, *next;

	HASH_ITER(hh, *hash, bearer, next)
	{
		HASH_DEL(*hash, bearer);
		free(bearer->text);
		free(bearer);
	}
}

/* As given, one more than once if it stands in several keys. */
static size_t given_keys(const struct table *table, int columns[PROFILE_COLUMNS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < table->n_keys; i++)
		columns[n++] = table->keys[i];
	if (n > 0)
		return n;
	for (size_t i = 0; i < table->n_columns; i++) {
		if (table_identifies(table, i))
			columns[n++] = (int)i;
	}
	return n;
}

static size_t drop_repeated(int *columns, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < kept && columns[k] != columns[i])
			k++;
		if (k == kept)
			columns[kept++] = columns[i];
	}
	return kept;
}

size_t naming_keys(const struct table *table, int columns[PROFILE_COLUMNS_MAX])
{
	return drop_repeated(columns, given_keys(table, columns));
}

/* Texts of the first n of some key tags joined, `whole`: of all of them. False when there is none. */
static bool candidate(const struct walked *walked, const struct walked_row *row, const int *columns, size_t n,
    bool whole, struct str *text)
{
	str_clear(text);
	for (size_t k = 0; k < n; k++) {
		const char *tag = walked_text(walked, row, (size_t)columns[k]);

		if (tag == NULL && whole)
			return false;
		if (tag == NULL)
			continue;
		if (text->len > 0)
			str_add_char(text, ' ');
		str_add(text, tag);
	}
	return text->len > 0;
}

/* Names those still nameless whose candidate no other row has. Of a key all rows are counted, as one that
 * two rows bear names neither; of keys joined for want of better ones (not `whole`) only the nameless. */
static void name_unique(
    struct walked *walked, struct bearer **taken, const int *columns, size_t n, bool whole)
{
	struct bearer *count = NULL;
	struct str text = {0};

	for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next) {
		if ((whole || row->key == NULL) && candidate(walked, row, columns, n, whole, &text))
			bear(&count, text.s);
	}
	for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next) {
		if (row->key != NULL || !candidate(walked, row, columns, n, whole, &text))
			continue;
		if (bearers(count, text.s) == 1 && bearers(*taken, text.s) == 0) {
			row->key = mem_strdup(text.s);
			bear(taken, row->key);
		}
	}
	bearers_free(&count);
	str_fini(&text);
}

/* Whether a tag says of all rows only what their index is (ifIndex). */
static bool is_echo(const struct walked *walked, size_t column)
{
	char index[OID_TEXT_MAX];

	for (const struct walked_row *row = walked->rows; row != NULL; row = row->hh.next) {
		const char *tag = walked_text(walked, row, column);

		if (tag == NULL ||
		    strcmp(tag, oid_index_format(row->index, row->index_len, index, sizeof index)) != 0)
			return false;
	}
	return true;
}

/* Indexes move; names are asked first, where nobody has said otherwise. */
static void put_echoes_last(const struct walked *walked, int *columns, size_t n)
{
	for (size_t k = 0, left = n; left > 0; left--) {
		int column = columns[k];

		if (!is_echo(walked, (size_t)column)) {
			k++;
			continue;
		}
		memmove(columns + k, columns + k + 1, (n - k - 1) * sizeof *columns);
		columns[n - 1] = column;
	}
}

static bool any_nameless(const struct walked *walked)
{
	for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next) {
		if (row->key == NULL)
			return true;
	}
	return false;
}

static void add_placed(struct str *key, const char *base, unsigned place)
{
	str_clear(key);
	str_add(key, base);
	if (place > 1)
		str_addf(key, "#%u", place);
}

/* What is left: rows whose tags are all alike, or that have none. */
static size_t name_by_place(struct walked *walked, struct bearer **taken, const int *columns, size_t n)
{
	struct bearer *equals = NULL;
	size_t ambiguous = 0;

	for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next) {
		char index[OID_TEXT_MAX];
		struct str base = {0}, key = {0};
		bool tagged;
		unsigned place;

		if (row->key != NULL)
			continue;
		for (size_t k = 0; k < n && base.len == 0; k++)
			candidate(walked, row, columns + k, 1, true, &base);
		tagged = base.len > 0;
		if (!tagged)
			str_add(&base, oid_index_format(row->index, row->index_len, index, sizeof index));
		ambiguous += tagged;
		place = bear(&equals, base.s)->n;
		add_placed(&key, base.s, place);
		while (bearers(*taken, key.s) > 0)
			add_placed(&key, base.s, ++place);
		bear(taken, key.s);
		row->key = str_steal(&key);
		row->weak_key = true;
		str_fini(&base);
	}
	bearers_free(&equals);
	return ambiguous;
}

size_t naming_assign(struct walked *walked)
{
	int columns[PROFILE_COLUMNS_MAX];
	size_t n = given_keys(walked->table, columns), ambiguous = 0;
	struct bearer *taken = NULL;

	walked_sort(walked);
	if (walked->table->is_scalar) {
		for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next)
			row->key = mem_strdup(walked->table->name);
		return 0;
	}
	if (walked->table->keys_guessed)
		put_echoes_last(walked, columns, n);
	for (size_t k = 0; k < n && any_nameless(walked); k += table_key_run(walked->table, k))
		name_unique(walked, &taken, columns + k, table_key_run(walked->table, k), true);
	n = drop_repeated(columns, n);
	for (size_t k = 2; k <= n && any_nameless(walked); k++)
		name_unique(walked, &taken, columns, k, false);
	if (any_nameless(walked))
		ambiguous = name_by_place(walked, &taken, columns, n);
	bearers_free(&taken);
	return ambiguous;
}

/* Whether the texts of some tags of a row (`whole`: that are all there), joined, are its name. */
static bool makes_name(
    const struct table *table, const struct row *row, const int *keys, size_t n, bool whole)
{
	struct str joined = {0};
	bool missing = false, is;

	for (size_t k = 0; k < n; k++) {
		const char *text = row->tags[table_tag(table, (size_t)keys[k])];

		if (text == NULL) {
			missing = true;
			continue;
		}
		if (joined.len > 0)
			str_add_char(&joined, ' ');
		str_add(&joined, text);
	}
	is = !(whole && missing) && str_equal(str_text(&joined), row->key);
	str_fini(&joined);
	return is;
}

size_t naming_columns(const struct table *table, const struct row *row, int columns[PROFILE_COLUMNS_MAX])
{
	int keys[PROFILE_COLUMNS_MAX];
	size_t n = table->is_scalar || row->tags == NULL ? 0 : given_keys(table, keys), run = 0, used = 0;

	for (size_t k = 0; k < n; k += run) {
		run = table_key_run(table, k);
		if (makes_name(table, row, keys + k, run, true)) {
			memcpy(columns, keys + k, run * sizeof *columns);
			return run;
		}
	}
	/* Some of them joined; where even that is not the name, all that are there have a part in it
	 * ("eth0#2"). */
	n = drop_repeated(keys, n);
	for (run = 2; run < n && !makes_name(table, row, keys, run, false);)
		run++;
	for (size_t k = 0; k < run && k < n; k++) {
		if (row->tags[table_tag(table, (size_t)keys[k])] != NULL)
			columns[used++] = keys[k];
	}
	return used;
}
