/* rollcalld: options, load, build, run, tear down. */
#include "base/log.h"
#include "base/loop.h"
#include "config/config.h"
#include "daemon/api.h"
#include "daemon/collector.h"
#include "daemon/lock.h"
#include "daemon/options.h"
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

static void look(void *arg, struct vitals *vitals)
{
	collector_vitals(arg, vitals);
}

static int run(struct inventory *inventory)
{
	struct loop *loop = loop_new(clock_real());
	struct lock *lock = NULL;
	struct collector *collector = NULL;
	struct api *api = NULL;
	struct service *service = NULL;
	char *error = NULL;
	int status = 1;

	loop_signal(loop, SIGTERM, stop, loop);
	loop_signal(loop, SIGINT, stop, loop);
	lock = lock_take(inventory->settings.state, &error);
	if (lock == NULL) {
		inventory_free(inventory);
		goto out;
	}
	collector = collector_new(loop, inventory, &error);
	if (collector == NULL)
		goto out;
	api = api_new(loop, collector, inventory->settings.run, &error);
	if (api == NULL)
		goto out;
	service = service_new(loop, look, collector);
	service_ready(service);
	log_info("ready", "devices=%zu run=%s", inventory->n_devices, inventory->settings.run);
	loop_run(loop);
	status = 0;
out:
	if (error != NULL) {
		fprintf(stderr, "rollcalld: %s\n", error);
		free(error);
	}
	service_free(service);
	api_free(api);
	collector_free(collector);
	lock_free(lock);
	loop_free(loop);
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
	return run(inventory);
}
