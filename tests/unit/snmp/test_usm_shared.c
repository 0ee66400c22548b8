/* What all peers of version 3 share: users, keys that are being derived, the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "usm_oracle.h"

#include "snmp/usm.h"
#include "snmp/usm_keyfile.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sched.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

struct bench {
	struct clock_virtual clock;
	struct loop *loop;
	struct usm *usm;
	struct credential credential;
	struct usm_account *account;
	char folder[64], file[96];
	unsigned called;
};

static void begin(struct bench *bench, enum usm_auth auth, enum usm_priv priv)
{
	struct str why = {0};

	memset(bench, 0, sizeof *bench);
	snprintf(bench->folder, sizeof bench->folder, "/tmp/rollcall-usm-XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	snprintf(bench->file, sizeof bench->file, "%s/usm.keys", bench->folder);
	clock_virtual_init(&bench->clock, 1000 * SECOND);
	bench->loop = loop_new_virtual(&bench->clock);
	bench->usm = usm_new(bench->loop, bench->file);
	assert_non_null(bench->usm);
	credential_fill(&bench->credential, "operator", auth, "authentic phrase", priv, "private phrase");
	bench->account = usm_account(bench->usm, &bench->credential, &why);
	assert_non_null(bench->account);
	str_fini(&why);
}

static void end(struct bench *bench)
{
	credential_empty(&bench->credential);
	loop_free(bench->loop);
	unlink(bench->file);
	assert_int_equal(rmdir(bench->folder), 0);
}

static void called(void *arg)
{
	unsigned *count = arg;

	++*count;
}

/* Waits for the thread, until it has brought one more key. */
static void wait_for_key(struct bench *bench, unsigned before)
{
	while (bench->called == before) {
		loop_run_until(bench->loop, loop_now(bench->loop));
		sched_yield();
	}
}

/* Freed after `keys` of them have come, the next one under way. */
static void freed_while_a_key_is_derived(void **state)
{
	struct bench bench;
	struct usm_localised keys;
	char log[64] = "/tmp/rollcall-usm-log-XXXXXX", said[200] = "";
	int fd = mkstemp(log), errors = dup(STDERR_FILENO);

	(void)state;
	assert_true(fd >= 0 && errors >= 0);
	dup2(fd, STDERR_FILENO);
	for (unsigned i = 0; i < 200; i++) {
		struct usm_wait wait = {.called = called, .arg = &bench.called};
		bool ready = false;

		begin(&bench, USM_AUTH_SHA, USM_PRIV_AES_256_C);
		for (unsigned n = 0; n <= i % 6 && !ready; n++) {
			if (n > 0)
				wait_for_key(&bench, n - 1);
			ready = usm_account_keys(bench.usm, bench.account, &oracle_engine_id, &keys, &wait);
		}
		usm_wait_cancel(bench.usm, &wait);
		usm_account_release(bench.usm, bench.account);
		usm_free(bench.usm);
		loop_run_until(bench.loop, loop_now(bench.loop) + 60 * SECOND);
		end(&bench);
	}
	dup2(errors, STDERR_FILENO);
	close(errors);
	assert_true(pread(fd, said, sizeof said - 1, 0) >= 0);
	assert_string_equal(said, ""); /* an orderly end is no news */
	close(fd);
	unlink(log);
}

/* OpenSSL refuses what it has done before: nobody waits for ever, and it is not asked again all the time. */
static void a_key_that_cannot_be_derived_is_tried_again(void **state)
{
	struct bench bench;
	struct usm_localised keys;
	struct usm_wait wait = {.called = called, .arg = &bench.called}, other = wait;
	bool ready = false;
	int64_t began;

	(void)state;
	begin(&bench, USM_AUTH_SHA, USM_PRIV_AES_128);
	began = loop_now(bench.loop);
	assert_int_equal(EVP_set_default_properties(NULL, "provider=none"), 1);
	assert_false(usm_account_keys(bench.usm, bench.account, &oracle_engine_id, &keys, &wait));
	assert_false(usm_account_keys(bench.usm, bench.account, &oracle_engine_id, &keys, &other));
	while (bench.called < 2) { /* the thread may take its time, the clock runs meanwhile */
		loop_run_until(bench.loop, loop_now(bench.loop) + 10 * SECOND);
		sched_yield();
		assert_true(loop_now(bench.loop) - began < 100000000 * SECOND);
	}
	assert_true(loop_now(bench.loop) - began >= 60 * SECOND);
	assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
	for (unsigned n = 2; !ready; n++) {
		ready = usm_account_keys(bench.usm, bench.account, &oracle_engine_id, &keys, &wait);
		if (!ready)
			wait_for_key(&bench, n);
	}
	usm_wait_cancel(bench.usm, &other);
	usm_account_release(bench.usm, bench.account);
	usm_free(bench.usm);
	end(&bench);
}

