/* device: the state of one simulated device, and what may happen to it.
 *
 * Ports have an identity, 0 and up, that never changes; it decides name, speed and
 * counters. ifIndex is where a port lives today: a permutation of the first
 * `perm_n` places, drawn anew by a renumbering; ports added later follow behind.
 * All times but `boot` are uptime in hundredths of a second. */
#ifndef FLEET_DEVICE_H
#define FLEET_DEVICE_H

#include "fleet/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEVICE_PORTS_MAX 65536

enum device_kind { DEVICE_SWITCH, DEVICE_LINUX };

struct device_port {
	bool removed, down, disabled;
	uint32_t renamed;      /* times the port got another name */
	bool reset;	       /* its counters started anew */
	uint64_t since;	       /* at this uptime */
	uint64_t changed;      /* ifLastChange */
	uint64_t discontinued; /* ifCounterDiscontinuityTime */
};

struct device {
	uint32_t number;
	enum device_kind kind;
	int64_t boot; /* device time of the last start; negative for the first one */
	uint32_t boots;
	uint32_t n_ports, perm_n, perm_a, perm_inverse, perm_b;
	uint32_t renumbered;	   /* times; each draws another permutation */
	uint64_t table_changed;	   /* ifTableLastChange */
	bool reset;		   /* all counters started anew, */
	uint64_t since;		   /* at this uptime */
	struct device_port *ports; /* n_ports of them, or NULL while nothing happened to any */

	/* kept by the server */
	uint32_t faults; /* active rules that name this device */
	int32_t last_id; /* request-id of the previous request */
	uint64_t asked;	 /* requests ever; chance depends on it */
	uint64_t requests, varbinds, replies, octets;
	uint64_t walked;     /* GETNEXTs and GETBULKs ever */
	uint64_t leaps_from; /* the request from which on counters leap; 0 = not yet */
	bool vanished;	     /* a port is gone for now */
	int64_t second;	     /* the one in which `in_second` requests came */
	uint32_t in_second;
	int64_t busy;			/* monotonic ns until which it works at earlier requests */
	uint32_t waiting, waiting_peak; /* delayed replies */
};

void device_init(
    struct device *device, uint32_t number, enum device_kind kind, uint32_t n_ports, uint64_t uptime);
void device_fini(struct device *device);

/* ifIndex of the row after `after` (-1 = the first); false when there is none. */
bool device_next_index(const struct device *device, int64_t after, uint32_t *index);
bool device_port_at(const struct device *device, uint32_t index, uint32_t *port);
uint32_t device_first_index(const struct device *device);
uint32_t device_index_of(const struct device *device, uint32_t port); /* also of removed ports */
uint32_t device_port_count(const struct device *device);	      /* without the removed ones */
/* The port's special state; zeros when nothing happened to it. */
struct device_port device_port_state(const struct device *device, uint32_t port);

/* The counter of a port (or of the device, port = -1) as it reads now. */
uint64_t device_counter(const struct device *device, int64_t port, struct model_rate rate, uint64_t uptime);

/* What may happen. `time` is device time (fleet_time). Ports that do not exist are ignored. */
void device_reboot(struct device *device, int64_t time);
void device_renumber(
    struct device *device, uint64_t seed, int64_t time, bool quiet); /* quiet: ifTableLastChange stays */
void device_add_ports(struct device *device, uint32_t n, int64_t time);

enum device_event {
	DEVICE_REMOVE_PORT,
	DEVICE_RETURN_PORT,
	DEVICE_COUNTER_RESET, /* without a word */
	DEVICE_DISCONTINUITY, /* a reset that ifCounterDiscontinuityTime tells of */
	DEVICE_PORT_DOWN,
	DEVICE_PORT_UP,
	DEVICE_PORT_DISABLE, /* ifAdminStatus and ifOperStatus down */
	DEVICE_PORT_ENABLE,
	DEVICE_FLAP, /* ifLastChange moves, the status is as before */
	DEVICE_RENAME_PORT,
};
void device_port_event(
    struct device *device, int64_t port, enum device_event event, int64_t time); /* -1 = all ports */

#endif
