#include "unit/notify/theatre.h"

#include "notify/desk.h"

#include <sqlite3.h>

/* A desk whose calls are written down: "kind device rule object" on a line each. */
struct office {
	struct theatre theatre;
	struct clock_skewed {
		struct clock clock;
		int64_t wall; /* added to the real one */
	} clock;
	struct device devices[3];
	struct inventory inventory;
	char *words[1];
	struct desk *desk;
	enum err err; /* of the last answer */
};

static int64_t skewed_mono(const struct clock *clock)
{
	(void)clock;
	return clock_mono(clock_real());
}

static int64_t skewed_wall(const struct clock *clock)
{
	return clock_wall(clock_real()) + ((const struct clock_skewed *)(const void *)clock)->wall;
}

static void desk_hook_stats(void *arg, struct hook_stats *stats)
{
	struct office *o = arg;
	struct eventlog_stats log;

	desk_stats(o->desk, &log, stats);
}

static void office_open(struct office *o)
{
	char *error = NULL;

	o->theatre.loop = loop_new(&o->clock.clock);
	o->desk = desk_new(o->theatre.loop, &o->inventory, &error);
	if (o->desk == NULL)
		fail_msg("%s", error);
}

static void office_close(struct office *o)
{
	desk_free(o->desk);
	loop_free(o->theatre.loop);
	o->theatre.loop = NULL;
}

static void office_new(struct office *o)
{
	static const char *const names[] = {"core", "sw1", "srv"};

	memset(o, 0, sizeof *o);
	theatre_new(&o->theatre,
	    "echo $ROLLCALL_KIND ${ROLLCALL_DEVICE:--} $ROLLCALL_RULE $ROLLCALL_OBJECT >> \"$CALLS\"");
	loop_free(o->theatre.loop);
	o->theatre.stats = desk_hook_stats;
	o->theatre.arg = o;
	o->clock.clock = (struct clock){skewed_mono, skewed_wall};
	for (size_t i = 0; i < ARRAY_LEN(o->devices); i++)
		o->devices[i] = (struct device){.number = i, .name = (char *)names[i], .parent = (int)i - 1};
	o->words[0] = o->theatre.program;
	o->inventory.devices = o->devices;
	o->inventory.n_devices = ARRAY_LEN(o->devices);
	o->inventory.settings.state = o->theatre.bench.folder;
	o->inventory.settings.on_event = o->words;
	o->inventory.settings.n_on_event = 1;
	office_open(o);
}

static void office_free(struct office *o)
{
	office_close(o);
	theatre_free(&o->theatre);
}

static void happens(
    struct office *o, enum event_kind kind, const char *device, const char *rule, const char *object)
{
	struct event event = raise_of(device, object, rule, 0);

	event.kind = kind;
	event.time = skewed_wall(&o->clock.clock);
	desk_event(o->desk, &event);
	theatre_wait(&o->theatre); /* one call at a time: the order is that of the events */
}

/* All the calls so far, which are forgotten then. */
static void assert_called(struct office *o, const char *wanted)
{
	theatre_wait(&o->theatre);
	assert_calls(&o->theatre, wanted);
	unlink(o->theatre.calls);
}

static void answered(void *arg, enum err err)
{
	struct office *o = arg;

	o->err = err;
	loop_stop(o->theatre.loop);
}

static int64_t silence(struct office *o, const char *device, const char *rule, int64_t seconds)
{
	int64_t now = skewed_wall(&o->clock.clock), id = 0;
	struct silence silence = {.device = device,
	    .rule = rule,
	    .reason = "r",
	    .author = "a",
	    .from = now,
	    .until = now + seconds * UNITS_SEC};

	assert_int_equal(desk_silence(o->desk, &silence, &id, answered, o), ERR_OK);
	loop_run(o->theatre.loop);
	assert_int_equal(o->err, ERR_OK);
	return id;
}

