/* A directory of a test's own, and files in it. */
#ifndef TESTS_CONFIG_PLACE_H
#define TESTS_CONFIG_PLACE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <ftw.h>

struct place {
	char dir[64];
};

static inline void place_init(struct place *place)
{
	snprintf(place->dir, sizeof place->dir, "/tmp/rollcall-test-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
}

/* In a buffer that holds until the call after the next seven. */
static inline const char *place_path(const struct place *place, const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", place->dir, name);
	return path;
}

static inline void place_dir(const struct place *place, const char *name)
{
	assert_int_equal(mkdir(place_path(place, name), 0755), 0);
}

static inline void place_file(const struct place *place, const char *name, mode_t mode, const char *text)
{
	const char *path = place_path(place, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static inline int place_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void place_fini(struct place *place)
{
	nftw(place->dir, place_remove, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
