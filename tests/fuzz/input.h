/* input: what the fuzzers share: the entry that libFuzzer and replay.c call, and the
 * shapes in which parsers want a fuzzer's octets. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

/* One per fuzz_NAME.c. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* Terminated text in a block of exactly its size, so that a sanitizer sees one octet too
 * many. Ends at the first NUL. Caller frees. */
char *input_text(const uint8_t *octets, size_t len);

/* Part `n` of an input whose parts are separated by INPUT_NEXT; NULL when there are fewer.
 * Points into octets. */
#define INPUT_NEXT "\n#next-file\n"
const uint8_t *input_part(const uint8_t *octets, size_t len, size_t n, size_t *part_len);

/* An empty folder of its own, in memory where that can be had. */
struct input_folder {
	char path[64];
};
void input_folder_init(struct input_folder *folder);
void input_folder_fini(struct input_folder *folder); /* with all that is in it */
/* Writes a file, and the folders it is in; the path. Caller frees. */
char *input_folder_put(
    const struct input_folder *folder, const char *name, const uint8_t *octets, size_t len);

#endif
