#include "model/sample.h"

#include <inttypes.h>
#include <string.h>

#define PART_MAX 120 /* bytes of one part of a path before it is cut; file systems allow 255 */

/* Appends one part. "~" is never what percent-encoding gives, so a cut name meets no whole one. */
static void add_part(struct str *path, const char *text)
{
	size_t start = path->len, cut = PART_MAX;

	if (*text == '\0') {
		/* No text encodes to this, as it has no NUL; an empty name would be the directory itself. */
		str_add(path, "%00");
		return;
	}
	str_add_percent(path, text);
	if (path->len - start <= PART_MAX)
		return;
	for (size_t back = 1; back <= 2; back++) { /* never through a %XX */
		if (path->s[start + PART_MAX - back] == '%')
			cut = PART_MAX - back;
	}
	path->len = start + cut;
	path->s[path->len] = '\0';
	str_addf(path, "~%016" PRIx64, str_hash(text, strlen(text)));
}

void series_path(struct str *path, const char *device, const char *table, const char *key)
{
	add_part(path, device);
	str_add_char(path, '/');
	add_part(path, table);
	if (key != NULL) {
		str_add_char(path, '/');
		add_part(path, key);
	}
	str_add(path, ".rrd");
}
