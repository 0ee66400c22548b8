#include "lint/finding.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

const char *finding_kind_name(enum finding_kind kind)
{
	switch (kind) {
	case FINDING_KIND:
		return "kind";
	case FINDING_UNIT:
		return "unit";
	case FINDING_KEY:
		return "key";
	case FINDING_ABSENT:
		return "absent";
	case FINDING_RULE:
		return "rule";
	case FINDING_NAME:
		return "name";
	case FINDING_STATE:
		return "state";
	case FINDING_LACKS:
		return "lacks";
	case FINDING_SILENT:
		return "silent";
	case FINDING_CONSTANT:
		return "constant";
	}
	return "?";
}

bool finding_is_note(enum finding_kind kind)
{
	return kind >= FINDING_LACKS;
}

void finding_add(struct finding_list *list, enum finding_kind kind, unsigned weight, const char *table,
    const char *column, char *what, char *remedy)
{
	struct finding finding = {.kind = kind,
	    .weight = weight,
	    .table = mem_strdup(table),
	    .column = mem_strdup(column),
	    .what = what,
	    .remedy = remedy};

	vec_push(list, finding);
}

static int by_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_weight(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	order = by_text(x->table, y->table);
	if (order == 0)
		order = by_text(x->column, y->column);
	if (order == 0)
		order = by_text(x->rule, y->rule);
	return order != 0 ? order : strcmp(x->what, y->what);
}

void finding_sort(struct finding_list *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof *list->v, by_weight);
}

size_t finding_faults(const struct finding_list *list)
{
	size_t faults = 0;

	for (size_t i = 0; i < list->n; i++)
		faults += !finding_is_note(list->v[i].kind);
	return faults;
}

void finding_list_fini(struct finding_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].table);
		free(list->v[i].column);
		free(list->v[i].rule);
		free(list->v[i].what);
		free(list->v[i].remedy);
	}
	vec_fini(list);
}
