/* LibreNMS: its table `devices`, as the API or the database gives it. */
#include "base/mem.h"
#include "base/str.h"
#include "ctl/importaccess.h"
#include "ctl/importread.h"
#include "model/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_cell(const struct csv_row *header, const char *name)
{
	for (size_t i = 0; i < header->n; i++)
		if (strcasecmp(header->cells[i], name) == 0)
			return true;
	return false;
}

bool importread_librenms_is(const struct csv_row *header)
{
	return has_cell(header, "hostname") && (has_cell(header, "snmpver") || has_cell(header, "device_id"));
}

static bool is_literal(const char *text)
{
	struct endpoint endpoint;

	return text != NULL && endpoint_parse(text, &endpoint) == NULL && endpoint.is_literal;
}

/* Added by its address, it is known by what it says of itself. */
static const char *name_of(const struct importrecord *record)
{
	const char *hostname = importrecord_get(record, "hostname"),
		   *sysname = importrecord_get(record, "sysName"),
		   *display = importrecord_get(record, "display");

	if (display != NULL && strstr(display, "{{") == NULL)
		return display;
	return is_literal(hostname) && sysname != NULL ? sysname : hostname;
}

static void read_access(
    struct importread *read, const struct importrecord *record, struct import_device *device)
{
	const char *version = importrecord_get(record, "snmpver");
	struct importread_usm usm = {.user = importrecord_get(record, "authname"),
	    .level = importrecord_get(record, "authlevel"),
	    .auth = importrecord_get(record, "authalgo"),
	    .auth_key = importrecord_get(record, "authpass"),
	    .priv = importrecord_get(record, "cryptoalgo"),
	    .priv_key = importrecord_get(record, "cryptopass"),
	    .context = importrecord_get(record, "context_name")};

	device->access.version = importaccess_version(version);
	if (device->access.version == SNMP_V3)
		importread_usm(read, device->place, &usm, &device->access);
	else
		importread_community(&device->access, importrecord_get(record, "community"));
}

static char *first_parent(const struct importrecord *record)
{
	const char *parents = importrecord_get(record, "dependency_parent_hostname");

	return parents != NULL ? mem_strndup(parents, strcspn(parents, ",")) : NULL;
}

void importread_librenms_row(
    struct importread *read, const struct importrecord *record, struct diag_place place)
{
	const char *hostname = importrecord_get(record, "hostname"),
		   *overwritten = importrecord_get(record, "overwrite_ip"),
		   *transport = importrecord_get(record, "transport"),
		   *type = importrecord_get(record, "type");
	struct import_device device = {.place = place};

	if (importrecord_is_on(record, "disabled") || importrecord_is_on(record, "snmp_disable")) {
		importlist_skip(read->list, place, name_of(record), hostname,
		    importrecord_is_on(record, "disabled") ? "it is disabled in LibreNMS"
							   : "LibreNMS does not ask it by SNMP");
		return;
	}
	device.name = mem_strdup(name_of(record));
	device.address = mem_strdup(overwritten != NULL ? overwritten : hostname);
	device.port = mem_strdup(importrecord_get(record, "port"));
	device.parent = first_parent(record);
	if (type != NULL)
		import_device_tag(&device, type);
	if (transport != NULL && strncasecmp(transport, "tcp", 3) == 0)
		diag_warning(read->list->diag, place,
		    "%s is asked by TCP in LibreNMS; it will be asked by UDP",
		    hostname != NULL ? hostname : "it");
	read_access(read, record, &device);
	importlist_add(read->list, &device);
}

static bool is_device(const struct yaml_node *node)
{
	return yaml_get(node, "hostname") != NULL &&
	       (yaml_get(node, "snmpver") != NULL || yaml_get(node, "device_id") != NULL);
}

bool importread_librenms_tree(struct importread *read, const struct yaml_node *root)
{
	const struct yaml_node *devices = root->type == YAML_MAPPING ? yaml_get(root, "devices") : root;
	const struct yaml_entry *first = yaml_first(devices);

	if (devices == NULL || devices->type != YAML_SEQUENCE || first == NULL || !is_device(first->value))
		return false;
	for (const struct yaml_entry *e = first; e != NULL; e = e->next) {
		struct importrecord record = {.node = e->value};
		struct diag_place place = importread_place(read, e->value);

		if (is_device(e->value))
			importread_librenms_row(read, &record, place);
		else
			importlist_skip(read->list, place, NULL, NULL,
			    "it is no device: hostname or device_id is missing");
	}
	return true;
}
