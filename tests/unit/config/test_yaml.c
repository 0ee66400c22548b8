#include "base/str.h"
#include "config/yaml.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct parsed {
	struct diag *diag;
	struct yaml *yaml;
	const struct yaml_node *root;
	struct str messages;
	enum err err;
};

static struct parsed parse_with(const char *text, size_t len, enum yaml_duplicates duplicates)
{
	struct parsed p = {.diag = diag_new()};

	p.err = yaml_parse("t.yaml", text, len, p.diag, duplicates, &p.yaml);
	p.root = p.yaml != NULL ? yaml_root(p.yaml) : NULL;
	diag_render(p.diag, &p.messages);
	return p;
}

static struct parsed parse(const char *text)
{
	return parse_with(text, strlen(text), YAML_DUPLICATES_ERROR);
}

static void done(struct parsed *p)
{
	yaml_free(p->yaml);
	diag_free(p->diag);
	str_fini(&p->messages);
}

static void assert_place(const struct yaml_node *node, uint32_t line, uint32_t col)
{
	assert_non_null(node);
	assert_int_equal(node->place.line, line);
	assert_int_equal(node->place.col, col);
}

static void everything_knows_its_place(void **state)
{
	struct parsed p = parse("a: 1\nb:\n  - x\n  - {c: \"y\", d: }\n\xec\x84\x9c: e\n");
	const struct yaml_node *b = yaml_get(p.root, "b");

	(void)state;
	assert_int_equal(p.err, ERR_OK);
	assert_place(p.root, 1, 1);
	assert_place(yaml_get(p.root, "a"), 1, 4);
	assert_place(yaml_entry(p.root, "b")->key, 2, 1);
	assert_int_equal(b->count, 2);
	assert_place(b->first->value, 3, 5);
	assert_place(yaml_get(b->first->next->value, "c"), 4, 10); /* inside the quotes */
	assert_true(yaml_get(b->first->next->value, "d")->is_null);
	assert_place(yaml_get(p.root, "\xec\x84\x9c"), 5, 4); /* columns are characters */
	done(&p);
}

static void scalars_and_nulls(void **state)
{
	struct parsed p =
	    parse("a: ~\nb: null\nc: \"null\"\nd: ''\ne: |\n  two\n  lines\nf: >-\n  folded\n  text\ng:\n");

	(void)state;
	assert_true(yaml_get(p.root, "a")->is_null);
	assert_true(yaml_get(p.root, "b")->is_null);
	assert_false(yaml_get(p.root, "c")->is_null);
	assert_string_equal(yaml_text(yaml_get(p.root, "c")), "null");
	assert_string_equal(yaml_text(yaml_get(p.root, "d")), "");
	assert_string_equal(yaml_text(yaml_get(p.root, "e")), "two\nlines\n");
	assert_string_equal(yaml_text(yaml_get(p.root, "f")), "folded text");
	assert_null(yaml_text(yaml_get(p.root, "g")));
	assert_null(yaml_text(yaml_get(p.root, "nosuch")));
	assert_null(yaml_get(NULL, "x"));
	done(&p);
}

static void an_empty_file_is_null(void **state)
{
	static const char *const texts[] = {"", "# only words\n", "---\n", "\xef\xbb\xbf"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct parsed p = parse(texts[i]);

		assert_int_equal(p.err, ERR_OK);
		assert_true(p.root->is_null);
		done(&p);
	}
}

static void aliases_and_merges_are_resolved(void **state)
{
	struct parsed p = parse("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nuse: *b\none: {<<: *b, x: "
				"9}\ntwo: {<<: [*b, *m]}\n");

	(void)state;
	assert_int_equal(p.err, ERR_OK);
	assert_ptr_equal(yaml_get(p.root, "use"), yaml_get(p.root, "base"));
	assert_string_equal(yaml_text(yaml_get(yaml_get(p.root, "one"), "x")), "9");
	assert_string_equal(yaml_text(yaml_get(yaml_get(p.root, "one"), "y")), "2");
	assert_int_equal(yaml_get(p.root, "one")->count, 2);
	assert_string_equal(
	    yaml_text(yaml_get(yaml_get(p.root, "two"), "y")), "2"); /* the first one counts */
	assert_string_equal(yaml_text(yaml_get(yaml_get(p.root, "two"), "z")), "4");
	done(&p);
}

