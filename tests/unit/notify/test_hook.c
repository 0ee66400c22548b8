#include "unit/notify/theatre.h"

#include "notify/output.h"
#include "notify/spawn.h"
#include "notify/summary.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sched.h>

static void stats_of(void *arg, struct hook_stats *stats)
{
	hook_stats(arg, stats);
}

static struct hook *hook_of(struct theatre *t, int64_t timeout)
{
	char *words[] = {t->program, (char *)"first", (char *)"--"};
	struct hook *hook = hook_new(t->loop, words, ARRAY_LEN(words), timeout);

	t->stats = stats_of;
	t->arg = hook;
	return hook;
}

static struct hook_stats stats_now(const struct hook *hook)
{
	struct hook_stats stats;

	hook_stats(hook, &stats);
	return stats;
}

static void fields_are_arguments_and_environment(void **state)
{
	struct event event = raise_of("sw1", "Gi1/0/1", "if-down", 5);
	struct theatre t;
	struct hook *hook;

	(void)state;
	setenv("ROLLCALL_SECRET", "canary", 1);
	theatre_new(&t,
	    "for a; do printf '<%s>' \"$a\" >> \"$CALLS\"; done\n"
	    "echo >> \"$CALLS\"; env | sort | grep -v '^PWD\\|^_=\\|^SHLVL\\|^OLDPWD' >> \"$CALLS\"");
	hook = hook_of(&t, 0);
	event.id = 17;
	event.time += 250 * UNITS_MS;
	event.value = 93.1;
	event.text = "uplink is down";
	hook_run(hook, &event);
	theatre_wait(&t);
	assert_calls(&t,
	    "<first><--><sw1><Gi1/0/1><if-down><raise><critical><uplink is down><93.1><1700000005.250><17>\n"
	    "LANG=C.UTF-8\nPATH=" SPAWN_PATH "\nROLLCALL_DEVICE=sw1\nROLLCALL_ID=17\nROLLCALL_KIND=raise\n"
	    "ROLLCALL_OBJECT=Gi1/0/1\nROLLCALL_RULE=if-down\nROLLCALL_SEVERITY=critical\n"
	    "ROLLCALL_TEXT=uplink is down\nROLLCALL_TIME=1700000005.250\nROLLCALL_VALUE=93.1\n");
	assert_int_equal(stats_now(hook).runs, 1);
	assert_int_equal(stats_now(hook).failed, 0);
	hook_free(hook);
	theatre_free(&t);
}

/* No shell sees it, no line break divides it, nothing is cut but what is too long. */
static void hostile_text_is_only_text(void **state)
{
	static const char *const texts[][2] = {
	    {"; rm -rf / #", "; rm -rf / #"},
	    {"$(touch /tmp/owned) `id` ${HOME}", "$(touch /tmp/owned) `id` ${HOME}"},
	    {"' \" \\ | & > < * ? [a] ~", "' \" \\ | & > < * ? [a] ~"},
	    {"a\nFrom: b\r\nc\td", "a From: b c d"},
	    {"--help", "--help"},
	    {"-e \\x41", "-e \\x41"},
	    {"\xff\xfe latin \xe9", "\\xff\\xfe latin \\xe9"},
	    {"\x1b]0;title\x07", "\xef\xbf\xbd]0;title\xef\xbf\xbd"},
	    {"%s%n%p", "%s%n%p"},
	    {"LD_PRELOAD=/tmp/x.so", "LD_PRELOAD=/tmp/x.so"},
	};
	struct theatre t;

	(void)state;
	theatre_new(&t, "[ $# = 11 ] && [ \"$8\" = \"$ROLLCALL_TEXT\" ] && printf '%s|' \"$8\" > \"$CALLS\"");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct event event = raise_of(texts[i][0], texts[i][0], "cpu", 0);
		struct hook *hook = hook_of(&t, 0);
		struct str wanted = {0};
		char *calls;

		event.text = texts[i][0];
		hook_run(hook, &event);
		theatre_wait(&t);
		assert_int_equal(stats_now(hook).failed, 0);
		str_add_utf8(&wanted, texts[i][1], strlen(texts[i][1]));
		str_add_char(&wanted, '|');
		calls = theatre_calls(&t);
		assert_string_equal(calls, str_text(&wanted));
		assert_null(strpbrk(calls, "\n\r\t\x1b\x07"));
		free(calls);
		str_fini(&wanted);
		hook_free(hook);
	}
	theatre_free(&t);
}

