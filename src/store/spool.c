#include "store/spool.h"
#include "store/segment.h"
#include "store/seriesnote.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_OF_OURS 40
#define NOTES_BLOCK	 65536
#define READERS_MAX	 4
#define READER_NAME_MAX	 16

struct mark {
	char *folder;
	struct spool_position until;
};

struct spool {
	char *path; /* STATE/spool */
	struct series_table *table;
	_Atomic uint64_t segment_max, max;

	/* The appending thread's. */
	struct segment samples, series;
	int64_t began;	  /* monotonic ns, of the segment */
	size_t n_noted;	  /* series of the table that the run's file has */
	struct str notes; /* scratch */
	bool new_names;	  /* since the folder was last synced */

	pthread_mutex_t lock; /* of all below */
	int folder;	      /* -1 = cannot be had */
	uint32_t run;	      /* 0 = this run has no segment yet */
	uint32_t next;	      /* number of the next segment */
	uint64_t bytes;
	struct {
		struct spool_segment *v;
		size_t n, cap;
	} segments; /* in order; the last one may be the one that is written */
	struct {
		struct mark *v;
		size_t n, cap;
	} marks;
	struct {
		char name[READER_NAME_MAX];
		uint32_t needs; /* from this segment on; UINT32_MAX = gone */
	} readers[READERS_MAX];
	int n_readers;
};

/* ---- names ---- */

static void name_of(char out[NAME_MAX_OF_OURS], uint32_t number, const char *what)
{
	snprintf(out, NAME_MAX_OF_OURS, "%010" PRIu32 ".%s", number, what);
}

static bool number_of(const char *name, const char *what, uint32_t *number)
{
	char again[NAME_MAX_OF_OURS];
	uint64_t n = strtoull(name, NULL, 10);

	if (n == 0 || n >= UINT32_MAX)
		return false;
	name_of(again, (uint32_t)n, what);
	*number = (uint32_t)n;
	return strcmp(again, name) == 0;
}

/* ---- what is there from before ---- */

static uint64_t size_of(struct spool *spool, const char *name)
{
	struct stat st;

	return fstatat(spool->folder, name, &st, 0) == 0 ? (uint64_t)st.st_size : 0;
}

/* One that was made and got no head, as the machine died, says nothing; one with a bad head is kept aside. */
static void set_aside(struct spool *spool, uint32_t number)
{
	char name[NAME_MAX_OF_OURS], aside[NAME_MAX_OF_OURS];

	name_of(name, number, "samples");
	name_of(aside, number, "samples.bad");
	if (size_of(spool, name) < 40)
		(void)unlinkat(spool->folder, name, 0);
	else if (renameat(spool->folder, name, spool->folder, aside) == 0)
		log_error("damaged segment of the spool set aside", "file=%s/%s", spool->path, aside);
}

static void find_segment(struct spool *spool, const char *name, uint32_t number)
{
	struct segment_reader reader;
	enum err err = segment_open(&reader, spool->folder, name);

	if (number >= spool->next)
		spool->next = number + 1;
	if (err == ERR_OK && reader.head.kind == SEGMENT_SAMPLES && reader.head.number == number) {
		struct spool_segment segment = {number, reader.head.run, size_of(spool, name), true};

		vec_push(&spool->segments, segment);
		spool->bytes += segment.end;
	} else if (err == ERR_UNSUPPORTED) {
		log_error("segment of the spool is another version's and stays as it is", "file=%s/%s",
		    spool->path, name);
	} else if (err != ERR_IO) {
		set_aside(spool, number);
	}
	segment_reader_close(&reader);
}

