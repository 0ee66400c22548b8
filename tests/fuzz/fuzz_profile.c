/* Fuzzes profiles: up to three files, separated by INPUT_NEXT, that may extend each other. What loads is
 * polled once: rows are found, named and asked for, whatever their tags are made of. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "config/diag.h"
#include "config/profile_load.h"
#include "poll/plan.h"
#include "poll/rows.h"

#include <stdlib.h>
#include <string.h>

/* One cell of each column in each of a few rows; values are octets of the file. */
static void walk(struct walked *walked, const uint8_t *octets, size_t len)
{
	static const uint8_t indexes[][9] = {
	    {1, 6, 0, 36, 27, 53, 3, 46, 1}, {2, 6, 0, 36, 27, 53, 3, 46, 1}};

	for (size_t i = 0; i < walked->n_asked; i++) {
		struct value value = {.type = i % 2 ? VALUE_OCTETS : VALUE_COUNTER64};

		value.u = i;
		if (i % 2) {
			value.bytes.p = octets;
			value.bytes.len = (uint32_t)(len < 40 ? len : 40);
		}
		for (size_t row = 0; row < ARRAY_LEN(indexes); row++)
			walked_add(
			    walked, i, indexes[row] + i % 3, sizeof indexes[0] - i % 3 - i % 2, &value);
	}
}

static void poll_table(const struct table *table, const uint8_t *octets, size_t len)
{
	struct rowset *set = rowset_new(table);
	struct plan plan = {0};
	struct rows_change change;
	uint8_t name[OID_BER_MAX];

	for (int turn = 0; turn < 3; turn++) {
		struct walked *walked = walked_new(table);

		if (turn < 2)
			walk(walked, octets, len);
		rows_merge(set, walked, turn != 1, NULL, &change);
		walked_free(walked);
	}
	plan_add_table(&plan, 0, set, CHECK_KEYS);
	for (size_t i = 0; i < plan.n; i++) {
		if (plan_name(&plan.items[i], set, name) > sizeof name)
			abort();
	}
	plan_fini(&plan);
	rowset_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const char *const names[] = {"fuzzed.yaml", "_generic.yaml", "parent.yaml"};
	char *paths[ARRAY_LEN(names)] = {NULL};
	struct diag *diag = diag_new();
	struct profile **profiles = NULL;
	struct input_folder folder;
	size_t n = 0, n_profiles = 0, part_len;
	const uint8_t *part;

	input_folder_init(&folder);
	for (; n < ARRAY_LEN(names) && (part = input_part(octets, len, n, &part_len)) != NULL; n++)
		paths[n] = input_folder_put(&folder, names[n], part, part_len);
	if ((profile_load_all((const char *const *)paths, n, diag, NULL, &profiles, &n_profiles) == ERR_OK) !=
	    (diag_errors(diag) == 0))
		abort();
	if (diag_errors(diag) > 0 && profiles != NULL)
		abort();
	for (size_t i = 0; profiles != NULL && i < n_profiles; i++) {
		for (size_t t = 0; t < profiles[i]->n_tables; t++)
			poll_table(&profiles[i]->tables[t], octets, len);
		profile_free(profiles[i]);
	}
	free(profiles);
	for (size_t i = 0; i < n; i++)
		free(paths[i]);
	diag_free(diag);
	input_folder_fini(&folder);
	return 0;
}
