#include "daemon/ranking.h"

#include "base/clock.h"
#include "base/match.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "views/jsonvalue.h"
#include "views/top.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_A_STEP    256 /* some 20 us */
#define DEVICES_A_STEP 16  /* also where hardly any has rows */
#define ENTRIES_A_STEP 8
#define ROWS_END       "]}" /* of the answer */

enum by { BY_ROW, BY_DEVICE, BY_TAG };

struct entry {
	double value;
	json_t *json;
};

/* What several rows come to. */
struct sum {
	struct busy_value value;
	size_t rows;
	int64_t wall;  /* ns, of the oldest */
	json_t *first; /* of shares: the row that has the highest */
};

struct group {
	char *tag;
	struct sum sum;
};

struct job {
	struct loop *loop;
	struct pipeline *pipeline;
	struct http_request *request;
	enum busy_class class;
	enum by by;
	char *by_text, *group, *tag, *device; /* as they were asked for; NULL = not */
	size_t n;
	bool is_begun, is_looked;
	uint64_t snapshot;
	size_t next, table, row; /* where it stands: device, table, row */
	struct sum sum;		 /* of that device so far */
	struct entry *entries;	 /* n of them at most, the highest first */
	size_t n_entries, ranked;
	double total;
	struct {
		struct group *v;
		size_t n, cap;
	} groups;
};

static void sum_clear(struct sum *sum)
{
	json_decref(sum->first);
	*sum = (struct sum){.value = {NAN, NAN, NAN}};
}

static void clear(struct job *job)
{
	for (size_t i = 0; i < job->n_entries; i++)
		json_decref(job->entries[i].json);
	for (size_t i = 0; i < job->groups.n; i++) {
		sum_clear(&job->groups.v[i].sum);
		free(job->groups.v[i].tag);
	}
	vec_fini(&job->groups);
	sum_clear(&job->sum);
	job->n_entries = job->ranked = job->next = job->table = job->row = 0;
	job->total = 0;
}

static void job_free(struct job *job)
{
	clear(job);
	free(job->entries);
	free(job->by_text);
	free(job->group);
	free(job->tag);
	free(job->device);
	free(job);
}

/* --- what is kept --- */

static bool is_high_enough(const struct job *job, double value)
{
	return job->n_entries < job->n || value > job->entries[job->n_entries - 1].value;
}

/* Takes the reference. Of equals the first one comes first. */
static void keep(struct job *job, double value, json_t *json)
{
	size_t at = job->n_entries;

	if (job->n_entries == job->n)
		json_decref(job->entries[--at].json);
	else
		job->n_entries++;
	for (; at > 0 && value > job->entries[at - 1].value; at--)
		job->entries[at] = job->entries[at - 1];
	job->entries[at] = (struct entry){value, json};
}

static void add_number(double *sum, double number)
{
	if (isfinite(number))
		*sum = isnan(*sum) ? number : *sum + number;
}

/* Adds one to another, which is to be cleared. */
static void sum_add(struct sum *sum, const struct sum *more, enum busy_class class)
{
	if (more->rows == 0)
		return;
	sum->wall = sum->rows == 0 || more->wall < sum->wall ? more->wall : sum->wall;
	sum->rows += more->rows;
	if (busy_adds_up(class)) {
		add_number(&sum->value.value, more->value.value);
		add_number(&sum->value.in, more->value.in);
		add_number(&sum->value.out, more->value.out);
	} else if (!(more->value.value <= sum->value.value)) { /* the first one is more than unknown */
		sum->value = more->value;
		json_decref(sum->first);
		sum->first = json_incref(more->first);
	}
}

/* --- rows and devices --- */

static void take_row(struct job *job, const struct top_item *item)
{
	bool is_share = !busy_adds_up(job->class);
	struct sum sum = {item->value, 1, item->wall, NULL};

	job->ranked++;
	if (!is_share)
		job->total += item->value.value;
	if (job->by == BY_ROW) {
		if (is_high_enough(job, item->value.value))
			keep(job, item->value.value, json_top_item(item));
		return;
	}
	if (is_share && !(item->value.value <= job->sum.value.value))
		sum.first = json_top_item(item);
	sum_add(&job->sum, &sum, job->class);
	json_decref(sum.first);
}

