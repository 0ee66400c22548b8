#include "poll/rewrite.h"

#include "base/str.h"

#include <string.h>

struct rewrite rewrite_of(const struct column *column, const struct source *source)
{
	if (source != NULL && source->extract != NULL)
		return (struct rewrite){source->extract, source->rewrite};
	return (struct rewrite){column->extract, column->rewrite};
}

static void expand(const struct rewrite *rewrite, const char *text, struct str *out)
{
	for (const char *p = rewrite->text; *p != '\0'; p++) {
		const char *digit = p + 1;
		char part[REWRITE_TEXT_MAX];
		bool braced;

		if (*p != '$' && *p != '\\') {
			str_add_char(out, *p);
			continue;
		}
		braced = *p == '$' && *digit == '{';
		digit += braced;
		if (*digit < '0' || *digit > '9' || (braced && digit[1] != '}')) {
			str_add_char(out, *p);
			continue;
		}
		if (match_capture(rewrite->match, text, (unsigned)(*digit - '0'), part, sizeof part))
			str_add(out, part);
		p = digit + braced;
	}
}

bool rewrite_apply(const struct rewrite *rewrite, const char *text, char out[REWRITE_TEXT_MAX])
{
	struct str whole = {0};
	size_t len;

	if (rewrite->text == NULL)
		return match_capture(rewrite->match, text, 1, out, REWRITE_TEXT_MAX);
	if (!match_test(rewrite->match, text))
		return false;
	expand(rewrite, text, &whole);
	len = whole.len < REWRITE_TEXT_MAX ? whole.len : REWRITE_TEXT_MAX - 1;
	memcpy(out, str_text(&whole), len);
	out[len] = '\0';
	str_fini(&whole);
	return true;
}
