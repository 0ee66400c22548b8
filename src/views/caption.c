#include "views/caption.h"

#include <string.h>
#include <time.h>

#define YEARS_FROM (INT64_C(330) * 86400) /* from here up the year matters, and the hour does not */
#define TITLE_CHAR 9			  /* pixels that a wide letter of the title takes */

void caption_escape(struct str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == ':')
			str_add_char(out, '\\');
		str_add_char(out, *text);
	}
}

void caption_label(struct str *out, const char *text, size_t width)
{
	struct str clean = {0};
	str_add_utf8(&clean, text, strlen(text));
	/* A backslash at the end of a legend is an order to rrdtool, however it is escaped. */
	for (size_t c = 0; c < clean.len; c++)
		clean.s[c] = clean.s[c] == '\\' ? '/' : clean.s[c];
	caption_escape(out, str_text(&clean));
	for (size_t w = str_width(str_text(&clean)); w < width; w++)
		str_add_char(out, ' ');
	str_fini(&clean);
}

static void add_time(struct str *out, int64_t when, const char *format)
{
	char text[64];
	time_t at = (time_t)when;
	struct tm tm;
	if (localtime_r(&at, &tm) && strftime(text, sizeof text, format, &tm))
		caption_escape(out, text);
}

void caption_span(struct str *out, int64_t start, int64_t end)
{
	const char *format = end - start >= YEARS_FROM ? "%-d %b %Y" : "%a %-d %b %H:%M";
	add_time(out, start, format);
	str_add(out, " to ");
	add_time(out, end, format);
	add_time(out, end, " %Z");
}

void caption_title(struct str *out, const char *device, const char *row, const char *name,
    const char *subtitle, unsigned width)
{
	struct str text = {0}, clean = {0};
	str_add(&text, device);
	if (row)
		str_addf(&text, " %s", row);
	str_addf(&text, ": %s", name);
	if (subtitle && *subtitle)
		str_addf(&text, " (%s)", subtitle);
	str_add_utf8(&clean, text.s, text.len);
	size_t fits = str_fit(str_text(&clean), width / TITLE_CHAR);
	str_add_n(out, str_text(&clean), fits);
	if (fits < clean.len)
		str_add(out, "…");
	str_fini(&text);
	str_fini(&clean);
}