/* The item of a sum: of shares its highest row, in the name of all. */
static json_t *sum_json(
    const struct job *job, const struct sum *sum, const struct device_report *report, const char *tag)
{
	const struct top_item item = {.report = report,
	    .tag = tag,
	    .class = job->class,
	    .value = sum->value,
	    .rows = sum->rows,
	    .wall = sum->wall};
	json_t *json;

	if (sum->first == NULL)
		return json_top_item(&item);
	json = json_copy(sum->first); /* that of a device may be the first of several tags */
	json_object_set_new(json, "rows", json_integer((json_int_t)sum->rows));
	if (tag != NULL)
		json_object_set_new(json, "tag", json_string(tag));
	return json;
}

static struct group *group_of(struct job *job, const char *tag)
{
	struct group group = {NULL, {.value = {NAN, NAN, NAN}}};

	for (size_t i = 0; i < job->groups.n; i++)
		if (strcmp(job->groups.v[i].tag, tag) == 0)
			return &job->groups.v[i];
	group.tag = mem_strdup(tag);
	vec_push(&job->groups, group);
	return &job->groups.v[job->groups.n - 1];
}

static void device_done(struct job *job, const struct device_report *report)
{
	const struct device *device = report->device;

	if (job->by == BY_DEVICE && job->sum.rows > 0 && is_high_enough(job, job->sum.value.value))
		keep(job, job->sum.value.value, sum_json(job, &job->sum, report, NULL));
	for (size_t i = 0; job->by == BY_TAG && i < device->n_tags; i++)
		if (job->group == NULL || tag_in_group(device->tags[i], job->group))
			sum_add(&group_of(job, device->tags[i])->sum, &job->sum, job->class);
	sum_clear(&job->sum);
	job->next++;
	job->table = job->row = 0;
}

/* Rows of the table from where it stands on, `most` at most; returns their number. */
static size_t take_rows(struct job *job, const struct device_report *report, size_t most, int64_t now)
{
	const struct rowset *set = report->tables[job->table];
	int64_t interval =
	    set->table->interval > report->device->interval ? set->table->interval : report->device->interval;
	struct busy_columns columns;
	size_t n = 0;

	if (busy_columns(set->table, job->class, &columns)) {
		for (; n < most && job->row < set->n_rows; n++, job->row++) {
			struct top_item item = {.report = report,
			    .set = set,
			    .row = job->row,
			    .class = job->class,
			    .rows = 1,
			    .wall = set->rows[job->row].wall};

			if (now - item.wall <= 2 * interval &&
			    busy_value(set, job->row, job->class, &columns, &item.value))
				take_row(job, &item);
		}
		if (job->row < set->n_rows)
			return n;
	}
	job->table++;
	job->row = 0;
	return n;
}

static bool is_wanted(const struct job *job, const struct device_report *report)
{
	return report->status.state == DEVICE_UP &&
	       (job->tag == NULL || device_has_tag(report->device, job->tag)) &&
	       (job->device == NULL || match_glob(job->device, report->device->name));
}

static void look_on(struct job *job)
{
	size_t devices = pipeline_inventory(job->pipeline)->n_devices, rows = 0;
	int64_t now = clock_wall(loop_clock(job->loop));

	for (size_t looked = 0; job->next < devices && rows < ROWS_A_STEP && looked < DEVICES_A_STEP;
	     looked++) {
		struct device_report report;

		pipeline_report(job->pipeline, job->next, &report);
		if (!is_wanted(job, &report))
			job->table = report.n_tables;
		while (job->table < report.n_tables && rows < ROWS_A_STEP)
			rows += take_rows(job, &report, ROWS_A_STEP - rows, now);
		if (job->table >= report.n_tables)
			device_done(job, &report);
	}
}

