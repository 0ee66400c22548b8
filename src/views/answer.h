/* answer: reading the JSON of the contracts for tables. Missing is "" or NaN, never a crash. */
#ifndef ROLLCALL_VIEWS_ANSWER_H
#define ROLLCALL_VIEWS_ANSWER_H

#include "base/units.h"
#include "views/text.h"

#include <jansson.h>

/* SGR sequences of the marks; the design's: normal is quiet, only the abnormal has colour. */
#define SGR_CRITICAL "31"
#define SGR_WARNING  "33"
#define SGR_QUIET    "2"
#define SGR_HEAD     "1"

const char *answer_text(const json_t *object, const char *name); /* "" when missing or no text */
double answer_number(const json_t *object, const char *name);	 /* decimal strings too; NaN when missing */
/* How long ago `epoch` (s) was; NaN gives UNITS_UNKNOWN. */
char *answer_age(char buf[UNITS_TEXT_MAX], double epoch, const struct text_style *style);
void answer_heading(struct str *out, const char *text, const struct text_style *style);

#endif
