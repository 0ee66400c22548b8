/* vitals: the few numbers by which people see whether the right device was found. Pure. */
#ifndef ROLLCALL_CTL_VITALS_H
#define ROLLCALL_CTL_VITALS_H

#include "model/report.h"

struct vitals {
	double uptime_s;    /* NaN = unknown, as all of these */
	double cpu, memory; /* percent in use: the mean of the processors, the fullest memory */
	char *port;	    /* key of the busiest interface; owned; NULL = none has traffic */
	double in, out;	    /* its bit/s */
	double used;	    /* its percent of the link's speed, of the busier way */
};

void vitals_take(struct vitals *vitals, const struct device_report *report);
void vitals_fini(struct vitals *vitals);

#endif
