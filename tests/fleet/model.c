#include "fleet/model.h"

static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t model_hash(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = mix(seed + UINT64_C(0x9e3779b97f4a7c15));

	h = mix(h ^ (a + UINT64_C(0x9e3779b97f4a7c15)));
	h = mix(h ^ (b + UINT64_C(0x3c6ef372fe94f82a)));
	return mix(h ^ (c + UINT64_C(0xdaa66d2c7ddf743f)));
}

bool model_chance(double percent, uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	return (double)(model_hash(seed, a, b, c) >> 11) * 0x1p-53 * 100.0 < percent;
}

uint32_t model_mbit(uint64_t seed, uint32_t device, uint32_t port, bool narrow)
{
	static const uint32_t speeds[] = {100, 1000, 1000, 1000, 1000, 1000, 10000, 10000, 10000, 100000};

	return narrow ? 100 : speeds[model_hash(seed, device, port, 1000) % 10];
}

struct model_rate model_port(
    uint64_t seed, uint32_t device, uint32_t port, uint32_t mbit, enum model_series series)
{
	uint64_t h = model_hash(seed, device, port, (uint64_t)series);
	struct model_rate out = {.base = h >> 24, .rate = 0};
	bool outwards = series >= SERIES_OUT_OCTETS && series <= SERIES_OUT_ERRORS;
	enum model_series octets = outwards ? SERIES_OUT_OCTETS : SERIES_IN_OCTETS;
	uint64_t bytes = mbit * UINT64_C(125000);

	/* One octet more or less makes rates that no rounding can reproduce by accident. */
	bytes = bytes / 1000 * (1 + model_hash(seed, device, port, (uint64_t)octets) % 799) + h % 97;
	switch (series) {
	case SERIES_IN_OCTETS:
	case SERIES_OUT_OCTETS:
		out.rate = bytes;
		break;
	case SERIES_IN_UCAST:
	case SERIES_OUT_UCAST:
		out.rate = bytes / (400 + h % 900);
		break;
	case SERIES_IN_MCAST:
	case SERIES_OUT_MCAST:
		out.rate = bytes / 100000 + h % 20;
		break;
	case SERIES_IN_BCAST:
	case SERIES_OUT_BCAST:
		out.rate = 1 + h % 15;
		break;
	default:
		out.base = h >> 48;
		out.rate = h % 4;
		break;
	}
	return out;
}

static uint64_t ticks(uint64_t seed, uint32_t device, enum model_series series)
{
	uint64_t h = model_hash(seed, device, 0, 2000 + (uint64_t)series);

	switch (series) {
	case SERIES_CPU_USER:
		return 20 + h % 100;
	case SERIES_CPU_SYSTEM:
		return 10 + h % 40;
	case SERIES_CPU_NICE:
	case SERIES_CPU_INTERRUPT:
	case SERIES_CPU_STEAL:
		return h % 5;
	case SERIES_CPU_WAIT:
	case SERIES_CPU_SOFTIRQ:
		return h % 16;
	case SERIES_CPU_GUEST:
		return h % 8;
	default:
		return 0;
	}
}

/* Idle is what the other modes leave over; guest is within user already (UCD-SNMP-MIB). */
static uint64_t idle_ticks(uint64_t seed, uint32_t device)
{
	uint64_t busy = 0;

	for (int s = SERIES_CPU_USER; s < SERIES_CPU_GUEST; s++)
		busy += ticks(seed, device, (enum model_series)s);
	return MODEL_CPUS * UINT64_C(100) - busy;
}

struct model_rate model_host(uint64_t seed, uint32_t device, uint32_t item, enum model_series series)
{
	uint64_t h = model_hash(seed, device, item, 3000 + (uint64_t)series);
	struct model_rate out = {.base = h >> 36, .rate = h % 1000};

	if (series == SERIES_CPU_IDLE)
		out.rate = idle_ticks(seed, device);
	else if (series >= SERIES_CPU_USER && series <= SERIES_CPU_GUEST)
		out.rate = ticks(seed, device, series);
	else if (series == SERIES_DISK_READ || series == SERIES_DISK_WRITTEN)
		out.rate = 4096 * (h % 50000);
	else if (series == SERIES_DISK_BUSY)
		out.rate = h % 1000000; /* microseconds a second */
	else if (series == SERIES_STORAGE_FAILURES || series == SERIES_UDP_ERRORS)
		out.rate = h % 3;
	else if (series == SERIES_CONTEXTS || series == SERIES_IP_RECEIVES)
		out.rate = 1000 + h % 200000;
	return out;
}

uint64_t model_gauge(uint64_t seed, uint32_t device, uint64_t what, uint64_t low, uint64_t high)
{
	return low + model_hash(seed, device, what, 4000) % (high - low);
}

uint64_t model_at(struct model_rate rate, uint64_t uptime_cs)
{
	/* Split so that no product exceeds 64 bits before the counter itself does. */
	return rate.base + rate.rate * (uptime_cs / 100) + rate.rate * (uptime_cs % 100) / 100;
}