/* All was looked at: the groups become rows, and the answer's beginning is written. */
static void begin_answer(struct job *job)
{
	char *frame;
	json_t *json;

	for (size_t i = 0; i < job->groups.n; i++) {
		const struct group *group = &job->groups.v[i];

		if (group->sum.rows > 0 && is_high_enough(job, group->sum.value.value))
			keep(job, group->sum.value.value, sum_json(job, &group->sum, NULL, group->tag));
	}
	json = json_top(json_array(), job->class, job->by_text, job->ranked,
	    busy_adds_up(job->class) ? job->total : (double)NAN, clock_wall(loop_clock(job->loop)));
	frame = json_dumps(json, JSONVALUE_WRITTEN);
	json_decref(json);
	assert(frame != NULL && str_ends(frame, ROWS_END)); /* the rows come last, and there are none yet */
	http_add(job->request, frame, strlen(frame) - strlen(ROWS_END));
	free(frame);
	job->is_looked = true;
	job->next = 0;
}

/* False when the last row is written, and the answer sent. */
static bool answer_on(struct job *job)
{
	for (size_t i = 0; i < ENTRIES_A_STEP && job->next < job->n_entries; i++, job->next++) {
		if (job->next > 0)
			http_add(job->request, ",", 1);
		http_add_json(job->request, json_incref(job->entries[job->next].json));
	}
	if (job->next < job->n_entries)
		return true;
	http_add(job->request, ROWS_END, strlen(ROWS_END));
	http_send(job->request, 200);
	return false;
}

/* What was looked at stays good, whatever is reloaded: the rows are JSON by then. */
static bool look(struct job *job)
{
	if (!job->is_begun || job->snapshot != pipeline_snapshot(job->pipeline)) {
		clear(job);
		job->is_begun = true;
		job->snapshot = pipeline_snapshot(job->pipeline);
	}
	look_on(job);
	if (job->next >= pipeline_inventory(job->pipeline)->n_devices)
		begin_answer(job);
	return true;
}

static bool step(void *arg)
{
	struct job *job = arg;
	bool goes_on = false;

	if (http_is_gone(job->request))
		http_send(job->request, 200);
	else
		goes_on = job->is_looked ? answer_on(job) : look(job);
	if (!goes_on)
		job_free(job);
	return goes_on;
}

static void dropped(void *arg)
{
	struct job *job = arg;

	http_refuse(job->request, 503, "the daemon is stopping");
	job_free(job);
}

/* --- what is asked for --- */

static bool read_by(struct job *job, const char *by)
{
	if (by == NULL || str_equal(by, "interface") || str_equal(by, "row"))
		job->by = BY_ROW;
	else if (str_equal(by, "device"))
		job->by = BY_DEVICE;
	else if (str_equal(by, "tag") || (str_starts(by, "tag:") && by[4] != '\0'))
		job->by = BY_TAG;
	else
		return false;
	if (job->by == BY_TAG && by[3] == ':')
		job->group = mem_strdup(by + 4);
	job->by_text = mem_strdup((const char *[]){"interface", "device", "tag"}[job->by]);
	return true;
}

/* What is wrong with the request; NULL = nothing. */
static const char *read_request(struct job *job)
{
	const char *class = http_parameter(job->request, "class"), *n = http_parameter(job->request, "n");
	uint64_t number = RANKING_DEFAULT;

	if (class != NULL && !busy_parse(class, &job->class))
		return "class: expected traffic, utilisation, errors, cpu, memory or storage";
	if (n != NULL && (!str_to_u64(n, &number) || number < 1 || number > RANKING_MAX))
		return "n: expected 1 to 1000";
	if (!read_by(job, http_parameter(job->request, "by")))
		return "by: expected interface, device, tag or tag:NAME";
	job->n = (size_t)number;
	job->entries = mem_calloc(job->n, sizeof *job->entries);
	job->tag = mem_strdup(http_parameter(job->request, "tag"));
	job->device = mem_strdup(http_parameter(job->request, "device"));
	return NULL;
}

void ranking_answer(
    struct pieces *pieces, struct loop *loop, struct pipeline *pipeline, struct http_request *request)
{
	struct job *job = mem_alloc(sizeof *job);
	const char *wrong;

	job->loop = loop;
	job->pipeline = pipeline;
	job->request = request;
	wrong = read_request(job);
	if (wrong != NULL) {
		http_refuse(request, 400, "%s", wrong);
	} else {
		sum_clear(&job->sum);
		if (pieces_add(pieces, &(struct piece_job){step, dropped, job}) == ERR_OK)
			return;
		http_refuse(request, 503, "too many requests at once; try again");
	}
	job_free(job);
}
