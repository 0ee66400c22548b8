#include "base/exprparse.h"

#include "base/mem.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	double factor;
	const char *unit;
} units[] = {
    {"%", 1, "%"},
    {"ms", 1e-3, "s"},
    {"s", 1, "s"},
    {"m", 60, "s"},
    {"h", 3600, "s"},
    {"d", 86400, "s"},
    {"w", 604800, "s"},
    {"bit/s", 1, "bit/s"},
    {"kbit/s", 1e3, "bit/s"},
    {"Mbit/s", 1e6, "bit/s"},
    {"Gbit/s", 1e9, "bit/s"},
    {"Tbit/s", 1e12, "bit/s"},
    {"B", 1, "B"},
    {"K", 1024, "B"},
    {"KiB", 1024, "B"},
    {"M", 1048576, "B"},
    {"MiB", 1048576, "B"},
    {"G", 1073741824, "B"},
    {"GiB", 1073741824, "B"},
    {"T", 1099511627776, "B"},
    {"TiB", 1099511627776, "B"},
};

static bool goes_on(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Does a value begin here? Then a % before it is the operator. */
static bool value_begins(const char *s)
{
	static const char *const words[] = {"and", "or", "in", "not"};

	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_starts(s, words[i]) && !goes_on(s[strlen(words[i])]))
			return false;
	return goes_on(*s) || *s == '(' || *s == '.';
}

size_t exprunit_read(const char *s, double *factor, const char **unit)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t len = strlen(units[i].text);

		if (!str_starts(s, units[i].text))
			continue;
		if (*s == '%' ? value_begins(s + 1) : goes_on(s[len]) || s[len] == '/')
			continue;
		*factor = units[i].factor;
		*unit = units[i].unit;
		return len;
	}
	return 0;
}

bool expr_parse_amount(const char *text, double *number, const char **unit)
{
	size_t digits = strspn(text, "+-0123456789.eE"), len;
	double factor = 1;
	char *token;
	bool ok;

	*unit = "";
	while (digits > 0 && strchr("eE+-", text[digits - 1]) != NULL)
		digits--;
	len = exprunit_read(text + digits + strspn(text + digits, " "), &factor, unit);
	if (text[digits] != '\0' && (len == 0 || text[digits + strspn(text + digits, " ") + len] != '\0'))
		return false;
	token = mem_strndup(text, digits);
	ok = str_to_double(token, number);
	free(token);
	*number *= factor;
	return ok && isfinite(*number);
}