static void the_last_duplicate_counts(void **state)
{
	static const char text[] = "a: 1\nb: 2\na: 3\na: 4\n";
	struct parsed p = parse_with(text, strlen(text), YAML_DUPLICATES_WARNING), q = parse(text);

	(void)state;
	assert_int_equal(p.err, ERR_OK);
	assert_string_equal(yaml_text(yaml_get(p.root, "a")), "4");
	assert_int_equal(p.root->count, 2);
	assert_int_equal(diag_warnings(p.diag), 2);
	assert_int_equal(diag_errors(p.diag), 0);
	assert_int_equal(diag_errors(q.diag), 2);
	assert_non_null(
	    strstr(str_text(&q.messages), "t.yaml:3:1: error: key 'a' stands here again, first in line 1"));
	done(&p);
	done(&q);
}

static void duplicates_in_a_large_mapping(void **state)
{
	struct str text = {0};
	struct parsed p;

	(void)state;
	for (int i = 0; i < 5000; i++)
		str_addf(&text, "key%d: %d\n", i == 4000 ? 17 : i, i);
	p = parse(str_text(&text));
	assert_int_equal(diag_errors(p.diag), 1);
	assert_non_null(strstr(
	    str_text(&p.messages), "t.yaml:4001:1: error: key 'key17' stands here again, first in line 18"));
	assert_int_equal(p.root->count, 4999);
	done(&p);
	str_fini(&text);
}

/* Mistakes: text, part of the message. */
static void mistakes_are_told_with_their_place(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *message;
	} cases[] = {
	    {"a: b: c\n", 0, "t.yaml:1:5: error: this is not YAML: "},
	    {"a: [1, 2\nb: 3\n", 0, "error: this is not YAML: "},
	    {"a:\n\tb: 1\n", 0, "t.yaml:2:"},
	    {"a: \"open\n", 0, "error: this is not YAML: "},
	    {"a: *b\n", 0, "error: alias '*b' without an anchor before it"},
	    {"a: &a [*a]\n", 0, "error: alias '*a' without an anchor"},
	    {"a: !x b\n", 0, "error: YAML tags"},
	    {"? [a]\n: b\n", 0, "t.yaml:1:3: error: a key must be plain text"},
	    {"a: 1\n---\nb: 2\n", 0, "t.yaml:2:1: error: a second document"},
	    {"a: \"x\\0y\"\n", 0, "error: text with a NUL"},
	    {"a: x\0y\n", 7, "t.yaml:1:5: error: control character 0x00"},
	    {"a: \xff\n", 0, "t.yaml:1:4: error: bytes that are not UTF-8"},
	    {"\n\xec\x84\x9c: \xed\xa0\x80\n", 0, "t.yaml:2:4: error: bytes that are not UTF-8"},
	    {"a: \x1b[0m\n", 0, "error: control character 0x1b"},
	    {"a: {<<: 3}\n", 0, "error: '<<' takes a mapping"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = cases[i].len > 0 ? cases[i].len : strlen(cases[i].text);
		struct parsed p = parse_with(cases[i].text, len, YAML_DUPLICATES_ERROR);

		if (diag_errors(p.diag) == 0 || strstr(str_text(&p.messages), cases[i].message) == NULL)
			fail_msg("case %zu: %s", i, str_text(&p.messages));
		done(&p);
	}
}

