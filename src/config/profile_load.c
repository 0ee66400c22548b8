#include "config/profile_load.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/digest.h"
#include "config/profile_draft.h"

#include <stdlib.h>
#include <string.h>

struct file {
	const char *path;
	char *name;	   /* without folder and .yaml */
	struct yaml *yaml; /* NULL when it could not be read: told */
};

struct loader {
	struct profile_reader reader;
	struct file *files;
	size_t n;
};

/* ---- extends ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static char *name_of(const char *path)
{
	const char *base = base_name(path);
	size_t len = strlen(base);

	if (str_ends(base, ".yaml"))
		len -= 5;
	else if (str_ends(base, ".yml"))
		len -= 4;
	return mem_strndup(base, len);
}

/* "a/./b/../c" -> "a/c"; caller frees. Text only: whether a folder is a link does not matter here. */
static char *normalised(const char *path)
{
	struct str out = {0};

	if (*path == '/')
		str_add_char(&out, '/');
	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		const char *last = base_name(str_text(&out));

		if (len == 2 && memcmp(path, "..", 2) == 0 && *last != '\0' && strcmp(last, "..") != 0) {
			out.len = (size_t)(last - out.s);
			if (out.len > 1)
				out.len--; /* the slash before it, unless it is the root */
			out.s[out.len] = '\0';
		} else if (len > 0 && !(len == 1 && *path == '.')) {
			if (*last != '\0')
				str_add_char(&out, '/');
			str_add_n(&out, path, len);
		}
		path += len + (path[len] == '/');
	}
	return str_steal(&out);
}

static struct file *find_path(struct loader *loader, const struct file *from, const char *wanted)
{
	struct str path = {0};
	struct file *found = NULL;
	char *whole;

	if (*wanted != '/')
		str_add_n(&path, from->path, (size_t)(base_name(from->path) - from->path));
	str_add(&path, wanted);
	whole = normalised(str_text(&path));
	for (size_t i = 0; i < loader->n && found == NULL; i++) {
		char *other = normalised(loader->files[i].path);

		if (strcmp(other, whole) == 0)
			found = &loader->files[i];
		free(other);
	}
	free(whole);
	str_fini(&path);
	return found;
}

/* By path beside the one that names it; else by file name, the one that was named last. */
static struct file *find_file(struct loader *loader, const struct file *from, const char *wanted)
{
	struct file *found = find_path(loader, from, wanted);
	char *name = name_of(wanted);

	for (size_t i = loader->n; i-- > 0 && found == NULL;) {
		if (&loader->files[i] != from && strcmp(loader->files[i].name, name) == 0)
			found = &loader->files[i];
	}
	free(name);
	return found;
}

/* Files to merge for one profile, ancestors first, each once. */
struct order {
	struct file **v;
	size_t n, cap;
};

/* The way down to the file being read, for telling loops. */
struct way {
	const struct way *up;
	const struct file *file;
	size_t depth;
};

static void tell_loop(
    struct loader *loader, const struct yaml_node *at, const struct way *way, const struct file *again)
{
	struct str text = {0};

	str_add(&text, again->name);
	for (const struct way *w = way; w != NULL; w = w->up) {
		char *so_far = str_steal(&text);

		str_addf(&text, "%s -> %s", w->file->name, so_far);
		free(so_far);
		if (w->file == again)
			break;
	}
	diag_error(
	    loader->reader.diag, at->place, "extends itself: %s; take one of them out", str_text(&text));
	str_fini(&text);
}

static bool collect(struct loader *loader, struct file *file, const struct way *up, struct order *order);

static bool collect_one(struct loader *loader, struct file *file, const struct yaml_node *node,
    const struct way *way, struct order *order)
{
	const char *wanted = node_text(&loader->reader, node);
	struct file *found = wanted != NULL ? find_file(loader, file, wanted) : NULL;

	if (wanted == NULL)
		return false;
	if (found == NULL) {
		diag_error(loader->reader.diag, node->place,
		    "no profile '%s' to extend; name a file beside this one or among the profiles", wanted);
		return false;
	}
	for (const struct way *w = way; w != NULL; w = w->up) {
		if (w->file == found) {
			tell_loop(loader, node, way, found);
			return false;
		}
	}
	if (way->depth >= PROFILE_EXTENDS_MAX) {
		diag_error(loader->reader.diag, node->place,
		    "more than %d profiles extend one another; merge some", PROFILE_EXTENDS_MAX);
		return false;
	}
	return collect(loader, found, way, order);
}

