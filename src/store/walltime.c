#include "store/walltime.h"

void walltime_init(struct walltime *time, int64_t mono, int64_t wall)
{
	*time = (struct walltime){.offset = wall - mono};
}

int64_t walltime_now(struct walltime *time, int64_t mono, int64_t wall)
{
	int64_t offset = wall - mono;

	if (offset <= time->offset + WALLTIME_SLEW) {
		time->offset = offset;
		time->stepped = false;
		return wall;
	}
	/* A clock that keeps jumping ahead begins its probation anew each time. */
	bool steady =
	    time->stepped && offset <= time->step + WALLTIME_SLEW && offset >= time->step - WALLTIME_SLEW;
	time->step = offset;
	if (!steady) {
		time->stepped = true;
		time->step_since = mono;
	} else if (mono - time->step_since >= WALLTIME_CONFIRM) {
		time->offset = offset;
		time->stepped = false;
		return wall;
	}
	return mono + time->offset;
}
