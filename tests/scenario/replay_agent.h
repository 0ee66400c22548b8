/* replay_agent: simulated agents on a virtual loop, behind the seam of model/agent.h.
 *
 * A replay_device is an agent with a MIB that tests fill and change at will; its counters
 * run by themselves. Each PDU is answered at its own time, one after another, so a
 * test can change the device between two of them. Values handed to the session lie in
 * memory that is freed after the callback, so ASan sees who keeps them. */
#ifndef TESTS_SCENARIO_REPLAY_AGENT_H
#define TESTS_SCENARIO_REPLAY_AGENT_H

#include "base/loop.h"
#include "model/agent.h"

struct replay;
struct replay_device;

/* What becomes of a PDU. `number` counts all PDUs of
 * the device, walks' included. May change the device: it is asked before the PDU is answered. */
typedef enum failure replay_pdu_fn(void *arg, struct replay_device *device, uint64_t number, bool is_walk);

struct replay_object {
	uint8_t *name; /* owned */
	size_t name_len;
	struct value value;  /* bytes: those of `text` */
	uint8_t *text;	     /* owned; NULL = no octets */
	unsigned bits;	     /* of a counter that runs: 32 or 64; 0 = value stands */
	uint64_t base, rate; /* at `since`; per second */
	int64_t since;	     /* monotonic ns */
	bool is_uptime;
};

struct replay_device {
	struct replay *replay;
	char host[64];
	char community[32];
	struct replay_object *objects; /* sorted by name */
	size_t n, cap;
	int64_t booted;		/* monotonic ns */
	uint64_t uptime_before; /* 1/100 s that sysUpTime had at `booted` */
	bool silent;
	size_t pdu_items;  /* varbinds in a PDU */
	int64_t latency;   /* ns from request to answer */
	enum walk_end cut; /* how walks end after cut_after packets; COMPLETE = they are not cut */
	size_t cut_after;
	/* Counters are served from a cache that is refreshed every so many ns (0 = they are not), at times
	 * that jitter by up to refresh_jitter; or by the first request after it is that old. */
	int64_t refresh, refresh_jitter;
	bool refresh_on_demand;
	int64_t refreshed;
	replay_pdu_fn *pdu;
	void *arg;
	uint64_t pdus, walks, tries; /* PDUs answered or not; walks begun; datagrams */
};

struct replay *replay_new(struct loop *loop);
void replay_free(struct replay *replay); /* asserts that no peer is left */
struct agent replay_agent(struct replay *replay);

struct replay_device *replay_device(struct replay *replay, const char *host);
/* sysDescr, sysObjectID, sysName and a sysUpTime that runs from now on. */
void replay_system(struct replay_device *device, const char *object_id, const char *descr);
void replay_int(struct replay_device *device, const char *oid, enum value_type type, int64_t number);
void replay_text(struct replay_device *device, const char *oid, const char *text);
/* Any value, its octets copied. */
void replay_value(struct replay_device *device, const char *oid, const struct value *value);
/* sysUpTime, in 1/100 s, that runs from now on. */
void replay_uptime(struct replay_device *device, uint64_t ticks);
void replay_counter(
    struct replay_device *device, const char *oid, unsigned bits, uint64_t base, uint64_t rate);
void replay_remove(struct replay_device *device, const char *prefix); /* the object and all below */
/* Silent for 8 s, as booting takes; then sysUpTime begins anew. The MIB stays: what else changes is the
 * test's. */
void replay_reboot(struct replay_device *device);

#endif
