/* model: the numbers of the simulated fleet, as pure functions.
 *
 * Nothing is stored: every counter of every device follows from the seed, and a
 * test that knows the seed knows what a collector has to find.
 *
 *   counter(t) = base + floor(rate * uptime / 100)       uptime in hundredths of a second
 *
 * with base and rate from model_port() or model_host(): integers, rate in units
 * per second. Ports and items are known by identity (their number at the start),
 * never by ifIndex, so that renumbering changes no series. A 32-bit counter is
 * the low half of the 64-bit one. uptime is the full one: it goes on where
 * sysUpTime wraps. After a reboot base is 0, and so is uptime; after a counter
 * reset base is 0, and uptime counts from the reset (device.h). */
#ifndef FLEET_MODEL_H
#define FLEET_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum model_series {
	/* of a port */
	SERIES_IN_OCTETS,
	SERIES_IN_UCAST,
	SERIES_IN_MCAST,
	SERIES_IN_BCAST,
	SERIES_IN_DISCARDS,
	SERIES_IN_ERRORS,
	SERIES_IN_UNKNOWN,
	SERIES_OUT_OCTETS,
	SERIES_OUT_UCAST,
	SERIES_OUT_MCAST,
	SERIES_OUT_BCAST,
	SERIES_OUT_DISCARDS,
	SERIES_OUT_ERRORS,
	SERIES_ALIGNMENT,
	SERIES_FCS,
	SERIES_LATE,
	/* of a host: ticks of all processors together, MODEL_CPUS * 100 a second */
	SERIES_CPU_USER,
	SERIES_CPU_NICE,
	SERIES_CPU_SYSTEM,
	SERIES_CPU_IDLE,
	SERIES_CPU_WAIT,
	SERIES_CPU_KERNEL,
	SERIES_CPU_INTERRUPT,
	SERIES_CPU_SOFTIRQ,
	SERIES_CPU_STEAL,
	SERIES_CPU_GUEST,
	SERIES_IO_SENT,
	SERIES_IO_RECEIVED,
	SERIES_INTERRUPTS,
	SERIES_CONTEXTS,
	SERIES_SWAP_IN,
	SERIES_SWAP_OUT,
	SERIES_TCP_OUT,
	SERIES_TCP_RETRANS,
	SERIES_UDP_ERRORS,
	/* of an item of a host: a disk, a storage row, an IP version */
	SERIES_DISK_READ,
	SERIES_DISK_WRITTEN,
	SERIES_DISK_READS,
	SERIES_DISK_WRITES,
	SERIES_DISK_BUSY,
	SERIES_STORAGE_FAILURES,
	SERIES_IP_RECEIVES,
	SERIES_NONE,
};

#define MODEL_CPUS 4

struct model_rate {
	uint64_t base; /* the value at uptime 0 */
	uint64_t rate; /* per second */
};

/* 64 well-mixed bits of a seed and three numbers. All chance in the fleet comes from here. */
uint64_t model_hash(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);
/* Whether something with `percent` of probability happens; a pure function like the rest. */
bool model_chance(double percent, uint64_t seed, uint64_t a, uint64_t b, uint64_t c);

/* Speed of a port in Mbit/s: 100, 1000, 10000 or 100000; `narrow` ports (32-bit counters only) have 100. */
uint32_t model_mbit(uint64_t seed, uint32_t device, uint32_t port, bool narrow);

/* Octets keep below 80 % of `mbit`; packets fit the octets; errors and discards are few. */
struct model_rate model_port(
    uint64_t seed, uint32_t device, uint32_t port, uint32_t mbit, enum model_series series);
/* Series of a host; `item` is 0 for scalars, else the row's index. */
struct model_rate model_host(uint64_t seed, uint32_t device, uint32_t item, enum model_series series);

/* A gauge that stands still: low <= value < high. `what` tells gauges of one device apart. */
uint64_t model_gauge(uint64_t seed, uint32_t device, uint64_t what, uint64_t low, uint64_t high);

/* base + floor(rate * uptime_cs / 100), modulo 2^64. */
uint64_t model_at(struct model_rate rate, uint64_t uptime_cs);

#endif
