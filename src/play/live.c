#include "play/live.h"

#include "base/mem.h"
#include "base/str.h"
#include "model/oid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS	    1e9
#define NOBODY	    UINT32_MAX
#define RATE_MAX    20000.0  /* per second, of what has no speed */
#define UPTIME_NONE 864000.0 /* s, of a device that does not tell: ten days */
#define UPTIME_MIN  60.0
#define LATER	    60.0 /* s, of a later recording without sysUpTime */
#define LOAD_MAX    0.9	 /* of an interface's speed */

#define SYS_UPTIME	 "1.3.6.1.2.1.1.3.0"
#define HR_SYSTEM_UPTIME "1.3.6.1.2.1.25.1.1.0"
#define HR_SYSTEM_DATE	 "1.3.6.1.2.1.25.1.2.0"

/* How an object moves. */
struct motion {
	double rate;   /* per second */
	uint32_t twin; /* the 64-bit counter of the same; NOBODY = none */
};

struct live {
	const struct recording *recording;
	struct motion *motions; /* by place in the recording */
	int64_t start, now, wall;
	const struct recorded *uptime, *host_uptime, *date; /* NULL = not there */
	uint8_t date_now[11];
};

/* Columns of IF-MIB whose 32-bit form has a 64-bit twin in ifXEntry; both below 1.3.6.1.2.1. */
static const struct {
	uint8_t narrow_table, narrow, wide;
	bool octets; /* or else packets */
} twins[] = {
    {2, 10, 6, true},	/* ifInOctets, ifHCInOctets */
    {2, 11, 7, false},	/* ifInUcastPkts */
    {31, 2, 8, false},	/* ifInMulticastPkts */
    {31, 3, 9, false},	/* ifInBroadcastPkts */
    {2, 16, 10, true},	/* ifOutOctets */
    {2, 17, 11, false}, /* ifOutUcastPkts */
    {31, 4, 12, false}, /* ifOutMulticastPkts */
    {31, 5, 13, false}, /* ifOutBroadcastPkts */
};

static const uint8_t if_entry[] = {0x2b, 6, 1, 2, 1, 2, 2, 1}, if_x_entry[] = {0x2b, 6, 1, 2, 1, 31, 1, 1, 1};
#define IF_SPEED      5
#define IF_HIGH_SPEED 15

/* Table 2 or 31, column and index of an object of IF-MIB's interfaces; 0 = none of them. */
static uint8_t interface_object(const struct recorded *object, uint8_t *column, size_t *index_at)
{
	size_t len = 0;
	uint8_t table = 0;

	if (object->name_len > sizeof if_entry + 1 && memcmp(object->name, if_entry, sizeof if_entry) == 0) {
		table = 2;
		len = sizeof if_entry;
	} else if (object->name_len > sizeof if_x_entry + 1 &&
		   memcmp(object->name, if_x_entry, sizeof if_x_entry) == 0) {
		table = 31;
		len = sizeof if_x_entry;
	}
	*column = table != 0 ? object->name[len] : 0;
	*index_at = len + 1;
	return table;
}

/* The same row's cell in another column. */
static const struct recorded *cell(
    const struct live *live, const struct recorded *object, size_t index_at, uint8_t table, uint8_t column)
{
	uint8_t name[OID_BER_MAX + 2];
	size_t prefix = table == 2 ? sizeof if_entry : sizeof if_x_entry,
	       index_len = object->name_len - index_at;

	memcpy(name, table == 2 ? if_entry : if_x_entry, prefix);
	name[prefix] = column;
	memcpy(name + prefix + 1, object->name + index_at, index_len);
	return recording_find(live->recording, name, prefix + 1 + index_len);
}

static double number(const struct recorded *object)
{
	double number;

	return object != NULL && value_to_double(&object->value, &number) ? number : 0;
}

/* Octets per second at most; 0 = not told. */
static double speed_of(const struct live *live, const struct recorded *object, size_t index_at)
{
	double mega = number(cell(live, object, index_at, 31, IF_HIGH_SPEED));

	return mega > 0 ? mega * 1e6 / 8 : number(cell(live, object, index_at, 2, IF_SPEED)) / 8;
}

static bool is_counter(const struct recorded *object)
{
	return object != NULL &&
	       (object->value.type == VALUE_COUNTER32 || object->value.type == VALUE_COUNTER64);
}

/* Seconds between two recordings of one device; 0 = it was started in between. */
static double seconds_between(const struct recording *a, const struct recording *b)
{
	const struct recorded *from = recording_find_text(a, SYS_UPTIME),
			      *to = recording_find_text(b, SYS_UPTIME);

	if (from == NULL || to == NULL)
		return LATER;
	return (number(to) - number(from)) / 100 > 0 ? (number(to) - number(from)) / 100 : 0;
}

static double rate_between(const struct recorded *object, const struct recorded *later, double seconds)
{
	uint64_t moved = later->value.u - object->value.u;

	if (object->value.type == VALUE_COUNTER32)
		moved = (uint32_t)moved;
	return (double)moved / seconds;
}

/* 0.5 to 1.5, the same for an object in each run. */
static double spread(const struct recorded *object, uint64_t seed)
{
	uint64_t hash = str_hash(object->name, object->name_len) ^ seed;

	return 0.5 + (double)(str_hash(&hash, sizeof hash) >> 11) / (double)(UINT64_C(1) << 53);
}

