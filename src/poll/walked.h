/* walked: what a walk of one table found, cell by cell, before it is known which
 * rows these are.
 *
 * Every source of every column is asked, the first and its fallbacks, so that each
 * row can take the first that is there. A group of scalars is read into one too, as
 * a table with one row whose index is 0. Tags that are made of the index or are the
 * same always have their cells as well; those of another table (`is_foreign`) are kept
 * apart until walked_join() puts them into the rows. Pure: no I/O. */
#ifndef ROLLCALL_POLL_WALKED_H
#define ROLLCALL_POLL_WALKED_H

#include "model/agent.h"
#include "model/profile.h"
#include "model/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#define WALKED_INDEX_MAX 512 /* content octets of an index; longer ones are no rows of ours */
#define WALKED_TEXT_MAX	 512 /* bytes of a tag's text; the rest is cut */

struct walked_cell {
	union {
		uint64_t raw;
		char *text; /* of tags; owned */
	};
	uint8_t form;	 /* enum cell_form; CELL_NONE for tags */
	uint8_t quality; /* enum quality */
	bool there;	 /* the agent has it, whatever it is worth */
};

struct walked_row {
	uint8_t *index; /* owned */
	size_t index_len;
	char *key; /* owned until taken; set by naming */
	bool weak_key;
	bool known;		    /* merging: it is a row that is known already */
	size_t owner;		    /* merging: that row's number */
	UT_hash_handle hh;	    /* by index */
	struct walked_cell cells[]; /* n_cells */
};

/* A cell of another table, under its index there. */
struct walked_foreign {
	struct walked_cell cell;
	UT_hash_handle hh;
	size_t key_len;
	uint8_t key[]; /* number among the asked, 2 octets, and the index */
};

struct walked {
	const struct table *table;
	struct walked_asked {
		uint8_t column, source;
	} * asked; /* n_cells; those above n_asked need not be asked for */
	size_t n_asked, n_cells;
	struct walked_foreign *foreign;
	struct walked_row *rows; /* hash by index, also a list */
	size_t n_rows;
};

struct walked *walked_new(const struct table *table);
void walked_free(struct walked *walked);
/* A group of scalars has its row although nothing may answer. */
void walked_add_scalar(struct walked *walked);
/* Content octets of the i-th column to ask. Borrowed from the profile. */
const struct source *walked_source(const struct walked *walked, size_t i);
/* Takes one cell; absent values are as if they had not come. */
void walked_add(
    struct walked *walked, size_t asked, const uint8_t *index, size_t index_len, const struct value *value);
/* Gives each row the tags that other tables hold for it. To be called when all cells are in. */
void walked_join(struct walked *walked);
/* Puts the rows into the order of their indexes. */
void walked_sort(struct walked *walked);
/* Number in `asked` of the source that `row` takes for `column`: the first with a good value, else the first
 * that is there; SIZE_MAX if none is. */
size_t walked_pick(const struct walked *walked, const struct walked_row *row, size_t column);
/* Text of a tag in that row; NULL when there is none or it is empty. */
const char *walked_text(const struct walked *walked, const struct walked_row *row, size_t column);

#endif
