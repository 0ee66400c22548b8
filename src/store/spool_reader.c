#include "store/spool_reader.h"
#include "store/segment.h"
#include "store/seriesnote.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct spool_reader {
	struct spool *spool;
	int place_in_spool;
	struct spool_position place;
	struct segment_reader file; /* fd -1 = none is open */
	/* What the numbers of the open file's run are here; of this run they are what they are. */
	uint32_t run; /* 0 = none is read */
	series_id *ids;
	size_t n_ids;
	struct spool_damage damage;
};

struct spool_reader *spool_reader_new(struct spool *spool, const char *name)
{
	struct spool_reader *reader = mem_alloc(sizeof *reader);

	reader->spool = spool;
	reader->file.fd = -1;
	reader->place_in_spool = spool_reader_add(spool, name, &reader->place.number);
	return reader;
}

static void close_file(struct spool_reader *reader)
{
	reader->damage.octets += reader->file.damaged;
	segment_reader_close(&reader->file);
	reader->file.damaged = 0;
}

void spool_reader_free(struct spool_reader *reader)
{
	if (reader == NULL)
		return;
	close_file(reader);
	spool_reader_gone(reader->spool, reader->place_in_spool);
	free(reader->ids);
	free(reader);
}

/* ---- an earlier run's series ---- */

static void learn(struct spool_reader *reader, const struct seriesnote *note)
{
	size_t n = note->id + (size_t)1;

	if (note->id == SERIES_NONE || n > reader->n_ids + (1u << 20))
		return;
	if (n > reader->n_ids) {
		reader->ids = mem_realloc(reader->ids, n, sizeof *reader->ids);
		while (reader->n_ids < n)
			reader->ids[reader->n_ids++] = SERIES_NONE;
	}
	reader->ids[note->id] = series_table_restore(spool_series(reader->spool), note);
}

static void read_series(struct spool_reader *reader, uint32_t run)
{
	struct segment_reader file;
	struct seriesnote note;
	char name[40];

	reader->run = run;
	reader->n_ids = 0;
	snprintf(name, sizeof name, "%010" PRIu32 ".series", run);
	if (segment_open(&file, spool_folder(reader->spool), name) != ERR_OK) {
		log_error(
		    "the spool's series are not there, its samples cannot be replayed", "file=%s", name);
		return;
	}
	while (segment_next(&file, UINT64_MAX / 2) == ERR_OK)
		for (size_t at = 0; seriesnote_next((const char *)file.content, file.len, &at, &note);)
			learn(reader, &note);
	segment_reader_close(&file);
}

/* ---- samples ---- */

static void add(struct spool_reader *reader, struct batch *batch, const struct record *record, bool old,
    struct spool_position at)
{
	const struct series *series;
	series_id id = record->series;

	if (old)
		id = id < reader->n_ids ? reader->ids[id] : SERIES_NONE;
	series = id == SERIES_NONE ? NULL : series_table_at(spool_series(reader->spool), id);
	if (series == NULL || series->schema->n_ds != record->n)
		reader->damage.records++;
	else if (!(old && spool_is_renamed(reader->spool, series->path, at)))
		reader->damage.records += !batch_copy(batch, id, record);
}

/* The block that was read, as a batch of this run. */
static struct batch *translate(struct spool_reader *reader, bool old, struct spool_position at)
{
	struct batch *batch = batch_new(true), block = {.words = reader->file.content};
	struct record record;
	size_t next = 0;

	batch->pooled = false;
	block.n_words = reader->file.len / sizeof *block.words;
	while (batch_next(&block, &next, &record))
		add(reader, batch, &record, old, at);
	if (next != block.n_words)
		reader->damage.records++;
	return batch;
}

/* Opens the segment at the reader's place, or the next one that is there. False when there is none before
 * `until`. */
static bool open_file(struct spool_reader *reader, struct spool_position until)
{
	struct spool_segment segment;
	char name[40];
	enum err err;

	while (spool_segment_from(reader->spool, reader->place.number, &segment) &&
	       segment.number <= until.number) {
		snprintf(name, sizeof name, "%010" PRIu32 ".samples", segment.number);
		err = segment_open(&reader->file, spool_folder(reader->spool), name);
		if (err != ERR_OK) {
			log_error("segment of the spool cannot be read", "file=%s err=\"%s\"", name,
			    err == ERR_IO ? strerror(errno) : err_text(err));
			reader->damage.octets += segment.end;
			reader->place = (struct spool_position){segment.number + 1, 0};
			continue;
		}
		if (segment.number == reader->place.number && reader->place.offset > reader->file.at)
			reader->file.at = reader->place.offset;
		reader->place = (struct spool_position){segment.number, reader->file.at};
		if (!spool_is_own_run(reader->spool, segment.run) && segment.run != reader->run)
			read_series(reader, segment.run);
		return true;
	}
	return false;
}

/* How far the open segment may be read. */
static uint64_t end_of(struct spool_reader *reader, struct spool_position until)
{
	struct spool_segment segment;

	if (reader->place.number == until.number)
		return until.offset;
	return spool_segment_from(reader->spool, reader->place.number, &segment) &&
		       segment.number == reader->place.number
		   ? segment.end
		   : 0;
}

struct batch *spool_reader_next(struct spool_reader *reader, struct spool_position until, bool *old)
{
	struct spool_position at;
	enum err err;

	while (spool_before(reader->place, until)) {
		if (reader->file.fd < 0 && !open_file(reader, until))
			return NULL;
		at = reader->place;
		err = segment_next(&reader->file, end_of(reader, until));
		if (err == ERR_OK) {
			reader->place.offset = reader->file.at;
			*old = !spool_is_own_run(reader->spool, reader->file.head.run);
			return translate(reader, *old, at);
		}
		if (err == ERR_IO)
			log_error("segment of the spool cannot be read to its end",
			    "number=%" PRIu32 " err=\"%s\"", reader->place.number, strerror(errno));
		if (reader->place.number == until.number && err != ERR_IO)
			return NULL;
		close_file(reader);
		reader->place = (struct spool_position){reader->place.number + 1, 0};
	}
	return NULL;
}

void spool_reader_skip(struct spool_reader *reader, struct spool_position to)
{
	if (!spool_before(reader->place, to))
		return;
	if (reader->file.fd >= 0 && reader->place.number == to.number)
		reader->file.at = to.offset;
	else
		close_file(reader);
	reader->place = to;
}

struct spool_position spool_reader_place(const struct spool_reader *reader)
{
	return reader->place;
}

void spool_reader_release(struct spool_reader *reader, uint32_t number)
{
	spool_reader_passed(reader->spool, reader->place_in_spool, number);
}

struct spool_damage spool_reader_damage(const struct spool_reader *reader)
{
	struct spool_damage damage = reader->damage;

	damage.octets += reader->file.damaged;
	return damage;
}