static enum err acknowledge(
    struct office *o, const char *device, const char *rule, const char *object, size_t *n)
{
	struct ack ack = {
	    .device = device, .rule = rule, .object = object, .reason = "r", .author = "a", .time = 1};
	enum err err = desk_ack(o->desk, &ack, n, answered, o);

	if (err == ERR_OK)
		loop_run(o->theatre.loop);
	return err == ERR_OK ? o->err : err;
}

static void events_call(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	happens(&o, EVENT_RAISE, "sw1", "if-down", "eth0");
	happens(&o, EVENT_CLEAR, "sw1", "if-down", "eth0");
	happens(&o, EVENT_INFO, "sw1", "device-restarted", NULL);
	happens(&o, EVENT_RAISE, NULL, "collector-blind", NULL);
	assert_called(&o, "raise sw1 if-down eth0\nclear sw1 if-down eth0\ninfo sw1 device-restarted\n"
			  "raise - collector-blind\n");
	office_free(&o);
}

static void silences_call_nobody(void **state)
{
	struct office o;
	char *calls;
	int64_t id;

	(void)state;
	office_new(&o);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL); /* told before */
	assert_called(&o, "raise sw1 cpu\n");
	id = silence(&o, "core", NULL, 3600);
	happens(&o, EVENT_RAISE, "core", "device-down", NULL);
	happens(&o, EVENT_RAISE, "sw1", "if-down", "eth0");    /* behind it */
	happens(&o, EVENT_RAISE, "srv", "filesystem", "/var"); /* behind that */
	happens(&o, EVENT_INFO, "srv", "device-restarted", NULL);
	happens(&o, EVENT_RAISE, "srv", "load", NULL);
	happens(&o, EVENT_CLEAR, "srv", "load", NULL);
	happens(&o, EVENT_RAISE, NULL, "collector-blind", NULL); /* not behind it */
	assert_called(&o, "raise - collector-blind\n");
	/* An earlier end: what is left is told; what was told before is not told again. */
	assert_int_equal(desk_unsilence(o.desk, id + 1, answered, &o), ERR_NOT_FOUND);
	assert_int_equal(desk_unsilence(o.desk, id, answered, &o), ERR_OK);
	loop_run(o.theatre.loop);
	theatre_wait(&o.theatre);
	calls = theatre_calls(&o.theatre); /* in any order: they run at the same time */
	assert_non_null(strstr(calls, "raise core device-down\n"));
	assert_non_null(strstr(calls, "raise sw1 if-down eth0\n"));
	assert_non_null(strstr(calls, "raise srv filesystem /var\n"));
	assert_int_equal(strlen(calls),
	    strlen("raise core device-down\nraise sw1 if-down eth0\nraise srv filesystem /var\n"));
	free(calls);
	unlink(o.theatre.calls);
	happens(&o, EVENT_CLEAR, "sw1", "if-down", "eth0");
	assert_called(&o, "clear sw1 if-down eth0\n");
	office_free(&o);
}

static void who_has_a_problem_can_be_asked(void **state)
{
	struct office o;
	size_t n;

	(void)state;
	office_new(&o);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	assert_null(desk_silence_of(o.desk, "sw1", "cpu", NULL));
	assert_null(desk_ack_of(o.desk, "sw1", "cpu", NULL));
	silence(&o, "core", NULL, 3600);
	assert_int_equal(acknowledge(&o, "sw1", "cpu", NULL, &n), ERR_OK);
	assert_string_equal(desk_silence_of(o.desk, "sw1", "cpu", NULL)->device, "core");
	assert_string_equal(desk_silence_of(o.desk, "srv", "filesystem", "/var")->reason, "r");
	assert_null(desk_silence_of(o.desk, NULL, "collector-blind", NULL));
	assert_string_equal(desk_ack_of(o.desk, "sw1", "cpu", NULL)->author, "a");
	assert_null(desk_ack_of(o.desk, "sw1", "cpu", "1"));
	office_free(&o);
}

