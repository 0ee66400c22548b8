#include "ctl/usage.h"

static const char usage[] =
    "usage: rollcall [-c FILE] [-s SOCKET] COMMAND ...\n"
    "\n"
    "  status [DEVICE]        who is present, who is absent, what is wrong (--all, --json)\n"
    "  show DEVICE [TABLE]    every row and value last polled (--json; --engine: how it is asked,\n"
    "                         and what was found out for that)\n"
    "  probe ADDRESS[:PORT].. poll once, and again for rates, without the daemon\n"
    "                         (-C COMMUNITY, --credential NAME, --snmp 1|2c, --wait 5s, --json)\n"
    "  graph DEVICE [ROW] -o FILE.png|FILE.svg\n"
    "                         a graph by rrdtool (--graph NAME, --from -1d, --to now, --width,\n"
    "                         --height, --dark; --command prints the rrdtool line; --list)\n"
    "  discover NETWORK...    who answers there, as a device list (192.0.2.0/24, 192.0.2.10-20,\n"
    "                         --credential NAME,NAME, --exclude NETWORK,.. --write FILE, --json,\n"
    "                         --rate 100 addresses a second, --port 161)\n"
    "  events                 what happened (--device NAME, --rule NAME, --severity warning,\n"
    "                         --since -1d, --json; --follow goes on)\n"
    "  silence DEVICE --for 2h --reason TEXT\n"
    "                         no calls about it, its rows and what is behind it (--rule, --row,\n"
    "                         --author; --list; --remove NUMBER)\n"
    "  ack DEVICE RULE [ROW] --reason TEXT\n"
    "                         a problem is seen: no more calls until it ends (--author; --list)\n"
    "  stats                  the collector about itself (--json)\n"
    "  flush [DEVICE]         all samples into their files, then return\n"
    "  reload                 the daemon takes over the configuration: all of it or nothing\n"
    "  rename OLD NEW         the history of a device follows its new name\n"
    "  check                  the configuration, with every mistake (--show: every key; --rules\n"
    "                         DEVICE: its rules and thresholds, and where they are said; --json)\n"
    "\n"
    "  -c, --config FILE      configuration (default: ./rollcall.yaml, /etc/rollcall/rollcall.yaml)\n"
    "  -s, --socket PATH      the daemon's status.sock, or the folder that holds it\n"
    "  -C, --community TEXT   for probe; '-' reads it from standard input\n"
    "  -h, --help             this text\n"
    "  -V, --version          version\n"
    "\n"
    "Exit status: 0 fine, 1 something is wrong with what is watched, 2 usage or configuration, 3 no "
    "daemon.\n";

const char *usage_text(void)
{
	return usage;
}
