/* rollcalld: options, load, build, run, tear down. */
#include "base/log.h"
#include "base/loop.h"
#include "config/config.h"
#include "daemon/api.h"
#include "daemon/collector.h"
#include "daemon/lock.h"
#include "daemon/options.h"
#include "daemon/reload.h"
#include "daemon/service.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct inventory *load(const struct options *options)
{
	struct config_report report = {0};
	struct inventory *inventory = config_load(&(struct config_options){.file = options->config}, &report);

	fputs(str_text(&report.messages), stderr);
	config_report_fini(&report);
	return inventory;
}

static void stop(int signo, void *arg)
{
	log_info("stopping", "signal=%s", signo == SIGINT ? "INT" : "TERM");
	loop_stop(arg);
}

/* What the daemon is made of, for signals and hooks. */
struct daemon {
	struct loop *loop;
	struct collector *collector;
	struct reload *reload;
	struct service *service;
};

static void hung_up(void *arg, const struct reload_outcome *outcome)
{
	(void)arg;
	fputs(outcome->messages, stderr);
}

static void hang_up(int signo, void *arg)
{
	struct daemon *daemon = arg;

	(void)signo;
	if (reload_ask(daemon->reload, hung_up, NULL) != ERR_OK)
		log_warn("SIGHUP is not heeded", "err=%s", "\"too many wait for a reload already\"");
}

static void reloading(void *arg, bool busy)
{
	struct daemon *daemon = arg;

	if (busy)
		service_reloading(daemon->service);
	else
		service_ready(daemon->service);
}

static void look(void *arg, struct vitals *vitals)
{
	collector_vitals(arg, vitals);
}

static int run(const struct options *options, struct inventory *inventory)
{
	struct daemon daemon = {.loop = loop_new(clock_real())};
	const struct settings *settings = &inventory->settings;
	struct lock *lock = NULL;
	struct api *api = NULL;
	char *error = NULL;
	int status = 1;

	loop_signal(daemon.loop, SIGTERM, stop, daemon.loop);
	loop_signal(daemon.loop, SIGINT, stop, daemon.loop);
	loop_signal(daemon.loop, SIGHUP, hang_up, &daemon);
	lock = lock_take(settings->state, &error);
	if (lock == NULL) {
		inventory_free(inventory);
		goto out;
	}
	daemon.collector = collector_new(daemon.loop, inventory, &error);
	if (daemon.collector == NULL)
		goto out;
	daemon.reload = reload_new(daemon.loop, daemon.collector, options->config,
	    &(struct reload_hooks){reloading, &daemon}, &error);
	if (daemon.reload == NULL)
		goto out;
	api = api_new(daemon.loop, daemon.collector, daemon.reload, settings->run, &error);
	if (api == NULL)
		goto out;
	daemon.service = service_new(daemon.loop, look, daemon.collector);
	service_ready(daemon.service);
	log_info("ready", "devices=%zu run=%s", inventory->n_devices, settings->run);
	loop_run(daemon.loop);
	status = 0;
out:
	if (error != NULL) {
		fprintf(stderr, "rollcalld: %s\n", error);
		free(error);
	}
	service_free(daemon.service);
	reload_free(daemon.reload);
	api_free(api);
	collector_free(daemon.collector);
	lock_free(lock);
	loop_free(daemon.loop);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct inventory *inventory;
	int status;

	setlocale(LC_TIME, "");
	if (!options_read(argc, argv, &options, &status))
		return status;
	log_set_level(options.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	inventory = load(&options);
	if (inventory == NULL)
		return 2;
	if (options.check) {
		inventory_free(inventory);
		return 0;
	}
	return run(&options, inventory);
}
