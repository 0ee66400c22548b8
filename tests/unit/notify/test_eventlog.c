#include "unit/notify/bench.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

struct listed {
	size_t n;
	char text[1024];
};

static void list_problem(void *arg, const struct event *problem)
{
	struct listed *listed = arg;
	size_t len = strlen(listed->text);

	listed->n++;
	snprintf(listed->text + len, sizeof listed->text - len, "%s/%s/%s/%s/%lld ",
	    problem->device ? problem->device : "-", problem->object ? problem->object : "-", problem->rule,
	    severity_name(problem->severity), (long long)((problem->time - T0) / UNITS_SEC));
}

static void list_silence(void *arg, const struct silence *silence)
{
	struct listed *listed = arg;
	size_t len = strlen(listed->text);

	listed->n++;
	snprintf(listed->text + len, sizeof listed->text - len, "%lld:%s/%s/%s/%s/%s/%lld ",
	    (long long)silence->id, silence->device, silence->rule ? silence->rule : "-",
	    silence->object ? silence->object : "-", silence->reason, silence->author,
	    (long long)((silence->until - silence->from) / UNITS_SEC));
}

static void list_ack(void *arg, const struct ack *ack)
{
	struct listed *listed = arg;
	size_t len = strlen(listed->text);

	listed->n++;
	snprintf(listed->text + len, sizeof listed->text - len, "%s/%s/%s/%s/%s ",
	    ack->device ? ack->device : "-", ack->rule, ack->object ? ack->object : "-", ack->reason,
	    ack->author);
}

static void what_was_added_comes_back(void **state)
{
	struct bench b;
	struct event event = raise_of("sw1", "Gi1/0/1", "if-down", 5);

	(void)state;
	bench_new(&b);
	bench_open(&b);
	event.value = 93.25;
	event.cause = "core-sw1";
	event.text = "it's \"down\"; DROP TABLE event; \xc3\xa9 \xff";
	assert_int_equal(eventlog_add(b.log, &event), 1);
	event = (struct event){
	    .time = T0, .rule = "collector-blind", .kind = EVENT_INFO, .text = "x", .value = NAN};
	assert_int_equal(eventlog_add(b.log, &event), 2);
	assert_int_equal(bench_query(&b, &(struct event_filter){0}), 2);
	assert_int_equal(b.events[0]->id, 1);
	assert_int_equal(b.events[0]->time, T0 + 5 * UNITS_SEC);
	assert_string_equal(b.events[0]->device, "sw1");
	assert_string_equal(b.events[0]->object, "Gi1/0/1");
	assert_string_equal(b.events[0]->rule, "if-down");
	assert_int_equal(b.events[0]->kind, EVENT_RAISE);
	assert_int_equal(b.events[0]->severity, SEVERITY_CRITICAL);
	assert_string_equal(b.events[0]->text, "it's \"down\"; DROP TABLE event; \xc3\xa9 \xff");
	assert_true(b.events[0]->value == 93.25);
	assert_string_equal(b.events[0]->cause, "core-sw1");
	assert_null(b.events[1]->device);
	assert_null(b.events[1]->object);
	assert_null(b.events[1]->cause);
	assert_true(isnan(b.events[1]->value));
	bench_free(&b);
}

static void add_many(struct bench *b)
{
	for (int i = 1; i <= 200; i++) {
		char device[16], object[24];
		struct event event = raise_of(device, object, i % 2 ? "cpu" : "filesystem", i);

		snprintf(device, sizeof device, "sw%d", i % 10);
		snprintf(object, sizeof object, "/vol[%d]", i % 4);
		event.severity = i % 5 == 0 ? SEVERITY_CRITICAL : SEVERITY_WARNING;
		assert_int_equal(eventlog_add(b->log, &event), i);
	}
}

