#include "daemon/answers.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/pieces.h"
#include "daemon/regard.h"
#include "views/json.h"
#include "views/jsonvalue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES_A_STEP 8 /* some 60 us */
#define LIST_BEGINS    "\"devices\":["
#define TABLES_END     "}}" /* of "tables", which come last, and of the answer */

struct answers {
	struct loop *loop;
	struct pipeline *pipeline;
	const struct desk *desk;
	struct pieces *pieces;
};

/* An answer under way. */
struct job {
	struct answers *answers;
	struct http_request *request;
	char *name; /* of the device; NULL = all */
	bool is_begun;
	uint64_t snapshot; /* when it was begun: with another one it is begun anew */
	int64_t now;	   /* wall ns, when it was begun */
	size_t next, end;  /* devices; or rows of `table` */
	size_t by_state[DEVICE_STATE_COUNT];
	size_t table;
	uint64_t form; /* of the tables, when it was begun */
};

static void job_free(struct job *job)
{
	free(job->name);
	free(job);
}

static void job_dropped(void *arg)
{
	struct job *job = arg;

	http_refuse(job->request, 503, "the daemon is stopping");
	job_free(job);
}

static void job_new(
    struct answers *answers, struct http_request *request, const char *name, bool (*step)(void *arg))
{
	struct job *job = mem_alloc(sizeof *job);

	job->answers = answers;
	job->request = request;
	job->name = mem_strdup(name);
	if (pieces_add(answers->pieces, &(struct piece_job){step, job_dropped, job}) == ERR_OK)
		return;
	http_refuse(request, 503, "too many requests at once; try again");
	job_free(job);
}

static char *text_of(json_t *json)
{
	char *text = json_dumps(json, JSONVALUE_WRITTEN);

	json_decref(json);
	assert(text != NULL); /* views make clean UTF-8 and finite numbers only */
	return text;
}

size_t answers_find(struct answers *answers, struct http_request *request, const char *name)
{
	size_t number = pipeline_find(answers->pipeline, name);
	struct str clean = {0};

	if (number == SIZE_MAX) {
		str_add_utf8(&clean, name, strlen(name));
		http_refuse(request, 404, "no device is called \"%s\"", str_text(&clean));
		str_fini(&clean);
	}
	return number;
}

static bool begun(const struct job *job)
{
	return job->is_begun && job->snapshot == pipeline_snapshot(job->answers->pipeline);
}

static void begin(struct job *job)
{
	job->is_begun = true;
	job->snapshot = pipeline_snapshot(job->answers->pipeline);
	job->now = clock_wall(loop_clock(job->answers->loop));
	http_clear(job->request);
}

/* The device as JSON, with what people have said of its problems. */
static json_t *regarded(const struct job *job, const struct device_report *report, json_t *json)
{
	regard_problems(job->answers->desk, report->device->name, report->problems, report->n_problems,
	    json_object_get(json, "problems"));
	return json;
}

/* --- status --- */

/* The answer but for its devices, which go in at *middle. */
static char *status_frame(struct job *job, size_t *middle)
{
	const struct problem *problem = pipeline_problem(job->answers->pipeline);
	json_t *problems = json_array(), *status = json_status(json_array(), job->by_state, job->now);
	char *text, *list;

	if (problem != NULL)
		json_array_append_new(problems, json_problem(problem));
	regard_problems(job->answers->desk, NULL, problem, json_array_size(problems), problems);
	json_object_set_new(status, "problems", problems);
	text = text_of(status);
	list = strstr(text, LIST_BEGINS);
	assert(list != NULL);
	*middle = (size_t)(list - text) + strlen(LIST_BEGINS);
	return text;
}

static bool begin_status(struct job *job)
{
	char *frame;
	size_t middle;

	begin(job);
	job->next = 0;
	job->end = pipeline_inventory(job->answers->pipeline)->n_devices;
	if (job->name != NULL) {
		job->next = answers_find(job->answers, job->request, job->name);
		if (job->next == SIZE_MAX)
			return false;
		job->end = job->next + 1;
	}
	memset(job->by_state, 0, sizeof job->by_state);
	frame = status_frame(job, &middle);
	http_add(job->request, frame, middle);
	free(frame);
	return true;
}

