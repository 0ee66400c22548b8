#include "fleet/values.h"

#include "fleet/v3.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SEED (view->fleet->options.seed)

/* ---- texts and constants ---- */

void value_text(struct value *value, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf((char *)value->room, sizeof(value->room), format, ap);
	va_end(ap);
	value->bytes = (struct span){value->room, (size_t)len};
}

void value_oid(struct value *value, const char *oid)
{
	struct oid_arcs arcs;

	if (oid_parse(oid, &arcs) && arcs.n < 50)
		value->bytes = (struct span){value->room, oid_write(arcs.arc, arcs.n, value->room)};
}

void value_constant(VALUE_ARGS)
{
	(void)view;
	value->number = row->object->a;
}

void value_gauge(VALUE_ARGS)
{
	uint64_t what = model_hash(row->object->a, row->object->b, row->index, 0);

	value->number = model_gauge(SEED, view->device->number, what, row->object->a, row->object->b);
}

void value_own_index(VALUE_ARGS)
{
	(void)view;
	value->number = row->index;
}

void value_uptime(VALUE_ARGS)
{
	(void)row;
	value->number = view->uptime;
}

void value_sys_uptime(VALUE_ARGS)
{
	(void)row;
	value->number = view->ticks;
}

/* ---- system, engine ---- */

static bool is_linux(const struct mib_view *view)
{
	return view->device->kind == DEVICE_LINUX;
}

static const char *host_word(const struct mib_view *view)
{
	return is_linux(view) ? "host" : "switch";
}

void value_sys_descr(VALUE_ARGS)
{
	(void)row;
	if (view->long_text > 0)
		value->bytes = (struct span){view->fleet->filler, (size_t)view->long_text};
	else if (is_linux(view))
		value_text(value, "Linux host-%05u 6.1.0-simulated #1 SMP x86_64", view->device->number);
	else
		value_text(value, "Simulated switch, %u ports, software 1.0", view->device->n_ports);
}

void value_sys_object_id(VALUE_ARGS)
{
	(void)row;
	value_oid(value, is_linux(view) ? "1.3.6.1.4.1.8072.3.2.10" : view->fleet->options.object_id);
}

void value_sys_contact(VALUE_ARGS)
{
	(void)view;
	(void)row;
	value_text(value, "noc@example.net");
}

void value_sys_name(VALUE_ARGS)
{
	(void)row;
	value_text(value, "%s-%05u", host_word(view), view->device->number);
}

void value_sys_location(VALUE_ARGS)
{
	(void)row;
	value_text(value, "Room %u, rack %u", view->device->number / 40 + 1, view->device->number % 40 + 1);
}

void value_engine_id(VALUE_ARGS)
{
	(void)row;
	value->bytes.len = v3_engine_id(view->fleet, view->device, value->room);
}

void value_engine_boots(VALUE_ARGS)
{
	(void)row;
	value->number = view->device->boots;
}

void value_engine_time(VALUE_ARGS)
{
	(void)row;
	value->number = view->uptime / 100 & INT32_MAX;
}

/* ---- interfaces ---- */

bool value_narrow(const struct fleet *fleet, uint32_t port)
{
	uint32_t every = fleet->options.narrow_every;

	return every != 0 && port % every == every - 1;
}

static bool loopback(const struct device *device, uint32_t port)
{
	return device->kind == DEVICE_LINUX && port == 0;
}

static uint32_t port_mbit(const struct fleet *fleet, const struct device *device, uint32_t port)
{
	if (loopback(device, port))
		return 10; /* what net-snmp says of lo */
	return model_mbit(fleet->options.seed, device->number, port, value_narrow(fleet, port));
}

static void port_name(const struct device *device, uint32_t port, bool descr, char *out, size_t size)
{
	uint32_t renamed = device_port_state(device, port).renamed;
	int len;

	if (device->kind == DEVICE_SWITCH)
		len = snprintf(out, size, descr ? "GigabitEthernet1/0/%u" : "Gi1/0/%u", port + 1);
	else if (port == 0)
		len = snprintf(out, size, "lo");
	else
		len = snprintf(out, size, "eth%u", port - 1);
	if (renamed > 0)
		snprintf(out + len, size - (size_t)len, ".r%u", renamed);
}

