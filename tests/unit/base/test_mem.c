#include "base/err.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void allocates(void **state)
{
	unsigned char *p = mem_calloc(10, 3);
	char *s;

	(void)state;
	for (int i = 0; i < 30; i++)
		assert_int_equal(p[i], 0);
	p = mem_realloc(p, 100, 3);
	p[299] = 1;
	free(p);
	p = mem_alloc(0);
	assert_non_null(p);
	p = mem_realloc(p, 0, 8);
	assert_non_null(p);
	free(p);
	assert_null(mem_strdup(NULL));
	s = mem_strdup("abc");
	assert_string_equal(s, "abc");
	free(s);
	s = mem_strndup("abcdef", 3);
	assert_string_equal(s, "abc");
	free(s);
	s = mem_strndup("ab", 30);
	assert_string_equal(s, "ab");
	free(s);
	s = mem_dup("a\0b", 3);
	assert_memory_equal(s, "a\0b", 3);
	free(s);
	free(mem_dup(NULL, 0));
}

struct object {
	uint32_t magic;
};

static void overflow(void)
{
	free(mem_calloc(SIZE_MAX / 2, 3));
}

static void overflow_again(void)
{
	free(mem_realloc(NULL, SIZE_MAX / 2, 3));
}

static void wrong_magic(void)
{
	struct object object = {.magic = 7};
	struct object *p = &object;

	MAGIC_CHECK(p, 8);
}

static void no_object(void)
{
	struct object *p = NULL;

	MAGIC_CHECK(p, 8);
}

static bool aborts(void (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct rlimit none = {0};
		int null = open("/dev/null", O_WRONLY);

		setrlimit(RLIMIT_CORE, &none);
		dup2(null, STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) || WEXITSTATUS(status) != 0; /* a sanitizer may end it in its own way */
}

static void aborts_rather_than_go_on(void **state)
{
	struct object object = {.magic = 7};
	struct object *p = &object;

	(void)state;
	assert_true(aborts(overflow));
	assert_true(aborts(overflow_again));
	assert_true(aborts(wrong_magic));
	assert_true(aborts(no_object));
	MAGIC_CHECK(p, 7);
}

static void vec_grows(void **state)
{
	struct {
		int *v;
		size_t n, cap;
	} a = {0};
	struct pair {
		int first, second;
	} pair;

	(void)state;
	for (int i = 0; i < 1000; i++)
		vec_push(&a, i);
	assert_int_equal(a.n, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(a.v[i], i);
	vec_reserve(&a, 5000);
	assert_true(a.cap >= 6000);
	vec_clear(&a);
	assert_int_equal(a.n, 0);
	vec_fini(&a);
	assert_null(a.v);
	assert_ptr_equal(container_of(&pair.second, struct pair, second), &pair);
	assert_int_equal(ARRAY_LEN(((int[]){1, 2, 3})), 3);
}

static void errors_have_words(void **state)
{
	(void)state;
	assert_string_equal(err_text(ERR_NOT_FOUND), "not found");
	for (int i = ERR_OK; i <= ERR_CLOSED; i++) {
		assert_string_not_equal(err_text((enum err)i), "unknown error");
		for (int j = ERR_OK; j < i; j++)
			assert_string_not_equal(err_text((enum err)i), err_text((enum err)j));
	}
	assert_string_equal(err_text((enum err)77), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(allocates),
	    cmocka_unit_test(aborts_rather_than_go_on),
	    cmocka_unit_test(vec_grows),
	    cmocka_unit_test(errors_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
