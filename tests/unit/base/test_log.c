#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Standard error goes into a file while a line is written; what came out is in `text`. */
struct catcher {
	FILE *file;
	int real;
	char text[8192];
};

static void catch_begin(struct catcher *c)
{
	c->file = tmpfile();
	assert_non_null(c->file);
	c->real = dup(STDERR_FILENO);
	dup2(fileno(c->file), STDERR_FILENO);
}

static void catch_end(struct catcher *c)
{
	size_t n;

	dup2(c->real, STDERR_FILENO);
	close(c->real);
	rewind(c->file);
	n = fread(c->text, 1, sizeof c->text - 1, c->file);
	c->text[n] = '\0';
	fclose(c->file);
}

/* The line behind its time, which must look like 2026-11-24T18:22:41.123Z. */
static const char *without_time(const char *line)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ ";

	for (size_t i = 0; form[i]; i++) {
		if (form[i] == 'd')
			assert_true(isdigit((unsigned char)line[i]));
		else
			assert_int_equal(line[i], form[i]);
	}
	return line + sizeof form - 1;
}

static void writes_a_line(void **state)
{
	struct catcher c;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	catch_begin(&c);
	log_warn("walk cut short", "dev=%s rows=%d", "core-sw1", 7);
	catch_end(&c);
	assert_string_equal(without_time(c.text), "warn msg=\"walk cut short\" dev=core-sw1 rows=7\n");
	catch_begin(&c);
	log_info("ready", " ");
	catch_end(&c);
	assert_string_equal(without_time(c.text), "info msg=\"ready\"\n");
}

static void keeps_the_level(void **state)
{
	struct catcher c;

	(void)state;
	log_set_level(LOG_LEVEL_WARN);
	assert_true(log_enabled(LOG_LEVEL_ERROR));
	assert_true(log_enabled(LOG_LEVEL_WARN));
	assert_false(log_enabled(LOG_LEVEL_INFO));
	catch_begin(&c);
	log_info("not this", " ");
	log_debug("nor this", " ");
	log_error("but this", " ");
	catch_end(&c);
	assert_string_equal(without_time(c.text), "error msg=\"but this\"\n");
	log_set_level(LOG_LEVEL_INFO);
}

static void follows_the_journal(void **state)
{
	struct catcher c;
	char stream[64];
	struct stat st;

	(void)state;
	catch_begin(&c);
	fstat(STDERR_FILENO, &st);
	snprintf(
	    stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_warn("walk cut short", "dev=%s", "x");
	log_error("e", " ");
	log_info("i", " ");
	catch_end(&c);
	assert_string_equal(c.text, "<4>msg=\"walk cut short\" dev=x\n<3>msg=\"e\"\n<6>msg=\"i\"\n");
	/* Inherited from a session, while our own output goes elsewhere. */
	catch_begin(&c);
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_info("i", " ");
	catch_end(&c);
	unsetenv("JOURNAL_STREAM");
	assert_string_equal(without_time(c.text), "info msg=\"i\"\n");
}

static void stays_one_line(void **state)
{
	static char huge[6000];
	struct catcher c;

	(void)state;
	catch_begin(&c);
	log_info("m", "text=%s", "a\nb\033[2J");
	catch_end(&c);
	assert_string_equal(without_time(c.text), "info msg=\"m\" text=a?b?[2J\n");

	memset(huge, 'x', sizeof huge - 1);
	catch_begin(&c);
	log_info("m", "text=%s", huge);
	catch_end(&c);
	assert_true(strlen(c.text) <= 4096);
	assert_non_null(strstr(c.text, "x...\n"));
	catch_begin(&c);
	log_info(huge, "text=%s", "y");
	catch_end(&c);
	assert_true(strlen(c.text) <= 4096);
	assert_ptr_equal(strchr(c.text, '\n'), c.text + strlen(c.text) - 1);
}

static void leaves_errno_alone(void **state)
{
	struct catcher c;

	(void)state;
	catch_begin(&c);
	errno = ENOENT;
	log_warn("gone", "err=\"%m\"");
	assert_int_equal(errno, ENOENT);
	catch_end(&c);
	assert_string_equal(without_time(c.text), "warn msg=\"gone\" err=\"No such file or directory\"\n");

	catch_begin(&c);
	close(STDERR_FILENO);
	errno = ENOENT;
	log_warn("gone", " "); /* EBADF */
	assert_int_equal(errno, ENOENT);
	catch_end(&c);
}

static void quotes_values(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"plain", "plain"},
	    {"core-sw1.example:161", "core-sw1.example:161"},
	    {"", "\"\""},
	    {"two words", "\"two words\""},
	    {"a=b", "\"a=b\""},
	    {"say \"hi\"", "\"say \\\"hi\\\"\""},
	    {"back\\slash", "\"back\\\\slash\""},
	    {"a\nb\tc\rd", "\"a\\nb\\tc\\rd\""},
	    {"\033[2J", "\"\\x1b[2J\""},
	    {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
	    {"caf\xe9", "\"caf\\xe9\""},
	    {"\xc2\x9b", "\"\\xc2\\x9b\""},
	    {"\xe2\x80\xae", "\"\\xe2\\x80\\xae\""},
	};
	char buf[64], small[8];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(log_quote(buf, sizeof buf, cases[i].text), cases[i].want);
	assert_string_equal(log_quote(small, sizeof small, "abcdefghij"), "abcdefg");
	assert_string_equal(log_quote(small, sizeof small, "a b c d e f"), "\"a b c\"");
	assert_string_equal(log_quote(small, sizeof small, "abcd\ne"), "\"abcd\""); /* no half of an escape */
	assert_string_equal(log_quote(small, sizeof small, "ab c\xc3\xa9"), "\"ab c\""); /* nor of a letter */
	for (unsigned size = 0; size < sizeof buf; size++) {
		memset(buf, '#', sizeof buf);
		log_quote(buf, size, "q \"\033\xc3\xa9\xff tail \xe2\x80\xae tail");
		assert_int_equal(buf[size], '#');
		assert_true(size == 0 || strlen(buf) < size);
	}
}

#define LINES 50

static void *write_many(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_info("line", "from=%s n=%02d", (const char *)arg, i);
	return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
	static char name_a[] = "aaaa", name_b[] = "bbbb";
	pthread_t a, b;
	struct catcher c;
	char *rest, *line;
	int n = 0;

	(void)state;
	catch_begin(&c);
	/* One position for both: as a pipe or the journal has it. */
	fcntl(STDERR_FILENO, F_SETFL, O_APPEND);
	pthread_create(&a, NULL, write_many, name_a);
	pthread_create(&b, NULL, write_many, name_b);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	catch_end(&c);
	for (line = strtok_r(c.text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), n++) {
		const char *body = without_time(line);

		assert_int_equal(strlen(body), strlen("info msg=\"line\" from=aaaa n=00"));
	}
	assert_int_equal(n, 2 * LINES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_a_line),
	    cmocka_unit_test(keeps_the_level),
	    cmocka_unit_test(follows_the_journal),
	    cmocka_unit_test(stays_one_line),
	    cmocka_unit_test(leaves_errno_alone),
	    cmocka_unit_test(quotes_values),
	    cmocka_unit_test(lines_of_threads_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
