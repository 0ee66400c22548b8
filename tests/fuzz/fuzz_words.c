/* Fuzzes what people write as one word: OIDs, durations, sizes, numbers; and file names and
 * shell words that are made of it. */
#include "fuzz/input.h"

#include "base/match.h"
#include "base/str.h"
#include "base/units.h"
#include "model/oid.h"

#include <stdlib.h>
#include <string.h>

static void check_oid(const char *text)
{
	char written[OID_TEXT_MAX];
	uint8_t ber[OID_BER_MAX];
	struct oid oid, again;
	size_t len;

	if (oid_parse(text, &oid) != ERR_OK)
		return;
	if (oid_parse(oid_format(&oid, written, sizeof written), &again) != ERR_OK ||
	    oid_compare(&oid, &again) != 0)
		abort();
	len = oid_to_ber(&oid, ber);
	if (len > 0 && (oid_from_ber(ber, len, &again) != ERR_OK || oid_compare(&oid, &again) != 0))
		abort();
}

static void check_duration(const char *text)
{
	char written[UNITS_TEXT_MAX];
	int64_t ns, again;

	if (units_parse_duration(text, &ns) != ERR_OK)
		return;
	if (ns < 0)
		abort();
	(void)units_duration(written, ns);
	/* The written form has no parts below the millisecond. */
	if (ns % UNITS_MS == 0 &&
	    (units_parse_duration(units_config_duration(written, ns), &again) != ERR_OK || again != ns))
		abort();
}

static void check_numbers(const char *text)
{
	char written[UNITS_TEXT_MAX];
	uint64_t bytes, u;
	double number;
	int64_t i;

	if (units_parse_size(text, &bytes) == ERR_OK)
		(void)units_bytes(written, (double)bytes);
	/* "-0" has a sign, and so is no unsigned number. */
	if (text[0] != '-' && str_to_i64(text, &i) && (!str_to_u64(text, &u) || u != (uint64_t)i))
		abort();
	if (str_to_double(text, &number)) {
		(void)units_si(written, number, "bit/s");
		(void)units_count(written, number);
		(void)units_percent(written, number);
		(void)units_value(written, number, "octets/s");
	}
}

static void check_encodings(const char *text)
{
	struct str out = {0};

	str_add_percent(&out, text);
	for (size_t i = 0; i < out.len; i++)
		if (out.s[i] == '/' || (unsigned char)out.s[i] <= ' ' || (unsigned char)out.s[i] > '~')
			abort();
	str_clear(&out);
	str_add_shell(&out, text);
	if (out.len < 1 || out.s[0] == '-')
		abort();
	str_fini(&out);
}

static void check_pattern(const char *text)
{
	char *error = NULL, found[32];
	size_t offset = 0;
	struct match *match = match_new(text, &error, &offset);

	if (match == NULL && (error == NULL || offset > strlen(text)))
		abort();
	if (match != NULL &&
	    match_capture(match, "GigabitEthernet1/0/1 aaaaaaaaaaaaaaaaaaaaaaaa", 1, found, sizeof found) &&
	    strlen(found) >= sizeof found)
		abort();
	free(error);
	match_free(match);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	char *text = input_text(octets, len);

	check_oid(text);
	check_duration(text);
	check_numbers(text);
	check_pattern(text);
	if (text[0] != '\0' && text[0] != '-')
		check_encodings(text);
	free(text);
	return 0;
}