static void depth_is_bounded(void **state)
{
	struct str text = {0};
	struct parsed p;

	(void)state;
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		str_add_char(&text, '[');
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		str_add_char(&text, ']');
	p = parse(str_text(&text));
	assert_int_equal(p.err, ERR_OK);
	done(&p);
	str_clear(&text);
	for (int i = 0; i < 100000; i++)
		str_add_char(&text, '[');
	p = parse(str_text(&text));
	assert_int_equal(p.err, ERR_INVALID);
	assert_non_null(strstr(str_text(&p.messages), "nested deeper than 50"));
	done(&p);
	str_fini(&text);
}

/* Each level doubles what the one before it holds. Shared nodes cost nothing. */
static void a_bomb_of_aliases_stays_small(void **state)
{
	struct str text = {0};
	struct parsed p;

	(void)state;
	str_add(&text, "a0: &a0 [x, x]\n");
	for (int i = 1; i < 60; i++)
		str_addf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
	p = parse(str_text(&text));
	assert_int_equal(p.err, ERR_OK);
	assert_int_equal(p.root->count, 60);
	done(&p);
	str_fini(&text);
}

static void secrets_are_hidden_by_their_key(void **state)
{
	struct parsed p = parse("{community: hunter22, community_file: shown, x: y}\n");
	struct str out = {0};

	(void)state;
	diag_error(p.diag, (struct diag_place){yaml_file(p.yaml), 1, 46}, "x");
	diag_render(p.diag, &out);
	assert_non_null(strstr(str_text(&out), "{community: ***, community_file: shown, x: y}"));
	str_fini(&out);
	done(&p);
}

static void a_file_that_is_not_there_is_told_where_it_is_named(void **state)
{
	struct diag *diag = diag_new();
	uint32_t file = diag_add_file(diag, "main.yaml", "devices: nosuch\n", 16);
	struct yaml *yaml;
	struct str out = {0};

	(void)state;
	assert_int_equal(yaml_load("/nonexistent/x.yaml", (struct diag_place){file, 1, 10}, diag,
			     YAML_DUPLICATES_ERROR, &yaml),
	    ERR_IO);
	assert_null(yaml);
	diag_render(diag, &out);
	assert_true(str_starts(str_text(&out), "main.yaml:1:10: error: cannot read '/nonexistent/x.yaml': "));
	str_fini(&out);
	diag_free(diag);
}

/* Whatever bytes come, it ends and cleans up (the sanitizers watch). */
static void damaged_text_is_no_harm(void **state)
{
	static const char good[] =
	    "a: &x {b: [1, 2, \"three\"], <<: {c: d}}\nlist:\n  - *x\n  - |\n    text\n  - ? k\n    : v\n";
	static const char replacements[] = "{}[]:,-?&*!|>'\"#%@`\n\t \\\x01\x80\xff";
	char text[sizeof good];
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct parsed p;

		memcpy(text, good, sizeof good);
		for (int k = 0; k < 3; k++) {
			seed = seed * 1664525u + 1013904223u;
			text[(seed >> 8) % (sizeof good - 1)] =
			    replacements[(seed >> 24) % (sizeof replacements - 1)];
		}
		p = parse_with(text, sizeof good - 1, YAML_DUPLICATES_WARNING);
		assert_int_equal(p.err == ERR_OK, p.yaml != NULL);
		assert_true(p.err == ERR_OK || diag_errors(p.diag) > 0);
		done(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_knows_its_place),
	    cmocka_unit_test(scalars_and_nulls),
	    cmocka_unit_test(an_empty_file_is_null),
	    cmocka_unit_test(aliases_and_merges_are_resolved),
	    cmocka_unit_test(the_last_duplicate_counts),
	    cmocka_unit_test(duplicates_in_a_large_mapping),
	    cmocka_unit_test(mistakes_are_told_with_their_place),
	    cmocka_unit_test(depth_is_bounded),
	    cmocka_unit_test(a_bomb_of_aliases_stays_small),
	    cmocka_unit_test(secrets_are_hidden_by_their_key),
	    cmocka_unit_test(a_file_that_is_not_there_is_told_where_it_is_named),
	    cmocka_unit_test(damaged_text_is_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