static void a_silence_of_a_rule_stays_on_its_device(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	silence(&o, "core", "cpu", 3600);
	happens(&o, EVENT_RAISE, "core", "cpu", NULL);
	happens(&o, EVENT_RAISE, "core", "load", NULL);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	assert_called(&o, "raise core load\nraise sw1 cpu\n");
	happens(&o, EVENT_CLEAR, "core", "cpu", NULL);
	assert_called(&o, "");
	office_free(&o);
}

static void when_a_silence_ends_what_is_left_is_told(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	silence(&o, "sw1", NULL, 3600);
	happens(&o, EVENT_RAISE, "sw1", "if-down", "eth0");
	happens(&o, EVENT_RAISE, "sw1", "if-down", "eth1");
	happens(&o, EVENT_CLEAR, "sw1", "if-down", "eth1");
	assert_called(&o, "");
	/* The daemon is down when it ends. */
	office_close(&o);
	o.clock.wall = 3601 * UNITS_SEC;
	office_open(&o);
	loop_timer_init(&o.theatre.tick, theatre_look, &o.theatre);
	while (desk_silences(o.desk)->n > 0)
		theatre_wait(&o.theatre);
	assert_called(&o, "raise sw1 if-down eth0\n");
	happens(&o, EVENT_CLEAR, "sw1", "if-down", "eth0");
	assert_called(&o, "clear sw1 if-down eth0\n");
	office_free(&o);
}

static void a_clock_set_back_ends_no_silence(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	silence(&o, "sw1", NULL, 3600);
	o.clock.wall = -7200 * UNITS_SEC;
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	assert_called(&o, "");
	office_close(&o);
	office_open(&o);
	happens(&o, EVENT_RAISE, "sw1", "load", NULL);
	assert_called(&o, "");
	office_free(&o);
}

static void a_reload_may_take_a_device_out_of_a_silence(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	silence(&o, "core", NULL, 3600);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	happens(&o, EVENT_RAISE, "core", "cpu", NULL);
	assert_called(&o, "");
	o.devices[1].parent = -1;
	desk_reload(o.desk, &o.inventory);
	assert_called(&o, "raise sw1 cpu\n");
	desk_reload(o.desk, &o.inventory);
	assert_called(&o, "");
	office_free(&o);
}

/* A damaged file may give back one and not the other. */
static void an_ack_without_its_problem_is_dropped(void **state)
{
	static const char orphan[] = "INSERT INTO ack VALUES ('sw1', '', 'cpu', 'r', 'a', 1)";
	struct office o;
	sqlite3 *sqlite;
	char path[128];

	(void)state;
	office_new(&o);
	snprintf(path, sizeof path, "%s/events.db", o.theatre.bench.folder);
	for (int round = 0; round < 2; round++) {
		office_close(&o);
		if (round == 0) {
			assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
			assert_int_equal(sqlite3_exec(sqlite, orphan, NULL, NULL, NULL), SQLITE_OK);
			sqlite3_close(sqlite);
		}
		office_open(&o);
		assert_int_equal(desk_acks(o.desk)->n, 0);
		happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
		assert_called(&o, "raise sw1 cpu\n");
	}
	office_free(&o);
}

static void a_silence_outlives_the_daemon(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	silence(&o, "sw1", NULL, 3600);
	office_close(&o);
	office_open(&o);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	assert_called(&o, "");
	assert_int_equal(desk_silences(o.desk)->n, 1);
	office_free(&o);
}

static void acks_end_with_their_problem(void **state)
{
	struct office o;
	size_t n;

	(void)state;
	office_new(&o);
	assert_int_equal(acknowledge(&o, "sw1", "cpu", NULL, &n), ERR_NOT_FOUND);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	assert_called(&o, "raise sw1 cpu\n");
	assert_int_equal(acknowledge(&o, "sw1", "cpu", NULL, &n), ERR_OK);
	assert_int_equal(n, 1);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL); /* worse */
	office_close(&o);
	office_open(&o);
	assert_int_equal(desk_acks(o.desk)->n, 1);
	happens(&o, EVENT_CLEAR, "sw1", "cpu", NULL);
	assert_called(&o, "");
	assert_int_equal(desk_acks(o.desk)->n, 0);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL); /* anew */
	assert_called(&o, "raise sw1 cpu\n");
	office_free(&o);
}

