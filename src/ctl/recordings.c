#include "ctl/recordings.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "play/recfile.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SNMPREC ".snmprec"
#define WALK	".walk"

/* Objects of `more` go before those of the same name. */
static void add_all(struct recording *recording, const struct recording *more)
{
	for (size_t i = 0; i < recording_count(more); i++) {
		const struct recorded *object = recording_at(more, i);

		if (recording_add(recording, object->name, object->name_len, &object->value) != ERR_OK)
			return; /* as many as a recording takes */
	}
}

void recordings_add(struct recordings *recordings, const struct recording *recording)
{
	struct recording *copy = recording_new();

	add_all(copy, recording);
	recording_sort(copy);
	vec_push(recordings, copy);
}

void recordings_name(struct recordings *recordings, const char *name)
{
	vec_push(&recordings->names, mem_strdup(name));
}

void recordings_fini(struct recordings *recordings)
{
	for (size_t i = 0; i < recordings->n; i++)
		recording_free(recordings->v[i]);
	vec_fini(recordings);
	for (size_t i = 0; i < recordings->names.n; i++)
		free(recordings->names.v[i]);
	vec_fini(&recordings->names);
}

/* --- files --- */

/* NULL after a message. */
static struct recording *read_file(const char *path)
{
	struct reading reading;
	struct recording *recording;

	reading_init(&reading, path);
	recording = recfile_read(path, &reading);
	fputs(str_text(&reading.text), stderr);
	reading_fini(&reading);
	return recording;
}

static bool take_file(struct recordings *recordings, const char *path)
{
	struct recording *recording = read_file(path);

	if (recording == NULL)
		return false;
	vec_push(recordings, recording);
	recordings_name(recordings, path);
	return true;
}

static int64_t epoch_of(const char *path)
{
	const char *at = strrchr(path, '@');

	return at != NULL ? strtoll(at + 1, NULL, 10) : 0;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = epoch_of(*(char *const *)a), y = epoch_of(*(char *const *)b);

	return (x > y) - (x < y);
}

/* NAME@EPOCH.snmprec, in the order of their times. */
static bool read_cycles(struct recordings *recordings, const char *first)
{
	size_t len = strlen(first) - strlen(SNMPREC);
	struct str pattern = {0};
	glob_t found;
	bool good = true;

	for (size_t i = 0; i < len; i++) {
		if (strchr("*?[]\\", first[i]) != NULL)
			str_add_char(&pattern, '\\');
		str_add_char(&pattern, first[i]);
	}
	str_add(&pattern, "@[0-9]*" SNMPREC);
	if (glob(str_text(&pattern), 0, NULL, &found) == 0) {
		qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, by_time);
		for (size_t i = 0; i < found.gl_pathc && good; i++)
			good = take_file(recordings, found.gl_pathv[i]);
		globfree(&found);
	}
	str_fini(&pattern);
	return good;
}

/* NAME.2.walk, if it is there: what is in it goes before what was. */
static bool read_second(struct recordings *recordings, const char *first)
{
	char *path = str_format("%.*s.2" WALK, (int)(strlen(first) - strlen(WALK)), first);
	struct recording *second = NULL, *whole;
	bool good = access(path, F_OK) != 0;

	if (!good) {
		second = read_file(path);
		good = second != NULL;
	}
	if (second != NULL) {
		whole = recording_new();
		add_all(whole, recordings->v[0]);
		add_all(whole, second);
		recording_sort(whole);
		vec_push(recordings, whole);
		recordings_name(recordings, path);
	}
	recording_free(second);
	free(path);
	return good;
}

bool recordings_read(struct recordings *recordings, const char *path)
{
	if (!take_file(recordings, path))
		return false;
	if (str_ends(path, SNMPREC))
		return read_cycles(recordings, path);
	return !str_ends(path, WALK) || read_second(recordings, path);
}
