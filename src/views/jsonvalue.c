#include "views/jsonvalue.h"

#include "base/str.h"

#include <math.h>
#include <string.h>

json_t *jsonvalue_text(const char *text)
{
	struct str clean = {0};
	json_t *json;

	if (text == NULL)
		return json_null();
	json = json_string(text);
	if (json != NULL)
		return json;
	str_add_utf8(&clean, text, strlen(text));
	json = json_string(str_text(&clean));
	str_fini(&clean);
	return json;
}

json_t *jsonvalue_number(double number)
{
	return isfinite(number) ? json_real(number) : json_null();
}

json_t *jsonvalue_time(int64_t wall)
{
	return wall > 0 ? json_real((double)(wall / 1000000) / 1e3) : json_null();
}
