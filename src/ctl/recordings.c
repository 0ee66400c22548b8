#include "ctl/recordings.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "play/snmprec.h"

#include <errno.h>
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

/* On top of `before`, where that is not NULL. */
static bool read_file(struct recordings *recordings, const struct invocation *invocation, const char *path,
    const struct recording *before)
{
	struct recording *recording = recording_new();
	struct reading reading;
	FILE *file = fopen(path, "r");
	enum err err = ERR_IO;

	reading_init(&reading, path);
	if (before != NULL)
		add_all(recording, before);
	if (file != NULL)
		err = str_ends(path, SNMPREC) ? snmprec_read(file, recording, &reading) : ERR_UNSUPPORTED;
	reading_end(&reading);
	fputs(str_text(&reading.text), stderr);
	recording_sort(recording);
	if (err != ERR_OK) {
		invocation_mistake(invocation, "cannot read '%s': %s", path,
		    err == ERR_IO ? strerror(errno) : err_text(err));
	} else if (recording_count(recording) == 0) {
		invocation_mistake(invocation,
		    "there is no object in '%s'; it is to be a .snmprec, or what snmpwalk -On prints", path);
		err = ERR_INVALID;
	}
	if (file != NULL)
		fclose(file);
	reading_fini(&reading);
	if (err != ERR_OK) {
		recording_free(recording);
		return false;
	}
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
static bool read_cycles(struct recordings *recordings, const struct invocation *invocation, const char *first)
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
			good = read_file(recordings, invocation, found.gl_pathv[i], NULL);
		globfree(&found);
	}
	str_fini(&pattern);
	return good;
}

/* NAME.2.walk, if it is there. */
static bool read_second(struct recordings *recordings, const struct invocation *invocation, const char *first)
{
	char *path = str_format("%.*s.2" WALK, (int)(strlen(first) - strlen(WALK)), first);
	bool good = access(path, F_OK) != 0 || read_file(recordings, invocation, path, recordings->v[0]);

	free(path);
	return good;
}

bool recordings_read(struct recordings *recordings, const struct invocation *invocation, const char *path)
{
	if (!read_file(recordings, invocation, path, NULL))
		return false;
	if (str_ends(path, SNMPREC))
		return read_cycles(recordings, invocation, path);
	return !str_ends(path, WALK) || read_second(recordings, invocation, path);
}
