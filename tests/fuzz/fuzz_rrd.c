/* Fuzzes the readers of RRD files: whatever file the check lets pass, librrd must survive, and so must
 * the program when it gives the file another layout. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/format.h"
#include "store/image.h"
#include "store/reshape.h"
#include "store/rrdfile.h"

#include <rrd.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* librrd may refuse the update, but not die of it. */
static void update(const char *path, const struct format_file *file)
{
	struct str names = {0}, sample = {0};
	const char *samples[1];

	str_addf(&sample, "%" PRId64, file->last / 1000 + file->step);
	for (size_t i = 0; i < file->n_ds; i++) {
		str_addf(&names, "%s%s", i > 0 ? ":" : "", file->ds[i]);
		str_add(&sample, ":1");
	}
	samples[0] = str_text(&sample);
	rrd_clear_error();
	(void)rrd_update_r(path, str_text(&names), 1, samples);
	str_fini(&names);
	str_fini(&sample);
}

static void fetch(const char *path, const struct format_file *file)
{
	unsigned long step = (unsigned long)file->step, n_ds = 0;
	time_t end = (time_t)(file->last / 1000), start = end - 10 * (time_t)file->step;
	rrd_value_t *data = NULL;
	char **names = NULL;

	rrd_clear_error();
	if (rrd_fetch_r(path, "AVERAGE", &start, &end, &step, &n_ds, &names, &data) != 0)
		return;
	for (unsigned long i = 0; i < n_ds; i++)
		rrd_freemem(names[i]);
	rrd_freemem(names);
	rrd_freemem(data);
}

/* Another step and other archives, then back to a file that must be in order. */
static void reshape(const char *path, struct format_file *file)
{
	struct layout layout = {.step = file->step > 1 ? file->step / 2 : 7, .heartbeat = 600, .n_rras = 3};
	struct schema_ds ds = {"fresh", true};
	struct schema schema = {.n_ds = 1, .ds = &ds};
	struct image from, to;
	const struct image *sources[] = {&from, &from};
	struct str error = {0};
	const char *why = NULL;

	layout.rra[0] = (struct layout_rra){false, 1, 40};
	layout.rra[1] = (struct layout_rra){false, 5, 30};
	layout.rra[2] = (struct layout_rra){true, 5, 30};
	if (image_read(path, &from, &why) == ERR_OK) {
		reshape_begin(&to, &layout, &schema, &from);
		reshape_fill(&to, sources, 1);
		if (to.n_ds <= FORMAT_DS_MAX && rrdfile_restore(path, &to, &error) == ERR_OK &&
		    format_read(path, file, &why) != ERR_OK)
			abort();
		image_fini(&to);
		reshape_begin_both(&to, &from, &from);
		reshape_fill(&to, sources, 2);
		image_fini(&to);
	}
	image_fini(&from);
	str_fini(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct input_folder folder;
	struct format_file *file = mem_alloc(sizeof *file);
	const char *why = NULL;
	enum err err;
	char *path;

	input_folder_init(&folder);
	path = input_folder_put(&folder, "x.rrd", octets, len);
	err = format_read(path, file, &why);
	if (err == ERR_OK) {
		if (file->n_ds < 1 || file->n_ds > FORMAT_DS_MAX || file->step < 1)
			abort();
		update(path, file);
		fetch(path, file);
		reshape(path, file);
	} else if (err != ERR_CORRUPT || why == NULL || why[0] == '\0') {
		abort();
	}
	free(path);
	free(file);
	input_folder_fini(&folder);
	return 0;
}
