/* pipelab: a whole pipeline on the virtual clock: simulated agents below it, and behind it
 * a sink that checks each sample as it comes.
 *
 * Every device has `ports` ports. A port's name is its rate in octets a second, so each
 * sample tells whether it is right, wherever the port lives and however often the device
 * has restarted: a rate is exact or it is unknown. */
#ifndef TESTS_SCENARIO_PIPELAB_H
#define TESTS_SCENARIO_PIPELAB_H

#include "daemon/pipeline.h"
#include "scenario/lab.h"

struct pipelab_series {
	size_t device;
	char *key;
	int64_t interval; /* as the sink was told */
	int64_t last;	  /* wall ns of the last sample */
	uint64_t samples, unknown;
	double rate; /* as the name says */
};

struct pipelab {
	struct lab lab; /* clock, loop, agents, credentials; its own devices are not used */
	struct inventory *inventory;
	struct device *devices; /* the inventory's */
	size_t n, ports;
	struct replay_device **agents;
	struct pipeline *pipeline; /* NULL before the start */
	struct pipelab_series *series;
	size_t n_series, cap_series;
	/* Of all samples: how many there were, had no rate, had a wrong one, did not come after the
	 * one before. */
	uint64_t samples, unknown, wrong, backward;
};

/* Devices "d0" ... polled every `interval`, time-out 1 s, 1 retry, 3 tries. */
void pipelab_init(struct pipelab *lab, size_t devices, size_t ports, int64_t interval);
/* Another inventory of some of these devices ("d" and its number), in this order; NULL = 0, 1, 2 ... */
struct inventory *pipelab_snapshot(struct pipelab *lab, const size_t *numbers, size_t n, int64_t interval);
/* From here on the pipeline runs; the devices' settings are to be changed before. */
void pipelab_start(struct pipelab *lab);
void pipelab_run(struct pipelab *lab, int64_t ns);
/* May be called with the pipeline freed. */
void pipelab_fini(struct pipelab *lab);

struct device_status pipelab_status(const struct pipelab *lab, size_t device);
enum device_state pipelab_state(const struct pipelab *lab, size_t device);
/* Text of the device's problem, NULL when it has none. */
const char *pipelab_problem(const struct pipelab *lab, size_t device);
struct collector_stats pipelab_stats(const struct pipelab *lab);
/* Devices in a state, as the pipeline counts them. */
size_t pipelab_count(const struct pipelab *lab, enum device_state state);
/* When the device's next poll starts, ns from now. */
int64_t pipelab_until_poll(const struct pipelab *lab, size_t device);

/* Whether devices first ... first + n - 1 are silent. */
void pipelab_silence(struct pipelab *lab, size_t first, size_t n, bool silent);
/* The agent restarts: its counters begin anew, and its ports live at other indexes, by `turn`. */
void pipelab_restart(struct pipelab *lab, size_t device, unsigned turn);

#endif
