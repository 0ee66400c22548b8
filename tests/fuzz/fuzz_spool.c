/* Fuzzes what is read from the spool: a segment as a file, and, behind its checksums, notes and records. */
#include "fuzz/input.h"

#include "base/str.h"
#include "store/batch.h"
#include "store/segment.h"
#include "store/seriesnote.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void read_segment(const uint8_t *octets, size_t len)
{
	struct input_folder folder;
	struct segment_reader reader;
	char *path;
	int fd;

	input_folder_init(&folder);
	path = input_folder_put(&folder, "segment", octets, len);
	fd = open(folder.path, O_RDONLY | O_DIRECTORY);
	if (segment_open(&reader, fd, "segment") == ERR_OK) {
		while (segment_next(&reader, len) == ERR_OK)
			if (reader.at > len || reader.len > SEGMENT_BLOCK_MAX)
				abort();
		if (reader.at > len || reader.damaged > len)
			abort();
	}
	segment_reader_close(&reader);
	close(fd);
	free(path);
	input_folder_fini(&folder);
}

static void read_notes(const uint8_t *octets, size_t len)
{
	char *block = malloc(len + 1);
	struct seriesnote note;
	size_t at = 0;

	memcpy(block, octets, len);
	while (seriesnote_next(block, len, &at, &note)) {
		if (at > len || note.n_ds == 0 || note.path[0] == '/' || strstr(note.path, "/../") != NULL ||
		    str_starts(note.path, "../"))
			abort();
	}
	free(block);
}

static void read_records(const uint8_t *octets, size_t len)
{
	struct batch *batch = batch_new(true);
	struct record record;
	size_t at = 0;
	uint64_t sum = 0;

	batch->n_words = len / sizeof *batch->words < BATCH_WORDS ? len / sizeof *batch->words : BATCH_WORDS;
	memcpy(batch->words, octets, batch->n_words * sizeof *batch->words);
	while (batch_next(batch, &at, &record)) {
		for (size_t i = 0; i < record.n; i++)
			sum += record_raw(&record, i).bits + record_raw(&record, i).form;
		if (at > batch->n_words)
			abort();
	}
	(void)sum;
	batch_free(batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	read_segment(octets, len);
	read_notes(octets, len);
	read_records(octets, len);
	return 0;
}