static void filters_select(void **state)
{
	static const struct {
		struct event_filter filter;
		size_t n;
		int64_t first, last;
	} cases[] = {
	    {{0}, 200, 1, 200},
	    {{.limit = 7}, 7, 194, 200},
	    {{.after_id = 50, .limit = 7}, 7, 51, 57},
	    {{.after_id = 200}, 0, 0, 0},
	    {{.device = "sw3"}, 20, 3, 193},
	    {{.device = "sw3", .after_id = 193}, 0, 0, 0},
	    {{.device = "sw[12]"}, 40, 1, 192},
	    {{.device = "*"}, 200, 1, 200},
	    {{.device = "sw"}, 0, 0, 0},
	    {{.rule = "cpu"}, 100, 1, 199},
	    {{.rule = "file*", .device = "sw1"}, 0, 0, 0},
	    {{.object = "/vol[1]"}, 50, 1, 197}, /* as it is written, not only as a pattern */
	    {{.severity = SEVERITY_CRITICAL}, 40, 5, 200},
	    {{.severity = SEVERITY_CRITICAL, .limit = 1}, 1, 200, 200},
	    {{.since = T0 + 150 * UNITS_SEC}, 51, 150, 200},
	    {{.device = "'; DROP TABLE event; --"}, 0, 0, 0},
	};
	struct bench b;

	(void)state;
	bench_new(&b);
	bench_open(&b);
	add_many(&b);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (bench_query(&b, &cases[i].filter) != cases[i].n)
			fail_msg("case %zu gives %zu", i, b.n);
		if (b.n == 0)
			continue;
		assert_int_equal(b.events[0]->id, cases[i].first);
		if (b.n <= ARRAY_LEN(b.events))
			assert_int_equal(b.events[b.n - 1]->id, cases[i].last);
	}
	bench_free(&b);
}

static void open_problems_outlive_a_restart(void **state)
{
	struct listed listed = {0};
	struct bench b;
	struct event event = raise_of("sw1", "/var", "filesystem", 10);

	(void)state;
	bench_new(&b);
	bench_open(&b);
	event.severity = SEVERITY_WARNING;
	eventlog_add(b.log, &event);
	event.severity = SEVERITY_CRITICAL; /* worse: since then, but since the first one */
	event.time += UNITS_SEC;
	eventlog_add(b.log, &event);
	bench_raise(&b, "sw2", NULL, "device-down");
	bench_raise(&b, NULL, NULL, "collector-blind");
	bench_raise(&b, "sw3", NULL, "device-down");
	bench_clear(&b, "sw3", NULL, "device-down");
	bench_clear(&b, "sw2", "eth0", "device-down"); /* of a row: another one */
	event.kind = EVENT_INFO;
	event.rule = "device-restarted";
	eventlog_add(b.log, &event);
	bench_close(&b);
	bench_open(&b);
	eventlog_problems(b.log, list_problem, &listed);
	assert_string_equal(listed.text, "sw1/\x2fvar/filesystem/critical/10 sw2/-/device-down/critical/0 "
					 "-/-/collector-blind/critical/0 ");
	assert_int_equal(bench_raise(&b, "sw9", NULL, "cpu"), 9); /* ids go on */
	bench_free(&b);
}

static void silences_and_acks_outlive_a_restart(void **state)
{
	struct silence silence = {
	    .device = "sw*", .reason = "moving", .author = "kim", .from = T0, .until = T0 + 7200 * UNITS_SEC};
	struct ack ack = {.device = "sw2", .rule = "cpu", .reason = "known", .author = "lee", .time = T0};
	struct listed silences = {0}, acks = {0};
	struct bench b;

	(void)state;
	bench_new(&b);
	bench_open(&b);
	assert_int_equal(eventlog_silence_add(b.log, &silence, NULL, NULL), 1);
	silence.rule = "cpu";
	silence.object = "1";
	assert_int_equal(eventlog_silence_add(b.log, &silence, NULL, NULL), 2);
	assert_int_equal(eventlog_silence_add(b.log, &silence, NULL, NULL), 3);
	eventlog_silence_remove(b.log, 3, NULL, NULL);
	bench_raise(&b, "sw2", NULL, "cpu");
	bench_raise(&b, "sw3", NULL, "cpu");
	eventlog_ack_set(b.log, &ack, NULL, NULL);
	ack.device = "sw3";
	eventlog_ack_set(b.log, &ack, NULL, NULL);
	bench_clear(&b, "sw3", NULL, "cpu"); /* takes its acknowledgement along */
	bench_close(&b);
	bench_open(&b);
	eventlog_silences(b.log, list_silence, &silences);
	assert_string_equal(silences.text, "1:sw*/-/-/moving/kim/7200 2:sw*/cpu/1/moving/kim/7200 ");
	eventlog_acks(b.log, list_ack, &acks);
	assert_string_equal(acks.text, "sw2/cpu/-/known/lee ");
	assert_int_equal(eventlog_silence_add(b.log, &silence, bench_done, &b), 4); /* 3 is not used again */
	loop_run(b.loop);
	assert_int_equal(b.err, ERR_OK);
	bench_free(&b);
}

