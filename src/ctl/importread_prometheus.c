/* Prometheus: groups of targets with labels (file_sd, or static_configs of a prometheus.yml), and the
 * credentials of snmp_exporter's snmp.yml. */
#include "base/mem.h"
#include "base/str.h"
#include "ctl/importaccess.h"
#include "ctl/importread.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct yaml_node *node, const char *key)
{
	const char *text = yaml_text(yaml_get(node, key));

	return text != NULL && *text != '\0' ? text : NULL;
}

/* The first text of a list, or the text. */
static const char *first_of(const struct yaml_node *node)
{
	const struct yaml_entry *first = yaml_first(node);

	return node != NULL && node->type == YAML_SEQUENCE ? first != NULL ? yaml_text(first->value) : NULL
							   : yaml_text(node);
}

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static const char *const auth_labels[] = {"auth", "__param_auth", "snmp_auth"};
static const char *const module_labels[] = {"module", "__param_module", "snmp_module"};
static const char *const name_labels[] = {
    "name", "hostname", "host", "sysname", "sysName", "device", "nodename", "instance"};

/* --- targets --- */

/* Label by label; `alone`: the group has one target, so that a name can be its. */
static void read_labels(
    struct importread *read, struct import_device *device, const struct yaml_node *labels, bool alone)
{
	for (const struct yaml_entry *e = yaml_first(labels); e != NULL; e = e->next) {
		const char *key = e->key != NULL ? e->key->text : "", *value = yaml_text(e->value);
		char *tag;

		if (value == NULL || *value == '\0')
			continue;
		if (is_one_of(key, auth_labels, ARRAY_LEN(auth_labels))) {
			free(device->access.name);
			device->access.name = mem_strdup(value);
		} else if (is_one_of(key, module_labels, ARRAY_LEN(module_labels))) {
			if (!read->told_modules)
				diag_note(read->list->diag, importread_place(read, e->value),
				    "modules are not taken over: profiles are chosen by what a device says "
				    "of "
				    "itself");
			read->told_modules = true;
		} else if (alone && device->name == NULL &&
			   is_one_of(key, name_labels, ARRAY_LEN(name_labels))) {
			device->name = mem_strdup(value);
		} else if (strncmp(key, "__", 2) != 0) {
			tag = str_format("%s:%s", key, value);
			import_device_tag(device, tag);
			free(tag);
		}
	}
}

/* "udp://192.0.2.1:161" too. */
static const char *without_scheme(const char *target)
{
	const char *colon = strstr(target, "://");

	return colon != NULL ? colon + 3 : target;
}

static void read_group(struct importread *read, const struct yaml_node *group, const char *auth)
{
	const struct yaml_node *targets = yaml_get(group, "targets"), *labels = yaml_get(group, "labels");

	if (targets == NULL || targets->type != YAML_SEQUENCE) {
		importlist_skip(
		    read->list, importread_place(read, group), NULL, NULL, "it has no list of targets");
		return;
	}
	for (const struct yaml_entry *e = yaml_first(targets); e != NULL; e = e->next) {
		const char *target = yaml_text(e->value);
		struct import_device device = {
		    .place = importread_place(read, e->value), .access = {.version = -1}};

		device.address = mem_strdup(target != NULL ? without_scheme(target) : NULL);
		device.access.name = mem_strdup(auth);
		read_labels(read, &device, labels, targets->count == 1);
		importlist_add(read->list, &device);
	}
}

static void read_groups(struct importread *read, const struct yaml_node *groups, const char *auth)
{
	for (const struct yaml_entry *e = yaml_first(groups); e != NULL; e = e->next)
		read_group(read, e->value, auth);
}

/* Those of a prometheus.yml that go to snmp_exporter; others are no devices. */
static void read_jobs(struct importread *read, const struct yaml_node *jobs)
{
	for (const struct yaml_entry *e = yaml_first(jobs); e != NULL; e = e->next) {
		const char *path = text_of(e->value, "metrics_path");

		if (path != NULL && strcmp(path, "/snmp") == 0)
			read_groups(read, yaml_get(e->value, "static_configs"),
			    first_of(yaml_get(yaml_get(e->value, "params"), "auth")));
		else
			importlist_skip(read->list, importread_place(read, e->value),
			    text_of(e->value, "job_name"), NULL, "its metrics_path is not /snmp");
	}
}

/* --- credentials --- */

static void read_auth(struct importread *read, const struct yaml_entry *entry)
{
	const struct yaml_node *auth = entry->value;
	struct importread_usm usm = {.user = text_of(auth, "username"),
	    .level = text_of(auth, "security_level"),
	    .auth = text_of(auth, "auth_protocol"),
	    .auth_key = text_of(auth, "password"),
	    .priv = text_of(auth, "priv_protocol"),
	    .priv_key = text_of(auth, "priv_password"),
	    .context = text_of(auth, "context_name")};
	struct import_access access = {.version = importaccess_version(text_of(auth, "version"))};

	if (access.version == SNMP_V3) {
		usm.level = usm.level != NULL ? usm.level : "noAuthNoPriv";
		usm.auth = usm.auth != NULL ? usm.auth : "MD5";
		usm.priv = usm.priv != NULL ? usm.priv : "DES";
		importread_usm(read, importread_place(read, auth), &usm, &access);
	} else {
		importread_community(
		    &access, text_of(auth, "community") != NULL ? text_of(auth, "community") : "public");
	}
	access.name = mem_strdup(entry->key->text);
	importlist_define(read->list, &access);
}

bool importread_prometheus_tree(struct importread *read, const struct yaml_node *root)
{
	const struct yaml_node *jobs = yaml_get(root, "scrape_configs"), *auths = yaml_get(root, "auths");
	const struct yaml_entry *first = yaml_first(root);

	if (root->type == YAML_SEQUENCE && first != NULL && yaml_get(first->value, "targets") != NULL) {
		read_groups(read, root, NULL);
		return true;
	}
	if (jobs == NULL && auths == NULL)
		return false;
	read_jobs(read, jobs);
	for (const struct yaml_entry *e = yaml_first(auths); e != NULL; e = e->next)
		if (e->key != NULL)
			read_auth(read, e);
	return true;
}
