#include "base/mem.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/check.h"
#include "config/loader.h"
#include "config/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define DAY	     (86400 * UNITS_SEC)
#define ARCHIVES_MAX 16
#define ARCHIVE_ROWS 10000000 /* of one archive */

static const struct archive default_archives[] = {
    {60 * UNITS_SEC, 2 * DAY, false},
    {300 * UNITS_SEC, 35 * DAY, false},
    {3600 * UNITS_SEC, 400 * DAY, true},
    {DAY, 5 * 365 * DAY, true},
};

/* One entry of `archive`; false when it has mistakes, which are told. */
static bool read_archive(struct loader *loader, const struct yaml_node *node, const struct archive *before,
    struct archive *archive)
{
	const struct yaml_node *step = yaml_get(node, "step"), *keep = yaml_get(node, "keep");
	char a[UNITS_TEXT_MAX], b[UNITS_TEXT_MAX];

	if (node->type != YAML_MAPPING)
		return false;
	if (step == NULL || keep == NULL) {
		diag_error(loader->diag, node->place, "an archive without %s; write {step: 5m, keep: 35d}",
		    step == NULL ? "step" : "keep");
		return false;
	}
	archive->with_max = field_text(node, "also") != NULL;
	if (!field_duration(step, &archive->step) || !field_duration(keep, &archive->keep) ||
	    archive->step <= 0)
		return false;
	units_config_duration(a, archive->step);
	if (archive->step % UNITS_SEC != 0)
		diag_error(loader->diag, step->place,
		    "step %s is not in whole seconds; RRD files know no smaller unit", a);
	else if (archive->keep < archive->step)
		diag_error(loader->diag, keep->place,
		    "keep %s is shorter than the step %s; give a longer time",
		    units_config_duration(b, archive->keep), a);
	else if (archive->keep / archive->step > ARCHIVE_ROWS)
		diag_error(loader->diag, keep->place,
		    "keep %s in steps of %s are more than %d points; take a longer step",
		    units_config_duration(b, archive->keep), a, ARCHIVE_ROWS);
	else if (before != NULL && archive->step <= before->step)
		diag_error(loader->diag, step->place,
		    "step %s does not follow the step %s before it; order them from fine to coarse", a,
		    units_config_duration(b, before->step));
	else
		return true;
	return false;
}

static void read_archives(struct loader *loader)
{
	struct settings *settings = &loader->inventory->settings;
	const struct yaml_node *list = yaml_get(loader->root, "archive");
	struct {
		struct archive *v;
		size_t n, cap;
	} archives = {0};

	for (const struct yaml_entry *e = yaml_first(list); e != NULL && e->key == NULL; e = e->next) {
		struct archive archive = {0};

		if (archives.n == ARCHIVES_MAX) {
			diag_error(loader->diag, e->value->place, "more than %d archives; leave some out",
			    ARCHIVES_MAX);
			break;
		}
		if (read_archive(
			loader, e->value, archives.n > 0 ? &archives.v[archives.n - 1] : NULL, &archive))
			vec_push(&archives, archive);
	}
	if (archives.n == 0)
		for (size_t i = 0; i < ARRAY_LEN(default_archives); i++)
			vec_push(&archives, default_archives[i]);
	settings->archives = archives.v;
	settings->n_archives = archives.n;
}

void settings_check_archives(struct loader *loader, int64_t interval, struct diag_place place)
{
	const struct settings *settings = &loader->inventory->settings;
	int64_t base = interval < settings->archives[0].step ? interval : settings->archives[0].step;
	char before[UNITS_TEXT_MAX], after[UNITS_TEXT_MAX];
	struct str list = {0};

	for (size_t i = 0; i < loader->intervals.n; i++)
		if (loader->intervals.v[i] == interval)
			return;
	vec_push(&loader->intervals, interval);
	for (size_t i = 0; i < settings->n_archives; i++) {
		int64_t step = settings->archives[i].step, rounded = (step + base - 1) / base * base;

		if (rounded != step)
			str_addf(&list, "%s%s becomes %s", list.len > 0 ? ", " : "",
			    units_config_duration(before, step), units_config_duration(after, rounded));
	}
	if (list.len > 0)
		diag_warning(loader->diag, place,
		    "archive steps are no multiples of %s: %s; choose an interval that divides them, or "
		    "other steps",
		    units_config_duration(before, base), str_text(&list));
	str_fini(&list);
}