/* A child that is killed in the midst of its batches: what it was told is on disk, is there. */
static void what_was_acknowledged_survives_kill_9(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		struct listed listed = {0};
		int fds[2], status;
		int64_t told = 0, id;
		struct bench b;
		pid_t child;

		bench_new(&b);
		assert_int_equal(pipe(fds), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			bench_open(&b);
			for (;;) {
				for (int i = 0; i < 50; i++)
					id = bench_raise(&b, "sw1", "a row", "cpu");
				if (bench_flush(&b) == ERR_OK && write(fds[1], &id, sizeof id) != sizeof id)
					_exit(1);
			}
		}
		close(fds[1]);
		for (int i = 0; i <= round % 7; i++)
			assert_int_equal(read(fds[0], &told, sizeof told), sizeof told);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		while (read(fds[0], &id, sizeof id) == sizeof id)
			told = id;
		close(fds[0]);
		bench_open(&b);
		bench_query(&b, &(struct event_filter){.limit = 1});
		id = b.events[0]->id;
		assert_true(id >= told);
		assert_int_equal(bench_query(&b, &(struct event_filter){0}), id); /* without a gap */
		eventlog_problems(b.log, list_problem, &listed);
		assert_int_equal(listed.n, 1);
		assert_int_equal(bench_files(&b, ".bad-", false), 0);
		bench_free(&b);
	}
}

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void a_hundred_thousand_events(void **state)
{
	struct eventlog_stats stats;
	struct timespec begin;
	double adding = 0, longest = 0;
	struct bench b;

	(void)state;
	bench_new(&b);
	bench_open(&b);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < 100000; i++) {
		char device[16];
		struct timespec one;

		snprintf(device, sizeof device, "sw%d", i % 1000);
		clock_gettime(CLOCK_MONOTONIC, &one);
		if (i % 2 == 0)
			bench_raise(&b, device, "Gi1/0/1", "if-down");
		else
			bench_clear(&b, device, "Gi1/0/1", "if-down");
		adding += seconds_since(&one);
		longest = seconds_since(&one) > longest ? seconds_since(&one) : longest;
		if (i % 10000 == 9999)
			assert_int_equal(bench_flush(&b), ERR_OK);
	}
	print_message(
	    "100,000 events on disk in %.2f s; the loop spent %.2f us on each, %.2f ms on the worst\n",
	    seconds_since(&begin), adding * 10, longest * 1e3);
	eventlog_stats(b.log, &stats);
	assert_int_equal(stats.written, 100000);
	assert_int_equal(stats.lost + stats.waiting, 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(bench_query(&b, &(struct event_filter){.device = "sw7"}), 100);
	print_message("a device's events in %.2f ms, ", seconds_since(&begin) * 1e3);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(bench_query(&b, &(struct event_filter){.device = "nobody*"}), 0);
	print_message("a pattern that fits nothing in %.0f ms, ", seconds_since(&begin) * 1e3);
	bench_close(&b);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	bench_open(&b);
	print_message("opened again in %.0f ms\n", seconds_since(&begin) * 1e3);
	bench_free(&b);
}