void value_if_number(VALUE_ARGS)
{
	(void)row;
	value->number = device_port_count(view->device);
}

void value_if_table_last_change(VALUE_ARGS)
{
	(void)row;
	value->number = view->device->table_changed + view->restless;
}

void value_if_name(VALUE_ARGS)
{
	bool descr = row->object->a != 0;

	if (view->names > (descr ? 2 : 0)) {
		value_text(value, "%s", view->names == 1 ? "" : "port");
		return;
	}
	port_name(view->device, row->port, descr, (char *)value->room, sizeof(value->room));
	value->bytes.len = strlen((char *)value->room);
}

void value_if_alias(VALUE_ARGS)
{
	if (loopback(view->device, row->port) ||
	    model_hash(SEED, view->device->number, row->port, 6000) % 3 == 0)
		value_text(value, "%s", "");
	else
		value_text(value, "to %s-%05u", is_linux(view) ? "switch" : "host", row->port);
}

void value_if_phys_address(VALUE_ARGS)
{
	uint32_t n = view->device->number, p = row->port;
	const uint8_t mac[] = {
	    0x02, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)(p >> 8), (uint8_t)p};

	if (loopback(view->device, p))
		return;
	memcpy(value->room, mac, sizeof(mac));
	value->bytes.len = sizeof(mac);
}

void value_if_type(VALUE_ARGS)
{
	value->number = loopback(view->device, row->port) ? 24 : 6; /* softwareLoopback, ethernetCsmacd */
}

void value_if_mtu(VALUE_ARGS)
{
	value->number = loopback(view->device, row->port) ? 65536 : 1500;
}

void value_if_speed(VALUE_ARGS)
{
	uint64_t bits = port_mbit(view->fleet, view->device, row->port) * UINT64_C(1000000);

	value->number = bits > UINT32_MAX ? UINT32_MAX : bits;
}

void value_if_high_speed(VALUE_ARGS)
{
	value->number = port_mbit(view->fleet, view->device, row->port);
}

void value_if_admin(VALUE_ARGS)
{
	value->number = device_port_state(view->device, row->port).disabled ? 2 : 1;
}

void value_if_oper(VALUE_ARGS)
{
	struct device_port state = device_port_state(view->device, row->port);

	value->number = state.disabled || state.down ? 2 : 1;
}

void value_if_last_change(VALUE_ARGS)
{
	value->number = device_port_state(view->device, row->port).changed;
}

void value_if_discontinuity(VALUE_ARGS)
{
	value->number = device_port_state(view->device, row->port).discontinued;
}

/* ---- counters ---- */

struct model_rate value_closed_form(
    const struct fleet *fleet, const struct device *device, const struct mib_row *row)
{
	enum model_series series = (enum model_series)row->object->a;

	if (row->object->table == TABLE_IF)
		return model_port(fleet->options.seed, device->number, row->port,
		    port_mbit(fleet, device, row->port), series);
	return model_host(
	    fleet->options.seed, device->number, row->object->table == TABLE_SCALAR ? 0 : row->index, series);
}

void value_counter(VALUE_ARGS)
{
	value->number = device_counter(view->device, row->object->table == TABLE_IF ? (int64_t)row->port : -1,
	    value_closed_form(view->fleet, view->device, row), view->counted);
}

void value_row_name(const struct device *device, const struct mib_row *row, char *out, size_t size)
{
	switch (row->object->table) {
	case TABLE_SCALAR:
		snprintf(out, size, "-");
		return;
	case TABLE_IF:
		port_name(device, row->port, false, out, size);
		return;
	case TABLE_STORAGE:
		snprintf(out, size, "%s", value_storage_descr(row->index));
		return;
	case TABLE_DISK:
		snprintf(out, size, "sd%c", 'a' + (int)row->index - 1);
		return;
	case TABLE_DSK:
		snprintf(out, size, "%s", row->index == 1 ? "/" : "/home");
		return;
	case TABLE_CPU:
	case TABLE_LOAD:
	case TABLE_IP:
		snprintf(out, size, "%u", row->index);
		return;
	}
}
