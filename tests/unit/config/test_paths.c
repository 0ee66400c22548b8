#include "unit/config/place.h"

#include "base/str.h"
#include "config/config.h"
#include "config/paths.h"

static void assert_found(const struct place *place, const char *pattern, const char *expected)
{
	struct diag *diag = diag_new();
	struct paths found = {0};
	struct str got = {0};

	assert_int_equal(paths_expand(place->dir, pattern, (struct diag_place){0}, diag, &found), ERR_OK);
	for (size_t i = 0; i < found.n; i++)
		str_addf(&got, "%s%s", i > 0 ? " " : "", found.v[i] + strlen(place->dir) + 1);
	if (strcmp(str_text(&got), expected) != 0)
		fail_msg("%s: found '%s', expected '%s'", pattern, str_text(&got), expected);
	assert_int_equal(diag_errors(diag), 0);
	str_fini(&got);
	paths_fini(&found);
	diag_free(diag);
}

static void patterns_find_sorted_files(void **state)
{
	struct place place;

	(void)state;
	place_init(&place);
	place_dir(&place, "d");
	place_dir(&place, "d/e");
	place_dir(&place, "d/e/f");
	place_dir(&place, "folder.yaml");
	place_file(&place, "b.yaml", 0644, "");
	place_file(&place, "a.yaml", 0644, "");
	place_file(&place, "a1.yaml", 0644, "");
	place_file(&place, ".hidden.yaml", 0644, "");
	place_file(&place, "a.yaml~", 0644, "");
	place_file(&place, "d/c.yaml", 0644, "");
	place_file(&place, "d/e/f/g.yaml", 0644, "");
	assert_found(&place, "*.yaml", "a.yaml a1.yaml b.yaml");
	assert_found(&place, "a?.yaml", "a1.yaml");
	assert_found(&place, "[ab].yaml", "a.yaml b.yaml");
	assert_found(&place, "d/*.yaml", "d/c.yaml");
	assert_found(&place, "**/*.yaml", "a.yaml a1.yaml b.yaml d/c.yaml d/e/f/g.yaml");
	assert_found(&place, "d/**/*.yaml", "d/c.yaml d/e/f/g.yaml");
	assert_found(&place, "*/e/**/g.yaml", "d/e/f/g.yaml");
	assert_found(&place, "d/**", "d/c.yaml d/e/f/g.yaml");
	assert_found(&place, "d/../[ab].yaml", "d/../a.yaml d/../b.yaml");
	assert_found(&place, ".h*.yaml", ".hidden.yaml");
	assert_found(&place, "none/*.yaml", "");
	assert_found(&place, "x*.yaml", "");
	assert_found(&place, "plain.yaml", "plain.yaml"); /* no pattern: there or not */
	place_fini(&place);
}

static void a_circle_of_links_ends(void **state)
{
	struct place place;
	struct paths found = {0};
	struct diag *diag = diag_new();

	(void)state;
	place_init(&place);
	place_file(&place, "a.yaml", 0644, "");
	assert_int_equal(symlink(".", place_path(&place, "loop")), 0);
	assert_int_equal(symlink(".", place_path(&place, "other")), 0); /* two make 2^32 paths */
	place_dir(&place, "sub");
	place_file(&place, "sub/b.yaml", 0644, "");
	assert_int_equal(symlink("../sub", place_path(&place, "sub/up")), 0);
	assert_int_equal(mkfifo(place_path(&place, "pipe.yaml"), 0644), 0); /* opening it would wait */
	assert_found(&place, "**/*.yaml", "a.yaml sub/b.yaml");
	assert_found(&place, "**/**/*.yaml", "a.yaml sub/b.yaml");
	assert_found(&place, "**", "a.yaml sub/b.yaml");
	assert_found(&place, "loop/*.yaml", "loop/a.yaml");
	assert_int_equal(paths_expand(place.dir, "**/*.yaml", (struct diag_place){0}, diag, &found), ERR_OK);
	assert_int_equal(found.n, 2);
	paths_fini(&found);
	diag_free(diag);
	place_fini(&place);
}

static void a_folder_that_cannot_be_read_is_told(void **state)
{
	struct place place;
	struct paths found = {0};
	struct diag *diag = diag_new();

	(void)state;
	if (geteuid() == 0) {
		diag_free(diag);
		skip();
	}
	place_init(&place);
	place_dir(&place, "closed");
	assert_int_equal(chmod(place_path(&place, "closed"), 0), 0);
	assert_int_equal(
	    paths_expand(place.dir, "closed/*.yaml", (struct diag_place){0}, diag, &found), ERR_IO);
	assert_int_equal(diag_errors(diag), 1);
	chmod(place_path(&place, "closed"), 0755);
	diag_free(diag);
	place_fini(&place);
}

static void joins_and_splits(void **state)
{
	static const char *const dirs[][2] = {{"a.yaml", "."}, {"/a.yaml", "/"},
	    {"/etc/rollcall/rollcall.yaml", "/etc/rollcall"}, {"x/a.yaml", "x"}};
	static const char *const joins[][3] = {
	    {".", "a", "a"}, {"/", "a", "/a"}, {"x", "a", "x/a"}, {"x", "/a", "/a"}};

	(void)state;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		char *dir = paths_dir(dirs[i][0]);

		assert_string_equal(dir, dirs[i][1]);
		free(dir);
	}
	for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
		char *path = paths_join(joins[i][0], joins[i][1]);

		assert_string_equal(path, joins[i][2]);
		free(path);
	}
}

static void assert_run(const char *given, const char *resolved, const char *expected)
{
	char *run = paths_default_run(given, resolved);

	assert_string_equal(run, expected);
	free(run);
}

static void directories_follow_the_environment(void **state)
{
	char *path;

	(void)state;
	unsetenv("RUNTIME_DIRECTORY");
	setenv("STATE_DIRECTORY", "/srv/rollcall:/srv/other", 1);
	setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
	path = paths_default_state();
	assert_string_equal(path, "/srv/rollcall");
	free(path);
	unsetenv("STATE_DIRECTORY");
	assert_run(NULL, "/var/lib/rollcall", "/run/rollcall");
	assert_run("/var/lib/rollcall", "/var/lib/rollcall", "/run/rollcall");
	assert_run("here", "conf/here", "conf/here/run"); /* one's own state: the sockets go with it */
	assert_run(NULL, "/home/u/.local/state/rollcall", "/run/user/1000/rollcall");
	setenv("RUNTIME_DIRECTORY", "/run/rollcall2", 1);
	assert_run(NULL, "/var/lib/rollcall", "/run/rollcall2");
	unsetenv("RUNTIME_DIRECTORY");
	unsetenv("XDG_RUNTIME_DIR");
	assert_run(NULL, "/home/u/.local/state/rollcall", "/home/u/.local/state/rollcall/run");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns_find_sorted_files),
	    cmocka_unit_test(a_circle_of_links_ends),
	    cmocka_unit_test(a_folder_that_cannot_be_read_is_told),
	    cmocka_unit_test(joins_and_splits),
	    cmocka_unit_test(directories_follow_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
