/* text: the same JSON as tables for a terminal. Fits `width` columns; colour only if asked. */
#ifndef ROLLCALL_VIEWS_TEXT_H
#define ROLLCALL_VIEWS_TEXT_H

#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct text_style {
	size_t width; /* columns of the terminal; 80 when it is none */
	bool colour;
	bool all;    /* status: also the devices that are well */
	int64_t now; /* wall ns */
};

void text_status(struct str *out, const json_t *status, const struct text_style *style);
/* One entry of "devices", in detail. */
void text_status_device(struct str *out, const json_t *device, const struct text_style *style);
void text_show(struct str *out, const json_t *show, const struct text_style *style);
/* Its "engine": how the device is asked, and what was found out for that. */
void text_engine(struct str *out, const json_t *show, const struct text_style *style);
/* The answers of /api/v1/events, /silences, /acks. */
void text_events(struct str *out, const json_t *events, const struct text_style *style);
void text_silences(struct str *out, const json_t *silences, const struct text_style *style);
void text_acks(struct str *out, const json_t *acks, const struct text_style *style);
/* One of "events", as one line with its end: for reading along. */
void text_event_line(struct str *out, const json_t *event, const struct text_style *style);
/* The answer of /api/v1/top. */
void text_top(struct str *out, const json_t *top, const struct text_style *style);
/* What views/traffic.h makes. */
void text_traffic(struct str *out, const json_t *report, const struct text_style *style);
void text_stats(struct str *out, const json_t *stats, const struct text_style *style);
/* What daemon/ruleshow.h makes, and "config" (the file) and "profile_from" ("daemon", "configuration"). */
void text_rules(struct str *out, const json_t *answer, const struct text_style *style);
/* What daemon/lintshow.h makes. */
void text_lint(struct str *out, const json_t *answer, const struct text_style *style);

#endif
