#include "unit/store/fixture.h"

#include "store/segment.h"

#include <fcntl.h>

#define NAME   "0000000007.samples"
#define BLOCKS 6

struct place {
	char folder[64];
	int fd;
	uint64_t begin[BLOCKS + 1]; /* of each block, and the end of the last */
};

static const struct segment_head head = {SEGMENT_VERSION, SEGMENT_SAMPLES, 5, 7, T0 *UNITS_SEC};

/* Block i has 8 (i + 1) + i octets of the value i. */
static size_t length(size_t i)
{
	return 8 * (i + 1) + i;
}

static void write_blocks(struct place *place)
{
	struct segment segment;
	uint8_t content[256];

	assert_int_equal(segment_create(&segment, place->fd, NAME, &head), ERR_OK);
	for (size_t i = 0; i < BLOCKS; i++) {
		place->begin[i] = segment.end;
		memset(content, (int)i, sizeof content);
		assert_int_equal(segment_append(&segment, content, length(i)), ERR_OK);
		assert_int_equal(segment.end - place->begin[i], segment_block_size(length(i)));
	}
	place->begin[BLOCKS] = segment.end;
	assert_int_equal(segment_sync(&segment), ERR_OK);
	segment_close(&segment);
}

static int set_up(void **state)
{
	struct place *place = mem_alloc(sizeof *place);

	strcpy(place->folder, "/tmp/rollcall-segment-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	place->fd = open(place->folder, O_RDONLY | O_DIRECTORY);
	assert_true(place->fd >= 0);
	write_blocks(place);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	close(place->fd);
	nftw(place->folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(place);
	return 0;
}

/* Which blocks can be read, as a set of bits; each must be whole. */
static unsigned readable(struct place *place, uint64_t until, uint64_t *damaged)
{
	struct segment_reader reader;
	unsigned found = 0;

	assert_int_equal(segment_open(&reader, place->fd, NAME), ERR_OK);
	while (segment_next(&reader, until) == ERR_OK) {
		const uint8_t *content = (const uint8_t *)reader.content;
		size_t i = content[0];

		assert_true(i < BLOCKS);
		assert_int_equal(reader.len, length(i));
		for (size_t b = 0; b < reader.len; b++)
			assert_int_equal(content[b], i);
		assert_true(found < 1u << i); /* in their order, none twice */
		found |= 1u << i;
	}
	*damaged = reader.damaged;
	segment_reader_close(&reader);
	return found;
}

static void overwrite(struct place *place, uint64_t at, uint8_t octet, uint8_t *before)
{
	int fd = openat(place->fd, NAME, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, before, 1, (off_t)at), 1);
	assert_int_equal(pwrite(fd, &octet, 1, (off_t)at), 1);
	close(fd);
}

static void blocks_come_out_as_they_went_in(void **state)
{
	struct place *place = *state;
	struct segment_reader reader;
	uint64_t damaged;

	assert_int_equal(readable(place, place->begin[BLOCKS], &damaged), (1u << BLOCKS) - 1);
	assert_int_equal(damaged, 0);
	/* No further than one is told. */
	assert_int_equal(readable(place, place->begin[3], &damaged), 7);
	assert_int_equal(segment_open(&reader, place->fd, NAME), ERR_OK);
	assert_memory_equal(&reader.head, &head, sizeof head);
	segment_reader_close(&reader);
}

static void a_torn_end_costs_the_last_block_alone(void **state)
{
	struct place *place = *state;
	uint64_t damaged;

	for (uint64_t end = place->begin[BLOCKS]; end >= place->begin[0]; end--) {
		unsigned whole = 0, content = 0;
		int fd = openat(place->fd, NAME, O_RDWR);

		assert_int_equal(ftruncate(fd, (off_t)end), 0);
		close(fd);
		for (size_t i = 0; i < BLOCKS; i++)
			whole |= place->begin[i + 1] <= end ? 1u << i : 0;
		for (size_t i = 0; i < BLOCKS; i++)
			content |= place->begin[i] + 16 + length(i) <= end ? 1u << i : 0;
		assert_int_equal(readable(place, end, &damaged), whole);
		/* One that believes the file longer does not miss what is padding alone. */
		assert_int_equal(readable(place, place->begin[BLOCKS], &damaged), content);
	}
}

static void a_damaged_octet_costs_its_block_alone(void **state)
{
	struct place *place = *state;
	uint64_t damaged;
	uint8_t before, none;

	for (uint64_t at = place->begin[0]; at < place->begin[BLOCKS]; at++) {
		size_t i = 0;

		while (place->begin[i + 1] <= at)
			i++;
		overwrite(place, at, 0x5a, &before);
		unsigned found = readable(place, place->begin[BLOCKS], &damaged);
		unsigned rest = ((1u << BLOCKS) - 1) & ~(1u << i);
		/* Padding may be anything, and so may what a head has no use for. */
		assert_true(found == rest || found == (rest | 1u << i));
		if (found == rest)
			assert_int_equal(damaged, place->begin[i + 1] - place->begin[i]);
		else
			assert_int_equal(damaged, 0);
		overwrite(place, at, before, &none);
	}
}

static void another_head_is_told(void **state)
{
	struct place *place = *state;
	struct segment_reader reader;
	struct segment segment;
	struct segment_head later = head;
	uint8_t before, none;

	for (uint64_t at = 0; at < 36; at++) {
		overwrite(place, at, 0x5a, &before);
		assert_int_equal(segment_open(&reader, place->fd, NAME), ERR_CORRUPT);
		overwrite(place, at, before, &none);
	}
	later.version++;
	assert_int_equal(segment_create(&segment, place->fd, "later", &later), ERR_OK);
	assert_int_equal(segment_create(&segment, place->fd, NAME, &head), ERR_IO); /* there is one */
	segment_close(&segment);
	assert_int_equal(segment_open(&reader, place->fd, "later"), ERR_UNSUPPORTED);
	assert_int_equal(segment_open(&reader, place->fd, "none"), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(blocks_come_out_as_they_went_in, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_torn_end_costs_the_last_block_alone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_damaged_octet_costs_its_block_alone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(another_head_is_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
