/* clock: the seam through which all time comes.
 *
 * Monotonic time serves intervals; wall time only what is stored or shown.
 * Both are int64_t nanoseconds; wall counts from the Unix epoch. */
#ifndef ROLLCALL_BASE_CLOCK_H
#define ROLLCALL_BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t (*mono)(const struct clock *clock);
	int64_t (*wall)(const struct clock *clock);
};

static inline int64_t clock_mono(const struct clock *clock)
{
	return clock->mono(clock);
}

static inline int64_t clock_wall(const struct clock *clock)
{
	return clock->wall(clock);
}

/* The machine's own clock. */
const struct clock *clock_real(void);

/* A clock that moves only when told. `clock` is first: &v->clock is the seam. */
struct clock_virtual {
	struct clock clock;
	int64_t mono, wall;
};
void clock_virtual_init(struct clock_virtual *v, int64_t wall);
void clock_virtual_advance(struct clock_virtual *v, int64_t ns);   /* both clocks */
void clock_virtual_step_wall(struct clock_virtual *v, int64_t ns); /* an administrator sets the time */

#endif
