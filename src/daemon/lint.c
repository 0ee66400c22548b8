#include "daemon/lint.h"

#include "base/loop.h"
#include "base/units.h"
#include "daemon/discard.h"
#include "daemon/replayed.h"
#include "lint/namecheck.h"
#include "lint/rowlook.h"
#include "lint/rulecheck.h"
#include "poll/session.h"

#define WALL_START (INT64_C(1767268800) * UNITS_SEC)
#define INTERVAL   (60 * UNITS_SEC)
#define PATIENCE   (3600 * UNITS_SEC) /* virtual; a poll of what answers at once takes seconds */

/* One device that is polled from recordings. */
struct bench {
	struct clock_virtual clock;
	struct loop *loop;
	struct replayed *replayed;
	struct agent agent;
	struct sink sink;
	struct credential credential;
	const struct credential *credentials[1];
	struct device device;
	struct session *session;
	bool polled;
};

static void polled(void *arg, struct session *session, const struct poll_outcome *outcome)
{
	struct bench *bench = arg;

	(void)session;
	(void)outcome;
	bench->polled = true;
}

static void bench_init(
    struct bench *bench, const struct lint_options *options, const struct recording *recording)
{
	struct session_hooks hooks = {polled, bench};

	*bench = (struct bench){0};
	clock_virtual_init(&bench->clock, WALL_START);
	bench->loop = loop_new_virtual(&bench->clock);
	bench->replayed = replayed_new(bench->loop, recording);
	bench->agent = replayed_agent(bench->replayed);
	bench->sink = discard_sink(bench->loop);
	bench->credential = (struct credential){.name = (char *)(uintptr_t) "none", .version = SNMP_V2C};
	bench->credentials[0] = &bench->credential;
	bench->device = (struct device){.name = (char *)(uintptr_t) "recording",
	    .host = (char *)(uintptr_t) "192.0.2.1",
	    .parent = -1,
	    .interval = INTERVAL,
	    .timeout = UNITS_SEC,
	    .credentials = bench->credentials,
	    .n_credentials = 1,
	    .profile = options->profile};
	bench->session =
	    session_new(bench->loop, &bench->agent, &bench->sink, options->inventory, &bench->device, &hooks);
}

static void bench_fini(struct bench *bench)
{
	session_free(bench->session);
	replayed_free(bench->replayed);
	loop_free(bench->loop);
}

static void bench_poll(struct bench *bench, struct device_report *report)
{
	int64_t until = loop_now(bench->loop) + PATIENCE;

	bench->polled = false;
	session_poll(bench->session, loop_now(bench->loop));
	while (!bench->polled && loop_now(bench->loop) < until)
		loop_run_until(bench->loop, loop_now(bench->loop) + UNITS_SEC);
	*report = (struct device_report){0};
	session_report(bench->session, report);
}

/* --- the checks --- */

static uint64_t uptime_of(const struct recording *recording)
{
	const struct recorded *object = recording_find_text(recording, "1.3.6.1.2.1.1.3.0");
	uint64_t ticks;

	return object != NULL && value_to_u64(&object->value, &ticks) ? ticks : 0;
}

/* Each recording by itself: names are read anew, so that rows that were renamed are seen. */
static void look_at(
    struct rowlook *check, const struct lint_options *options, size_t number, struct lint_result *result)
{
	const struct recording *recording = options->recordings[number];
	uint64_t ticks = uptime_of(recording);
	bool restarted = number > 0 && ticks < uptime_of(options->recordings[number - 1]);
	struct device_report report;
	struct bench bench;

	bench_init(&bench, options, recording);
	bench_poll(&bench, &report);
	for (size_t i = 0; number == 0 && i < report.n_tables; i++)
		result->rows += report.tables[i] != NULL ? report.tables[i]->n_rows : 0;
	rowlook_look(check, report.tables, report.n_tables, recording, restarted);
	bench_fini(&bench);
}

/* The first and the last, one after the other: what is reckoned from rates has values then only. */
static void look_at_rates(struct rowlook *check, const struct lint_options *options)
{
	struct device_report report;
	struct bench bench;

	bench_init(&bench, options, options->recordings[0]);
	bench_poll(&bench, &report);
	loop_run_until(bench.loop, loop_now(bench.loop) + INTERVAL);
	replayed_change(bench.replayed, options->recordings[options->n_recordings - 1]);
	bench_poll(&bench, &report);
	rowlook_look_rates(check, report.tables, report.n_tables);
	bench_fini(&bench);
}

static void hold_against(const struct lint_options *options, struct lint_result *result)
{
	const struct inventory *inventory = options->inventory;
	struct rowlook *check = rowlook_new(options->profile);
	size_t n = options->n_recordings;

	for (size_t i = 0; i < n; i++)
		look_at(check, options, i, result);
	if (n > 1)
		look_at_rates(check, options);
	rowlook_tell(check, &result->findings);
	rowlook_tell_silent(check, inventory->rules, inventory->n_rules, &result->findings);
	rowlook_free(check);
	offer_find(&result->offers, options->profile, options->recordings[0],
	    n > 1 ? options->recordings[n - 1] : NULL);
	result->objects = recording_count(options->recordings[0]);
}

void lint_run(const struct lint_options *options, struct lint_result *result)
{
	const struct inventory *inventory = options->inventory;

	*result = (struct lint_result){0};
	namecheck(&result->findings, options->profile);
	rulecheck(&result->findings, options->profile, inventory->rules, inventory->n_rules);
	if (options->n_recordings > 0)
		hold_against(options, result);
	finding_sort(&result->findings);
}

void lint_result_fini(struct lint_result *result)
{
	finding_list_fini(&result->findings);
	offer_list_fini(&result->offers);
}
