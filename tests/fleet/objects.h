/* objects: the table of objects that the simulated devices know. */
#ifndef FLEET_OBJECTS_H
#define FLEET_OBJECTS_H

#include "fleet/mib.h"

#include <stdio.h>

const struct mib_object *objects_all(size_t *n);
const uint32_t *objects_rows(enum mib_table table, size_t *n); /* indexes, ascending; not of TABLE_IF */

/* Prints what a test expects of a fresh device's object in the row of that name ("-" for a scalar):
 * "base=B rate=R bits=N" for counters, "value=V" for others. False, with a message, when there is no such. */
bool objects_expect(
    const struct fleet *fleet, const struct device *device, const char *row, const char *object, FILE *out);

#endif
