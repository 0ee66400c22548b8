#include "fleet/fleet.h"

#include "base/mem.h"
#include "fleet/fault.h"
#include "fleet/mib.h"
#include "fleet/v3.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t fleet_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static uint64_t first_uptime(const struct fleet_options *options, uint32_t device)
{
	if (options->uptime >= 0)
		return (uint64_t)options->uptime * 100;
	return 8640000 + model_hash(options->seed, device, 0, 9500) % (UINT64_C(89) * 8640000);
}

void fleet_init(struct fleet *fleet, const struct fleet_options *options)
{
	*fleet = (struct fleet){.options = *options, .n_devices = options->devices + options->ipv6};
	fleet->devices = mem_calloc(fleet->n_devices, sizeof(*fleet->devices));
	fleet->mib = mib_new();
	fleet->faults = faults_new();
	fleet->filler = mem_alloc(FLEET_FILLER);
	memset(fleet->filler, 'x', FLEET_FILLER);
	for (uint32_t i = 0; i < fleet->n_devices; i++) {
		bool host = i < options->devices && i >= options->devices - options->linux_hosts;

		device_init(&fleet->devices[i], i, host ? DEVICE_LINUX : DEVICE_SWITCH,
		    host ? options->linux_ports : options->ports, first_uptime(options, i));
	}
	fleet->start = fleet_now();
}

void fleet_fini(struct fleet *fleet)
{
	for (uint32_t i = 0; i < fleet->n_devices; i++)
		device_fini(&fleet->devices[i]);
	free(fleet->devices);
	free(fleet->filler);
	mib_free(fleet->mib);
	v3_free(fleet->v3);
	faults_free(fleet->faults);
}
