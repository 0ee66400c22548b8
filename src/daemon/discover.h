/* discover: who answers SNMP among many addresses: a first contact with each, at a pace, in random order.
 *
 * Who answers is polled twice, so that what it offers and what a poll of it costs is known. Whoever is silent
 * is asked once for each credential; with one of version 3 among them never twice, as agents count wrong
 * keys. Nothing is stored, nothing judged. Has a loop of its own; returns when done. */
#ifndef ROLLCALL_DAEMON_DISCOVER_H
#define ROLLCALL_DAEMON_DISCOVER_H

#include "base/err.h"
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

struct discover_hooks {
	/* Somebody answers. Borrowed. `requests`: PDUs of one poll. */
	void (*found)(void *arg, const struct device_report *report, uint64_t requests);
	/* Now and then: addresses begun and done with, of all. May be NULL. */
	void (*progress)(void *arg, uint32_t begun, uint32_t done, uint32_t total);
	void *arg;
};

/* ERR_IO: no socket can be had. */
enum err discover_run(const struct discover_options *options, const struct discover_hooks *hooks) MUST_USE;

#endif
