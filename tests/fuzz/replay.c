/* replay: runs a fuzzer where there is no libFuzzer: every file of its corpus as it is,
 * then seeded mutations of them, each in a block of exactly its size.
 *
 *     FUZZER [-n MUTATIONS] [-t SECONDS] [-s SEED] [-k FILE] FILE|DIR...
 *
 * It ends after so many mutations or seconds, whichever comes first; the same seed
 * makes the same mutations in the same order. When something broke, run it again with
 * `-k FILE` (slower): each input is written there before it is tried. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define INPUT_MAX 65536u /* octets; more of a file are not read */

struct input {
	uint8_t *octets;
	size_t len;
};

struct inputs {
	struct input *v;
	size_t n, cap;
};

struct replay {
	struct inputs inputs;
	unsigned long mutations;
	double seconds;
	uint64_t seed;
	const char *keep;
};

static void load_file(struct inputs *inputs, const char *path)
{
	struct input input = {mem_alloc(INPUT_MAX), 0};
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	input.len = fread(input.octets, 1, INPUT_MAX, file);
	fclose(file);
	vec_push(inputs, input);
}

/* Sorted: the same seed gives the same run. */
static void load(struct inputs *inputs, const char *path)
{
	struct dirent **entries = NULL;
	struct stat st;
	int n;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		load_file(inputs, path);
		return;
	}
	n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			char *child = str_format("%s/%s", path, entries[i]->d_name);

			load(inputs, child);
			free(child);
		}
		free(entries[i]);
	}
	free(entries);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static void try_exactly(const struct replay *replay, const uint8_t *octets, size_t len)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	FILE *file;

	if (copy == NULL)
		abort();
	memcpy(copy, octets, len);
	if (replay->keep != NULL && (file = fopen(replay->keep, "wb")) != NULL) {
		fwrite(octets, 1, len, file);
		fclose(file);
	}
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

/* A piece of another input goes in at `at`; the new length. */
static size_t splice(uint8_t *buf, size_t len, size_t at, const struct input *other, uint64_t *seed)
{
	size_t from, size;

	if (other->len == 0)
		return len;
	from = next_random(seed) % other->len;
	size = 1 + next_random(seed) % (other->len - from);
	if (size > 64)
		size = 64;
	if (len + size > INPUT_MAX)
		return len;
	memmove(buf + at + size, buf + at, len - at);
	memcpy(buf + at, other->octets + from, size);
	return len + size;
}

static void try_mutation(const struct replay *replay, const struct input *input, uint64_t *seed)
{
	/* Lengths and tags of BER, and what means something in text. */
	static const uint8_t telling[] = "\x00\x01\x02\x04\x05\x06\x30\x46\x7f\x80\x81\x82\x84\xa2\xff"
					 "\t\n \"#%&'()*+,-./09:<=>?@AZ[\\]_az{|}~";
	const struct inputs *all = &replay->inputs;
	uint8_t buf[INPUT_MAX];
	size_t len = input->len;

	memcpy(buf, input->octets, len);
	for (uint32_t n = 1 + next_random(seed) % 5; n > 0 && len > 0; n--) {
		size_t at = next_random(seed) % len;

		switch (next_random(seed) % 6) {
		case 0:
			buf[at] = (uint8_t)next_random(seed);
			break;
		case 1:
			buf[at] = telling[next_random(seed) % (sizeof telling - 1)];
			break;
		case 2:
			buf[at] = (uint8_t)(buf[at] ^ 1u << next_random(seed) % 8);
			break;
		case 3:
			len = at;
			break;
		case 4:
			len = splice(buf, len, at, &all->v[next_random(seed) % all->n], seed);
			break;
		default: /* an octet less, lengths unchanged */
			memmove(buf + at, buf + at + 1, --len - at);
		}
	}
	try_exactly(replay, buf, len);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned long run(const struct replay *replay)
{
	uint64_t seed = replay->seed;
	double end = now() + replay->seconds;
	unsigned long done = 0;

	for (size_t i = 0; i < replay->inputs.n; i++)
		try_exactly(replay, replay->inputs.v[i].octets, replay->inputs.v[i].len);
	for (; done < replay->mutations && now() < end; done++)
		try_mutation(replay, &replay->inputs.v[next_random(&seed) % replay->inputs.n], &seed);
	return done;
}

int main(int argc, char **argv)
{
	struct replay replay = {.mutations = 100000, .seconds = 3600, .seed = 1};

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "-n") == 0)
			replay.mutations = strtoul(value, NULL, 10);
		else if (strcmp(argv[i], "-t") == 0)
			replay.seconds = strtod(value, NULL);
		else if (strcmp(argv[i], "-s") == 0)
			replay.seed = strtoull(value, NULL, 10);
		else if (strcmp(argv[i], "-k") == 0)
			replay.keep = value;
		else {
			load(&replay.inputs, argv[i]);
			continue;
		}
		i++;
	}
	if (replay.inputs.n == 0) {
		fprintf(stderr, "usage: %s [-n MUTATIONS] [-t SECONDS] [-s SEED] [-k FILE] FILE|DIR...\n",
		    argv[0]);
		return 2;
	}
	printf("%zu inputs, %lu mutations\n", replay.inputs.n, run(&replay));
	for (size_t i = 0; i < replay.inputs.n; i++)
		free(replay.inputs.v[i].octets);
	vec_fini(&replay.inputs);
	return 0;
}
