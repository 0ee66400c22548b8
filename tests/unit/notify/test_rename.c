#include "unit/notify/bench.h"

#include <fcntl.h>

/* Everything that the log has, as words. */
struct content {
	struct str problems, silences, acks;
};

static void add_problem(void *arg, const struct event *problem)
{
	struct content *content = arg;

	str_addf(&content->problems, "%s %s %s %d;", problem->device, problem->rule,
	    problem->object != NULL ? problem->object : "-", (int)((problem->time - T0) / UNITS_SEC));
}

static void add_silence(void *arg, const struct silence *silence)
{
	struct content *content = arg;

	str_addf(&content->silences, "%s;", silence->device);
}

static void add_ack(void *arg, const struct ack *ack)
{
	struct content *content = arg;

	str_addf(&content->acks, "%s %s %s;", ack->device, ack->rule, ack->reason);
}

static void assert_content(struct bench *b, const char *problems, const char *silences, const char *acks)
{
	struct content content = {0};

	bench_close(b);
	bench_open(b);
	eventlog_problems(b->log, add_problem, &content);
	eventlog_silences(b->log, add_silence, &content);
	eventlog_acks(b->log, add_ack, &content);
	assert_string_equal(str_text(&content.problems), problems);
	assert_string_equal(str_text(&content.silences), silences);
	assert_string_equal(str_text(&content.acks), acks);
	str_fini(&content.problems);
	str_fini(&content.silences);
	str_fini(&content.acks);
}

static void raise_at(struct bench *b, const char *device, const char *rule, const char *object, int64_t at)
{
	struct event event = raise_of(device, object, rule, at);

	eventlog_add(b->log, &event);
}

static void acknowledge(struct bench *b, const char *device, const char *rule, const char *reason)
{
	struct ack ack = {.device = device, .rule = rule, .reason = reason, .author = "a", .time = T0};

	eventlog_ack_set(b->log, &ack, NULL, NULL);
}

static void silence(struct bench *b, const char *device)
{
	struct silence silence = {
	    .device = device, .reason = "r", .author = "a", .from = T0, .until = T0 + 1};

	eventlog_silence_add(b->log, &silence, NULL, NULL);
}

/* old: cpu since 10, load since 30, filesystem; new: load since 20, cpu since 40. */
static void fill(struct bench *b)
{
	raise_at(b, "old", "cpu", NULL, 10);
	raise_at(b, "new", "load", NULL, 20);
	raise_at(b, "old", "load", NULL, 30);
	raise_at(b, "new", "cpu", NULL, 40);
	raise_at(b, "old", "filesystem", "/var", 50);
	raise_at(b, "older", "cpu", NULL, 60);
	acknowledge(b, "old", "cpu", "old cpu");
	acknowledge(b, "old", "load", "old load");
	acknowledge(b, "new", "load", "new load");
	silence(b, "old");
	silence(b, "ol*");
	silence(b, "new");
	assert_int_equal(bench_flush(b), ERR_OK);
}

#define RENAMED                                                                                              \
	"new cpu - 10;new load - 20;new filesystem /var 50;older cpu - 60;", "new;ol*;new;",                 \
	    "new cpu old cpu;new load new load;"

static void a_running_log(void **state)
{
	struct bench b;

	(void)state;
	bench_new(&b);
	bench_open(&b);
	fill(&b);
	for (int twice = 0; twice < 2; twice++) {
		eventlog_rename(b.log, "old", "new", bench_done, &b);
		loop_run(b.loop);
		assert_int_equal(b.err, ERR_OK);
		assert_int_equal(bench_query(&b, &(struct event_filter){.device = "old"}), 0);
		assert_int_equal(bench_query(&b, &(struct event_filter){.device = "new"}), 5);
		assert_int_equal(bench_query(&b, &(struct event_filter){.device = "older"}), 1);
	}
	assert_content(&b, RENAMED);
	bench_free(&b);
}

static void a_file_that_nobody_has(void **state)
{
	struct bench b;
	char *error;

	(void)state;
	bench_new(&b);
	assert_int_equal(eventdb_rename(b.path, "old", "new", &error), ERR_OK); /* there is none */
	assert_int_equal(access(b.path, F_OK), -1);
	bench_open(&b);
	fill(&b);
	bench_close(&b);
	assert_int_equal(eventdb_rename(b.path, "old", "new", &error), ERR_OK);
	assert_null(error);
	bench_open(&b);
	assert_content(&b, RENAMED);
	bench_free(&b);
}

static void a_damaged_file_stays_where_it_is(void **state)
{
	struct bench b;
	char *error = NULL;
	int fd;

	(void)state;
	bench_new(&b);
	fd = open(b.path, O_CREAT | O_WRONLY, 0600);
	assert_true(write(fd, "no database at all", 18) == 18);
	close(fd);
	assert_int_equal(eventdb_rename(b.path, "old", "new", &error), ERR_CORRUPT);
	assert_non_null(strstr(error, "events.db"));
	free(error);
	assert_int_equal(bench_files(&b, "", false), 1);
	bench_files(&b, "", true);
	rmdir(b.folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_running_log),
	    cmocka_unit_test(a_file_that_nobody_has),
	    cmocka_unit_test(a_damaged_file_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
