#include "lint/namecheck.h"

#include "base/mem.h"
#include "base/str.h"

#include <string.h>
#include <strings.h>

/* Each name by which formulas and rules may call a column. */
static const char *const *names_of(const struct column *column, const char *names[3])
{
	names[0] = column->name;
	names[1] = column->ds;
	names[2] = column->alias;
	return names;
}

static const char *shared_name(const struct column *a, const struct column *b, bool *by_case)
{
	const char *x[3], *y[3];

	names_of(a, x);
	names_of(b, y);
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < 3; j++) {
			if (x[i] == NULL || y[j] == NULL || strcasecmp(x[i], y[j]) != 0)
				continue;
			*by_case = strcmp(x[i], y[j]) != 0;
			return x[i];
		}
	}
	return NULL;
}

/* What rules understand by themselves. */
static bool is_special(const char *name)
{
	static const char *const specials[] = {"now", "key", "device", "limit"};

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(specials); i++) {
		if (strcmp(name, specials[i]) == 0)
			return true;
	}
	return false;
}

static void check_columns(struct finding_list *list, const struct table *table)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *column = &table->columns[i];
		bool by_case;

		if (is_special(column->name) || is_special(column->ds) || is_special(column->alias))
			finding_add(list, FINDING_NAME, 1, table->name, column->name,
			    str_format("'%s' means something else in rules",
				is_special(column->name) ? column->name
				: is_special(column->ds) ? column->ds
							 : column->alias),
			    mem_strdup("give it another name"));
		for (size_t j = 0; j < i; j++) {
			const struct column *other = &table->columns[j];
			const char *name = shared_name(column, other, &by_case);

			/* A tag and a metric of one object are a usual pair: a number that also names. */
			if (name == NULL || (column->is_tag != other->is_tag && !by_case &&
						str_equal(column->name, other->name)))
				continue;
			finding_add(list, FINDING_NAME, 1, table->name, column->name,
			    str_format("'%s' is a name of '%s' too%s", name, other->name,
				by_case ? ", but for the case of its letters" : ""),
			    mem_strdup("give one of them another name or 'ds'"));
		}
	}
}

static void check_graphs(struct finding_list *list, const struct table *table)
{
	for (size_t i = 0; i < table->n_graphs; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(table->graphs[i].name, table->graphs[j].name) == 0)
				finding_add(list, FINDING_NAME, 1, table->name, NULL,
				    str_format("two graphs are called '%s'", table->graphs[i].name),
				    mem_strdup("rename one of them"));
		}
	}
}

void namecheck(struct finding_list *list, const struct profile *profile)
{
	for (size_t i = 0; i < profile->n_tables; i++) {
		const struct table *table = &profile->tables[i];

		for (size_t j = 0; j < i; j++) {
			if (strcasecmp(table->name, profile->tables[j].name) == 0)
				finding_add(list, FINDING_NAME, 1, table->name, NULL,
				    str_format("table '%s' is there already, as '%s'", table->name,
					profile->tables[j].name),
				    mem_strdup("rename one of them: their files would lie in one folder"));
		}
		check_columns(list, table);
		check_graphs(list, table);
	}
}
