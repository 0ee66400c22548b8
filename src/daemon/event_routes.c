#include "daemon/event_routes.h"

#include "base/clock.h"
#include "base/match.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "views/event_json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define EVENTS_DEFAULT 1000
#define EVENTS_A_TURN  200 /* rendered in one turn of the loop */
#define WORDS_MAX      500 /* bytes of a reason or an author */
#define FOR_MAX	       (366 * 86400.0)

/* One question about events, from asking to the last piece of the answer. */
struct inquiry {
	struct event_routes *routes; /* NULL once those are gone */
	struct http_request *request;
	struct event **events;
	size_t n, at;
	struct loop_timer next;
	TAILQ_ENTRY(inquiry) link;
};

struct event_routes {
	struct loop *loop;
	struct desk *desk;
	struct pipeline *pipeline;
	TAILQ_HEAD(, inquiry) inquiries;
};

/* A change under way. */
struct change {
	struct http_request *request;
	json_t *answer;
};

static int64_t wall_now(const struct event_routes *routes)
{
	return clock_wall(loop_clock(routes->loop));
}

/* A parameter that has something in it, else NULL. */
static const char *given(const struct http_request *request, const char *name)
{
	const char *text = http_parameter(request, name);

	return text != NULL && *text != '\0' ? text : NULL;
}

/* --- events --- */

static void inquiry_free(struct inquiry *inquiry)
{
	if (inquiry->routes != NULL) {
		loop_timer_stop(inquiry->routes->loop, &inquiry->next);
		TAILQ_REMOVE(&inquiry->routes->inquiries, inquiry, link);
	}
	eventlog_events_free(inquiry->events, inquiry->n);
	free(inquiry);
}

/* In pieces: ten thousand events at once would make every poll of that moment late. */
static void answer_piece(void *arg)
{
	struct inquiry *inquiry = arg;
	size_t end = inquiry->at + EVENTS_A_TURN < inquiry->n ? inquiry->at + EVENTS_A_TURN : inquiry->n;

	for (; inquiry->at < end; inquiry->at++) {
		if (inquiry->at > 0)
			http_add(inquiry->request, ",", 1);
		http_add_json(inquiry->request, json_event(inquiry->events[inquiry->at]));
	}
	if (inquiry->at < inquiry->n) {
		loop_timer_in(inquiry->routes->loop, &inquiry->next, 0);
		return;
	}
	http_add(inquiry->request, "]}", 2);
	http_send(inquiry->request, 200);
	inquiry_free(inquiry);
}

static void events_found(void *arg, enum err err, struct event **events, size_t n)
{
	struct inquiry *inquiry = arg;

	inquiry->events = events;
	inquiry->n = n;
	if (inquiry->routes == NULL || err != ERR_OK) {
		http_refuse(inquiry->request, err == ERR_FULL ? 503 : 500, "the event log cannot be read: %s",
		    err_text(inquiry->routes ? err : ERR_CLOSED));
		inquiry_free(inquiry);
		return;
	}
	http_add(inquiry->request, "{\"events\":[", 11);
	answer_piece(inquiry);
}

static bool read_numbers(struct http_request *request, struct event_filter *filter)
{
	const char *since = given(request, "since"), *after = given(request, "after"),
		   *limit = given(request, "limit");
	double seconds = 0;
	uint64_t most = EVENTS_DEFAULT;

	if (since != NULL && (!str_to_double(since, &seconds) || seconds < 0 || seconds > 1e10)) {
		http_refuse(request, 400, "since: expected seconds since the epoch");
		return false;
	}
	if (after != NULL && (!str_to_i64(after, &filter->after_id) || filter->after_id < 0)) {
		http_refuse(request, 400, "after: expected the id of an event");
		return false;
	}
	if (limit != NULL && (!str_to_u64(limit, &most) || most < 1 || most > EVENTS_MAX)) {
		http_refuse(request, 400, "limit: expected 1 to %d", EVENTS_MAX);
		return false;
	}
	filter->since = (int64_t)(seconds * 1e9);
	filter->limit = (size_t)most;
	return true;
}

static void get_events(struct event_routes *routes, struct http_request *request)
{
	const char *severity = given(request, "severity");
	struct event_filter filter = {.device = given(request, "device"),
	    .rule = given(request, "rule"),
	    .object = given(request, "object")};
	struct inquiry *inquiry;

	if (severity != NULL && !severity_parse(severity, &filter.severity)) {
		http_refuse(request, 400, "severity: expected info, warning or critical");
		return;
	}
	if (!read_numbers(request, &filter))
		return;
	inquiry = mem_alloc(sizeof *inquiry);
	inquiry->routes = routes;
	inquiry->request = request;
	loop_timer_init(&inquiry->next, answer_piece, inquiry);
	TAILQ_INSERT_TAIL(&routes->inquiries, inquiry, link);
	eventlog_query(desk_log(routes->desk), &filter, events_found, inquiry);
}

/* --- changes --- */

static void change_done(void *arg, enum err err)
{
	struct change *change = arg;

	json_object_set_new(change->answer, "saved", json_boolean(err == ERR_OK));
	if (err != ERR_OK)
		json_object_set_new(change->answer, "why", json_string(err_text(err)));
	http_answer(change->request, 200, change->answer);
	free(change);
}

static struct change *change_new(struct http_request *request)
{
	struct change *change = mem_alloc(sizeof *change);

	change->request = request;
	change->answer = json_object();
	return change;
}

/* It did not even begin: nobody will call. */
static void change_refuse(struct change *change, int status, const char *why)
{
	http_refuse(change->request, status, "%s", why);
	json_decref(change->answer);
	free(change);
}

