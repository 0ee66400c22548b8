#include "ctl/importwrite.h"

#include "base/mem.h"
#include "ctl/devicefile.h"
#include "views/jsonvalue.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- devices --- */

static void add_tags(struct str *out, const struct import_device *device)
{
	if (device->n_tags == 0)
		return;
	str_add(out, ", tags: [");
	for (size_t i = 0; i < device->n_tags; i++) {
		str_add(out, i > 0 ? ", " : "");
		devicefile_add_scalar(out, device->tags[i]);
	}
	str_add_char(out, ']');
}

void importwrite_devices(struct str *out, const struct importlist *list)
{
	for (size_t i = 0; i < list->devices.n; i++) {
		const struct import_device *device = &list->devices.v[i];

		str_add(out, "- {name: ");
		devicefile_add_scalar(out, device->name);
		str_add(out, ", address: ");
		devicefile_add_scalar(out, device->address);
		if (device->credential != NULL) {
			str_add(out, ", credential: ");
			devicefile_add_scalar(out, device->credential);
		}
		add_tags(out, device);
		if (device->parent != NULL) {
			str_add(out, ", parent: ");
			devicefile_add_scalar(out, device->parent);
		}
		str_add(out, "}\n");
	}
}

/* --- credentials --- */

size_t importwrite_missing(const struct import_credential *credential, const char *missing[3])
{
	const struct import_access *access = &credential->access;
	size_t n = 0;

	if (credential->is_known)
		return 0;
	if (access->version != SNMP_V3 && access->community.len == 0)
		missing[n++] = "community";
	if (access->auth != NULL && access->auth_key.len == 0)
		missing[n++] = "auth_key";
	if (access->priv != NULL && access->priv_key.len == 0)
		missing[n++] = "priv_key";
	return n;
}

bool importwrite_has_credentials(const struct importlist *list)
{
	for (size_t i = 0; i < list->credentials.n; i++)
		if (!list->credentials.v[i].is_known)
			return true;
	return false;
}

static bool write_secret(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write(fd, bytes, len) == (ssize_t)len && fsync(fd) == 0;

	if (!good)
		fprintf(stderr, "rollcall: cannot write %s: %s%s\n", path, strerror(errno),
		    errno == EEXIST ? "; move it away, or name another file" : "");
	if (fd >= 0)
		close(fd);
	return good;
}

/* The absolute folder of a file that may not be there yet; caller frees; NULL when there is none. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL   ? mem_strdup(".")
		       : slash == path ? mem_strdup("/")
				       : mem_strndup(path, (size_t)(slash - path));
	char *absolute = realpath(folder, NULL);

	if (absolute == NULL)
		fprintf(stderr, "rollcall: cannot write %s: %s\n", path, strerror(errno));
	free(folder);
	return absolute;
}

/* ", KEY: PROTOCOL, KEY_key_file: PATH", and that file where its content is known. */
static bool add_protocol(struct str *out, const char *folder, const char *name, const char *key,
    const char *protocol, const struct secret *secret)
{
	struct str clean = {0};
	char *path;
	bool good = true;

	if (protocol == NULL)
		return true;
	str_add_percent(&clean, name);
	path = str_format("%s/%s.%s", folder, str_text(&clean), key);
	str_addf(out, ", %s: %s, %s_key_file: ", key, protocol, key);
	devicefile_add_scalar(out, path);
	if (secret->len > 0)
		good = write_secret(path, secret->bytes, secret->len);
	str_fini(&clean);
	free(path);
	return good;
}

static bool add_usm(struct str *out, const char *folder, const struct import_credential *credential)
{
	const struct import_access *access = &credential->access;

	str_add(out, "{version: 3, user: ");
	devicefile_add_scalar(out, access->user);
	if (access->context != NULL) {
		str_add(out, ", context: ");
		devicefile_add_scalar(out, access->context);
	}
	if (!add_protocol(out, folder, credential->name, "auth", access->auth, &access->auth_key) ||
	    !add_protocol(out, folder, credential->name, "priv", access->priv, &access->priv_key))
		return false;
	str_add(out, "}");
	return true;
}

