#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"
#include "daemon/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	char top[32], state[64], file[80];
};

static int setup(void **state)
{
	static struct place place;

	strcpy(place.top, "/tmp/rollcall-lock-XXXXXX");
	assert_non_null(mkdtemp(place.top));
	snprintf(place.state, sizeof place.state, "%s/var/state", place.top);
	snprintf(place.file, sizeof place.file, "%s/lock", place.state);
	*state = &place;
	return 0;
}

static int teardown(void **state)
{
	const struct place *place = *state;
	char command[64];

	snprintf(command, sizeof command, "rm -rf %s", place->top);
	return system(command);
}

static void makes_the_folder_and_says_who_holds_it(void **state)
{
	const struct place *place = *state;
	char *error = NULL, *expected = str_format("(pid %ld)", (long)getpid());
	struct lock *first = lock_take(place->state, &error), *second;
	struct stat st;

	assert_non_null(first);
	assert_null(error);
	assert_int_equal(stat(place->state, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	second = lock_take(place->state, &error);
	assert_null(second);
	assert_non_null(strstr(error, "another rollcalld"));
	assert_non_null(strstr(error, expected));
	assert_non_null(strstr(error, place->state));
	free(error);
	error = NULL;
	lock_free(first);
	second = lock_take(place->state, &error);
	assert_non_null(second);
	lock_free(second);
	free(expected);
}

/* However the holder ends, and whatever stands in the file. */
static void a_dead_holder_holds_nothing(void **state)
{
	const struct place *place = *state;
	char *error = NULL;
	struct lock *lock;
	pid_t child = fork();

	if (child == 0) {
		if (lock_take(place->state, &error) == NULL)
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &(int){0}, 0), child);
	assert_int_equal(access(place->file, F_OK), 0);
	lock = lock_take(place->state, &error);
	assert_non_null(lock);
	lock_free(lock);
}

static void a_file_that_tells_nothing(void **state)
{
	const struct place *place = *state;
	char *error = NULL;
	struct lock *lock = lock_take(place->state, &error);
	int fd = open(place->file, O_WRONLY | O_TRUNC);

	assert_non_null(lock);
	assert_int_equal(write(fd, "\033[31mrm -rf", 10), 10);
	close(fd);
	assert_null(lock_take(place->state, &error));
	assert_non_null(strstr(error, "(pid unknown)"));
	assert_null(strchr(error, '\033'));
	free(error);
	lock_free(lock);
}

static void a_place_that_is_none(void **state)
{
	const struct place *place = *state;
	char *error = NULL, *below;
	struct lock *lock = lock_take(place->state, &error);

	assert_non_null(lock);
	below = str_format("%s/lock/below", place->state);
	assert_null(lock_take(below, &error));
	assert_non_null(strstr(error, "cannot use the state directory"));
	free(error);
	free(below);
	lock_free(lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(makes_the_folder_and_says_who_holds_it, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_dead_holder_holds_nothing, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_file_that_tells_nothing, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_place_that_is_none, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
