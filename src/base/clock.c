#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts = {0};

	clock_gettime(id, &ts); /* cannot fail for these two clocks */
	return (int64_t)ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static int64_t real_mono(const struct clock *clock)
{
	(void)clock;
	return read_clock(CLOCK_MONOTONIC);
}

static int64_t real_wall(const struct clock *clock)
{
	(void)clock;
	return read_clock(CLOCK_REALTIME);
}

const struct clock *clock_real(void)
{
	static const struct clock real = {.mono = real_mono, .wall = real_wall};

	return &real;
}

/* `clock` is the first member, so the seam's address is the clock's. */
static int64_t virtual_mono(const struct clock *clock)
{
	return ((const struct clock_virtual *)(const void *)clock)->mono;
}

static int64_t virtual_wall(const struct clock *clock)
{
	return ((const struct clock_virtual *)(const void *)clock)->wall;
}

void clock_virtual_init(struct clock_virtual *v, int64_t wall)
{
	*v = (struct clock_virtual){
	    .clock = {.mono = virtual_mono, .wall = virtual_wall},
	    .wall = wall,
	};
}

void clock_virtual_advance(struct clock_virtual *v, int64_t ns)
{
	v->mono += ns;
	v->wall += ns;
}

void clock_virtual_step_wall(struct clock_virtual *v, int64_t ns)
{
	v->wall += ns;
}
