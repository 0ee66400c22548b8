#include "fleet/control.h"

#include "base/mem.h"
#include "fleet/fault.h"
#include "fleet/objects.h"
#include "fleet/v3.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_LEN 512

struct client {
	int in, out; /* -1 = free; both the same but for stdin and stdout */
	size_t len;
	char line[LINE_MAX_LEN];
};

struct control {
	struct fleet *fleet;
	int listener;
	struct client clients[CONTROL_CLIENTS];
};

/* ---- commands: each writes its lines and returns NULL, or what was wrong ---- */

static const char *read_range(const struct fleet *fleet, const char *text, uint32_t *from, uint32_t *to)
{
	int n = text == NULL ? 0 : sscanf(text, "%u-%u", from, to);

	if (n == 1)
		*to = *from;
	return n < 1 || *from > *to || *to >= fleet->n_devices ? "no such device" : NULL;
}

static const char *cmd_stats(struct fleet *fleet, char *rest, FILE *out)
{
	uint64_t requests = 0, varbinds = 0, replies = 0, octets = 0, waiting = 0;
	uint32_t from = 0, to = 0;
	const char *error = NULL;
	struct rusage usage;

	for (uint32_t i = 0; i < fleet->n_devices; i++) {
		const struct device *device = &fleet->devices[i];

		requests += device->requests;
		varbinds += device->varbinds;
		replies += device->replies;
		octets += device->octets;
		waiting += device->waiting;
	}
	if (rest != NULL)
		error = read_range(fleet, rest, &from, &to);
	for (uint32_t i = from; rest != NULL && error == NULL && i <= to; i++) {
		const struct device *device = &fleet->devices[i];

		fprintf(out,
		    "device=%u requests=%" PRIu64 " varbinds=%" PRIu64 " replies=%" PRIu64
		    " waiting_peak=%u\n",
		    i, device->requests, device->varbinds, device->replies, device->waiting_peak);
	}
	getrusage(RUSAGE_SELF, &usage);
	fprintf(out,
	    "total requests=%" PRIu64 " varbinds=%" PRIu64 " replies=%" PRIu64 " octets=%" PRIu64
	    " waiting=%" PRIu64 " ignored=%" PRIu64 " user_us=%lld system_us=%lld\n",
	    requests, varbinds, replies, octets, waiting, fleet->ignored,
	    (long long)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec,
	    (long long)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec);
	return error;
}

static const char *cmd_reports(struct fleet *fleet, char *rest, FILE *out)
{
	(void)rest;
	if (fleet->v3 == NULL)
		return "no --user, no version 3";
	for (int i = 0; i < V3_REPORT_COUNT; i++)
		fprintf(out, "%s%s=%" PRIu64, i > 0 ? " " : "", v3_report_name((enum v3_report)i),
		    v3_report_count(fleet->v3, (enum v3_report)i));
	fprintf(out, "\n");
	return NULL;
}

static const char *cmd_reset_stats(struct fleet *fleet, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	for (uint32_t i = 0; i < fleet->n_devices; i++) {
		struct device *device = &fleet->devices[i];

		device->requests = device->varbinds = device->replies = device->octets = 0;
		device->waiting_peak = device->waiting;
	}
	fleet->ignored = 0;
	if (fleet->v3 != NULL)
		v3_reset_counts(fleet->v3);
	return NULL;
}

static const char *cmd_expect(struct fleet *fleet, char *rest, FILE *out)
{
	unsigned number;
	char row[128], object[64];

	if (rest == NULL || sscanf(rest, "%u %127s %63s", &number, row, object) != 3 ||
	    number >= fleet->n_devices)
		return "expect DEVICE ROW OBJECT";
	return objects_expect(fleet, &fleet->devices[number], row, object, out) ? NULL : "see above";
}

static const char *cmd_uptime(struct fleet *fleet, char *rest, FILE *out)
{
	uint32_t from = 0, to = 0;
	const char *error = read_range(fleet, rest, &from, &to);

	for (uint32_t i = from; error == NULL && i <= to; i++)
		fprintf(out, "device=%u uptime_cs=%" PRIu64 " boots=%u\n", i,
		    fleet_uptime(fleet, &fleet->devices[i], fleet_now()), fleet->devices[i].boots);
	return error;
}

static const char *cmd_advance(struct fleet *fleet, char *rest, FILE *out)
{
	char *end;
	double seconds = rest == NULL ? -1 : strtod(rest, &end);

	(void)out;
	if (seconds < 0 || seconds > 1e10 || *end != '\0')
		return "advance SECONDS";
	fleet->advanced_cs += (int64_t)(seconds * 100 + 0.5);
	return NULL;
}

static const char *cmd_faults(struct fleet *fleet, char *rest, FILE *out)
{
	(void)rest;
	faults_list(fleet->faults, out);
	return NULL;
}

static const char *cmd_clear(struct fleet *fleet, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	faults_clear(fleet->faults, fleet, fleet_now());
	return NULL;
}

static const char *cmd_quit(struct fleet *fleet, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	fleet->stop = true;
	return NULL;
}