static void long_text_is_cut_between_characters(void **state)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	struct str text = {0};
	struct theatre t;
	struct hook *hook;
	char *calls;

	(void)state;
	theatre_new(&t, "printf '%s' \"$8\" > \"$CALLS\"");
	hook = hook_of(&t, 0);
	while (text.len < 300000)
		str_add(&text, "\xec\x84\x9c"); /* three bytes; 4096 is in the midst of one */
	event.text = str_text(&text);
	hook_run(hook, &event);
	theatre_wait(&t);
	calls = theatre_calls(&t);
	assert_int_equal(strlen(calls), 3 * 1365);
	assert_memory_equal(calls, str_text(&text), strlen(calls));
	free(calls);
	str_fini(&text);
	hook_free(hook);
	theatre_free(&t);
}

static void the_child_has_nothing_of_ours(void **state)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	struct theatre t;
	struct hook *hook;
	int leak;

	(void)state;
	theatre_new(&t, "ls /proc/self/fd | wc -l > \"$CALLS\"\n" /* 0, 1, 2, and the folder itself */
			"cat >> \"$CALLS\"; kill -PIPE $$; echo still here >> \"$CALLS\"");
	leak = open("/dev/null", O_RDONLY); /* not close-on-exec, as a careless library has it */
	assert_true(leak >= 0);
	signal(SIGPIPE, SIG_IGN);
	hook = hook_of(&t, 0);
	hook_run(hook, &event);
	theatre_wait(&t);
	assert_calls(&t, "4\n"); /* the default of SIGPIPE ended it */
	assert_int_equal(stats_now(hook).failed, 1);
	close(leak);
	hook_free(hook);
	theatre_free(&t);
}

static bool is_alive(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(file);
	return state != 'Z';
}

static void what_does_not_end_is_killed_with_all_it_started(void **state)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	struct theatre t;
	struct hook *hook;
	char *calls;
	int child = 0, parent = 0;

	(void)state;
	theatre_new(&t, "trap '' TERM INT HUP\nsleep 1000 &\necho $! $$ > \"$CALLS\"\nwait\nsleep 1000");
	hook = hook_of(&t, 300 * UNITS_MS);
	hook_run(hook, &event);
	theatre_wait(&t);
	assert_int_equal(stats_now(hook).timeouts, 1);
	assert_int_equal(stats_now(hook).failed, 1);
	calls = theatre_calls(&t);
	assert_int_equal(sscanf(calls, "%d %d", &child, &parent), 2);
	free(calls);
	while (is_alive(child)) /* killed already; its end may take the kernel a moment */
		sched_yield();
	assert_false(is_alive(parent));
	hook_free(hook);
	theatre_free(&t);
}

/* It could go on for ever, and the end of the daemon would wait for it. */
static void who_leaves_the_group_is_killed_too(void **state)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	struct theatre t;
	struct hook *hook;

	(void)state;
	theatre_new(&t, "exec /usr/bin/python3 -c 'import os, sys, time\n"
			"os.setpgid(0, os.getpgid(os.getppid()))\n"
			"open(sys.argv[1], \"w\").write(\"left\")\n"
			"time.sleep(1000)' \"$CALLS\"");
	hook = hook_of(&t, UNITS_SEC);
	hook_run(hook, &event);
	theatre_wait(&t);
	assert_calls(&t, "left");
	assert_int_equal(stats_now(hook).timeouts, 1);
	unlink(t.calls);
	hook_run(hook, &event);
	while (access(t.calls, F_OK) != 0)
		sched_yield();
	hook_free(hook);
	assert_true(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	theatre_free(&t);
}