static void an_ack_without_a_row_is_of_all_rows(void **state)
{
	struct office o;
	size_t n;

	(void)state;
	office_new(&o);
	happens(&o, EVENT_RAISE, "srv", "filesystem", "/");
	happens(&o, EVENT_RAISE, "srv", "filesystem", "/var");
	happens(&o, EVENT_RAISE, "sw1", "filesystem", "/");
	assert_called(&o, "raise srv filesystem /\nraise srv filesystem /var\nraise sw1 filesystem /\n");
	assert_int_equal(acknowledge(&o, "srv", "filesystem", "/tmp", &n), ERR_NOT_FOUND);
	assert_int_equal(acknowledge(&o, "srv", "filesystem", NULL, &n), ERR_OK);
	assert_int_equal(n, 2);
	happens(&o, EVENT_CLEAR, "srv", "filesystem", "/");
	happens(&o, EVENT_CLEAR, "srv", "filesystem", "/var");
	happens(&o, EVENT_CLEAR, "sw1", "filesystem", "/");
	assert_called(&o, "clear sw1 filesystem /\n");
	office_free(&o);
}

static void note_problem(void *arg, const struct event *problem)
{
	str_addf(arg, "%s %s %s;", problem->device, problem->rule, severity_name(problem->severity));
}

static void what_was_raised_is_restored(void **state)
{
	struct str restored = {0};
	struct office o;

	(void)state;
	office_new(&o);
	happens(&o, EVENT_RAISE, "core", "device-down", NULL);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	happens(&o, EVENT_RAISE, "srv", "cpu", NULL);
	happens(&o, EVENT_RAISE, NULL, "collector-blind", NULL);
	assert_called(&o, "raise core device-down\nraise sw1 cpu\nraise srv cpu\nraise - collector-blind\n");
	office_close(&o);
	o.inventory.n_devices = 2; /* srv was taken out meanwhile */
	office_open(&o);
	desk_restore(o.desk, note_problem, &restored);
	assert_string_equal(str_text(&restored), "core device-down critical;sw1 cpu critical;");
	theatre_wait(&o.theatre);
	str_clear(&restored);
	desk_restore(o.desk, note_problem, &restored);
	office_close(&o);
	office_open(&o);
	str_clear(&restored);
	desk_restore(o.desk, note_problem, &restored);
	assert_string_equal(str_text(&restored), "core device-down critical;sw1 cpu critical;");
	unlink(o.theatre.calls);
	o.inventory.n_devices = 1;
	desk_reload(o.desk, &o.inventory); /* and now sw1 */
	assert_called(&o, "clear sw1 cpu\n");
	str_fini(&restored);
	office_free(&o);
}

static void a_device_gets_another_name(void **state)
{
	struct str restored = {0};
	struct office o;
	size_t n;

	(void)state;
	office_new(&o);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	happens(&o, EVENT_RAISE, "sw1", "filesystem", "/var");
	happens(&o, EVENT_RAISE, "srv", "cpu", NULL);
	assert_int_equal(acknowledge(&o, "sw1", "cpu", NULL, &n), ERR_OK);
	silence(&o, "sw1", "filesystem", 3600);
	unlink(o.theatre.calls);
	o.devices[1].name = (char *)(uintptr_t) "sw2";
	desk_rename(o.desk, "sw1", "sw2", answered, &o);
	loop_run(o.theatre.loop);
	assert_int_equal(o.err, ERR_OK);
	desk_reload(o.desk, &o.inventory);
	assert_called(&o, ""); /* nothing has ended, nothing has begun */
	happens(&o, EVENT_CLEAR, "sw2", "filesystem", "/var");
	assert_called(&o, "");
	for (int again = 0; again < 2; again++) {
		assert_string_equal(desk_silences(o.desk)->v[0]->device, "sw2");
		assert_string_equal(desk_ack_of(o.desk, "sw2", "cpu", NULL)->device, "sw2");
		assert_null(desk_ack_of(o.desk, "sw1", "cpu", NULL));
		office_close(&o);
		office_open(&o);
		desk_restore(o.desk, note_problem, &restored);
		assert_string_equal(str_text(&restored), "sw2 cpu critical;srv cpu critical;");
		str_clear(&restored);
	}
	happens(&o, EVENT_CLEAR, "sw2", "cpu", NULL); /* acknowledged */
	happens(&o, EVENT_CLEAR, "srv", "cpu", NULL);
	assert_called(&o, "clear srv cpu\n");
	str_fini(&restored);
	office_free(&o);
}