static const char *cmd_help(struct fleet *fleet, char *rest, FILE *out);

static const struct command {
	const char *name, *help;
	const char *(*run)(struct fleet *fleet, char *rest, FILE *out);
} commands[] = {
    {"stats", "[A-B]  counts of requests, in total and per device", cmd_stats},
    {"reports", "counts of Reports to version 3, by kind", cmd_reports},
    {"reset-stats", "counts begin at 0", cmd_reset_stats},
    {"expect", "DEVICE ROW OBJECT  closed form of a counter, or a value", cmd_expect},
    {"uptime", "A-B  uptime in hundredths of a second, snmpEngineBoots", cmd_uptime},
    {"advance", "SECONDS  moves all devices' time", cmd_advance},
    {"faults", "rules that wait or hold", cmd_faults},
    {"clear", "ends them all", cmd_clear},
    {"help", "these lines", cmd_help},
    {"quit", "ends the fleet", cmd_quit},
};

static const char *cmd_help(struct fleet *fleet, char *rest, FILE *out)
{
	(void)fleet;
	(void)rest;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, "  %s %s\n", commands[i].name, commands[i].help);
	fault_help(out);
	return NULL;
}

static const char *run_line(struct fleet *fleet, char *line, FILE *out)
{
	size_t len = strcspn(line, " ");
	char *rest = line[len] == '\0' ? NULL : line + len + 1;
	const char *error;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strlen(commands[i].name) == len && strncmp(commands[i].name, line, len) == 0)
			return commands[i].run(fleet, rest, out);
	error = faults_add(fleet->faults, fleet, line, fleet_now());
	if (error == NULL) /* in force before the answer is read */
		(void)faults_turn(fleet->faults, fleet, fleet_now());
	return error;
}

/* ---- connections ---- */

static void answer_line(struct control *control, struct client *client, char *line)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	const char *error = run_line(control->fleet, line, out);

	if (error != NULL)
		fprintf(out, "error: %s\n", error);
	else
		fprintf(out, "ok\n");
	fclose(out);
	for (size_t done = 0; done < len;) {
		ssize_t n = write(client->out, text + done, len - done);

		if (n <= 0)
			break; /* whoever asked is gone; its end of file follows */
		done += (size_t)n;
	}
	free(text);
}

static void close_client(struct control *control, struct client *client)
{
	if (client->in == STDIN_FILENO)
		control->fleet->stop = true; /* whoever started us is gone */
	else
		close(client->in);
	client->in = -1;
}

static void read_client(struct control *control, struct client *client)
{
	ssize_t n = read(client->in, client->line + client->len, sizeof(client->line) - client->len);
	char *end;

	if (n <= 0 || client->len + (size_t)n == sizeof(client->line)) {
		close_client(control, client);
		return;
	}
	client->len += (size_t)n;
	while ((end = memchr(client->line, '\n', client->len)) != NULL) {
		size_t used = (size_t)(end - client->line) + 1;

		*end = '\0';
		answer_line(control, client, client->line);
		client->len -= used;
		memmove(client->line, client->line + used, client->len);
	}
}

static void accept_client(struct control *control)
{
	int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < CONTROL_CLIENTS; i++) {
		if (control->clients[i].in < 0) {
			control->clients[i] = (struct client){.in = fd, .out = fd};
			return;
		}
	}
	if (fd >= 0)
		close(fd);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, CONTROL_CLIENTS) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

struct control *control_new(struct fleet *fleet)
{
	struct control *control = mem_alloc(sizeof(*control));

	control->fleet = fleet;
	control->listener = -1;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		control->clients[i].in = -1;
	if (fleet->options.stdin_control)
		control->clients[0] = (struct client){.in = STDIN_FILENO, .out = STDOUT_FILENO};
	if (fleet->options.control == NULL)
		return control;
	control->listener = listen_at(fleet->options.control);
	if (control->listener >= 0)
		return control;
	perror(fleet->options.control);
	control_free(control);
	return NULL;
}

void control_free(struct control *control)
{
	if (control == NULL)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (control->clients[i].in >= 0)
			close_client(control, &control->clients[i]);
	if (control->listener >= 0) {
		close(control->listener);
		unlink(control->fleet->options.control);
	}
	free(control);
}

int control_fds(const struct control *control, struct pollfd *fds)
{
	int n = 0;

	if (control->listener >= 0)
		fds[n++] = (struct pollfd){.fd = control->listener, .events = POLLIN};
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (control->clients[i].in >= 0)
			fds[n++] = (struct pollfd){.fd = control->clients[i].in, .events = POLLIN};
	return n;
}

void control_ready(struct control *control, const struct pollfd *fds, int n)
{
	for (int i = 0; i < n; i++) {
		if (fds[i].revents == 0)
			continue;
		if (fds[i].fd == control->listener) {
			accept_client(control);
			continue;
		}
		for (size_t c = 0; c < CONTROL_CLIENTS; c++)
			if (control->clients[c].in == fds[i].fd)
				read_client(control, &control->clients[c]);
	}
}