/* Our own log goes to a file meanwhile. What it has; caller frees. */
static char *log_of_a_run(struct theatre *t, struct hook *hook)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	char path[128], *text;
	int before = dup(STDERR_FILENO), fd;
	struct stat st;

	snprintf(path, sizeof path, "%s/log", t->bench.folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	dup2(fd, STDERR_FILENO);
	hook_run(hook, &event);
	theatre_wait(t);
	dup2(before, STDERR_FILENO);
	close(before);
	assert_int_equal(fstat(fd, &st), 0);
	text = mem_calloc((size_t)st.st_size + 1, 1);
	assert_int_equal(pread(fd, text, (size_t)st.st_size, 0), st.st_size);
	close(fd);
	return text;
}

static void what_it_writes_is_logged_clean(void **state)
{
	struct theatre t;
	struct hook *hook;
	char *log;

	(void)state;
	theatre_new(&t, "printf 'one line\\nevil \\033[31m red\\n\\n'; echo an error >&2; printf unfinished");
	hook = hook_of(&t, 0);
	log = log_of_a_run(&t, hook);
	assert_non_null(strstr(log, "text=\"one line\"\n"));
	assert_non_null(strstr(log, "text=\"evil \xef\xbf\xbd[31m red\"\n"));
	assert_non_null(strstr(log, "text=\"an error\"\n"));
	assert_non_null(strstr(log, "text=unfinished\n"));
	assert_null(strchr(log, '\x1b'));
	free(log);
	hook_free(hook);
	theatre_free(&t);
}

static void who_talks_without_end_fills_no_disk(void **state)
{
	struct theatre t;
	struct hook *hook;
	char *log;

	(void)state;
	theatre_new(&t, "yes 'much ado about nothing' | head -c 3000000; echo done > \"$CALLS\"");
	hook = hook_of(&t, 0);
	log = log_of_a_run(&t, hook);
	assert_calls(&t, "done\n"); /* nor is it held up */
	assert_int_equal(stats_now(hook).failed, 0);
	assert_true(strlen(log) > OUTPUT_MAX / 4 && strlen(log) < 4 * OUTPUT_MAX);
	assert_non_null(strstr(log, "says more than is logged"));
	free(log);
	hook_free(hook);
	theatre_free(&t);
}

static void failures_are_counted(void **state)
{
	static const char *const programs[] = {
	    "/nonexistent/program", "no-such-program-anywhere", "/etc/passwd", "/"};
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	struct theatre t;
	struct hook *hook;

	(void)state;
	theatre_new(&t, "exit 3");
	hook = hook_of(&t, 0);
	hook_run(hook, &event);
	theatre_wait(&t);
	assert_int_equal(stats_now(hook).failed, 1);
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		char *words[] = {(char *)programs[i]};

		hook_set_program(hook, words, 1);
		for (int k = 0; k < 50; k++)
			hook_run(hook, &event); /* fails at once: none waits */
		theatre_wait(&t);
	}
	assert_int_equal(stats_now(hook).runs, 201);
	assert_int_equal(stats_now(hook).failed, 201);
	hook_set_program(hook, NULL, 0);
	hook_run(hook, &event);
	assert_int_equal(stats_now(hook).runs, 201);
	hook_free(hook);
	theatre_free(&t);
}

static void at_most_four_run_and_the_order_is_kept(void **state)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	struct theatre t;
	struct hook *hook;

	(void)state;
	theatre_new(&t, "echo >> \"$CALLS\"");
	hook = hook_of(&t, 0);
	for (int i = 0; i < 24; i++) {
		hook_run(hook, &event);
		assert_int_equal(stats_now(hook).running, i < 4 ? i + 1 : 4);
		assert_int_equal(stats_now(hook).waiting, i < 4 ? 0 : i - 3);
	}
	theatre_wait(&t);
	assert_int_equal(stats_now(hook).runs, 24);
	assert_int_equal(stats_now(hook).summarised, 0);
	hook_free(hook);
	theatre_free(&t);
}

