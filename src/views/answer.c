#include "views/answer.h"

#include <math.h>
#include <string.h>

const char *answer_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

double answer_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	double parsed;

	if (json_is_number(value))
		return json_number_value(value);
	return json_is_string(value) && str_to_double(json_string_value(value), &parsed) ? parsed : NAN;
}

char *answer_age(char buf[UNITS_TEXT_MAX], double epoch, const struct text_style *style)
{
	int64_t age;

	if (isnan(epoch))
		return strcpy(buf, UNITS_UNKNOWN);
	age = style->now - (int64_t)(epoch * 1e9);
	return units_duration(buf, age > 0 ? age : 0);
}

void answer_heading(struct str *out, const char *text, const struct text_style *style)
{
	str_addf(out, style->colour ? "\033[" SGR_HEAD "m%s\033[0m" : "%s", text);
}