static void of_two_problems_the_older_one_stays(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	happens(&o, EVENT_RAISE, "srv", "cpu", NULL);
	happens(&o, EVENT_RAISE, "srv", "load", NULL);
	happens(&o, EVENT_RAISE, "sw1", "load", NULL);
	unlink(o.theatre.calls);
	desk_rename(o.desk, "sw1", "srv", answered, &o);
	loop_run(o.theatre.loop);
	happens(&o, EVENT_CLEAR, "srv", "cpu", NULL);
	happens(&o, EVENT_CLEAR, "srv", "load", NULL);
	assert_called(&o, "clear srv cpu\nclear srv load\n");
	o.inventory.n_devices = 0;
	desk_reload(o.desk, &o.inventory); /* nothing is left to end */
	assert_called(&o, "");
	office_free(&o);
}

static void found(void *arg, enum err err, struct event **events, size_t n)
{
	*(size_t *)arg = err == ERR_OK ? n : SIZE_MAX;
	eventlog_events_free(events, n);
}

static void a_reload_changes_how_long_events_are_kept(void **state)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0); /* years ago */
	struct office o;
	size_t n = 1;

	(void)state;
	office_new(&o);
	desk_event(o.desk, &event);
	o.inventory.settings.events_keep = 86400 * UNITS_SEC;
	desk_reload(o.desk, &o.inventory);
	theatre_wait(&o.theatre); /* the loop turns once */
	eventlog_query(desk_log(o.desk), &(struct event_filter){0}, found, &n);
	eventlog_flush(desk_log(o.desk), answered, &o);
	loop_run(o.theatre.loop);
	assert_int_equal(n, 0);
	office_free(&o);
}

static void no_program_is_fine(void **state)
{
	struct office o;

	(void)state;
	office_new(&o);
	o.inventory.settings.n_on_event = 0;
	desk_reload(o.desk, &o.inventory);
	happens(&o, EVENT_RAISE, "sw1", "cpu", NULL);
	assert_called(&o, "");
	office_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(events_call),
	    cmocka_unit_test(silences_call_nobody),
	    cmocka_unit_test(who_has_a_problem_can_be_asked),
	    cmocka_unit_test(a_silence_of_a_rule_stays_on_its_device),
	    cmocka_unit_test(when_a_silence_ends_what_is_left_is_told),
	    cmocka_unit_test(a_silence_outlives_the_daemon),
	    cmocka_unit_test(a_clock_set_back_ends_no_silence),
	    cmocka_unit_test(a_reload_may_take_a_device_out_of_a_silence),
	    cmocka_unit_test(an_ack_without_its_problem_is_dropped),
	    cmocka_unit_test(acks_end_with_their_problem),
	    cmocka_unit_test(an_ack_without_a_row_is_of_all_rows),
	    cmocka_unit_test(what_was_raised_is_restored),
	    cmocka_unit_test(a_device_gets_another_name),
	    cmocka_unit_test(of_two_problems_the_older_one_stays),
	    cmocka_unit_test(a_reload_changes_how_long_events_are_kept),
	    cmocka_unit_test(no_program_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