static bool read_words(struct http_request *request, const char **reason, const char **author)
{
	*reason = given(request, "reason");
	*author = given(request, "author");
	if (*reason == NULL || *author == NULL)
		http_refuse(request, 400, "say why: a reason and an author are needed");
	else if (strlen(*reason) > WORDS_MAX || strlen(*author) > WORDS_MAX)
		http_refuse(request, 400, "a reason or an author has at most %d bytes", WORDS_MAX);
	else
		return true;
	return false;
}

/* A silence of nobody is a slip of the hand. */
static bool fits_a_device(const struct event_routes *routes, const char *pattern)
{
	const struct inventory *inventory = pipeline_inventory(routes->pipeline);

	for (size_t i = 0; i < inventory->n_devices; i++) {
		const char *name = inventory->devices[i].name;

		if (strcmp(pattern, name) == 0 || match_glob(pattern, name))
			return true;
	}
	return false;
}

/* So is one of a rule that is not there. */
static bool fits_a_rule(const struct event_routes *routes, const char *pattern)
{
	const struct inventory *inventory = pipeline_inventory(routes->pipeline);

	for (size_t i = 0; i < inventory->n_rules; i++)
		if (match_glob(pattern, inventory->rules[i]->name))
			return true;
	return false;
}

static void post_silence(struct event_routes *routes, struct http_request *request)
{
	struct silence silence = {.device = given(request, "device"),
	    .rule = given(request, "rule"),
	    .object = given(request, "object"),
	    .from = wall_now(routes)};
	const char *seconds = given(request, "for");
	double lasts = 0;
	struct change *change;
	int64_t id;

	if (silence.device == NULL || !fits_a_device(routes, silence.device)) {
		http_refuse(request, 404, "no device has this name, or fits this pattern");
		return;
	}
	if (silence.rule != NULL && !fits_a_rule(routes, silence.rule)) {
		http_refuse(request, 404, "no rule has this name, or fits this pattern");
		return;
	}
	if (seconds == NULL || !str_to_double(seconds, &lasts) || lasts < 1 || lasts > FOR_MAX) {
		http_refuse(request, 400, "for: expected how long, from a second to a year");
		return;
	}
	if (!read_words(request, &silence.reason, &silence.author))
		return;
	silence.until = silence.from + (int64_t)(lasts * 1e9);
	change = change_new(request);
	if (desk_silence(routes->desk, &silence, &id, change_done, change) != ERR_OK)
		change_refuse(change, 503, "there are too many silences");
	else
		json_object_set_new(change->answer, "id", json_integer(id));
}

static void post_unsilence(struct event_routes *routes, struct http_request *request)
{
	const char *text = given(request, "id");
	struct change *change;
	int64_t id;

	if (text == NULL || !str_to_i64(text, &id)) {
		http_refuse(request, 400, "id: expected the number of a silence");
		return;
	}
	change = change_new(request);
	if (desk_unsilence(routes->desk, id, change_done, change) != ERR_OK)
		change_refuse(change, 404, "there is no such silence; it may have ended");
}

static void post_ack(struct event_routes *routes, struct http_request *request)
{
	struct ack ack = {.device = given(request, "device"),
	    .rule = given(request, "rule"),
	    .object = given(request, "object"),
	    .time = wall_now(routes)};
	struct change *change;
	enum err err;
	size_t n;

	if (ack.rule == NULL) {
		http_refuse(request, 400, "rule: expected the rule of the problem");
		return;
	}
	if (!read_words(request, &ack.reason, &ack.author))
		return;
	change = change_new(request);
	err = desk_ack(routes->desk, &ack, &n, change_done, change);
	if (err == ERR_OK)
		json_object_set_new(change->answer, "problems", json_integer((json_int_t)n));
	else if (err == ERR_NOT_FOUND)
		change_refuse(change, 404, "there is no such problem now");
	else
		change_refuse(change, 503, "there are too many acknowledgements");
}

/* --- life --- */

bool event_routes_get(struct event_routes *routes, struct http_request *request)
{
	const struct silences *silences = desk_silences(routes->desk);
	const struct acks *acks = desk_acks(routes->desk);
	const char *path = http_path(request);

	if (str_equal(path, "/api/v1/events"))
		get_events(routes, request);
	else if (str_equal(path, "/api/v1/silences"))
		http_answer(request, 200, json_silences(silences->v, silences->n));
	else if (str_equal(path, "/api/v1/acks"))
		http_answer(request, 200, json_acks(acks->v, acks->n));
	else
		return false;
	return true;
}

bool event_routes_post(struct event_routes *routes, struct http_request *request)
{
	const char *path = http_path(request);

	if (str_equal(path, "/api/v1/silences"))
		post_silence(routes, request);
	else if (str_equal(path, "/api/v1/silences/remove"))
		post_unsilence(routes, request);
	else if (str_equal(path, "/api/v1/acks"))
		post_ack(routes, request);
	else
		return false;
	return true;
}

struct event_routes *event_routes_new(struct loop *loop, struct desk *desk, struct pipeline *pipeline)
{
	struct event_routes *routes = mem_alloc(sizeof *routes);

	routes->loop = loop;
	routes->desk = desk;
	routes->pipeline = pipeline;
	TAILQ_INIT(&routes->inquiries);
	return routes;
}

void event_routes_free(struct event_routes *routes)
{
	struct inquiry *inquiry;

	if (routes == NULL)
		return;
	while ((inquiry = TAILQ_FIRST(&routes->inquiries)) != NULL) {
		if (inquiry->events != NULL) {
			http_refuse(inquiry->request, 503, "rollcalld is stopping");
			inquiry_free(inquiry);
		} else {
			loop_timer_stop(routes->loop, &inquiry->next);
			TAILQ_REMOVE(&routes->inquiries, inquiry, link);
			inquiry->routes = NULL; /* the event log still calls */
		}
	}
	free(routes);
}