static bool collect(struct loader *loader, struct file *file, const struct way *up, struct order *order)
{
	const struct way way = {up, file, up != NULL ? up->depth + 1 : 0};
	const struct yaml_node *extends;
	bool ok = true;

	for (size_t i = 0; i < order->n; i++) {
		if (order->v[i] == file)
			return true;
	}
	if (file->yaml == NULL || yaml_root(file->yaml)->type != YAML_MAPPING)
		return false;
	extends = yaml_get(yaml_root(file->yaml), "extends");
	if (extends != NULL && extends->type == YAML_SEQUENCE) {
		for (const struct yaml_entry *e = yaml_first(extends); e != NULL; e = e->next)
			ok &= collect_one(loader, file, e->value, &way, order);
	} else if (extends != NULL && !extends->is_null) {
		ok = collect_one(loader, file, extends, &way, order);
	}
	vec_push(order, file);
	return ok;
}

/* ---- what a device must be for a profile to fit ---- */

static void add_object_id(struct loader *loader, const struct yaml_node *node, struct profile *profile)
{
	const char *text = node_text(&loader->reader, node);

	if (text == NULL)
		return;
	if (draft_is_object_id(text))
		profile->sysobjectids[profile->n_sysobjectids++] = mem_strdup(text);
	else
		diag_error(loader->reader.diag, node->place,
		    "malformed sysobjectid '%s'; write an OID, one that ends in .*, or \"*\"", text);
}

static void read_identity(struct loader *loader, const struct yaml_node *root, struct profile *profile)
{
	const struct yaml_node *ids = yaml_get(root, "sysobjectid"), *match = yaml_get(root, "match");

	profile->is_abstract = ids == NULL && match == NULL && yaml_get(root, "selector") == NULL;
	draft_read_selectors(&loader->reader, yaml_get(root, "selector"), profile);
	if (ids != NULL) {
		profile->sysobjectids = mem_calloc(ids->count + 1, sizeof *profile->sysobjectids);
		if (ids->type != YAML_SEQUENCE)
			add_object_id(loader, ids, profile);
		for (const struct yaml_entry *e = ids->type == YAML_SEQUENCE ? yaml_first(ids) : NULL;
		     e != NULL; e = e->next)
			add_object_id(loader, e->value, profile);
	}
	if (match != NULL && node_keys(&loader->reader, match, WHERE_MATCH))
		profile->sysdescr = node_match(&loader->reader, yaml_get(match, "sysdescr"));
	draft_read_probes(&loader->reader, yaml_get(root, "probe"), profile);
}

/* ---- all of it ---- */

static struct profile *build(struct loader *loader, struct file *file)
{
	struct profile *profile = NULL;
	struct order order = {0};
	struct draft draft;

	if (!collect(loader, file, NULL, &order)) /* what is missing would only give further messages */
		goto out;
	profile = mem_alloc(sizeof *profile);
	profile->name = mem_strdup(file->name);
	profile->file = mem_strdup(file->path);
	read_identity(loader, yaml_root(file->yaml), profile);
	draft_init(&draft, &loader->reader, profile);
	loader->reader.borrowed = 0;
	for (size_t i = 0; i < order.n; i++)
		profile->digest = digest_yaml(yaml_root(order.v[i]->yaml), profile->digest);
	for (size_t i = 0; i < order.n; i++) {
		const struct yaml_node *root = yaml_root(order.v[i]->yaml);

		draft_read_metrics(&draft, yaml_get(root, "metrics"));
		draft_read_device(&draft, root);
	}
	for (size_t i = 0; i < order.n; i++)
		draft_read_virtual(&draft, yaml_get(yaml_root(order.v[i]->yaml), "virtual_metrics"));
	draft_finish(&draft);
	profile->digest ^= loader->reader.borrowed;
	draft.profile = NULL;
	draft_fini(&draft);
out:
	vec_fini(&order);
	return profile;
}

