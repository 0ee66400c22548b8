#include "base/match.h"

#include "base/mem.h"
#include "base/str.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* What a match may cost: up to 5 ms on the runaway patterns of the test. Those of the field's
 * catalogues take a few hundred steps on a sysDescr. */
#define MATCH_STEPS_MAX 50000
#define MATCH_DEPTH_MAX 50000
#define MATCH_HEAP_MAX	4096 /* KiB */

struct match {
	char *pattern;
	pcre2_code *code;
	pcre2_match_context *context;
	pcre2_match_data *data; /* kept, so that a test allocates nothing */
};

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Text that is not ASCII is compared as characters, or "é?" would make half a letter optional.
 * All else goes without: device text need not be UTF-8, and bytes are faster. */
static uint32_t options_for(const char *pattern)
{
	uint32_t options = PCRE2_NEVER_BACKSLASH_C;

	if (!is_ascii(pattern))
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	return options;
}

struct match *match_new(const char *pattern, char **error, size_t *offset)
{
	struct match *match;
	pcre2_code *code;
	int number;
	PCRE2_SIZE at;

	code = pcre2_compile(
	    (PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options_for(pattern), &number, &at, NULL);
	if (code == NULL) {
		PCRE2_UCHAR text[256];

		pcre2_get_error_message(number, text, sizeof text);
		*error = str_format("%s", (const char *)text);
		*offset = at;
		return NULL;
	}
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without it the interpreter does the same */
	match = mem_alloc(sizeof *match);
	match->pattern = mem_strdup(pattern);
	match->code = code;
	match->context = pcre2_match_context_create(NULL);
	match->data = pcre2_match_data_create_from_pattern(code, NULL);
	if (match->context == NULL || match->data == NULL)
		abort();
	pcre2_set_match_limit(match->context, MATCH_STEPS_MAX);
	pcre2_set_depth_limit(match->context, MATCH_DEPTH_MAX);
	pcre2_set_heap_limit(match->context, MATCH_HEAP_MAX);
	return match;
}

void match_free(struct match *match)
{
	if (match == NULL)
		return;
	pcre2_match_data_free(match->data);
	pcre2_match_context_free(match->context);
	pcre2_code_free(match->code);
	free(match->pattern);
	free(match);
}

static bool run(const struct match *match, const char *text)
{
	int rc = pcre2_match(match->code, (PCRE2_SPTR)text, strlen(text), 0, 0, match->data, match->context);

	/* The machine code has a small stack of its own; the interpreter has the heap, within limits. */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(match->code, (PCRE2_SPTR)text, strlen(text), 0, PCRE2_NO_JIT, match->data,
		    match->context);
	return rc >= 0;
}

bool match_test(const struct match *match, const char *text)
{
	return run(match, text);
}

const char *match_pattern(const struct match *match)
{
	return match->pattern;
}

bool match_capture(const struct match *match, const char *text, unsigned group, char *buf, size_t size)
{
	const PCRE2_SIZE *spans;
	size_t len;

	if (size == 0 || !run(match, text) || group >= pcre2_get_ovector_count(match->data))
		return false;
	spans = pcre2_get_ovector_pointer(match->data);
	/* A group that took no part is unset; with older libraries \K can put the end before the start. */
	if (spans[2 * group] == PCRE2_UNSET || spans[2 * group] > spans[2 * group + 1])
		return false;
	len = spans[2 * group + 1] - spans[2 * group];
	if (len >= size)
		len = size - 1;
	memcpy(buf, text + spans[2 * group], len);
	buf[len] = '\0';
	return true;
}

bool match_glob(const char *pattern, const char *text)
{
	return fnmatch(pattern, text, 0) == 0;
}
