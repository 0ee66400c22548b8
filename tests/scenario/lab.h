/* lab: a virtual clock, simulated agents, a sink in memory, and sessions that are polled
 * at even intervals; profiles put together by hand. */
#ifndef TESTS_SCENARIO_LAB_H
#define TESTS_SCENARIO_LAB_H

#include "base/clock.h"
#include "base/loop.h"
#include "base/units.h"
#include "poll/session.h"
#include "scenario/memory_sink.h"
#include "scenario/replay_agent.h"

#define LAB_DEVICES_MAX	 128
#define LAB_PROFILES_MAX 8

#define IF_TABLE  "1.3.6.1.2.1.2.2.1"
#define IFX_TABLE "1.3.6.1.2.1.31.1.1.1"
#define IF_GUARD  "1.3.6.1.2.1.31.1.5" /* ifTableLastChange */

struct lab;

struct lab_member {
	struct lab *lab;
	struct session *session;
	struct loop_timer timer;
	struct poll_outcome last;
	size_t polls, answered, restarts;
	bool free_when_polled; /* by the hook */
};

struct lab {
	struct clock_virtual clock;
	struct loop *loop;
	struct replay *replay;
	struct memory_sink memory;
	struct agent agent;
	struct sink sink;
	struct inventory inventory;
	struct device devices[LAB_DEVICES_MAX];
	struct profile *profiles[LAB_PROFILES_MAX];
	struct credential *credentials[2]; /* "public", "secret" */
	struct lab_member members[LAB_DEVICES_MAX];
	int64_t started;
};

void lab_init(struct lab *lab);
void lab_fini(struct lab *lab);

/* Profile "if": interfaces with HC and 32-bit octets, ifOperStatus, ifHighSpeed, tags ifName, ifDescr,
 * ifAlias. */
struct profile *lab_if_profile(struct lab *lab, bool with_guard);
/* Profile with scalars only: group "load" with one gauge. */
struct profile *lab_scalar_profile(struct lab *lab, const char *name, const char *object_id);
struct profile *lab_profile(struct lab *lab, const char *name, const char *object_id);
struct table *lab_table(struct profile *profile, const char *name, bool is_scalar);
struct column *lab_column(
    struct table *table, const char *name, const char *oid, enum kind kind, const char *ds);
struct source *lab_source(struct column *column, const char *name, const char *oid, unsigned bits);
struct column *lab_formula(struct table *table, const char *name, const char *formula, const char *ds);

/* A device in the inventory, at `host`, every 60 s, 1 s of timeout, 1 retry, credential public. */
struct device *lab_device(struct lab *lab, const char *name, const char *host);
/* Its agent, with the system group, and `ports` interfaces eth1.. in ifIndex order. */
struct replay_device *lab_switch(struct lab *lab, const char *host, size_t ports);
/* Puts one interface at an index; its counters rise by `rate` octets a second in, and twice that out. */
void lab_port(struct replay_device *device, unsigned index, const char *name, const char *descr,
    uint64_t base, uint64_t rate);
void lab_no_ports(struct replay_device *device);

/* Starts polling all devices every interval from now on; `lab_run` moves the time. */
void lab_start(struct lab *lab);
void lab_run(struct lab *lab, int64_t ns);
/* One poll of one device, to its end. */
const struct poll_outcome *lab_poll(struct lab *lab, size_t device);
const struct rowset *lab_rows(struct lab *lab, size_t device, const char *table);

#endif