static void add_devices(struct job *job)
{
	size_t end = job->end - job->next > DEVICES_A_STEP ? job->next + DEVICES_A_STEP : job->end;
	struct device_report report;

	for (; job->next < end; job->next++) {
		pipeline_report(job->answers->pipeline, job->next, &report);
		if (job->name == NULL && job->next > 0)
			http_add(job->request, ",", 1);
		http_add_json(job->request, regarded(job, &report, json_status_device(&report, job->now)));
		job->by_state[report.status.state]++;
	}
}

/* The totals of all devices are those of the list, though states may have changed since it was begun. */
static void finish_status(struct job *job)
{
	char *frame;
	size_t middle;

	if (job->name != NULL)
		pipeline_count_states(job->answers->pipeline, job->by_state);
	frame = status_frame(job, &middle);
	http_add(job->request, frame + middle, strlen(frame + middle));
	free(frame);
	http_send(job->request, 200);
}

static bool status_step(void *arg)
{
	struct job *job = arg;

	if (http_is_gone(job->request)) {
		http_send(job->request, 200);
	} else if (begun(job) || begin_status(job)) {
		add_devices(job);
		if (job->next < job->end)
			return true;
		finish_status(job);
	}
	job_free(job);
	return false;
}

/* --- show --- */

/* Changes when tables or rows come, go or move. */
static uint64_t form_of(const struct device_report *report)
{
	uint64_t form = report->n_tables;

	for (size_t i = 0; i < report->n_tables; i++) {
		struct {
			uint64_t before;
			uintptr_t set;
			uint64_t generation;
		} of = {form, (uintptr_t)report->tables[i], report->tables[i]->generation};

		form = str_hash(&of, sizeof of);
	}
	return form;
}

static void begin_show(struct job *job, const struct device_report *report)
{
	char *frame;
	size_t len;

	begin(job);
	job->form = form_of(report);
	job->table = job->next = 0;
	frame = text_of(regarded(job, report, json_show_head(report)));
	len = strlen(frame);
	assert(str_ends(frame, TABLES_END));
	http_add(job->request, frame, len - strlen(TABLES_END));
	free(frame);
}

static void begin_table(struct job *job, const struct rowset *set)
{
	json_t *name = json_string(set->table->name);
	char *text = json_dumps(name, JSON_ENCODE_ANY | JSON_COMPACT);

	if (job->table > 0)
		http_add(job->request, ",", 1);
	http_add(job->request, text, strlen(text));
	http_add(job->request, ":[", 2);
	free(text);
	json_decref(name);
}

/* One row, or the end of a table. */
static void add_row(struct job *job, const struct device_report *report)
{
	const struct rowset *set = report->tables[job->table];

	if (job->next == 0)
		begin_table(job, set);
	if (job->next < set->n_rows) {
		if (job->next > 0)
			http_add(job->request, ",", 1);
		http_add_json(job->request, json_show_row(report, set, job->next, job->now));
		job->next++;
	}
	if (job->next >= set->n_rows) {
		http_add(job->request, "]", 1);
		job->table++;
		job->next = 0;
	}
}

static bool show_on(struct job *job)
{
	size_t number = answers_find(job->answers, job->request, job->name);
	struct device_report report;

	if (number == SIZE_MAX)
		return false;
	pipeline_report(job->answers->pipeline, number, &report);
	if (!begun(job) || job->form != form_of(&report))
		begin_show(job, &report);
	if (job->table < report.n_tables)
		add_row(job, &report);
	if (job->table < report.n_tables)
		return true;
	http_add(job->request, TABLES_END, strlen(TABLES_END));
	http_send(job->request, 200);
	return false;
}

static bool show_step(void *arg)
{
	struct job *job = arg;

	if (http_is_gone(job->request))
		http_send(job->request, 200);
	else if (show_on(job))
		return true;
	job_free(job);
	return false;
}

/* --- life --- */

struct answers *answers_new(struct loop *loop, struct pipeline *pipeline, const struct desk *desk)
{
	struct answers *answers = mem_alloc(sizeof *answers);

	answers->loop = loop;
	answers->pipeline = pipeline;
	answers->desk = desk;
	answers->pieces = pieces_new(loop);
	return answers;
}

void answers_free(struct answers *answers)
{
	if (answers == NULL)
		return;
	pieces_free(answers->pieces);
	free(answers);
}

struct pieces *answers_pieces(struct answers *answers)
{
	return answers->pieces;
}

void answers_status(struct answers *answers, struct http_request *request, const char *name)
{
	job_new(answers, request, name, status_step);
}

void answers_show(struct answers *answers, struct http_request *request, const char *name)
{
	job_new(answers, request, name, show_step);
}