static void load_file(struct loader *loader, struct file *file, const char *path)
{
	const struct yaml_node *root;

	file->path = path;
	file->name = name_of(path);
	if (yaml_load(path, (struct diag_place){0}, loader->reader.diag, YAML_DUPLICATES_WARNING,
		&file->yaml) != ERR_OK) {
		file->yaml = NULL;
		return;
	}
	root = yaml_root(file->yaml);
	if (root->is_null && root->type == YAML_SCALAR)
		diag_error(loader->reader.diag, root->place,
		    "the profile is empty; it needs at least 'metrics' or 'extends'");
	else
		(void)node_keys(
		    &loader->reader, root, WHERE_PROFILE); /* no mapping: told, and never merged */
}

static struct profile *find_built(struct profile *const *profiles, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(profiles[i]->name, name) == 0)
			return profiles[i];
	}
	return NULL;
}

/* ktranslate: {pattern of sysDescr: other profile}. */
static void read_matches(struct loader *loader, const struct yaml_node *root, struct profile *const *profiles,
    size_t n, size_t from)
{
	const struct yaml_node *matches = yaml_get(root, "matches");

	if (matches != NULL && matches->type != YAML_MAPPING)
		diag_error(loader->reader.diag, matches->place,
		    "'matches' is %s; it must be a mapping of patterns to profiles", yaml_type_name(matches));
	for (const struct yaml_entry *e = yaml_first(matches); e != NULL && matches->type == YAML_MAPPING;
	     e = e->next) {
		const char *text = node_text(&loader->reader, e->value);
		char *name = text != NULL ? name_of(text) : NULL;
		struct profile *to = name != NULL ? find_built(profiles, n, name) : NULL;

		if (to != NULL)
			draft_add_match(&loader->reader, e->key, profiles[from], to);
		else if (text != NULL)
			diag_warning(loader->reader.diag, e->value->place,
			    "there is no profile '%s'; devices whose sysDescr matches '%s' get this one",
			    text, e->key->text);
		free(name);
	}
}

enum err profile_load_all(const char *const *files, size_t n, struct diag *diag, struct mibnames *names,
    struct profile ***out, size_t *n_out)
{
	struct loader loader = {.reader = {.diag = diag}, .n = n};
	size_t before = diag_errors(diag), built = 0;
	struct profile **profiles = mem_calloc(n, sizeof *profiles);

	*out = NULL;
	*n_out = 0;
	loader.files = mem_calloc(n, sizeof *loader.files);
	for (size_t i = 0; i < n; i++)
		load_file(&loader, &loader.files[i], files[i]);
	for (size_t i = 0; i < n; i++) {
		if (loader.files[i].yaml != NULL && names != NULL)
			mibnames_complete_profile(names, yaml_root(loader.files[i].yaml));
		if (loader.files[i].yaml != NULL)
			profile_kinds_add(&loader.reader.kinds, yaml_root(loader.files[i].yaml));
	}
	for (size_t i = 0; i < n; i++) {
		struct profile *profile = build(&loader, &loader.files[i]);

		if (profile != NULL)
			profiles[built++] = profile;
	}
	for (size_t i = 0; i < n && built == n; i++) /* each has been built from the file of its number */
		read_matches(&loader, yaml_root(loader.files[i].yaml), profiles, n, i);
	profile_reader_report(&loader.reader);
	profile_reader_fini(&loader.reader);
	for (size_t i = 0; i < n; i++) {
		yaml_free(loader.files[i].yaml);
		free(loader.files[i].name);
	}
	free(loader.files);
	if (diag_errors(diag) > before) {
		for (size_t i = 0; i < built; i++)
			profile_free(profiles[i]);
		free(profiles);
		return ERR_INVALID;
	}
	*out = profiles;
	*n_out = built;
	return ERR_OK;
}