static int64_t cpu_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/* A fleet's first start: each device has an engine of its own. Some 20 ms; where all that wait are gone
 * through for each, seconds. */
static void very_many_keys_may_be_wanted_at_once(void **state)
{
	static struct usm_wait waits[20000];
	struct bench bench;
	struct usm_localised keys;
	struct usm_wait wait = {.called = called, .arg = &bench.called};
	struct usm_engine_id engine = oracle_engine_id;
	bool ready = false;
	int64_t began;

	(void)state;
	begin(&bench, USM_AUTH_SHA, USM_PRIV_AES_256_C);
	for (unsigned n = 0; !ready; n++) {
		ready = usm_account_keys(bench.usm, bench.account, &engine, &keys, &wait);
		if (!ready)
			wait_for_key(&bench, n);
	}
	began = cpu_time();
	for (unsigned i = 0; i < ARRAY_LEN(waits); i++) {
		waits[i] = (struct usm_wait){.called = called, .arg = &bench.called};
		memcpy(engine.octets + 5, &i, sizeof i);
		assert_false(usm_account_keys(bench.usm, bench.account, &engine, &keys, &waits[i]));
	}
	for (unsigned i = 0; i < ARRAY_LEN(waits); i++)
		usm_wait_cancel(bench.usm, &waits[i]);
	assert_true(cpu_time() - began < SECOND);
	usm_account_release(bench.usm, bench.account);
	usm_free(bench.usm);
	end(&bench);
}

static void devices_of_one_engine_are_told_unless_they_are_one_agent(void **state)
{
	struct usm_ids *ids = usm_ids_new();

	(void)state;
	assert_null(usm_ids_add(ids, &oracle_engine_id, "switch", "192.0.2.1 161"));
	assert_null(usm_ids_add(ids, &oracle_engine_id, "switch-vlan7", "192.0.2.1 161"));
	assert_string_not_equal(usm_ids_add(ids, &oracle_engine_id, "clone", "192.0.2.2 161"), "clone");
	usm_ids_remove(ids, &oracle_engine_id, "clone");
	assert_null(usm_ids_add(ids, &oracle_engine_id, "switch", "192.0.2.1 161"));
	usm_ids_free(ids);
}

static void the_file_is_whole_or_not_there(void **state)
{
	struct str octets = {0}, back = {0};
	char folder[] = "/tmp/rollcall-usm-XXXXXX", path[64], new_name[80], other[80];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/usm.keys", folder);
	snprintf(new_name, sizeof new_name, "%s.new", path);
	snprintf(other, sizeof other, "%s/other", folder);
	str_add(&octets, "octets");
	/* Somebody has laid a trap where it is made. */
	assert_int_equal(symlink(other, new_name), 0);
	assert_int_equal(usm_keyfile_write(path, &octets), 0);
	assert_int_not_equal(lstat(other, &st), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_true(usm_keyfile_read(path, &back));
	assert_string_equal(str_text(&back), "octets");
	/* It cannot be put in its place: nothing is left behind. */
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_not_equal(usm_keyfile_write(path, &octets), 0);
	assert_int_not_equal(lstat(new_name, &st), 0);
	rmdir(path);
	assert_int_equal(rmdir(folder), 0);
	str_fini(&octets);
	str_fini(&back);
}

static int set_up(void **state)
{
	(void)state;
	oracle_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(freed_while_a_key_is_derived),
	    cmocka_unit_test(a_key_that_cannot_be_derived_is_tried_again),
	    cmocka_unit_test(very_many_keys_may_be_wanted_at_once),
	    cmocka_unit_test(devices_of_one_engine_are_told_unless_they_are_one_agent),
	    cmocka_unit_test(the_file_is_whole_or_not_there),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
