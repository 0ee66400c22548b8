/* values: what each object reads at a device, from the model and the device's state.
 *
 * The functions are a column's `fill` (mib.h): type and zeros are set already;
 * octets and OIDs point value->bytes at value->room. */
#ifndef FLEET_VALUES_H
#define FLEET_VALUES_H

#include "fleet/mib.h"

#define VALUE_ARGS const struct mib_view *view, const struct mib_row *row, struct value *value

/* a = the value; own_index: the row's; gauge: a <= value < b, standing still. */
void value_constant(VALUE_ARGS);
void value_gauge(VALUE_ARGS);
void value_own_index(VALUE_ARGS);
void value_uptime(VALUE_ARGS);
void value_sys_uptime(VALUE_ARGS);
void value_sys_descr(VALUE_ARGS);
void value_sys_object_id(VALUE_ARGS);
void value_sys_contact(VALUE_ARGS);
void value_sys_name(VALUE_ARGS);
void value_sys_location(VALUE_ARGS);
void value_engine_id(VALUE_ARGS);
void value_engine_boots(VALUE_ARGS);
void value_engine_time(VALUE_ARGS);
void value_if_number(VALUE_ARGS);
void value_if_table_last_change(VALUE_ARGS);
void value_if_name(VALUE_ARGS);
void value_if_alias(VALUE_ARGS);
void value_if_phys_address(VALUE_ARGS);
void value_if_type(VALUE_ARGS);
void value_if_mtu(VALUE_ARGS);
void value_if_speed(VALUE_ARGS);
void value_if_high_speed(VALUE_ARGS);
void value_if_admin(VALUE_ARGS);
void value_if_oper(VALUE_ARGS);
void value_if_last_change(VALUE_ARGS);
void value_if_discontinuity(VALUE_ARGS);
void value_counter(VALUE_ARGS);
void value_date(VALUE_ARGS);
void value_memory(VALUE_ARGS);
void value_storage_column(VALUE_ARGS);
void value_load(VALUE_ARGS);
void value_disk_name(VALUE_ARGS);
void value_dsk_path(VALUE_ARGS);
void value_dsk_percent(VALUE_ARGS);

/* The kinds of memory that value_memory() knows (object's `a`), in kB. */
enum {
	MEM_TOTAL,
	MEM_FREE,
	MEM_BUFFER,
	MEM_CACHED,
	MEM_SHARED,
	MEM_SWAP_TOTAL,
	MEM_SWAP_FREE,
	MEM_AVAILABLE
};

const char *value_storage_descr(uint32_t index); /* "" when there is no such row */
/* For fills: a text, or an OID, in value->room. */
void value_text(struct value *value, const char *format, ...) __attribute__((format(printf, 2, 3)));
void value_oid(struct value *value, const char *oid);

bool value_narrow(const struct fleet *fleet, uint32_t port); /* the port has 32-bit counters only */
/* Base and rate of a counter (a = series). */
struct model_rate value_closed_form(
    const struct fleet *fleet, const struct device *device, const struct mib_row *row);
/* The name that an operator knows the row by: ifName, hrStorageDescr, ...; "-" for scalars. */
void value_row_name(const struct device *device, const struct mib_row *row, char *out, size_t size);

#endif
