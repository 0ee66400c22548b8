/* config_load: the order in which a configuration is read. */
#include "base/mem.h"
#include "base/vec.h"
#include "model/endpoint.h"
#include "config/check.h"
#include "config/config.h"
#include "config/loader.h"
#include "config/paths.h"
#include "config/profile_load.h"
#include "config/roster.h"
#include "config/rules.h"
#include "config/schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

/* A file that was read. */
struct met {
	struct met_key {
		dev_t dev;
		ino_t ino;
	} key;
	UT_hash_handle hh;
};

/* Device files stay in memory until all devices are resolved. */
struct device_files {
	struct yaml **v;
	size_t n, cap;
	struct met *met;
};

void config_report_fini(struct config_report *report)
{
	str_fini(&report->messages);
	report->errors = report->warnings = 0;
}

/* The main file; an absent one is told when `must_be`. */
static void read_main(struct loader *loader, const char *file, bool must_be)
{
	const struct yaml_node *root;

	if (!must_be && access(file, F_OK) != 0)
		return;
	if (yaml_load(file, (struct diag_place){0}, loader->diag, YAML_DUPLICATES_ERROR,
		&loader->main_yaml) != ERR_OK)
		return;
	root = yaml_root(loader->main_yaml);
	if (root->type == YAML_SEQUENCE || root->is_null)
		return; /* a device list alone, or nothing */
	if (check_section(loader->diag, root, schema_section("config"), "the configuration"))
		loader->root = root;
}

/* Two names of one file count once. */
static bool is_same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* --- profiles --- */

/* Where the shipped ones end, and by what each file was named. */
struct profile_files {
	struct paths paths;
	struct {
		struct diag_place *v;
		size_t n, cap;
	} places;
};

static bool same_profile(const char *a, const char *b)
{
	return strcmp(paths_base(a), paths_base(b)) == 0;
}

/* A user's profile replaces the shipped one of its name; two of the user's are a mistake. */
static void add_profile(
    struct loader *loader, struct profile_files *files, size_t n_shipped, char *path, struct diag_place place)
{
	if (access(path, R_OK) != 0) {
		diag_error(loader->diag, place,
		    "cannot read '%s': %s; create it and let it be read, or do not name it", path,
		    strerror(errno));
		loader->profiles_missing = true;
		free(path);
		return;
	}
	for (size_t i = 0; i < files->paths.n; i++) {
		if (!same_profile(files->paths.v[i], path))
			continue;
		if (is_same_file(files->paths.v[i], path)) {
			free(path);
			return;
		}
		if (i >= n_shipped) {
			diag_error(loader->diag, place,
			    "profile '%s' is there already, as '%s'; rename one of them", path,
			    files->paths.v[i]);
			free(path);
			return;
		}
		if (files->places.v[i].file == 0) {
			diag_note(
			    loader->diag, place, "'%s' replaces the shipped profile of that name", path);
			free(files->paths.v[i]);
			files->paths.v[i] = path;
			files->places.v[i] = place;
			return;
		}
	}
	vec_push(&files->paths, path);
	vec_push(&files->places, place);
}

static void find_profiles(struct loader *loader, const char *shipped, struct profile_files *files)
{
	const struct yaml_entry *at = NULL;
	const struct yaml_node *pattern;
	struct paths found = {0};
	size_t n_shipped;

	if (paths_expand(shipped, "**/*.yaml", (struct diag_place){0}, loader->diag, &files->paths) != ERR_OK)
		loader->profiles_missing = true;
	n_shipped = files->paths.n;
	for (size_t i = 0; i < n_shipped; i++)
		vec_push(&files->places, ((struct diag_place){0}));
	while ((pattern = field_next(yaml_get(loader->root, "profiles"), &at)) != NULL) {
		if (paths_expand(loader->dir, pattern->text, pattern->place, loader->diag, &found) != ERR_OK)
			loader->profiles_missing = true;
		for (size_t i = 0; i < found.n; i++)
			add_profile(loader, files, n_shipped, found.v[i], pattern->place);
		found.n = 0;
	}
	paths_fini(&found);
}