static void a_burst_is_one_call(void **state)
{
	struct theatre t;
	struct hook *hook;
	char *calls;

	(void)state;
	theatre_new(&t, "[ \"$ROLLCALL_RULE\" != summary ] || printf '%s;%s;%s;%s' \"$ROLLCALL_DEVICE\" "
			"\"$ROLLCALL_SEVERITY\" \"$ROLLCALL_VALUE\" \"$ROLLCALL_TEXT\" > \"$CALLS\"");
	hook = hook_of(&t, 0);
	for (int i = 0; i < 5000; i++) {
		struct event event = raise_of(i % 2 ? "sw1" : "sw2", NULL, "cpu", i);

		event.severity = i % 5 ? SEVERITY_WARNING : SEVERITY_CRITICAL;
		event.kind = i % 10 == 3 ? EVENT_CLEAR : EVENT_RAISE;
		event.id = i + 1;
		hook_run(hook, &event);
	}
	assert_int_equal(stats_now(hook).waiting, 4996);
	theatre_wait(&t);
	assert_int_equal(stats_now(hook).runs, 5);
	assert_int_equal(stats_now(hook).summarised, 4996);
	assert_int_equal(stats_now(hook).failed, 0);
	calls = theatre_calls(&t);
	assert_non_null(strstr(calls, ";critical;4996;4996 events: 4497 raised (999 critical, 3498 warning), "
				      "499 cleared: sw2 cpu, sw1 cpu, "));
	assert_int_equal(calls[0], ';'); /* of several devices */
	assert_true(strlen(calls) < 1500);
	free(calls);
	hook_free(hook);
	theatre_free(&t);
}

static void summaries_read_well(void **state)
{
	struct summary summary = {0};
	struct event event = raise_of("core-sw1", NULL, "device-down", 0), told;

	(void)state;
	summary_add(&summary, &event);
	event.object = "Gi0/1";
	event.rule = "if-down";
	event.severity = SEVERITY_WARNING;
	summary_add(&summary, &event);
	told = summary_event(&summary);
	assert_string_equal(told.device, "core-sw1");
	event.device = NULL;
	event.object = NULL;
	event.kind = EVENT_INFO;
	event.id = 9;
	summary_add(&summary, &event);
	event.device = "edge";
	event.kind = EVENT_CLEAR;
	summary_add(&summary, &event);
	told = summary_event(&summary);
	assert_null(told.device);
	assert_string_equal(told.text, "4 events: 2 raised (1 critical, 1 warning), 1 cleared, 1 to know: "
				       "core-sw1 device-down, core-sw1 Gi0/1 if-down, collector if-down, "
				       "edge if-down cleared");
	assert_string_equal(told.rule, "summary");
	assert_int_equal(told.severity, SEVERITY_CRITICAL);
	assert_int_equal(told.kind, EVENT_INFO);
	assert_int_equal(told.id, 9);
	assert_true(told.value == 4);
	for (int i = 0; i < 1000000; i++)
		summary_add(&summary, &event);
	assert_true(strlen(summary_event(&summary).text) < 1500);
	summary_clear(&summary);
	assert_int_equal(summary.n, 0);
	summary_fini(&summary);
}

/* The daemon ends: what runs gets a moment; what does not end then is killed; nothing is left behind. */
static void the_end_leaves_nobody_behind(void **state)
{
	struct event event = raise_of("sw1", NULL, "cpu", 0);
	struct theatre t;
	struct hook *hook;

	(void)state;
	theatre_new(&t, "echo >> \"$CALLS\"");
	hook = hook_of(&t, 0);
	for (int i = 0; i < 30; i++)
		hook_run(hook, &event);
	hook_free(hook);
	assert_calls(&t, "\n\n\n\n");
	assert_true(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	theatre_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_arguments_and_environment),
	    cmocka_unit_test(hostile_text_is_only_text),
	    cmocka_unit_test(long_text_is_cut_between_characters),
	    cmocka_unit_test(the_child_has_nothing_of_ours),
	    cmocka_unit_test(what_does_not_end_is_killed_with_all_it_started),
	    cmocka_unit_test(who_leaves_the_group_is_killed_too),
	    cmocka_unit_test(what_it_writes_is_logged_clean),
	    cmocka_unit_test(who_talks_without_end_fills_no_disk),
	    cmocka_unit_test(failures_are_counted),
	    cmocka_unit_test(at_most_four_run_and_the_order_is_kept),
	    cmocka_unit_test(a_burst_is_one_call),
	    cmocka_unit_test(summaries_read_well),
	    cmocka_unit_test(the_end_leaves_nobody_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
