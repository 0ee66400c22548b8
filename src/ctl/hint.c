#include "ctl/hint.h"

#include "daemon/outage.h"

#include <netdb.h>
#include <string.h>

#define NET_SNMP_ENTERPRISE "1.3.6.1.4.1.8072."

static void no_answer(struct str *out, const struct device_report *report)
{
	bool resolved = report->peer.address[0] != '\0', v6 = report->peer.address[0] == '[';
	const char *host = resolved ? report->peer.address + (v6 ? 1 : 0) : report->device->host;

	str_addf(out,
	    "There was no answer. From here these look alike:\n"
	    "  - the community is wrong (an agent says nothing to one it does not know):\n"
	    "    -C COMMUNITY\n"
	    "  - the agent's access list, or a firewall on the way, does not let this host\n"
	    "    ask\n"
	    "  - the agent listens elsewhere (Debian's snmpd listens on 127.0.0.1 only until\n"
	    "    agentAddress says otherwise), or speaks another version (--snmp 1)\n"
	    "  - the host is down, or has no agent\n"
	    "See what goes over the wire: tcpdump -n host %.*s and udp\n",
	    (int)(resolved ? strcspn(host, v6 ? "]" : ":") : strlen(host)), host);
}

static size_t rows_of(const struct device_report *report, const char *name)
{
	for (size_t i = 0; i < report->n_tables; i++)
		if (str_equal(report->tables[i]->table->name, name))
			return report->tables[i]->n_rows;
	return 0;
}

/* Debian's snmpd.conf shows its `systemonly` view: the system group and hrSystem, and no interfaces. */
static void hidden_tables(struct str *out, const struct device_report *report)
{
	const char *object_id = report->system != NULL ? report->system->object_id : NULL;

	if (rows_of(report, "interfaces") > 0 || report->n_tables == 0)
		return;
	str_add(out, "The agent answers, but shows no interfaces (IF-MIB).\n");
	if (object_id != NULL && strstr(object_id, NET_SNMP_ENTERPRISE) == object_id)
		str_add(out, "Its view probably hides them: by default Debian's snmpd shows the view\n"
			     "`systemonly` only.\n"
			     "Add this to /etc/snmp/snmpd.conf on the device, and restart snmpd:\n"
			     "  view   systemonly  included   .1\n");
	else
		str_add(out, "Its access view for this community may hide them.\n");
}

void hint_add(struct str *out, const struct device_report *report, const struct oneshot_result *result)
{
	if (result->answered) {
		hidden_tables(out, report);
		return;
	}
	if (result->failure == FAILURE_TIMEOUT || result->failure == FAILURE_NONE)
		no_answer(out, report);
	else if (result->failure == FAILURE_REFUSED)
		str_add(out, "The host is up, but nothing listens on this port: is the agent running, and\n"
			     "on this address?\n");
	else if (result->failure == FAILURE_RESOLVE)
		str_add(out, "The name is not known here: check its spelling, /etc/hosts and the DNS.\n");
}
