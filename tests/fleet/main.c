/* fleet: a fleet of simulated SNMP agents. Options, build, run, tear down; see README.md. */
#include "fleet/control.h"
#include "fleet/fault.h"
#include "fleet/objects.h"
#include "fleet/options.h"
#include "fleet/serve.h"
#include "fleet/v3.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int open_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void wait_for(struct pollfd *fds, int n, int64_t until, int64_t now)
{
	int64_t left = until > now ? until - now : 0;
	struct timespec timeout = {
	    .tv_sec = (time_t)(left / 1000000000), .tv_nsec = (long)(left % 1000000000)};

	(void)ppoll(fds, (nfds_t)n, until == INT64_MAX ? NULL : &timeout, NULL);
}

static void run(struct fleet *fleet, struct serve *serve, struct control *control, int signals)
{
	while (!fleet->stop) {
		struct pollfd fds[1 + SERVE_FDS + CONTROL_FDS] = {{.fd = signals, .events = POLLIN}};
		int n_serve = serve_fds(serve, fds + 1);
		int n_control = control_fds(control, fds + 1 + n_serve);
		int64_t now = fleet_now(), next = faults_turn(fleet->faults, fleet, now);

		if (serve_next(serve) < next)
			next = serve_next(serve);
		wait_for(fds, 1 + n_serve + n_control, next, now);
		now = fleet_now();
		(void)faults_turn(fleet->faults, fleet, now);
		serve_due(serve, now);
		serve_ready(serve, now);
		control_ready(control, fds + 1 + n_serve, n_control);
		if (fds[0].revents != 0)
			fleet->stop = true;
	}
}

static void say_ready(const struct fleet *fleet, const struct serve *serve)
{
	struct in_addr first = {.s_addr = htonl(fleet->options.first)};

	printf("ready port=%u devices=%u first=%s\n", serve_port(serve), fleet->n_devices, inet_ntoa(first));
	fflush(stdout);
}

static int expect(const struct fleet *fleet)
{
	char *end;
	unsigned long number = strtoul(fleet->options.expect[0], &end, 10);

	if (*end != '\0' || number >= fleet->n_devices) {
		fprintf(stderr, "fleet: no device %s\n", fleet->options.expect[0]);
		return 2;
	}
	return objects_expect(
		   fleet, &fleet->devices[number], fleet->options.expect[1], fleet->options.expect[2], stdout)
		   ? 0
		   : 1;
}

int main(int argc, char **argv)
{
	struct fleet_options options;
	struct fleet fleet;
	struct serve *serve = NULL;
	struct control *control = NULL;
	int signals = -1, status;

	if (!options_read(argc, argv, &options, &status))
		return status;
	fleet_init(&fleet, &options);
	if (options.expect[0] != NULL) {
		status = expect(&fleet);
		goto out;
	}
	status = 1;
	if (options.user != NULL && (fleet.v3 = v3_new(&fleet)) == NULL)
		goto out;
	signals = open_signals();
	if (options.plan != NULL && !faults_load(fleet.faults, &fleet, options.plan))
		goto out;
	serve = serve_new(&fleet);
	control = control_new(&fleet);
	if (serve == NULL || control == NULL || signals < 0)
		goto out;
	say_ready(&fleet, serve);
	run(&fleet, serve, control, signals);
	status = 0;
out:
	control_free(control);
	serve_free(serve);
	if (signals >= 0)
		close(signals);
	fleet_fini(&fleet);
	return status;
}
