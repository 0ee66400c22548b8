/* discover: who answers SNMP among many addresses: a first contact with each, at a pace, in random order.
 *
 * Who answers is polled twice, so that what it offers, what a poll of it costs and what the rules would say
 * is known; then it is asked who it is and whom it sees (inquiry.h). Whoever is silent is asked once for each
 * credential; with one of version 3 among them never twice, as agents count wrong keys. Nothing is stored.
 * Has a loop of its own; returns when done. */
#ifndef ROLLCALL_DAEMON_DISCOVER_H
#define ROLLCALL_DAEMON_DISCOVER_H

#include "base/err.h"
#include "daemon/identity.h"
#include "daemon/neighbours.h"
#include "daemon/preview.h"
#include "model/addresses.h"
#include "model/inventory.h"
#include "model/report.h"

#define DISCOVER_RATE	  100 /* first contacts a second, by default */
#define DISCOVER_RATE_MAX 5000

struct discover_options {
	struct inventory *inventory; /* profiles and settings */
	const struct addresses *addresses, *excluded;
	const struct credential **credentials; /* in the order to try */
	size_t n_credentials;
	uint16_t port;
	unsigned rate; /* contacts a second */
};

/* Somebody answers. All of it is borrowed. */
struct discover_found {
	const struct device_report *report;
	uint64_t requests, octets; /* of one poll: PDUs, and octets of both ways */
	struct identity *identity; /* may be taken away: what is left is {0} or freed */
	const struct neighbours *neighbours;
	const struct preview_alarm *alarms; /* that the rules would raise now */
	size_t n_alarms;
};

struct discover_hooks {
	void (*found)(void *arg, const struct discover_found *found);
	/* Now and then: addresses begun and done with, of all. May be NULL. */
	void (*progress)(void *arg, uint32_t begun, uint32_t done, uint32_t total);
	void *arg;
};

/* ERR_IO: no socket can be had. */
enum err discover_run(const struct discover_options *options, const struct discover_hooks *hooks) MUST_USE;

#endif
