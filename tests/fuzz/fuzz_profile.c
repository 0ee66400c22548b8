/* Fuzzes profiles: up to three files, separated by INPUT_NEXT, that may extend each other. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "config/diag.h"
#include "config/profile_load.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const char *const names[] = {"fuzzed.yaml", "_generic.yaml", "parent.yaml"};
	char *paths[ARRAY_LEN(names)] = {NULL};
	struct diag *diag = diag_new();
	struct profile **profiles = NULL;
	struct input_folder folder;
	size_t n = 0, n_profiles = 0, part_len;
	const uint8_t *part;

	input_folder_init(&folder);
	for (; n < ARRAY_LEN(names) && (part = input_part(octets, len, n, &part_len)) != NULL; n++)
		paths[n] = input_folder_put(&folder, names[n], part, part_len);
	if ((profile_load_all((const char *const *)paths, n, diag, &profiles, &n_profiles) == ERR_OK) !=
	    (diag_errors(diag) == 0))
		abort();
	if (diag_errors(diag) > 0 && profiles != NULL)
		abort();
	for (size_t i = 0; profiles != NULL && i < n_profiles; i++)
		profile_free(profiles[i]);
	free(profiles);
	for (size_t i = 0; i < n; i++)
		free(paths[i]);
	diag_free(diag);
	input_folder_fini(&folder);
	return 0;
}