static int by_number(const void *a, const void *b)
{
	const struct spool_segment *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static void scan(struct spool *spool)
{
	int copy = fcntl(spool->folder, F_DUPFD_CLOEXEC, 0);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	uint32_t number;

	if (dir == NULL) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (number_of(entry->d_name, "samples", &number)) {
			find_segment(spool, entry->d_name, number);
		} else if (number_of(entry->d_name, "series", &number)) {
			/* A run whose first segment is gone: its number is not used again. */
			spool->next = number >= spool->next ? number + 1 : spool->next;
			spool->bytes += size_of(spool, entry->d_name);
		}
	}
	closedir(dir);
	if (spool->segments.n > 0)
		qsort(spool->segments.v, spool->segments.n, sizeof *spool->segments.v, by_number);
}

static void read_marks(struct spool *spool)
{
	char line[1024], folder[512];
	FILE *in;
	int fd = openat(spool->folder, "renamed", O_RDONLY | O_CLOEXEC);

	in = fd < 0 ? NULL : fdopen(fd, "r");
	if (in == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (fgets(line, sizeof line, in) != NULL) {
		struct mark mark = {0};

		if (sscanf(line, "%" SCNu32 " %" SCNu64 " %511s", &mark.until.number, &mark.until.offset,
			folder) == 3) {
			mark.folder = mem_strdup(folder);
			vec_push(&spool->marks, mark);
		}
	}
	fclose(in);
}

/* With the lock. */
static bool open_folder(struct spool *spool)
{
	if (spool->folder >= 0)
		return true;
	if (mkdir(spool->path, 0750) != 0 && errno != EEXIST)
		return false;
	spool->folder = open(spool->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spool->folder < 0)
		return false;
	scan(spool);
	read_marks(spool);
	return true;
}

struct spool *spool_open(const char *state, struct series_table *table)
{
	struct spool *spool = mem_alloc(sizeof *spool);

	spool->path = str_format("%s/spool", state);
	spool->table = table;
	spool->segment_max = SPOOL_SEGMENT;
	spool->max = SPOOL_MAX;
	spool->samples.fd = spool->series.fd = spool->folder = -1;
	spool->next = 1;
	pthread_mutex_init(&spool->lock, NULL);
	(void)open_folder(spool);
	return spool;
}

void spool_close(struct spool *spool)
{
	if (spool == NULL)
		return;
	segment_close(&spool->samples);
	segment_close(&spool->series);
	if (spool->folder >= 0)
		close(spool->folder);
	for (size_t i = 0; i < spool->marks.n; i++)
		free(spool->marks.v[i].folder);
	vec_fini(&spool->marks);
	vec_fini(&spool->segments);
	str_fini(&spool->notes);
	pthread_mutex_destroy(&spool->lock);
	free(spool->path);
	free(spool);
}

void spool_limit(struct spool *spool, uint64_t segment, uint64_t max)
{
	spool->segment_max = segment;
	spool->max = max;
}

/* ---- appending ---- */

static enum err begin_run(struct spool *spool, int64_t wall)
{
	char name[NAME_MAX_OF_OURS];
	struct segment_head head = {SEGMENT_VERSION, SEGMENT_SERIES, spool->next, spool->next, wall};
	enum err err;

	name_of(name, spool->next, "series");
	err = segment_create(&spool->series, spool->folder, name, &head);
	if (err != ERR_OK)
		return err;
	spool->run = spool->next;
	spool->bytes += spool->series.end;
	spool->n_noted = 0;
	spool->new_names = true;
	return ERR_OK;
}

static enum err begin_segment(struct spool *spool, const struct batch *batch)
{
	char name[NAME_MAX_OF_OURS];
	struct segment_head head = {.version = SEGMENT_VERSION, .kind = SEGMENT_SAMPLES, .wall = batch->wall};
	struct spool_segment segment;
	enum err err = ERR_OK;

	pthread_mutex_lock(&spool->lock);
	if (!open_folder(spool))
		err = ERR_IO;
	else if (spool->run == 0)
		err = begin_run(spool, batch->wall);
	if (err == ERR_OK) {
		head.run = spool->run;
		head.number = spool->next;
		name_of(name, head.number, "samples");
		err = segment_create(&spool->samples, spool->folder, name, &head);
	}
	if (err == ERR_OK) {
		segment = (struct spool_segment){head.number, head.run, spool->samples.end, false};
		vec_push(&spool->segments, segment);
		spool->bytes += segment.end;
		spool->next++;
		spool->began = batch->mono;
		spool->new_names = true;
	}
	pthread_mutex_unlock(&spool->lock);
	return err;
}

/* Ends the segment that is written, if one is. */
static enum err seal(struct spool *spool)
{
	enum err err = spool_sync(spool);

	if (spool->samples.fd < 0)
		return ERR_OK;
	segment_close(&spool->samples);
	pthread_mutex_lock(&spool->lock);
	/* It may be deleted already: nothing in it was needed any more. */
	for (size_t i = 0; i < spool->segments.n; i++)
		spool->segments.v[i].sealed = true;
	pthread_mutex_unlock(&spool->lock);
	return err;
}

static enum err put_notes(struct spool *spool)
{
	uint64_t before = spool->series.end;
	enum err err = segment_append(&spool->series, spool->notes.s, spool->notes.len);

	str_clear(&spool->notes);
	pthread_mutex_lock(&spool->lock);
	spool->bytes += spool->series.end - before;
	pthread_mutex_unlock(&spool->lock);
	return err;
}

/* What the numbers mean that this batch may have. */
static enum err note_series(struct spool *spool)
{
	size_t n = series_table_count(spool->table), noted = spool->n_noted;
	enum err err = ERR_OK;

	str_clear(&spool->notes);
	while (err == ERR_OK && noted < n) {
		seriesnote_add(&spool->notes, series_table_at(spool->table, (series_id)noted++));
		if (spool->notes.len < NOTES_BLOCK && noted < n)
			continue;
		err = put_notes(spool);
		if (err == ERR_OK)
			spool->n_noted = noted;
	}
	return err;
}

enum err spool_append(struct spool *spool, const struct batch *batch)
{
	size_t len = batch->n_words * sizeof *batch->words;
	enum err err = ERR_OK;

	/* Also what happens between two batches counts: the bound is no more exact than a batch. */
	if (spool_bytes(spool) + segment_block_size(len) > spool->max)
		return ERR_FULL;
	if (spool->samples.fd >= 0 &&
	    (spool->samples.end >= spool->segment_max || batch->mono - spool->began >= SPOOL_AGE)) {
		err = seal(spool);
		if (err != ERR_OK)
			return err;
	}
	if (spool->samples.fd < 0)
		err = begin_segment(spool, batch);
	if (err == ERR_OK)
		err = note_series(spool);
	if (err == ERR_OK)
		err = segment_append(&spool->samples, batch->words, len);
	if (err != ERR_OK)
		return err;
	pthread_mutex_lock(&spool->lock);
	if (spool->segments.n > 0) {
		struct spool_segment *last = &spool->segments.v[spool->segments.n - 1];

		spool->bytes += spool->samples.end - last->end;
		last->end = spool->samples.end;
	}
	pthread_mutex_unlock(&spool->lock);
	return ERR_OK;
}

enum err spool_sync(struct spool *spool)
{
	enum err err = segment_sync(&spool->series);

	if (err == ERR_OK)
		err = segment_sync(&spool->samples);
	if (err == ERR_OK && spool->new_names)
		err = fsync(spool->folder) == 0 ? ERR_OK : ERR_IO;
	if (err == ERR_OK)
		spool->new_names = false;
	return err;
}

/* ---- what others ask ---- */

struct spool_position spool_end(struct spool *spool)
{
	struct spool_position end;

	pthread_mutex_lock(&spool->lock);
	end = (struct spool_position){spool->next, 0};
	if (spool->segments.n > 0 && !spool->segments.v[spool->segments.n - 1].sealed)
		end = (struct spool_position){spool->segments.v[spool->segments.n - 1].number,
		    spool->segments.v[spool->segments.n - 1].end};
	pthread_mutex_unlock(&spool->lock);
	return end;
}

uint64_t spool_bytes(struct spool *spool)
{
	uint64_t bytes;

	pthread_mutex_lock(&spool->lock);
	bytes = spool->bytes;
	pthread_mutex_unlock(&spool->lock);
	return bytes;
}

uint64_t spool_max(struct spool *spool)
{
	return spool->max;
}

bool spool_segment_from(struct spool *spool, uint32_t number, struct spool_segment *segment)
{
	bool found = false;

	pthread_mutex_lock(&spool->lock);
	for (size_t i = 0; i < spool->segments.n && !found; i++) {
		found = spool->segments.v[i].number >= number;
		if (found)
			*segment = spool->segments.v[i];
	}
	pthread_mutex_unlock(&spool->lock);
	return found;
}

bool spool_is_own_run(struct spool *spool, uint32_t run)
{
	bool own;

	pthread_mutex_lock(&spool->lock);
	own = run == spool->run;
	pthread_mutex_unlock(&spool->lock);
	return own;
}

int spool_folder(struct spool *spool)
{
	int folder;

	pthread_mutex_lock(&spool->lock);
	folder = spool->folder;
	pthread_mutex_unlock(&spool->lock);
	return folder;
}

struct series_table *spool_series(struct spool *spool)
{
	return spool->table;
}

/* ---- renamed devices ---- */

/* A small file whole under its name, or not at all. */
static enum err write_file(int folder, const char *name, const char *text)
{
	size_t len = strlen(text);
	char temporary[NAME_MAX_OF_OURS + 8];
	int fd, saved;
	bool good;

	snprintf(temporary, sizeof temporary, "%s.new", name);
	fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return ERR_IO;
	good = write(fd, text, len) == (ssize_t)len && fdatasync(fd) == 0;
	saved = errno;
	close(fd);
	errno = saved;
	if (good && renameat(folder, temporary, folder, name) == 0 && fsync(folder) == 0)
		return ERR_OK;
	saved = errno;
	(void)unlinkat(folder, temporary, 0);
	errno = saved;
	return ERR_IO;
}

/* With the lock. Marks that no segment is left for are dropped. */
static enum err write_marks(struct spool *spool)
{
	struct str text = {0};
	enum err err;
	size_t kept = 0;

	for (size_t i = 0; i < spool->marks.n; i++) {
		struct mark *mark = &spool->marks.v[i];

		if (spool->segments.n == 0 || mark->until.number < spool->segments.v[0].number) {
			free(mark->folder);
			continue;
		}
		str_addf(&text, "%" PRIu32 " %" PRIu64 " %s\n", mark->until.number, mark->until.offset,
		    mark->folder);
		spool->marks.v[kept++] = *mark;
	}
	spool->marks.n = kept;
	err = write_file(spool->folder, "renamed", str_text(&text));
	str_fini(&text);
	return err;
}

enum err spool_mark_renamed(struct spool *spool, const char *folder)
{
	struct mark mark = {.folder = mem_strdup(folder), .until = spool_end(spool)};
	enum err err = ERR_OK;

	pthread_mutex_lock(&spool->lock);
	vec_push(&spool->marks, mark);
	if (spool->folder >= 0 && spool->segments.n > 0)
		err = write_marks(spool);
	pthread_mutex_unlock(&spool->lock);
	return err;
}

bool spool_is_renamed(struct spool *spool, const char *path, struct spool_position position)
{
	size_t len = strcspn(path, "/");
	bool renamed = false;

	pthread_mutex_lock(&spool->lock);
	for (size_t i = 0; i < spool->marks.n && !renamed; i++) {
		const struct mark *mark = &spool->marks.v[i];

		renamed = strlen(mark->folder) == len && memcmp(mark->folder, path, len) == 0 &&
			  spool_before(position, mark->until);
	}
	pthread_mutex_unlock(&spool->lock);
	return renamed;
}

/* ---- readers ---- */

static uint32_t read_cursor(struct spool *spool, const char *name)
{
	char file[NAME_MAX_OF_OURS], text[32] = "";
	ssize_t n;
	int fd;

	snprintf(file, sizeof file, "%s.cursor", name);
	fd = openat(spool->folder, file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	return n > 0 ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

int spool_reader_add(struct spool *spool, const char *name, uint32_t *number)
{
	int reader;
	uint32_t cursor;

	pthread_mutex_lock(&spool->lock);
	assert(spool->n_readers < READERS_MAX && strlen(name) < READER_NAME_MAX);
	reader = spool->n_readers++;
	snprintf(spool->readers[reader].name, READER_NAME_MAX, "%s", name);
	cursor = spool->folder < 0 ? 0 : read_cursor(spool, name);
	/* After a clean end there may be no segment that tells how far the numbers got. */
	if (cursor > spool->next)
		spool->next = cursor;
	if (cursor > *number)
		*number = cursor;
	spool->readers[reader].needs = *number;
	pthread_mutex_unlock(&spool->lock);
	return reader;
}

/* With the lock. Whether a segment from place `from` on is of that run. */
static bool run_is_needed(const struct spool *spool, size_t from, uint32_t run)
{
	for (size_t i = from; i < spool->segments.n; i++)
		if (spool->segments.v[i].run == run)
			return true;
	return run == spool->run;
}

static void remove_file(struct spool *spool, uint32_t number, const char *what, uint64_t bytes)
{
	char name[NAME_MAX_OF_OURS];

	name_of(name, number, what);
	if (bytes == 0)
		bytes = size_of(spool, name);
	if (unlinkat(spool->folder, name, 0) == 0 || errno == ENOENT)
		spool->bytes -= bytes < spool->bytes ? bytes : spool->bytes;
	else
		log_error("segment of the spool cannot be deleted", "file=%s/%s err=\"%s\"", spool->path,
		    name, strerror(errno));
}

/* With the lock. The segment that is written stays, whatever its number. */
static void remove_unneeded(struct spool *spool)
{
	uint32_t needed = UINT32_MAX;
	size_t gone = 0;

	for (int i = 0; i < spool->n_readers; i++)
		if (spool->readers[i].needs < needed)
			needed = spool->readers[i].needs;
	while (gone < spool->segments.n && spool->segments.v[gone].sealed &&
	       spool->segments.v[gone].number < needed)
		gone++;
	for (size_t i = 0; i < gone; i++) {
		const struct spool_segment *segment = &spool->segments.v[i];

		remove_file(spool, segment->number, "samples", segment->end);
		if ((i + 1 == gone || segment[1].run != segment->run) &&
		    !run_is_needed(spool, gone, segment->run))
			remove_file(spool, segment->run, "series", 0);
	}
	if (gone == 0)
		return;
	spool->segments.n -= gone;
	memmove(spool->segments.v, spool->segments.v + gone, spool->segments.n * sizeof *spool->segments.v);
	/* Marks that stay too long do no harm. */
	if (spool->marks.n > 0 && write_marks(spool) != ERR_OK)
		log_debug("marks of the spool are not written", "err=%s", strerror(errno));
}

void spool_reader_passed(struct spool *spool, int reader, uint32_t number)
{
	char file[NAME_MAX_OF_OURS], text[32];

	pthread_mutex_lock(&spool->lock);
	if (spool->folder >= 0 && number > spool->readers[reader].needs) {
		snprintf(file, sizeof file, "%s.cursor", spool->readers[reader].name);
		snprintf(text, sizeof text, "%" PRIu32 "\n", number);
		/* Without the cursor the segments are replayed once more, and all in them is known then. */
		if (write_file(spool->folder, file, text) != ERR_OK)
			log_debug("cursor of the spool is not written", "err=%s", strerror(errno));
		spool->readers[reader].needs = number;
		remove_unneeded(spool);
	}
	pthread_mutex_unlock(&spool->lock);
}

void spool_reader_gone(struct spool *spool, int reader)
{
	pthread_mutex_lock(&spool->lock);
	spool->readers[reader].needs = UINT32_MAX;
	pthread_mutex_unlock(&spool->lock);
}
