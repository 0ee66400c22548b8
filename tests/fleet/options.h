/* options: the command line of the simulated fleet. */
#ifndef FLEET_OPTIONS_H
#define FLEET_OPTIONS_H

#include "fleet/fleet.h"

/* False when there is nothing to run; then *status is the exit code. */
bool options_read(int argc, char **argv, struct fleet_options *options, int *status);

#endif