static bool add_credential(struct str *out, const char *folder, const struct import_credential *credential)
{
	bool good = true;

	if (credential->is_known)
		return true;
	str_add(out, credential->is_hollow ? "  # " : "  ");
	devicefile_add_scalar(out, credential->name);
	str_add(out, ": ");
	if (credential->access.version == SNMP_V3) {
		good = add_usm(out, folder, credential);
	} else {
		str_addf(
		    out, "{version: %s, community: ", credential->access.version == SNMP_V1 ? "1" : "2c");
		if (credential->is_hollow)
			str_add(out, "...");
		else
			devicefile_add_scalar(out, (const char *)credential->access.community.bytes);
		str_add_char(out, '}');
	}
	str_addf(out, " # %zu device%s%s\n", credential->used, credential->used == 1 ? "" : "s",
	    credential->is_hollow ? "; its source does not say what it is" : "");
	return good;
}

/* Those who had the default keep it. */
static void add_default(struct str *out, const struct importwrite_main *main)
{
	if (main->usual == NULL || main->has_credential)
		return;
	if (!main->has_credentials)
		str_add(
		    out, "  public: {version: 2c, community: public} # what is used without credentials\n");
	str_add(out, "credential: ");
	devicefile_add_scalar(out, main->usual);
	str_add(out, " # the default as it was; of several it has to be named\n");
}

bool importwrite_credentials(
    const struct importlist *list, const struct importwrite_main *main, const char *path)
{
	struct str text = {0};
	char *folder = folder_of(path);
	bool good = folder != NULL;

	str_add(&text, "# by rollcall import; belongs into rollcall.yaml\ncredentials:\n");
	for (size_t i = 0; good && i < list->credentials.n; i++)
		good = add_credential(&text, folder, &list->credentials.v[i]);
	add_default(&text, main);
	good = good && write_secret(path, text.s, text.len);
	explicit_bzero(text.s, text.len);
	str_fini(&text);
	free(folder);
	return good;
}

/* --- JSON --- */

static void set_place(json_t *json, const struct importlist *list, struct diag_place place)
{
	json_object_set_new(json, "file", jsonvalue_text(diag_file_name(list->diag, place.file)));
	json_object_set_new(json, "line", place.line > 0 ? json_integer(place.line) : json_null());
}

static json_t *device_json(const struct importlist *list, const struct import_device *device)
{
	json_t *tags = json_array(), *json;

	for (size_t i = 0; i < device->n_tags; i++)
		json_array_append_new(tags, jsonvalue_text(device->tags[i]));
	json = json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", jsonvalue_text(device->name), "address",
	    jsonvalue_text(device->address), "credential", jsonvalue_text(device->credential), "tags", tags,
	    "parent", jsonvalue_text(device->parent));
	set_place(json, list, device->place);
	return json;
}

static json_t *credential_json(const struct import_credential *credential)
{
	static const char *const versions[] = {[SNMP_V1] = "1", [SNMP_V2C] = "2c", [SNMP_V3] = "3"};
	const struct import_access *access = &credential->access;
	const char *missing[3];
	size_t n = importwrite_missing(credential, missing);
	json_t *gaps = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(gaps, json_string(missing[i]));
	return json_pack("{s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:I, s:o}", "name",
	    jsonvalue_text(credential->name), "known", credential->is_known, "version",
	    versions[access->version], "user", jsonvalue_text(access->user), "auth",
	    jsonvalue_text(access->auth), "priv", jsonvalue_text(access->priv), "context",
	    jsonvalue_text(access->context), "devices", (json_int_t)credential->used, "missing", gaps);
}

json_t *importwrite_json(const struct importlist *list)
{
	json_t *devices = json_array(), *credentials = json_array(), *skipped = json_array();

	for (size_t i = 0; i < list->devices.n; i++)
		json_array_append_new(devices, device_json(list, &list->devices.v[i]));
	for (size_t i = 0; i < list->credentials.n; i++)
		json_array_append_new(credentials, credential_json(&list->credentials.v[i]));
	for (size_t i = 0; i < list->skipped.n; i++) {
		const struct import_skipped *skip = &list->skipped.v[i];
		json_t *json = json_pack("{s:o, s:o, s:o}", "name", jsonvalue_text(skip->name), "address",
		    jsonvalue_text(skip->address), "reason", jsonvalue_text(skip->reason));

		set_place(json, list, skip->place);
		json_array_append_new(skipped, json);
	}
	return json_pack(
	    "{s:o, s:o, s:o}", "devices", devices, "credentials", credentials, "skipped", skipped);
}
