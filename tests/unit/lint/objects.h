/* Recordings made by hand. Included after cmocka. */
#ifndef ROLLCALL_TESTS_OBJECTS_H
#define ROLLCALL_TESTS_OBJECTS_H

#include "model/oid.h"
#include "model/recording.h"

#include <stdio.h>
#include <string.h>

static inline void object_add(struct recording *recording, const char *oid, const struct value *value)
{
	uint8_t ber[OID_BER_MAX];
	struct oid parsed;

	assert_int_equal(oid_parse(oid, &parsed), ERR_OK);
	assert_int_equal(recording_add(recording, ber, oid_to_ber(&parsed, ber), value), ERR_OK);
}

static inline void object_number(
    struct recording *recording, const char *oid, enum value_type type, int64_t number)
{
	struct value value = {.type = type};

	if (type == VALUE_INTEGER)
		value.i = number;
	else
		value.u = (uint64_t)number;
	object_add(recording, oid, &value);
}

static inline void object_octets(
    struct recording *recording, const char *oid, enum value_type type, const void *octets, size_t len)
{
	struct value value = {.type = type};

	value.bytes.p = octets;
	value.bytes.len = (uint32_t)len;
	object_add(recording, oid, &value);
}

static inline void object_text(struct recording *recording, const char *oid, const char *text)
{
	object_octets(recording, oid, VALUE_OCTETS, text, strlen(text));
}

/* Rows 1 .. n of a column. */
static inline void object_column(
    struct recording *recording, const char *column, enum value_type type, size_t n, const int64_t *numbers)
{
	char oid[OID_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		snprintf(oid, sizeof oid, "%s.%zu", column, i + 1);
		object_number(recording, oid, type, numbers[i]);
	}
}

static inline void object_texts(
    struct recording *recording, const char *column, size_t n, const char *const *texts)
{
	char oid[OID_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		snprintf(oid, sizeof oid, "%s.%zu", column, i + 1);
		object_text(recording, oid, texts[i]);
	}
}

#endif