static double average_rate(const struct live *live, const struct recorded *object, uint64_t seed)
{
	double up = live->uptime != NULL ? number(live->uptime) / 100 : UPTIME_NONE, most = RATE_MAX, rate;
	uint8_t column, table;
	size_t index_at;

	table = interface_object(object, &column, &index_at);
	for (size_t i = 0; table != 0 && i < ARRAY_LEN(twins); i++) {
		bool is_it = table == twins[i].narrow_table ? column == twins[i].narrow
							    : table == 31 && column == twins[i].wide;
		double speed = is_it && twins[i].octets ? speed_of(live, object, index_at) : 0;

		if (speed > 0)
			most = speed * LOAD_MAX;
	}
	rate = (double)object->value.u / (up > UPTIME_MIN ? up : UPTIME_MIN) * spread(object, seed);
	return rate < most ? rate : most * spread(object, ~seed) / 1.5;
}

static uint32_t twin_of(const struct live *live, const struct recorded *object)
{
	const struct recorded *wide;
	uint8_t column, table;
	size_t index_at;

	table = interface_object(object, &column, &index_at);
	for (size_t i = 0; table != 0 && i < ARRAY_LEN(twins); i++) {
		if (twins[i].narrow_table != table || twins[i].narrow != column ||
		    object->value.type != VALUE_COUNTER32)
			continue;
		wide = cell(live, object, index_at, 31, twins[i].wide);
		if (wide != NULL && wide->value.type == VALUE_COUNTER64)
			return (uint32_t)recording_index(live->recording, wide);
	}
	return NOBODY;
}

struct live *live_new(
    const struct recording *recording, const struct recording *later, const char *seed, int64_t start)
{
	struct live *live = mem_alloc(sizeof *live);
	double seconds = later != NULL ? seconds_between(recording, later) : 0;
	uint64_t hash = str_hash(seed, strlen(seed));
	size_t n = recording_count(recording);

	live->recording = recording;
	live->motions = mem_calloc(n, sizeof *live->motions);
	live->start = live->now = start;
	live->uptime = recording_find_text(recording, SYS_UPTIME);
	live->host_uptime = recording_find_text(recording, HR_SYSTEM_UPTIME);
	live->date = recording_find_text(recording, HR_SYSTEM_DATE);
	for (size_t i = 0; i < n; i++) {
		const struct recorded *object = recording_at(recording, i), *then = NULL;

		live->motions[i].twin = NOBODY;
		if (!is_counter(object))
			continue;
		if (seconds > 0)
			then = recording_find(later, object->name, object->name_len);
		if (then != NULL && then->value.type == object->value.type)
			live->motions[i].rate = rate_between(object, then, seconds);
		else
			live->motions[i].rate = average_rate(live, object, hash);
		live->motions[i].twin = twin_of(live, object);
	}
	return live;
}

void live_free(struct live *live)
{
	if (live == NULL)
		return;
	free(live->motions);
	free(live);
}

void live_set_time(struct live *live, int64_t now, int64_t wall)
{
	live->now = now;
	live->wall = wall;
}

static uint64_t counter_now(const struct live *live, const struct recorded *object)
{
	size_t index = recording_index(live->recording, object);
	double seconds = (double)(live->now - live->start) / NS;

	return object->value.u + (uint64_t)floor(live->motions[index].rate * seconds);
}

/* DateAndTime (RFC 2579) in UTC, in as many octets as were recorded. */
static void set_date(struct live *live, struct value *value)
{
	time_t seconds = (time_t)(live->wall / 1000000000);
	struct tm tm;

	if (value->type != VALUE_OCTETS || (value->bytes.len != 8 && value->bytes.len != 11) ||
	    gmtime_r(&seconds, &tm) == NULL)
		return;
	live->date_now[0] = (uint8_t)((tm.tm_year + 1900) >> 8);
	live->date_now[1] = (uint8_t)(tm.tm_year + 1900);
	live->date_now[2] = (uint8_t)(tm.tm_mon + 1);
	live->date_now[3] = (uint8_t)tm.tm_mday;
	live->date_now[4] = (uint8_t)tm.tm_hour;
	live->date_now[5] = (uint8_t)tm.tm_min;
	live->date_now[6] = (uint8_t)tm.tm_sec;
	live->date_now[7] = (uint8_t)(live->wall / 100000000 % 10);
	memcpy(live->date_now + 8, "+\0\0", 3);
	value->bytes.p = live->date_now;
}

void live_value(void *arg, const struct recorded *object, struct value *value)
{
	struct live *live = arg;
	uint32_t twin;

	if (object == live->date) {
		set_date(live, value);
	} else if (object == live->uptime || object == live->host_uptime) {
		if (value->type == VALUE_TIMETICKS)
			value->u = (uint32_t)(value->u + (uint64_t)((live->now - live->start) / 10000000));
	} else if (is_counter(object)) {
		twin = live->motions[recording_index(live->recording, object)].twin;
		value->u = counter_now(live, twin != NOBODY ? recording_at(live->recording, twin) : object);
		if (value->type == VALUE_COUNTER32)
			value->u = (uint32_t)value->u;
	}
}