static void read_store(struct loader *loader)
{
	struct settings *settings = &loader->inventory->settings;
	const struct yaml_node *store = yaml_get(loader->root, "store"), *writer = yaml_get(store, "writer");
	const char *text = yaml_text(writer);

	settings->writer = STORE_RRD;
	settings->gather = -1;
	if (text != NULL && strcmp(text, "none") == 0)
		settings->writer = STORE_NONE;
	if (text != NULL && strcmp(text, "rrdcached") == 0)
		diag_warning(loader->diag, writer->place,
		    "writer 'rrdcached' is not yet active in this version; files are written directly");
	if (field_duration(yaml_get(store, "gather"), &settings->gather) && settings->gather < 0)
		settings->gather = -1;
	settings->spool = INT64_C(4) << 30;
	(void)field_size(yaml_get(store, "spool"), &settings->spool);
}

static char *directory(const struct loader *loader, const char *key)
{
	const char *text = field_text(loader->root, key);

	return text != NULL ? paths_join(loader->dir, text) : NULL;
}

static void read_directories(struct loader *loader)
{
	struct settings *settings = &loader->inventory->settings;
	const struct yaml_node *run = yaml_get(loader->root, "run"), *state = yaml_get(loader->root, "state");
	const struct yaml_node *node = run != NULL ? run : state;
	struct diag_place place = node != NULL ? node->place : (struct diag_place){0};
	struct sockaddr_un address;

	settings->state = directory(loader, "state");
	settings->run = directory(loader, "run");
	if (settings->state == NULL)
		settings->state = paths_default_state();
	if (settings->run == NULL)
		settings->run = paths_default_run(field_text(loader->root, "state"), settings->state);
	if (strlen(settings->run) + strlen("/control.sock") >= sizeof address.sun_path)
		diag_error(loader->diag, place,
		    "'%s/control.sock' is longer than a socket's path may be (%zu bytes); set run to a "
		    "shorter one",
		    settings->run, sizeof address.sun_path - 1);
}

/* A program that is named by a path is told when it cannot be run: better here than at the first event. */
static char *read_program(struct loader *loader, const struct yaml_node *node)
{
	char *path =
	    strchr(node->text, '/') != NULL ? paths_join(loader->dir, node->text) : mem_strdup(node->text);

	if (strchr(path, '/') != NULL && access(path, X_OK) != 0)
		diag_warning(loader->diag, node->place, "'%s' cannot be run: %s; events will call nobody",
		    path, strerror(errno));
	return path;
}

static void read_events(struct loader *loader)
{
	struct settings *settings = &loader->inventory->settings;
	const struct yaml_node *list = yaml_get(loader->root, "on_event"), *node;
	const struct yaml_entry *at = NULL;
	struct {
		char **v;
		size_t n, cap;
	} words = {0};

	settings->events_keep = 400 * DAY;
	field_duration(yaml_get(yaml_get(loader->root, "events"), "keep"), &settings->events_keep);
	while ((node = field_next(list, &at)) != NULL) {
		char *word = words.n == 0 ? read_program(loader, node) : mem_strdup(node->text);

		vec_push(&words, word);
	}
	settings->on_event = words.v;
	settings->n_on_event = words.n;
}

void settings_read(struct loader *loader)
{
	struct settings *settings = &loader->inventory->settings;
	const struct yaml_node *interval = yaml_get(loader->root, "interval");
	int64_t number = 3;

	settings->interval = 60 * UNITS_SEC;
	field_duration(interval, &settings->interval);
	if (settings->interval < UNITS_SEC)
		settings->interval = UNITS_SEC; /* told as out of range */
	settings->timeout = 2 * UNITS_SEC < settings->interval / 2 ? 2 * UNITS_SEC : settings->interval / 2;
	field_duration(yaml_get(loader->root, "timeout"), &settings->timeout);
	field_int(yaml_get(loader->root, "retries"), &number);
	settings->retries = (unsigned)number;
	number = 3;
	field_int(yaml_get(loader->root, "tries"), &number);
	settings->tries = (unsigned)number;
	read_archives(loader);
	read_store(loader);
	read_directories(loader);
	read_events(loader);
	if (interval != NULL || yaml_get(loader->root, "archive") != NULL)
		settings_check_archives(loader, settings->interval,
		    interval != NULL ? interval->place : yaml_get(loader->root, "archive")->place);
}
