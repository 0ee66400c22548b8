/* docs/profiles.md ends with every key of a profile; with GOLDEN=update that part is written anew. */
#include "base/mem.h"
#include "base/str.h"
#include "config/profile_load.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE  "docs/profiles.md"
#define START "The keys by place, as the program has them:\n\n"

static void add_list(struct str *out, const char *const *list)
{
	for (size_t i = 0; list[i] != NULL; i++)
		str_addf(out, "%s`%s`", i > 0 ? " " : "", list[i]);
}

static void reference(struct str *out)
{
	size_t n;
	const struct profile_keys *keys = profile_keys_all(&n);

	str_add(out, "| in | used | read, not used yet |\n|---|---|---|\n");
	for (size_t i = 0; i < n; i++) {
		str_addf(out, "| %s | ", keys[i].where);
		add_list(out, keys[i].known);
		str_add(out, " | ");
		add_list(out, keys[i].later);
		str_add(out, " |\n");
	}
}

static char *read_page(void)
{
	FILE *file = fopen(PAGE, "r");
	struct str text = {0};
	char buf[4096];
	size_t got;

	assert_non_null(file);
	while ((got = fread(buf, 1, sizeof buf, file)) > 0)
		str_add_n(&text, buf, got);
	fclose(file);
	return str_steal(&text);
}

static void test_page_has_all_keys(void **state)
{
	struct str want = {0};
	char *page = read_page(), *part = strstr(page, START);

	(void)state;
	assert_non_null(part);
	part += strlen(START);
	reference(&want);
	if (getenv("GOLDEN") != NULL && strcmp(getenv("GOLDEN"), "update") == 0) {
		FILE *file = fopen(PAGE, "w");

		assert_non_null(file);
		fprintf(file, "%.*s%s", (int)(part - page), page, str_text(&want));
		fclose(file);
	} else {
		assert_string_equal(part, str_text(&want));
	}
	str_fini(&want);
	free(page);
}

/* What is used is explained above, not only listed. */
static void test_used_keys_are_explained(void **state)
{
	char *page = read_page(), *part = strstr(page, START);
	size_t n;
	const struct profile_keys *keys = profile_keys_all(&n);

	(void)state;
	assert_non_null(part);
	*part = '\0';
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; keys[i].known[k] != NULL; k++) {
			if (strstr(page, keys[i].known[k]) == NULL)
				fail_msg("'%s' of %s is not explained in %s", keys[i].known[k], keys[i].where,
				    PAGE);
		}
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_page_has_all_keys),
	    cmocka_unit_test(test_used_keys_are_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
