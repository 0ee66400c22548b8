/* options: the command line of rollcalld. */
#ifndef ROLLCALL_DAEMON_OPTIONS_H
#define ROLLCALL_DAEMON_OPTIONS_H

#include <stdbool.h>

struct options {
	const char *config; /* NULL = the default places */
	bool check;	    /* -t: check the configuration and exit */
	bool verbose;	    /* -v: debug messages */
};

/* Goes on, or prints help, version or a mistake and gives the exit status in *status. */
bool options_read(int argc, char **argv, struct options *options, int *status);

#endif
