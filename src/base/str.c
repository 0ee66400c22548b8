#include "base/str.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the growing string --- */

/* Makes room for `more` bytes and a terminator. */
static void reserve(struct str *str, size_t more)
{
	size_t need = str->len + more + 1;
	size_t cap = str->cap ? str->cap : 32;

	if (need <= str->cap)
		return;
	while (cap < need)
		cap *= 2;
	str->s = mem_realloc(str->s, cap, 1);
	str->cap = cap;
}

void str_fini(struct str *str)
{
	free(str->s);
	*str = (struct str){0};
}

void str_clear(struct str *str)
{
	str->len = 0;
	if (str->s)
		str->s[0] = '\0';
}

const char *str_text(const struct str *str)
{
	return str->s ? str->s : "";
}

char *str_steal(struct str *str)
{
	char *s = str->s ? str->s : mem_strdup("");

	*str = (struct str){0};
	return s;
}

void str_add(struct str *str, const char *text)
{
	str_add_n(str, text, strlen(text));
}

void str_add_n(struct str *str, const char *bytes, size_t len)
{
	reserve(str, len);
	if (len > 0)
		memcpy(str->s + str->len, bytes, len);
	str->len += len;
	str->s[str->len] = '\0';
}

void str_add_char(struct str *str, char c)
{
	str_add_n(str, &c, 1);
}

void str_addf(struct str *str, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	str_vaddf(str, format, ap);
	va_end(ap);
}

void str_vaddf(struct str *str, const char *format, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	reserve(str, 0);
	n = vsnprintf(str->s + str->len, str->cap - str->len, format, ap);
	if (n > 0 && (size_t)n >= str->cap - str->len) {
		reserve(str, (size_t)n);
		n = vsnprintf(str->s + str->len, str->cap - str->len, format, again);
	}
	if (n > 0)
		str->len += (size_t)n;
	str->s[str->len] = '\0';
	va_end(again);
}

char *str_format(const char *format, ...)
{
	struct str str = {0};
	va_list ap;

	va_start(ap, format);
	str_vaddf(&str, format, ap);
	va_end(ap);
	return str_steal(&str);
}

/* --- text of unknown origin, and for others to read --- */

static bool is_blank(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void add_escaped(struct str *str, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		str_addf(str, "\\x%02x", bytes[i]);
}

void str_add_utf8(struct str *str, const void *bytes, size_t len)
{
	const unsigned char *s = bytes;

	while (len > 0 && (s[len - 1] == '\0' || is_blank(s[len - 1])))
		len--;
	reserve(str, len);
	while (len > 0) {
		int32_t code;
		size_t n = utf8_decode(s, len, &code);

		if (code >= 0 && utf8_is_harmless(code))
			str_add_n(str, (const char *)s, n);
		else if (code == '\r' && len > 1 && s[1] == '\n')
			; /* one line end, one space */
		else if ((code >= 0 && code < 0x80 && is_blank(s[0])) || code == 0x2028 || code == 0x2029)
			str_add_char(str, ' ');
		else if (code < 0)
			add_escaped(str, s, n);
		else
			str_add(str, UTF8_REPLACEMENT);
		s += n;
		len -= n;
	}
	str->s[str->len] = '\0';
}

/* isalnum() follows the locale. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
	       c == '_' || c == '-';
}

void str_add_percent(struct str *str, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (is_plain(*p) && !(p == text && *p == '.'))
			str_add_char(str, *p);
		else
			str_addf(str, "%%%02X", (unsigned)(unsigned char)*p);
	}
}

void str_add_shell(struct str *str, const char *text)
{
	bool plain = *text != '\0';

	for (const char *p = text; *p && plain; p++)
		plain = is_plain(*p) || strchr("/:,+@%", *p) != NULL;
	if (plain) {
		str_add(str, text);
		return;
	}
	str_add_char(str, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			str_add(str, "'\\''");
		else
			str_add_char(str, *p);
	}
	str_add_char(str, '\'');
}

size_t str_width(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), columns = 0;

	while (left > 0) {
		int32_t code;
		size_t n = utf8_decode(s, left, &code);

		columns += code < 0 ? 1 : utf8_columns(code);
		s += n;
		left -= n;
	}
	return columns;
}

size_t str_fit(const char *text, size_t columns)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = strlen(text), at = 0, used = 0;

	while (at < len) {
		int32_t code;
		size_t n = utf8_decode(s + at, len - at, &code);

		used += code < 0 ? 1 : utf8_columns(code);
		if (used > columns)
			break;
		at += n;
	}
	return at;
}

/* --- comparing --- */

#define NEAREST_MAX 64 /* longer words are not typed by hand */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edit distance with neighbours swapped counted once (optimal string alignment), case ignored. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][NEAREST_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= nb; j++)
		above[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			char ca = lower(a[i - 1]), cb = lower(b[j - 1]);

			row[j] = least(above[j - 1] + (ca != cb), least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && ca == lower(b[j - 2]) && lower(a[i - 2]) == cb)
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[nb];
}

const char *str_nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t len = strlen(word);
	size_t best = (len + 2) / 3 + 1; /* one mistake in three letters is still the same word */
	const char *found = NULL;

	if (len == 0 || len > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(candidates[i]);
		size_t d;

		if (n > NEAREST_MAX)
			continue;
		d = distance(word, len, candidates[i], n);
		/* A word of which nothing is left was not meant. */
		if (d < best && d < n) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}

uint64_t str_hash(const void *bytes, size_t len)
{
	const unsigned char *s = bytes;
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ s[i]) * UINT64_C(0x100000001b3);
	/* FNV's high bits hardly depend on the last bytes; slots are taken from them. */
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return h;
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

bool str_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

/* --- numbers --- */

bool str_to_u64(const char *text, uint64_t *out)
{
	uint64_t n = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (__builtin_mul_overflow(n, UINT64_C(10), &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return false;
	}
	*out = n;
	return true;
}

bool str_to_i64(const char *text, int64_t *out)
{
	bool minus = *text == '-';
	uint64_t n;

	if (!str_to_u64(text + minus, &n) || n > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

static const char *skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

/* [+-]digits[.digits][e[+-]digits], with a digit before or after the point: strtod()
 * alone would take "inf", "0x1p3" and leading blanks as well. */
static bool is_decimal(const char *text)
{
	const char *p = text + (*text == '-' || *text == '+');
	const char *whole = p;
	bool any;

	p = skip_digits(p);
	any = p > whole;
	if (*p == '.') {
		const char *fraction = ++p;

		p = skip_digits(p);
		any = any || p > fraction;
	}
	if (!any)
		return false;
	if (*p == 'e' || *p == 'E') {
		const char *exponent;

		p++;
		p += *p == '-' || *p == '+';
		exponent = p;
		p = skip_digits(p);
		if (p == exponent)
			return false;
	}
	return *p == '\0';
}

bool str_to_double(const char *text, double *out)
{
	locale_t c;
	double x;

	if (!is_decimal(text))
		return false;
	c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	x = strtod_l(text, NULL, c);
	freelocale(c);
	if (!isfinite(x))
		return false;
	*out = x;
	return true;
}
