/* Fuzzes rule files over the shipped profiles; after INPUT_NEXT come lines of the main file
 * (`limits`, `disable`). Run at the top of the tree. */
#include "fuzz/input.h"

#include "base/str.h"
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

static const char head[] = "devices: [192.0.2.1]\nrules: [own.yaml]\n";

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	size_t rules_len, more_len;
	const uint8_t *rules = input_part(octets, len, 0, &rules_len);
	const uint8_t *more = input_part(octets, len, 1, &more_len);
	struct config_report report = {0};
	struct str main_file = {0};
	struct input_folder folder;
	struct inventory *inventory;
	char *path;

	str_add(&main_file, head);
	/* Other files are another fuzzer's. */
	if (more != NULL && memchr(more, '/', more_len) == NULL)
		str_add_n(&main_file, (const char *)more, more_len);
	input_folder_init(&folder);
	free(input_folder_put(&folder, "own.yaml", rules, rules_len));
	path = input_folder_put(&folder, "rollcall.yaml", (const uint8_t *)main_file.s, main_file.len);
	inventory =
	    config_load(&(struct config_options){.file = path, .profiles_dir = "etc/profiles"}, &report);
	if ((inventory == NULL) != (report.errors > 0) || (report.errors > 0 && report.messages.len == 0))
		abort();
	inventory_free(inventory);
	config_report_fini(&report);
	str_fini(&main_file);
	free(path);
	input_folder_fini(&folder);
	return 0;
}
