/* The values of HOST-RESOURCES-MIB and the UCD-SNMP modules (values.h). */
#include "base/mem.h"
#include "fleet/values.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SEED (view->fleet->options.seed)

void value_date(VALUE_ARGS)
{
	time_t now = time(NULL) + (time_t)view->skew;
	struct tm tm;

	(void)row;
	gmtime_r(&now, &tm);
	/* DateAndTime of RFC 2579, in UTC */
	const uint8_t out[] = {(uint8_t)((tm.tm_year + 1900) >> 8), (uint8_t)(tm.tm_year + 1900),
	    (uint8_t)(tm.tm_mon + 1), (uint8_t)tm.tm_mday, (uint8_t)tm.tm_hour, (uint8_t)tm.tm_min,
	    (uint8_t)tm.tm_sec, 0, '+', 0, 0};
	memcpy(value->room, out, sizeof(out));
	value->bytes.len = sizeof(out);
}

/* Storage rows show the same memory as the UCD group. */
static uint64_t memory_kb(const struct mib_view *view, uint64_t which)
{
	static const uint32_t low[] = {16777216, 2000000, 200000, 3000000, 100000, 4194304, 1000000, 6000000};
	static const uint32_t high[] = {
	    16777217, 3000000, 300000, 4000000, 200000, 4194305, 4194304, 12000000};

	return model_gauge(SEED, view->device->number, 7000 + which, low[which], high[which]);
}

void value_memory(VALUE_ARGS)
{
	value->number = memory_kb(view, row->object->a);
}

static const struct {
	uint32_t index;
	const char *descr, *type; /* last arc of hrStorageTypes */
	uint32_t units, size;
	int free; /* which memory is what is not used, or -1: a disk */
} storage[] = {{1, "Physical memory", "2", 1024, 16777216, MEM_FREE},
    {10, "Swap space", "3", 1024, 4194304, MEM_SWAP_FREE}, {31, "/", "4", 4096, 12000000, -1},
    {36, "/home", "4", 4096, 240000000, -1}, {40, "/boot", "4", 1024, 480000, -1}};

const char *value_storage_descr(uint32_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(storage); i++)
		if (storage[i].index == index)
			return storage[i].descr;
	return "";
}

static uint64_t storage_used(const struct mib_view *view, size_t i)
{
	if (storage[i].free >= 0)
		return storage[i].size - memory_kb(view, (uint64_t)storage[i].free);
	return model_gauge(
	    SEED, view->device->number, 7100 + i, storage[i].size / 10, storage[i].size / 100 * 97);
}

void value_storage_column(VALUE_ARGS)
{
	size_t i = 0;
	char type[40];

	while (storage[i].index != row->index)
		i++;
	switch (row->object->a) {
	case 2:
		snprintf(type, sizeof(type), "1.3.6.1.2.1.25.2.1.%s", storage[i].type);
		value_oid(value, type);
		break;
	case 3:
		value_text(value, "%s", storage[i].descr);
		break;
	case 4:
		value->number = storage[i].units;
		break;
	case 5:
		value->number = storage[i].size;
		break;
	case 6:
		value->number = storage_used(view, i);
		break;
	}
}

static uint64_t load_hundredths(const struct mib_view *view, uint32_t index)
{
	return model_gauge(SEED, view->device->number, 7200 + index, 1, 600);
}

void value_load(VALUE_ARGS)
{
	uint64_t hundredths = load_hundredths(view, row->index);
	float number = (float)hundredths / 100;
	uint32_t bits;

	switch (row->object->a) {
	case 2:
		value_text(value, "Load-%u", row->index == 1 ? 1 : row->index == 2 ? 5 : 15);
		break;
	case 3:
		value_text(value, "%.2f", (double)number);
		break;
	case 5:
		value->number = hundredths;
		break;
	case 6: /* Opaque float of the net-snmp agents: 9f 78 04 and IEEE 754 */
		memcpy(&bits, &number, sizeof(bits));
		memcpy(value->room, "\x9f\x78\x04", 3);
		for (int i = 0; i < 4; i++)
			value->room[3 + i] = (uint8_t)(bits >> (24 - 8 * i));
		value->bytes.len = 7;
		break;
	}
}

void value_disk_name(VALUE_ARGS)
{
	(void)view;
	value_text(value, "sd%c", 'a' + (int)row->index - 1);
}

void value_dsk_path(VALUE_ARGS)
{
	(void)view;
	value_text(value, "%s", row->index == 1 ? "/" : "/home");
}

void value_dsk_percent(VALUE_ARGS)
{
	size_t i = row->index == 1 ? 2 : 3;

	value->number = storage_used(view, i) * 100 / storage[i].size;
}
