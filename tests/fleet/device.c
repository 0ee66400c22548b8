#include "fleet/device.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void device_init(
    struct device *device, uint32_t number, enum device_kind kind, uint32_t n_ports, uint64_t uptime)
{
	*device = (struct device){
	    .number = number,
	    .kind = kind,
	    .boot = -(int64_t)uptime,
	    .boots = 1,
	    .n_ports = n_ports,
	    .perm_n = n_ports,
	    .perm_a = 1,
	    .perm_inverse = 1,
	};
}

void device_fini(struct device *device)
{
	free(device->ports);
	device->ports = NULL;
}

/* Switches number from 10001 up, which takes three octets in BER; hosts from 1. */
uint32_t device_first_index(const struct device *device)
{
	return device->kind == DEVICE_SWITCH ? 10001 : 1;
}

static uint32_t port_of_place(const struct device *device, uint32_t place)
{
	if (place >= device->perm_n || device->renumbered == 0)
		return place;
	/* place = a * port + b modulo n */
	return (uint32_t)((uint64_t)device->perm_inverse * (place + device->perm_n - device->perm_b) %
			  device->perm_n);
}

uint32_t device_index_of(const struct device *device, uint32_t port)
{
	uint32_t place = port;

	if (port < device->perm_n && device->renumbered > 0)
		place = (uint32_t)(((uint64_t)device->perm_a * port + device->perm_b) % device->perm_n);
	return device_first_index(device) + place;
}

struct device_port device_port_state(const struct device *device, uint32_t port)
{
	if (device->ports == NULL || port >= device->n_ports)
		return (struct device_port){0};
	return device->ports[port];
}

bool device_next_index(const struct device *device, int64_t after, uint32_t *index)
{
	uint32_t first = device_first_index(device);
	int64_t place = after < first ? 0 : after - first + 1;

	for (; place < device->n_ports; place++) {
		if (device->ports != NULL && device->ports[port_of_place(device, (uint32_t)place)].removed)
			continue;
		*index = first + (uint32_t)place;
		return true;
	}
	return false;
}

bool device_port_at(const struct device *device, uint32_t index, uint32_t *port)
{
	uint32_t first = device_first_index(device);

	if (index < first || index - first >= device->n_ports)
		return false;
	*port = port_of_place(device, index - first);
	return device->ports == NULL || !device->ports[*port].removed;
}

uint32_t device_port_count(const struct device *device)
{
	uint32_t n = device->n_ports;

	for (uint32_t i = 0; device->ports != NULL && i < device->n_ports; i++)
		n -= device->ports[i].removed;
	return n;
}

uint64_t device_counter(const struct device *device, int64_t port, struct model_rate rate, uint64_t uptime)
{
	bool reset = device->reset;
	uint64_t since = device->since;

	if (port >= 0 && device->ports != NULL && port < device->n_ports && device->ports[port].reset) {
		reset = true;
		since = device->ports[port].since > since ? device->ports[port].since : since;
	}
	if (!reset)
		return model_at(rate, uptime);
	rate.base = 0;
	return model_at(rate, uptime > since ? uptime - since : 0);
}

void device_reboot(struct device *device, int64_t time)
{
	device->boot = time;
	device->boots++;
	device->reset = true;
	device->since = 0;
	device->table_changed = 0;
	for (uint32_t i = 0; device->ports != NULL && i < device->n_ports; i++) {
		struct device_port *port = &device->ports[i];

		port->reset = false;
		port->since = port->changed = port->discontinued = 0;
	}
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Extended Euclid: x with a * x = 1 modulo n. */
static uint32_t inverse(uint32_t a, uint32_t n)
{
	int64_t r0 = n, r1 = a, x0 = 0, x1 = 1;

	while (r1 > 1) {
		int64_t q = r0 / r1, r = r0 % r1, x = x0 - q * x1;

		r0 = r1;
		r1 = r;
		x0 = x1;
		x1 = x;
	}
	return (uint32_t)((x1 % n + n) % n);
}

void device_renumber(struct device *device, uint64_t seed, int64_t time, bool quiet)
{
	uint32_t n = device->n_ports;
	uint64_t h = model_hash(seed, device->number, ++device->renumbered, 5000);
	uint32_t a = 1, b = 0;

	if (n > 1) {
		a = 1 + (uint32_t)(h % (n - 1));
		while (common_divisor(a, n) != 1)
			a--; /* 1 at the latest */
		b = (uint32_t)((h >> 32) % n);
		if (a == device->perm_a && b == device->perm_b)
			b = (b + 1) % n; /* never the order of before */
	}
	device->perm_n = n;
	device->perm_a = a;
	device->perm_inverse = n > 1 ? inverse(a, n) : 1;
	device->perm_b = b;
	/* Each is told of, however soon it follows. */
	if (!quiet && (uint64_t)(time - device->boot) > device->table_changed)
		device->table_changed = (uint64_t)(time - device->boot);
	else if (!quiet)
		device->table_changed++;
}

void device_add_ports(struct device *device, uint32_t n, int64_t time)
{
	uint32_t old = device->n_ports;

	if (n > DEVICE_PORTS_MAX - old)
		n = DEVICE_PORTS_MAX - old;
	device->n_ports += n;
	if (device->ports != NULL) {
		device->ports = mem_realloc(device->ports, device->n_ports, sizeof(*device->ports));
		memset(device->ports + old, 0, n * sizeof(*device->ports));
	}
	device->table_changed = (uint64_t)(time - device->boot);
}

static void happen(struct device *device, struct device_port *port, enum device_event event, uint64_t uptime)
{
	switch (event) {
	case DEVICE_REMOVE_PORT:
	case DEVICE_RETURN_PORT:
		port->removed = event == DEVICE_REMOVE_PORT;
		device->table_changed = uptime;
		break;
	case DEVICE_DISCONTINUITY:
		port->discontinued = uptime;
		port->reset = true;
		port->since = uptime;
		break;
	case DEVICE_COUNTER_RESET:
		port->reset = true;
		port->since = uptime;
		break;
	case DEVICE_PORT_DOWN:
	case DEVICE_PORT_UP:
		port->down = event == DEVICE_PORT_DOWN;
		port->changed = uptime;
		break;
	case DEVICE_PORT_DISABLE:
	case DEVICE_PORT_ENABLE:
		port->disabled = event == DEVICE_PORT_DISABLE;
		port->changed = uptime;
		break;
	case DEVICE_FLAP:
		port->changed = uptime;
		break;
	case DEVICE_RENAME_PORT:
		port->renamed++;
		break;
	}
}

void device_port_event(struct device *device, int64_t port, enum device_event event, int64_t time)
{
	uint64_t uptime = (uint64_t)(time - device->boot);

	if (port >= device->n_ports)
		return;
	if (device->ports == NULL)
		device->ports = mem_calloc(device->n_ports, sizeof(*device->ports));
	if (port >= 0) {
		happen(device, &device->ports[port], event, uptime);
		return;
	}
	for (uint32_t i = 0; i < device->n_ports; i++)
		happen(device, &device->ports[i], event, uptime);
	if (event == DEVICE_COUNTER_RESET || event == DEVICE_DISCONTINUITY) {
		device->reset = true; /* the host's own counters too */
		device->since = uptime;
	}
}
