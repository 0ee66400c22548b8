#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] =
    "usage: rollcalld [-c FILE] [-t] [-v]\n"
    "\n"
    "Polls the configured devices, stores and judges what they answer. Runs in the foreground.\n"
    "\n"
    "  -c, --config FILE  configuration (default: ./rollcall.yaml, /etc/rollcall/rollcall.yaml)\n"
    "  -t, --test         check the configuration and exit: 0 good, 2 not\n"
    "  -v, --verbose      debug messages too\n"
    "  -h, --help         this text\n"
    "  -V, --version      version\n";

bool options_read(int argc, char **argv, struct options *options, int *status)
{
	static const struct option known[] = {{"config", required_argument, NULL, 'c'},
	    {"test", no_argument, NULL, 't'}, {"verbose", no_argument, NULL, 'v'},
	    {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	int option;

	*options = (struct options){0};
	*status = 2;
	while ((option = getopt_long(argc, argv, "c:tvhV", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->config = optarg;
			break;
		case 't':
			options->check = true;
			break;
		case 'v':
			options->verbose = true;
			break;
		case 'h':
			fputs(usage, stdout);
			*status = 0;
			return false;
		case 'V':
			puts("rollcalld " ROLLCALL_VERSION);
			*status = 0;
			return false;
		default:
			fputs(usage, stderr);
			return false;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "rollcalld: unexpected argument '%s'\n%s", argv[optind], usage);
		return false;
	}
	return true;
}
