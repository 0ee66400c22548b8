/* jsonvalue: values of ours as JSON. New references, never NULL. */
#ifndef ROLLCALL_VIEWS_JSONVALUE_H
#define ROLLCALL_VIEWS_JSONVALUE_H

#include <jansson.h>
#include <stdint.h>

/* How all JSON is written, for jansson: without spaces; 15 digits are what a double holds of a decimal
 * number: 2.2, not 2.2000000000000002. */
#define JSONVALUE_WRITTEN (JSON_COMPACT | JSON_REAL_PRECISION(15))

json_t *jsonvalue_text(const char *text); /* made clean UTF-8, which jansson insists on; NULL is null */
json_t *jsonvalue_number(double number);  /* NaN and infinities are null */
json_t *jsonvalue_time(int64_t wall);	  /* ns -> epoch seconds to the millisecond; 0 = never is null */

#endif
