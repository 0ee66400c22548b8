#include "daemon/api.h"

#include "base/mem.h"
#include "base/str.h"
#include "daemon/answers.h"
#include "daemon/event_routes.h"
#include "daemon/http.h"
#include "daemon/ranking.h"
#include "views/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct api {
	struct loop *loop;
	struct collector *collector;
	struct pipeline *pipeline;
	struct reload *reload;
	struct answers *answers;
	struct event_routes *events;
	struct http *status, *control;
};

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
		answers_status(api->answers, request, http_parameter(request, "device"));
	else if (str_equal(path, "/api/v1/stats"))
		get_stats(api, request);
	else if (str_equal(path, "/api/v1/top"))
		ranking_answer(answers_pieces(api->answers), api->loop, api->pipeline, request);
	else if (str_starts(path, device))
		answers_show(api->answers, request, path + strlen(device));
	else if (!event_routes_get(api->events, request))
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

/* Not taken over: 422, as what was sent is understood and cannot be done. */
static void reloaded(void *arg, const struct reload_outcome *outcome)
{
	const struct pipeline_change *change = &outcome->change;
	struct http_request *request = arg;
	struct str messages = {0};
	json_t *body;

	/* Lines of files are quoted in them, whatever their bytes are. */
	str_add_utf8(&messages, outcome->messages, strlen(outcome->messages));
	body = json_pack("{s:b, s:i, s:i, s:s}", "reloaded", outcome->taken, "errors", (int)outcome->errors,
	    "warnings", (int)outcome->warnings, "messages", str_text(&messages));
	str_fini(&messages);

	if (outcome->taken)
		json_object_update_new(
		    body, json_pack("{s:i, s:i, s:i, s:i, s:b}", "added", (int)change->added, "removed",
			      (int)change->removed, "changed", (int)change->changed, "unchanged",
			      (int)change->unchanged, "moved", outcome->moved));
	if (outcome->why != NULL)
		json_object_set_new(body, "error", json_string(outcome->why));
	http_answer(request, outcome->why == NULL ? 200 : 422, body);
}

static void post_rename(struct api *api, struct http_request *request)
{
	const char *from = http_parameter(request, "from"), *to = http_parameter(request, "to");

	if (from == NULL || *from == '\0' || to == NULL || *to == '\0')
		http_refuse(request, 400, "from and to: expected the names of a device");
	else if (str_equal(from, to))
		http_refuse(request, 400, "from and to are the same name");
	else if (reload_rename(api->reload, from, to, reloaded, request) != ERR_OK)
		http_refuse(request, 503, "too many wait for a reload already");
}

static void post_reload(struct api *api, struct http_request *request)
{
	if (reload_ask(api->reload, reloaded, request) != ERR_OK)
		http_refuse(request, 503, "too many wait for a reload already");
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
		if (device == NULL || answers_find(api->answers, request, device) != SIZE_MAX)
			pipeline_flush(api->pipeline, device, flushed, request);
	} else if (str_equal(http_path(request), "/api/v1/reload")) {
		post_reload(api, request);
	} else if (str_equal(http_path(request), "/api/v1/rename")) {
		post_rename(api, request);
	} else if (!event_routes_post(api->events, request)) {
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

struct api *api_new(
    struct loop *loop, struct collector *collector, struct reload *reload, const char *run, char **error)
{
	struct api *api = mem_alloc(sizeof *api);

	api->loop = loop;
	api->collector = collector;
	api->reload = reload;
	api->pipeline = collector_pipeline(collector);
	api->answers = answers_new(loop, api->pipeline, collector_desk(collector));
	api->events = event_routes_new(loop, collector_desk(collector), api->pipeline);
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
	event_routes_free(api->events);
	answers_free(api->answers);
	http_free(api->control);
	http_free(api->status);
	free(api);
}
