#include "scenario/yamllab.h"

#include "base/mem.h"
#include "base/str.h"
#include "config/profile_load.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void load(struct lab *lab, const char *text, size_t warnings)
{
	char folder[] = "/tmp/yamllab-XXXXXX", path[64];
	const char *file = path;
	struct str messages = {0};
	struct diag *diag = diag_new();
	struct profile **profiles = NULL;
	size_t n = 0;
	enum err err;
	FILE *out;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/box.yaml", folder);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	err = profile_load_all(&file, 1, diag, &profiles, &n);
	unlink(path);
	rmdir(folder);
	diag_render(diag, &messages);
	if (err != ERR_OK || n != 1 || diag_warnings(diag) != warnings)
		fail_msg("%s", str_text(&messages));
	lab->profiles[lab->inventory.n_profiles++] = profiles[0];
	free(profiles);
	str_fini(&messages);
	diag_free(diag);
}

struct replay_device *yamllab_init(struct lab *lab, const char *profile, size_t warnings)
{
	struct replay_device *agent;

	lab_init(lab);
	load(lab, profile, warnings);
	lab_device(lab, "d", "192.0.2.1");
	agent = replay_device(lab->replay, "192.0.2.1");
	replay_system(agent, "1.3.6.1.4.1.9999.1", "a box");
	return agent;
}

void yamllab_poll(struct lab *lab)
{
	assert_true(lab_poll(lab, 0)->answered);
	lab_run(lab, 60 * UNITS_SEC);
}

double yamllab_number(struct lab *lab, const char *table, const char *key, const char *metric)
{
	const struct rowset *set = lab_rows(lab, 0, table);
	size_t row = key != NULL ? rowset_find(set, key) : 0;
	int column = table_column(set->table, metric);

	assert_true(column >= 0);
	return row < set->n_rows ? rowset_number(set, row, (size_t)column) : (double)NAN;
}

double yamllab_stored(struct lab *lab, const char *table, const char *key, const char *ds)
{
	struct memory_series *series = memory_find(&lab->memory, "d", table, key);

	return series != NULL ? memory_value(series, 0, ds) : (double)NAN;
}

size_t yamllab_rows(struct lab *lab, const char *table)
{
	return lab_rows(lab, 0, table)->n_rows;
}
