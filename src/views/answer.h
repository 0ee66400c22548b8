/* answer: reading the JSON of the contracts for tables. Missing is "" or NaN, never a crash. */
#ifndef ROLLCALL_VIEWS_ANSWER_H
#define ROLLCALL_VIEWS_ANSWER_H

#include "base/units.h"
#include "views/grid.h"
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
/* A line of a grid of two columns: label and text; none where there is no text. */
void answer_detail(struct grid *grid, const char *label, const char *text);
/* Somebody has the problem: it is acknowledged, or silenced. */
bool answer_is_taken(const json_t *problem);
/* All of the object's "problems" are; false when it has none. */
bool answer_all_taken(const json_t *object);
/* "silenced until 14:00:00 by kim: maintenance", or ""; caller frees. */
char *answer_remark(const json_t *problem, const struct text_style *style);
/* A detail for each of the object's "problems": what, how bad, by which rule, since when; below it who has
 * it.
 */
void answer_problems(struct grid *grid, const json_t *object, const struct text_style *style);
/* A device's name, and behind or below it the rest, in colour if `sgr` is not NULL. A whole line. */
void answer_headline(
    struct str *out, const char *name, const char *rest, const char *sgr, const struct text_style *style);
void answer_heading(struct str *out, const char *text, const struct text_style *style);

#endif
