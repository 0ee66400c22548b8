#include "daemon/api.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/http.h"
#include "views/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct api {
	struct loop *loop;
	struct collector *collector;
	struct pipeline *pipeline;
	struct http *status, *control;
};

static int64_t wall_now(const struct api *api)
{
	return clock_wall(loop_clock(api->loop));
}

/* The device that the request names, or SIZE_MAX after an answer of 404. */
static size_t find_device(struct api *api, struct http_request *request, const char *name)
{
	size_t number = pipeline_find(api->pipeline, name);
	struct str clean = {0};

	if (number == SIZE_MAX) {
		str_add_utf8(&clean, name, strlen(name));
		http_refuse(request, 404, "no device is called \"%s\"", str_text(&clean));
		str_fini(&clean);
	}
	return number;
}

static void add_collector_problem(struct api *api, json_t *status)
{
	const struct problem *problem = pipeline_problem(api->pipeline);
	json_t *list = json_array();

	if (problem != NULL)
		json_array_append_new(list, json_problem(problem));
	json_object_set_new(status, "problems", list);
}

static void get_status(struct api *api, struct http_request *request)
{
	const struct inventory *inventory = pipeline_inventory(api->pipeline);
	const char *only = http_parameter(request, "device");
	size_t first = 0, end = inventory->n_devices, by_state[DEVICE_STATE_COUNT];
	struct device_report report;
	int64_t now = wall_now(api);
	json_t *devices, *status;

	if (only != NULL) {
		first = find_device(api, request, only);
		if (first == SIZE_MAX)
			return;
		end = first + 1;
	}
	devices = json_array();
	for (size_t i = first; i < end; i++) {
		pipeline_report(api->pipeline, i, &report);
		json_array_append_new(devices, json_status_device(&report, now));
	}
	pipeline_count_states(api->pipeline, by_state);
	status = json_status(devices, by_state, now);
	add_collector_problem(api, status);
	http_answer(request, 200, status);
}

static void get_device(struct api *api, struct http_request *request, const char *name)
{
	size_t number = find_device(api, request, name);
	struct device_report report;

	if (number == SIZE_MAX)
		return;
	pipeline_report(api->pipeline, number, &report);
	http_answer(request, 200, json_show(&report, wall_now(api)));
}

static void get_stats(struct api *api, struct http_request *request)
{
	struct collector_stats stats;

	collector_stats(api->collector, &stats);
	http_answer(request, 200, json_stats(&stats));
}

static void answer_get(struct api *api, struct http_request *request)
{
	static const char device[] = "/api/v1/devices/";
	const char *path = http_path(request);

	if (str_equal(path, "/api/v1/status") || str_equal(path, "/api/v1/devices"))
		get_status(api, request);
	else if (str_equal(path, "/api/v1/stats"))
		get_stats(api, request);
	else if (str_starts(path, device))
		get_device(api, request, path + strlen(device));
	else
		http_refuse(request, 404, "there is nothing at this path");
}

static void flushed(void *arg, enum err err)
{
	struct http_request *request = arg;

	if (err != ERR_OK)
		http_refuse(request, 500, "samples could not be written: %s", err_text(err));
	else
		http_answer(request, 200, json_pack("{s:b}", "flushed", 1));
}

static void status_asked(void *arg, struct http_request *request)
{
	if (http_is_post(request))
		http_refuse(request, 405, "status.sock only reads; operate through control.sock");
	else
		answer_get(arg, request);
}

static void control_asked(void *arg, struct http_request *request)
{
	struct api *api = arg;
	const char *device = http_parameter(request, "device");

	if (!http_is_post(request)) {
		answer_get(api, request);
	} else if (str_equal(http_path(request), "/api/v1/flush")) {
		if (device == NULL || find_device(api, request, device) != SIZE_MAX)
			pipeline_flush(api->pipeline, device, flushed, request);
	} else {
		http_refuse(request, 404, "there is nothing to operate at this path");
	}
}

static struct http *listen_in(
    struct api *api, const char *run, const char *name, http_handler_fn *handler, char **error)
{
	char *path = str_format("%s/%s", run, name);
	struct http *http = http_new(api->loop, path, 0660, handler, api, error);

	free(path);
	return http;
}

struct api *api_new(struct loop *loop, struct collector *collector, const char *run, char **error)
{
	struct api *api = mem_alloc(sizeof *api);

	api->loop = loop;
	api->collector = collector;
	api->pipeline = collector_pipeline(collector);
	if (mkdir(run, 0750) != 0 && errno != EEXIST) {
		*error = str_format("cannot make the directory %s: %s", run, strerror(errno));
		goto bad;
	}
	api->status = listen_in(api, run, "status.sock", status_asked, error);
	if (api->status == NULL)
		goto bad;
	api->control = listen_in(api, run, "control.sock", control_asked, error);
	if (api->control == NULL)
		goto bad;
	return api;
bad:
	api_free(api);
	return NULL;
}

void api_free(struct api *api)
{
	if (api == NULL)
		return;
	http_free(api->control);
	http_free(api->status);
	free(api);
}