/* One that was named by itself, in the place of whichever has its name. */
static void put_profile(struct loader *loader, struct profile_files *files, const char *path)
{
	if (access(path, R_OK) != 0) {
		diag_error(
		    loader->diag, (struct diag_place){0}, "cannot read '%s': %s", path, strerror(errno));
		return;
	}
	for (size_t i = 0; i < files->paths.n; i++) {
		if (!same_profile(files->paths.v[i], path))
			continue;
		free(files->paths.v[i]);
		files->paths.v[i] = mem_strdup(path);
		return;
	}
	vec_push(&files->paths, mem_strdup(path));
	vec_push(&files->places, ((struct diag_place){0}));
}

static void read_profiles(struct loader *loader, const char *shipped, const char *one_more)
{
	struct profile_files files = {0};
	struct inventory *inventory = loader->inventory;

	find_profiles(loader, shipped, &files);
	if (one_more != NULL)
		put_profile(loader, &files, one_more);
	if (files.paths.n == 0)
		diag_warning(loader->diag, (struct diag_place){0},
		    "no profiles below '%s'; install them, or name yours with 'profiles'", shipped);
	if (profile_load_all((const char *const *)files.paths.v, files.paths.n, loader->diag, loader->names,
		&inventory->profiles, &inventory->n_profiles) != ERR_OK)
		loader->profiles_missing = true;
	paths_fini(&files.paths);
	vec_fini(&files.places);
}

/* --- rules --- */

/* The shipped ones lie beside the shipped profiles. */
static struct rules *read_rules(struct loader *loader, const char *profiles_dir)
{
	char *beside = paths_dir(profiles_dir), *shipped = paths_join(beside, "rules");
	struct rules *rules = rules_new(loader);

	rules_read(rules, shipped);
	rules_read_limits(loader);
	free(shipped);
	free(beside);
	return rules;
}

/* --- devices --- */

static void read_list(struct roster *roster, struct loader *loader, const struct yaml_node *root)
{
	if (root->is_null) {
		diag_warning(
		    loader->diag, root->place, "no devices in this file; add some, as '- 192.0.2.1'");
		return;
	}
	if (root->type != YAML_SEQUENCE) {
		diag_error(loader->diag, root->place,
		    "a device file is a list, and this is %s; begin each device with '- '",
		    yaml_type_name(root));
		loader->devices_missing = true;
		return;
	}
	for (const struct yaml_entry *e = root->first; e != NULL; e = e->next)
		roster_read(roster, e->value);
}

/* Two names of one file count once. */
static bool is_met(struct device_files *files, const char *path)
{
	struct met_key key;
	struct met *met;
	struct stat st;

	if (stat(path, &st) != 0)
		return false; /* reading it tells why */
	memset(&key, 0, sizeof key);
	key.dev = st.st_dev;
	key.ino = st.st_ino;
	HASH_FIND(hh, files->met, &key, sizeof key, met);
	if (met != NULL)
		return true;
	met = mem_alloc(sizeof *met);
	met->key = key;
	HASH_ADD(hh, files->met, key, sizeof key, met);
	return false;
}

static void device_files_fini(struct device_files *files)
{
	struct met *met, *next;

	HASH_ITER(hh, files->met, met, next)
	{
		HASH_DEL(files->met, met);
		free(met);
	}
	for (size_t i = 0; i < files->n; i++)
		yaml_free(files->v[i]);
	vec_fini(files);
}

static void read_file(struct roster *roster, struct loader *loader, struct device_files *files,
    const char *path, struct diag_place named_at)
{
	struct yaml *yaml;

	if (is_met(files, path))
		return;
	if (yaml_load(path, named_at, loader->diag, YAML_DUPLICATES_ERROR, &yaml) != ERR_OK) {
		loader->devices_missing = true;
		return;
	}
	vec_push(files, yaml);
	read_list(roster, loader, yaml_root(yaml));
}

static void read_pattern(struct roster *roster, struct loader *loader, struct device_files *files,
    const char *pattern, struct diag_place named_at)
{
	struct paths found = {0};

	if (paths_expand(loader->dir, pattern, named_at, loader->diag, &found) != ERR_OK)
		loader->devices_missing = true;
	for (size_t i = 0; i < found.n; i++)
		read_file(roster, loader, files, found.v[i], named_at);
	paths_fini(&found);
}

static void read_default_devices(struct roster *roster, struct loader *loader, struct device_files *files)
{
	char *path = paths_join(loader->dir, "devices.yaml");

	if (access(path, F_OK) == 0)
		read_file(roster, loader, files, path, (struct diag_place){0});
	read_pattern(roster, loader, files, "devices.d/*.yaml", (struct diag_place){0});
	free(path);
}

