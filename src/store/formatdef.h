/* formatdef: the structs that an RRD file is made of, for those who read one: format.c (the
 * header, to check it) and image.c (the whole, to give it another layout).
 *
 * In this order: head, a ds_head per data source, an rra_head per archive, live_head, a pdp_prep
 * per data source, a cdp_prep per archive and data source, the row last written of each archive,
 * the rows of each archive. */
#ifndef ROLLCALL_STORE_FORMATDEF_H
#define ROLLCALL_STORE_FORMATDEF_H

union param {
	unsigned long count;
	double value;
};

struct head {
	char cookie[4];
	char version[5];
	double float_cookie;
	unsigned long n_ds, n_rras, step;
	union param param[10];
};

struct ds_head {
	char name[20];
	char type[20];
	union param param[10]; /* heartbeat, min, max */
};

struct rra_head {
	char cf[20];
	unsigned long rows, pdps;
	union param param[10]; /* xff */
};

struct live_head {
	long last, last_usec;
};

struct pdp_prep {
	char last_ds[30];
	union param scratch[10]; /* seconds unknown, sum of value times seconds */
};

struct cdp_prep {
	union param scratch[10]; /* value so far, steps unknown */
};

#endif