/* Beyond this size the kernel takes no byte, as on a full disk. */
static void set_disk(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void on_a_full_disk_events_wait(void **state)
{
	struct eventlog_stats stats;
	struct bench b;
	const int n = 3000;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	bench_new(&b);
	bench_open(&b);
	bench_raise(&b, "sw0", NULL, "cpu");
	assert_int_equal(bench_flush(&b), ERR_OK);
	set_disk(65536);
	for (int i = 0; i < n; i++)
		bench_raise(&b, "sw1", "a row with a name that takes some room in the file", "filesystem");
	assert_int_equal(bench_flush(&b), ERR_IO);
	assert_true(bench_query(&b, &(struct event_filter){0}) >= 1); /* it can still be read */
	eventlog_stats(b.log, &stats);
	assert_true(stats.waiting > 0);
	assert_int_equal(stats.lost, 0);
	assert_int_equal(stats.written + stats.waiting, n + 1);
	set_disk(RLIM_INFINITY);
	assert_int_equal(bench_flush(&b), ERR_OK);
	assert_int_equal(bench_query(&b, &(struct event_filter){0}), n + 1);
	assert_int_equal(bench_files(&b, ".bad-", false), 0);
	bench_free(&b);
}

static void loss_is_counted_exactly(void **state)
{
	struct eventlog_stats stats;
	struct bench b;
	const size_t n = EVENTLOG_WAITING_MAX + 777;
	size_t written;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	bench_new(&b);
	bench_open(&b);
	set_disk(65536);
	for (size_t i = 0; i < n; i++)
		bench_raise(&b, "sw1", "a row with a name that takes some room in the file", "filesystem");
	assert_int_equal(bench_flush(&b), ERR_IO);
	eventlog_stats(b.log, &stats);
	written = stats.written;
	assert_int_equal(stats.written + stats.lost + stats.waiting, n);
	assert_true(stats.lost <= 777);
	for (size_t i = 0; i < 1000; i++) /* what still fits, and what does not */
		bench_raise(&b, "sw2", NULL, "cpu");
	set_disk(RLIM_INFINITY);
	assert_int_equal(bench_flush(&b), ERR_OK);
	eventlog_stats(b.log, &stats);
	assert_int_equal(stats.written + stats.lost, n + 1000);
	assert_true(stats.lost > 0 && stats.written > written);
	bench_query(&b, &(struct event_filter){.limit = 1});
	bench_free(&b);
}

static void write_file(const struct bench *b, const char *bytes, size_t len, long at)
{
	FILE *file = fopen(b->path, at >= 0 ? "r+" : "w");

	assert_non_null(file);
	if (at >= 0)
		fseek(file, at, SEEK_SET);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static void what_is_no_event_log_is_set_aside(void **state)
{
	static const char *const others[] = {"CREATE TABLE precious (x)",
	    "PRAGMA application_id = 1919904867; PRAGMA user_version = 99; CREATE TABLE event (x)",
	    "PRAGMA application_id = 1919904867; PRAGMA user_version = 1; CREATE TABLE event (x)"};
	struct bench b;
	struct stat st;

	(void)state;
	bench_new(&b);
	write_file(&b, "this is a poem, not a database, and it is longer than a header: ....................",
	    84, -1);
	bench_open(&b);
	assert_int_equal(bench_files(&b, ".bad-", false), 1);
	bench_raise(&b, "sw1", NULL, "cpu");
	assert_int_equal(bench_query(&b, &(struct event_filter){0}), 1);
	assert_int_equal(stat(b.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	bench_close(&b);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		sqlite3 *sqlite;

		bench_files(&b, "", true);
		assert_int_equal(sqlite3_open(b.path, &sqlite), SQLITE_OK);
		assert_int_equal(sqlite3_exec(sqlite, others[i], NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(sqlite);
		bench_open(&b);
		assert_int_equal(bench_files(&b, ".bad-", false), 1);
		assert_int_equal(bench_query(&b, &(struct event_filter){0}), 0);
		bench_close(&b);
	}
	bench_open(&b);
	bench_free(&b);
}

/* Random damage: never a crash, never a file deleted, and always a log that works afterwards. */
static void damaged_files_are_set_aside(void **state)
{
	unsigned aside = 0, saved = 0;

	(void)state;
	srand(7);
	for (int round = 0; round < 60; round++) {
		struct silence silence = {
		    .device = "sw1", .reason = "r", .author = "a", .from = T0, .until = T0 + 1};
		struct listed listed = {0};
		char junk[4096];
		struct bench b;
		struct stat st;

		bench_new(&b);
		bench_open(&b);
		add_many(&b);
		eventlog_silence_add(b.log, &silence, NULL, NULL);
		bench_close(&b);
		assert_int_equal(stat(b.path, &st), 0);
		for (size_t i = 0; i < sizeof junk; i++)
			junk[i] = (char)rand();
		if (round % 3 == 2)
			assert_int_equal(truncate(b.path, rand() % st.st_size), 0);
		else
			write_file(&b, junk, (size_t)(rand() % 4096), rand() % (st.st_size - 4096));
		bench_open(&b);
		eventlog_silences(b.log, list_silence, &listed);
		saved += listed.n == 1;
		bench_raise(&b, "sw1", NULL, "cpu");
		assert_int_equal(bench_flush(&b), ERR_OK);
		assert_true(bench_query(&b, &(struct event_filter){.limit = 1}) == 1);
		aside += bench_files(&b, ".bad-", false) > 0;
		bench_free(&b);
	}
	print_message("60 damaged files: %u set aside, the silence saved from %u\n", aside, saved);
	assert_true(aside > 30 && saved > 10);
}

static void old_events_go_calmly_and_open_problems_stay(void **state)
{
	struct clock_virtual clock;
	struct listed listed = {0};
	struct loop *loop;
	struct eventlog *log;
	struct bench b;
	char *error = NULL;

	(void)state;
	bench_new(&b);
	clock_virtual_init(&clock, T0 + 86400 * UNITS_SEC);
	loop = loop_new_virtual(&clock);
	log = eventlog_new(loop, b.path, 86400 * UNITS_SEC, &error);
	assert_non_null(log);
	for (int i = 0; i < 1200; i++) {
		struct event event = raise_of("sw1", NULL, "cpu", i);

		eventlog_add(log, &event);
	}
	loop_run_until(loop, 1000 * UNITS_SEC); /* a batch each minute */
	eventlog_free(log);
	loop_free(loop);
	bench_open(&b);
	/* Events of seconds 0 to 899 are too old by the end; at the last turn, of second 960, those before
	 * 960. */
	assert_int_equal(bench_query(&b, &(struct event_filter){0}), 1200 - 960);
	assert_int_equal(b.events[0]->id, 961);
	eventlog_problems(b.log, list_problem, &listed);
	assert_int_equal(listed.n, 1);
	bench_free(&b);
}

static void a_wrong_clock_removes_little(void **state)
{
	struct clock_virtual clock;
	struct loop *loop;
	struct eventlog *log;
	struct bench b;
	char *error = NULL;

	(void)state;
	bench_new(&b);
	clock_virtual_init(&clock, T0 + INT64_C(20) * 365 * 86400 * UNITS_SEC);
	loop = loop_new_virtual(&clock);
	log = eventlog_new(loop, b.path, 86400 * UNITS_SEC, &error);
	assert_non_null(log);
	for (int i = 0; i < 3000; i++) {
		struct event event = raise_of("sw1", NULL, "cpu", i);

		eventlog_add(log, &event);
	}
	loop_run_until(loop, 150 * UNITS_SEC);
	eventlog_free(log);
	loop_free(loop);
	bench_open(&b);
	assert_int_equal(bench_query(&b, &(struct event_filter){0}), 2000);
	bench_free(&b);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
	struct loop *loop = loop_new(clock_real());
	char *error = NULL;

	(void)state;
	assert_null(eventlog_new(loop, "/nonexistent/events.db", 0, &error));
	assert_string_equal(
	    error, "cannot use the event log /nonexistent/events.db: No such file or directory");
	free(error);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_added_comes_back),
	    cmocka_unit_test(filters_select),
	    cmocka_unit_test(open_problems_outlive_a_restart),
	    cmocka_unit_test(silences_and_acks_outlive_a_restart),
	    cmocka_unit_test(what_was_acknowledged_survives_kill_9),
	    cmocka_unit_test(a_hundred_thousand_events),
	    cmocka_unit_test(on_a_full_disk_events_wait),
	    cmocka_unit_test(loss_is_counted_exactly),
	    cmocka_unit_test(what_is_no_event_log_is_set_aside),
	    cmocka_unit_test(damaged_files_are_set_aside),
	    cmocka_unit_test(old_events_go_calmly_and_open_problems_stay),
	    cmocka_unit_test(a_wrong_clock_removes_little),
	    cmocka_unit_test(a_folder_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
