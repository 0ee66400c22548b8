/* caption: the words of a graph, made safe for rrdtool's arguments. */
#ifndef ROLLCALL_VIEWS_CAPTION_H
#define ROLLCALL_VIEWS_CAPTION_H

#include "base/str.h"

#include <stdint.h>

/* Text inside an argument that rrdtool splits at colons. A backslash stands for itself before all else. */
void caption_escape(struct str *out, const char *text);
/* A legend's label, padded to `width` columns, escaped. */
void caption_label(struct str *out, const char *text, size_t width);
/* "core-sw1 Gi1/0/1: Traffic (uplink to rack 7)", cleaned, as far as it fits a picture of `width`
 * pixels at 10 pt. row and subtitle may be NULL. Not escaped: titles are an argument of their own. */
void caption_title(struct str *out, const char *device, const char *row, const char *name,
    const char *subtitle, unsigned width);
/* "Sat 21 Nov 18:23 to Sun 22 Nov 18:23 KST", escaped; of times in s, in the zone of the process. */
void caption_span(struct str *out, int64_t start, int64_t end);

#endif
