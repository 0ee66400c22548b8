/* Zabbix: an export of hosts (YAML, JSON, XML; from 3.0 on), or what host.get returns. Numbers of the API and
 * words of the export mean the same; what an export leaves out has its default. */
#include "base/mem.h"
#include "base/str.h"
#include "ctl/importaccess.h"
#include "ctl/importread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MACROS_DEPTH 5 /* macros whose value is a macro */

static const char *text_of(const struct yaml_node *node, const char *key)
{
	const char *text = yaml_text(yaml_get(node, key));

	return text != NULL && *text != '\0' ? text : NULL;
}

static bool is_word(const char *text, const char *word, const char *number)
{
	return text != NULL && (strcasecmp(text, word) == 0 || strcmp(text, number) == 0);
}

/* --- macros --- */

static const struct yaml_node *macro_named(const struct yaml_node *macros, const char *name)
{
	for (const struct yaml_entry *e = yaml_first(macros); e != NULL; e = e->next)
		if (str_equal(text_of(e->value, "macro"), name))
			return e->value;
	return NULL;
}

/* The value behind "{$NAME}", or the text as it is. NULL when a macro has none here. Borrowed. */
static const char *expand(const struct yaml_node *host, const char *text)
{
	for (unsigned depth = 0; text != NULL && strncmp(text, "{$", 2) == 0 && depth < MACROS_DEPTH;
	     depth++) {
		const struct yaml_node *macro = macro_named(yaml_get(host, "macros"), text);

		text = macro != NULL ? text_of(macro, "value") : NULL;
	}
	return text != NULL && strncmp(text, "{$", 2) != 0 ? text : NULL;
}

/* As expand(), and tells what is not there. */
static const char *value_of(struct importread *read, const struct yaml_node *host,
    const struct yaml_node *parent, const char *key, const char *what)
{
	const char *text = text_of(parent, key), *value = expand(host, text);

	if (text != NULL && value == NULL)
		diag_warning(read->list->diag, importread_place(read, parent),
		    "the export does not have the value of %s, the %s: it is global, of a template, or "
		    "secret",
		    text, what);
	return value;
}

/* --- how it is asked --- */

static const char *level_of(const char *text)
{
	if (is_word(text, "AUTHPRIV", "2"))
		return "authPriv";
	return is_word(text, "AUTHNOPRIV", "1") ? "authNoPriv" : "noAuthNoPriv";
}

/* Numbers of the API, in the order of its documentation. */
static const char *protocol_of(const char *text, const char *const *names, size_t n)
{
	uint64_t number = 0;

	if (text == NULL)
		return names[0];
	return str_to_u64(text, &number) && number < n ? names[number] : text;
}