static bool looks_like_address(const char *text)
{
	struct endpoint address;

	return text[0] == '[' || strspn(text, "0123456789.:/") == strlen(text) ||
	       (endpoint_parse(text, &address) == NULL && address.is_literal);
}

/* An entry of `devices`: a device when it is a mapping or an IP address, else a file. */
static void read_entry(
    struct roster *roster, struct loader *loader, struct device_files *files, const struct yaml_node *entry)
{
	const char *text = yaml_text(entry);

	if (text != NULL && !looks_like_address(text))
		read_pattern(roster, loader, files, entry->text, entry->place);
	else
		roster_read(roster, entry);
}

static void read_devices(struct loader *loader)
{
	const struct yaml_node *devices = yaml_get(loader->root, "devices");
	const struct yaml_node *main_root = loader->main_yaml != NULL ? yaml_root(loader->main_yaml) : NULL;
	struct roster *roster = roster_new(loader);
	struct device_files files = {0};

	if (main_root != NULL && main_root->type == YAML_SEQUENCE)
		read_list(roster, loader, main_root);
	else if (devices == NULL || devices->is_null)
		read_default_devices(roster, loader, &files);
	else if (devices->type == YAML_SEQUENCE)
		for (const struct yaml_entry *e = devices->first; e != NULL; e = e->next)
			read_entry(roster, loader, &files, e->value);
	else
		read_entry(roster, loader, &files, devices);
	roster_finish(roster);
	device_files_fini(&files);
	if (loader->inventory->n_devices == 0 && diag_errors(loader->diag) == 0)
		diag_warning(loader->diag, main_root != NULL ? main_root->place : (struct diag_place){0},
		    "no devices; list their addresses in devices.yaml beside this file, one '- 192.0.2.1' a "
		    "line");
}

/* Where MIB names are looked up; nothing is read yet. */
static void find_mibs(struct loader *loader, const char *shipped_dir)
{
	char *shipped = shipped_dir != NULL ? mem_strdup(shipped_dir) : config_mibs_dir();
	const struct yaml_entry *at = NULL;
	const struct yaml_node *node;

	loader->names = mibnames_new(loader->diag, shipped);
	while ((node = field_next(yaml_get(loader->root, "mibs"), &at)) != NULL)
		mibnames_add(loader->names, loader->dir, node);
	free(shipped);
}

static struct inventory *load(const struct config_options *options, struct config_report *report, bool bare)
{
	char *file = options->file != NULL ? mem_strdup(options->file) : config_default_file();
	char *data = config_data_dir(), *profiles = options->profiles_dir != NULL
							? mem_strdup(options->profiles_dir)
							: paths_join(data, "profiles");
	struct loader loader = {.diag = diag_new(), .inventory = mem_alloc(sizeof *loader.inventory)};
	struct rules *rules;

	loader.dir = paths_dir(file);
	if (options->file == NULL && !bare && access(file, F_OK) != 0)
		diag_error(loader.diag, (struct diag_place){0},
		    "no configuration: there is neither ./rollcall.yaml nor %s; write one (one line, "
		    "'devices: [192.0.2.1]', will do), or name one with -c",
		    file);
	else
		read_main(&loader, file, options->file != NULL || !bare);
	settings_read(&loader);
	credentials_read(&loader);
	credentials_pick_default(&loader);
	find_mibs(&loader, options->mibs_dir);
	read_profiles(&loader, profiles, options->profile);
	rules = read_rules(&loader, profiles);
	if (!bare && (loader.main_yaml != NULL || diag_errors(loader.diag) == 0))
		read_devices(&loader);
	rules_bind(rules);
	rules_free(rules);
	mibnames_report(loader.names);
	report->errors = diag_errors(loader.diag);
	report->warnings = diag_warnings(loader.diag);
	diag_render(loader.diag, &report->messages);
	if (report->errors > 0) {
		inventory_free(loader.inventory);
		loader.inventory = NULL;
	}
	yaml_free(loader.main_yaml);
	mibnames_free(loader.names);
	diag_free(loader.diag);
	vec_fini(&loader.credentials);
	vec_fini(&loader.intervals);
	free(loader.dir);
	free(profiles);
	free(data);
	free(file);
	return loader.inventory;
}

struct inventory *config_load(const struct config_options *options, struct config_report *report)
{
	return load(options, report, false);
}

struct inventory *config_load_bare(const struct config_options *options, struct config_report *report)
{
	return load(options, report, true);
}
