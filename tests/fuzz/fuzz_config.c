/* Fuzzes the configuration: the main file and, after INPUT_NEXT, devices.yaml beside it.
 * Run at the top of the tree: the shipped profiles are those of the golden tests. */
#include "fuzz/input.h"

#include "base/str.h"
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

/* Paths that lead out of the folder would read this machine's files. */
static bool leads_out(const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t before = i > 0 ? octets[i - 1] : 0;
		bool in_name =
		    before == '*' || (before >= '0' && before <= '9') || (before >= 'a' && before <= 'z');

		if ((octets[i] == '/' && !in_name) || (len - i >= 3 && memcmp(octets + i, "../", 3) == 0))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	size_t main_len, devices_len;
	const uint8_t *main_file = input_part(octets, len, 0, &main_len);
	const uint8_t *devices = input_part(octets, len, 1, &devices_len);
	struct config_report report = {0};
	struct input_folder folder;
	struct inventory *inventory;
	char *path;

	if (leads_out(octets, len))
		return 0;
	input_folder_init(&folder);
	if (devices != NULL)
		free(input_folder_put(&folder, "devices.yaml", devices, devices_len));
	path = input_folder_put(&folder, "rollcall.yaml", main_file, main_len);
	inventory = config_load(
	    &(struct config_options){.file = path, .profiles_dir = "tests/golden/config/shipped"}, &report);
	if ((inventory == NULL) != (report.errors > 0) || (report.errors > 0 && report.messages.len == 0))
		abort();
	inventory_free(inventory);
	config_report_fini(&report);
	free(path);
	input_folder_fini(&folder);
	return 0;
}