/* `prefix`: of items before 5.0, "snmpv3_". */
static void read_usm(struct importread *read, const struct yaml_node *host, const struct yaml_node *details,
    const char *prefix, struct import_access *access)
{
	static const char *const auths[] = {"MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
	static const char *const privs[] = {"DES", "AES128", "AES192", "AES256", "AES192C", "AES256C"};
	char key[7][32];
	static const char *const keys[] = {"securityname", "securitylevel", "authprotocol", "authpassphrase",
	    "privprotocol", "privpassphrase", "contextname"};
	struct importread_usm usm;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		snprintf(key[i], sizeof key[i], "%s%s", prefix, keys[i]);
	usm = (struct importread_usm){.user = value_of(read, host, details, key[0], "user of SNMPv3"),
	    .level = level_of(text_of(details, key[1])),
	    .auth = protocol_of(text_of(details, key[2]), auths, ARRAY_LEN(auths)),
	    .priv = protocol_of(text_of(details, key[4]), privs, ARRAY_LEN(privs)),
	    .context = value_of(read, host, details, key[6], "context")};
	if (strcmp(usm.level, "noAuthNoPriv") != 0)
		usm.auth_key = value_of(read, host, details, key[3], "passphrase");
	if (strcmp(usm.level, "authPriv") == 0)
		usm.priv_key = value_of(read, host, details, key[5], "passphrase of privacy");
	importread_usm(read, importread_place(read, details), &usm, access);
}

/* From 5.0 on the interface says how. */
static void read_details(struct importread *read, const struct yaml_node *host,
    const struct yaml_node *details, struct import_access *access)
{
	int version = importaccess_version(text_of(details, "version"));

	access->version = version >= 0 ? version : SNMP_V2C;
	if (access->version == SNMP_V3)
		read_usm(read, host, details, "", access);
	else
		importread_community(access, value_of(read, host, details, "community", "community"));
}

/* Before 5.0 each item did: the first that is asked by SNMP speaks for all. */
static void read_items(struct importread *read, const struct yaml_node *host, struct import_access *access)
{
	const struct yaml_node *items = yaml_get(host, "items"), *rules = yaml_get(host, "discovery_rules");

	for (unsigned i = 0; i < 2; i++) {
		for (const struct yaml_entry *e = yaml_first(i == 0 ? items : rules); e != NULL;
		     e = e->next) {
			const char *type = text_of(e->value, "type");

			if (is_word(type, "SNMPV3", "6")) {
				read_usm(read, host, e->value, "snmpv3_", access);
				return;
			}
			if (!is_word(type, "SNMPV1", "1") && !is_word(type, "SNMPV2", "4"))
				continue;
			access->version = is_word(type, "SNMPV1", "1") ? SNMP_V1 : SNMP_V2C;
			importread_community(
			    access, value_of(read, host, e->value, "snmp_community", "community"));
			return;
		}
	}
}

/* --- hosts --- */

static bool is_snmp(const struct yaml_node *interface)
{
	return is_word(text_of(interface, "type"), "SNMP", "2");
}

static bool is_default(const struct yaml_node *interface)
{
	const char *text = text_of(interface, "default");

	text = text != NULL ? text : text_of(interface, "main");
	return !is_word(text, "NO", "0");
}

/* The default one of its SNMP interfaces, else the first; and how many there are. */
static const struct yaml_node *snmp_interface(const struct yaml_node *host, size_t *n)
{
	const struct yaml_node *chosen = NULL;

	*n = 0;
	for (const struct yaml_entry *e = yaml_first(yaml_get(host, "interfaces")); e != NULL; e = e->next) {
		if (!is_snmp(e->value))
			continue;
		if (chosen == NULL || (is_default(e->value) && !is_default(chosen)))
			chosen = e->value;
		(*n)++;
	}
	return chosen;
}

static void add_tags(struct import_device *device, const struct yaml_node *host)
{
	const struct yaml_node *groups = yaml_get(host, "groups");

	if (groups == NULL)
		groups = yaml_get(host, "hostgroups");
	for (const struct yaml_entry *e = yaml_first(groups); e != NULL; e = e->next)
		if (text_of(e->value, "name") != NULL)
			import_device_tag(device, text_of(e->value, "name"));
	for (const struct yaml_entry *e = yaml_first(yaml_get(host, "tags")); e != NULL; e = e->next) {
		const char *tag = text_of(e->value, "tag"), *value = text_of(e->value, "value");
		char *text = tag != NULL ? str_format("%s%s%s", tag, value != NULL ? ":" : "",
					       value != NULL ? value : "")
					 : NULL;

		if (text != NULL)
			import_device_tag(device, text);
		free(text);
	}
}

static void tell_templates(struct importread *read, const struct yaml_node *host)
{
	const struct yaml_node *templates = yaml_get(host, "templates");

	if (read->told_templates || yaml_first(templates) == NULL)
		return;
	read->told_templates = true;
	diag_note(read->list->diag, importread_place(read, templates),
	    "templates are not taken over: profiles are chosen by what a device says of itself");
}

static void read_host(struct importread *read, const struct yaml_node *host)
{
	size_t n;
	const struct yaml_node *interface = snmp_interface(host, &n),
			       *details = yaml_get(interface, "details");
	const char *technical = text_of(host, "host"), *visible = text_of(host, "name"), *address;
	const char *name = visible != NULL ? visible : technical;
	struct diag_place place = importread_place(read, host);
	struct import_device device = {.place = place, .access = {.version = -1}};

	if (interface == NULL || is_word(text_of(host, "status"), "DISABLED", "1")) {
		importlist_skip(read->list, place, name, NULL,
		    interface == NULL ? "it has no SNMP interface" : "it is disabled in Zabbix");
		return;
	}
	if (is_word(text_of(interface, "useip"), "NO", "0"))
		address = value_of(read, host, interface, "dns", "DNS name");
	else if (text_of(interface, "ip") == NULL)
		address = "127.0.0.1"; /* the export's default */
	else
		address = value_of(read, host, interface, "ip", "address");
	if (n > 1)
		diag_note(read->list->diag, importread_place(read, interface),
		    "%s has %zu SNMP interfaces; the default one is taken", name != NULL ? name : "a host",
		    n);
	tell_templates(read, host);
	device.name = mem_strdup(name);
	device.address = mem_strdup(address);
	device.port = mem_strdup(value_of(read, host, interface, "port", "port"));
	add_tags(&device, host);
	if (yaml_first(details) != NULL)
		read_details(read, host, details, &device.access);
	else
		read_items(read, host, &device.access);
	importlist_add(read->list, &device);
}

bool importread_zabbix_tree(struct importread *read, const struct yaml_node *root)
{
	const struct yaml_node *export = yaml_get(root, "zabbix_export"), *hosts = root;

	if (export != NULL)
		hosts = yaml_get(export, "hosts");
	else if (root->type == YAML_MAPPING)
		hosts = yaml_get(root, "result");
	if (export == NULL &&
	    (yaml_first(hosts) == NULL || yaml_get(yaml_first(hosts)->value, "interfaces") == NULL))
		return false;
	if (yaml_first(hosts) == NULL)
		diag_warning(read->list->diag, importread_place(read, root),
		    "the export has no hosts; export hosts rather than templates");
	for (const struct yaml_entry *e = yaml_first(hosts); e != NULL; e = e->next)
		read_host(read, e->value);
	return true;
}
