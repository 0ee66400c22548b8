/* fleet: what all parts of the simulated fleet share: options, clock, devices. */
#ifndef FLEET_FLEET_H
#define FLEET_FLEET_H

#include "fleet/device.h"

#include <stdbool.h>
#include <stdint.h>

#define FLEET_FILLER 65507 /* more fits no datagram */

struct faults;
struct mib;
struct v3;

struct fleet_options {
	uint64_t seed;
	uint32_t first;	       /* IPv4 address of device 0, host byte order */
	uint16_t port;	       /* 0 = a free one */
	uint32_t devices;      /* on IPv4 */
	bool ipv6;	       /* one more device, the last, on [::1] */
	uint32_t linux_hosts;  /* the last so many of `devices` are Linux hosts, the others switches */
	uint32_t ports;	       /* interfaces of a switch */
	uint32_t linux_ports;  /* interfaces of a Linux host, lo included */
	uint32_t narrow_every; /* each so-manyth port has 32-bit counters only; 0 = none */
	uint32_t max_size;     /* octets of a reply at most */
	int64_t uptime;	       /* seconds at the start; -1 = by seed, 1 to 90 days */
	uint32_t time_scale;   /* device seconds per second; 0 = time stands still */
	const char *community, *object_id, *plan, *control, *trace;
	bool stdin_control;
	/* The user of version 3; NULL: none, and that version is not spoken. No auth or priv: without. */
	const char *user, *auth, *auth_passphrase, *priv, *priv_passphrase;
	uint32_t engines;      /* so many engine-ids are dealt round; 0 = each device has its own */
	const char *expect[3]; /* device, row name, object: print the closed form and end */
};

struct fleet {
	struct fleet_options options;
	struct device *devices;
	uint32_t n_devices;
	struct faults *faults;
	struct mib *mib;
	struct v3 *v3;	     /* NULL = not spoken */
	uint8_t *filler;     /* FLEET_FILLER octets of text */
	int64_t start;	     /* monotonic ns */
	int64_t advanced_cs; /* device time added by hand */
	bool stop;
	uint64_t ignored; /* datagrams to no device, malformed, or with another community */
};

/* Device time, in hundredths of a second since the start. */
static inline int64_t fleet_time(const struct fleet *fleet, int64_t now)
{
	return (now - fleet->start) / 10000000 * fleet->options.time_scale + fleet->advanced_cs;
}

static inline uint64_t fleet_uptime(const struct fleet *fleet, const struct device *device, int64_t now)
{
	return (uint64_t)(fleet_time(fleet, now) - device->boot);
}

int64_t fleet_now(void); /* monotonic ns */

/* Devices in their first state. `start` is set to now. */
void fleet_init(struct fleet *fleet, const struct fleet_options *options);
void fleet_fini(struct fleet *fleet);

#endif
