/* traffic: what a report of traffic says. Made by daemon/history.h, shown by views/. */
#ifndef ROLLCALL_MODEL_TRAFFIC_H
#define ROLLCALL_MODEL_TRAFFIC_H

#include "model/volume.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The table and the data sources (octets per second) that traffic is read from. */
#define TRAFFIC_TABLE "interfaces"
#define TRAFFIC_IN    "in_octets"
#define TRAFFIC_OUT   "out_octets"
#define TRAFFIC_STEP  300 /* s; what providers bill by: averages of five minutes */

enum traffic_by { TRAFFIC_BY_INTERFACE, TRAFFIC_BY_DEVICE, TRAFFIC_BY_TAG };

struct traffic_row {
	char *device; /* NULL by tag */
	char *key;    /* of the interface; NULL by device and by tag */
	char *tag;    /* NULL but by tag */
	int64_t step; /* s; above TRAFFIC_STEP where nothing finer is kept any more */
	struct volume_figures figures;
};

struct traffic_fault { /* a file that could not be read */
	char *device, *key, *why;
};

struct traffic_report {
	int64_t time;	  /* s; when it was made */
	int64_t from, to; /* s */
	bool is_running;  /* the period goes on: `to` is now */
	enum traffic_by by;
	struct {
		struct traffic_row *v; /* most octets first */
		size_t n, cap;
	} rows;
	size_t more;		    /* further rows, left out */
	double octets[VOLUME_WAYS]; /* of all rows, also of those left out; NaN when none is known */
	double known;		    /* share of the time of all parts; NaN when there are none */
	size_t parts;
	struct {
		struct traffic_fault *v;
		size_t n, cap;
	} faults;
};

/* Orders the rows, sums them up, and leaves out all but the first `top` (0 = none left out). */
void traffic_finish(struct traffic_report *report, size_t top);
void traffic_fini(struct traffic_report *report);
double traffic_octets(const struct traffic_row *row); /* both ways; NaN when unknown */

#endif
