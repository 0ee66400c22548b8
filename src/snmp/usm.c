#include "snmp/usm.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/worker.h"
#include "snmp/usm_keyfile.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define USM_MAGIC   0x75736d00u
#define SAVE_AFTER  (5 * UNITS_SEC) /* of the first key that is new: a fleet's come together */
#define RETRY_AFTER (60 * UNITS_SEC)
#define PLAIN_MAX   65536u /* of a datagram */

TAILQ_HEAD(usm_wait_list, usm_wait);

struct usm_account {
	uint64_t content; /* of the credential */
	struct credential *credential;
	struct usm_user user;
	unsigned references;
	LIST_ENTRY(usm_account) link;
};

/* What makes two of them the same; zeroed in between. */
struct task_key {
	const struct usm_account *account;
	struct usm_engine_id engine;
	enum usm_derivation_kind kind;
	bool for_priv;
};

/* One key to be derived; the head of the list is in the thread's hands. */
struct usm_task {
	struct usm *usm;
	struct usm_account *account; /* held */
	struct usm_derivation job;
	bool begun; /* by the thread */
	struct usm_wait_list waits;
	TAILQ_ENTRY(usm_task) link;
	struct task_key key;
	UT_hash_handle hh; /* by key: a fleet's first start makes very many */
};

struct usm {
	unsigned magic;
	struct loop *loop;
	struct usm_crypto *crypto;
	struct usm_keys *keys;
	struct worker *worker;
	char *file;
	struct loop_timer save;
	bool unsaved; /* what was to be written is not known to be */
	LIST_HEAD(, usm_account) accounts;
	TAILQ_HEAD(, usm_task) tasks;
	struct usm_task *by_key;
	struct usm_wait_list put_off; /* their key could not be derived */
	struct loop_timer retry;
	struct usm_ids *ids;
	uint8_t plain[PLAIN_MAX + USM_DECRYPT_SLACK];
};

/* --- the file --- */

/* What is to be written, on its way through the thread: a disk may take its time. */
struct writing {
	struct usm *usm;
	struct str octets;
	char *path;
	int error; /* errno; 0 = written */
	bool begun;
};

static void writing_run(void *arg)
{
	struct writing *writing = arg;

	writing->begun = true;
	writing->error = usm_keyfile_write(writing->path, &writing->octets);
}

static void writing_free(struct writing *writing)
{
	OPENSSL_cleanse(writing->octets.s, writing->octets.len);
	str_fini(&writing->octets);
	free(writing->path);
	free(writing);
}

static void writing_done(void *arg)
{
	struct writing *writing = arg;
	struct usm *usm = writing->usm;

	MAGIC_CHECK(usm, USM_MAGIC);
	usm->unsaved = !writing->begun || writing->error != 0;
	if (writing->error != 0)
		log_warn("keys cannot be kept, they are derived anew after a restart", "file=%s err=\"%s\"",
		    usm->file, strerror(writing->error));
	writing_free(writing);
}

static struct writing *writing_new(struct usm *usm)
{
	struct writing *writing = mem_alloc(sizeof *writing);

	writing->usm = usm;
	writing->path = mem_strdup(usm->file);
	usm_keys_write(usm->keys, clock_wall(loop_clock(usm->loop)), &writing->octets);
	return writing;
}

static void time_to_save(void *arg)
{
	struct usm *usm = arg;
	struct writing *writing;

	MAGIC_CHECK(usm, USM_MAGIC);
	writing = writing_new(usm);
	usm->unsaved = true;
	if (worker_submit(usm->worker, writing_run, writing_done, writing) == ERR_OK)
		return;
	writing_free(writing);
	loop_timer_in(usm->loop, &usm->save, SAVE_AFTER);
}

static void save_now(struct usm *usm)
{
	struct writing *writing = writing_new(usm);

	writing_run(writing);
	writing_done(writing);
}

static void load(struct usm *usm)
{
	struct str octets = {0};

	if (usm_keyfile_read(usm->file, &octets) && usm_keys_read(usm->keys, octets.s, octets.len) != ERR_OK)
		usm_keyfile_set_aside(usm->file);
	if (octets.s != NULL)
		OPENSSL_cleanse(octets.s, octets.len);
	str_fini(&octets);
}

static void note_change(struct usm *usm)
{
	if (usm->file != NULL && usm_keys_changed(usm->keys) && !loop_timer_armed(&usm->save))
		loop_timer_in(usm->loop, &usm->save, SAVE_AFTER);
}

/* --- accounts --- */

static uint64_t mix(uint64_t seed, const void *octets, size_t len)
{
	uint64_t both[3] = {seed, len, str_hash(octets, len)};

	return str_hash(both, sizeof both);
}

static uint64_t mix_text(uint64_t seed, const char *text)
{
	return text != NULL ? mix(seed, text, strlen(text) + 1) : mix(seed, "", 0);
}

static uint64_t content_of(const struct credential *credential)
{
	uint64_t seed = mix_text(0, credential->user);

	seed = mix_text(seed, credential->auth);
	seed = mix_text(seed, credential->priv);
	seed = mix_text(seed, credential->context);
	seed = mix(seed, credential->context_engine_id, credential->context_engine_id_len);
	seed = mix(seed, credential->auth_key.bytes, credential->auth_key.len);
	return mix(seed, credential->priv_key.bytes, credential->priv_key.len);
}

static void account_free(struct usm_account *account)
{
	usm_user_fini(&account->user);
	credential_free(account->credential);
	free(account);
}

static bool same_secret(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && (a->len == 0 || usm_crypto_equal(a->bytes, b->bytes, a->len));
}

/* The hash alone is no proof. */
static bool is_of(const struct usm_account *account, const struct credential *b)
{
	const struct credential *a = account->credential;

	return str_equal(a->user, b->user) && str_equal(a->auth, b->auth) && str_equal(a->priv, b->priv) &&
	       str_equal(a->context, b->context) && a->context_engine_id_len == b->context_engine_id_len &&
	       memcmp(a->context_engine_id, b->context_engine_id, a->context_engine_id_len) == 0 &&
	       same_secret(&a->auth_key, &b->auth_key) && same_secret(&a->priv_key, &b->priv_key);
}

struct usm_account *usm_account(struct usm *usm, const struct credential *credential, struct str *why)
{
	uint64_t content = content_of(credential);
	struct usm_account *account;

	MAGIC_CHECK(usm, USM_MAGIC);
	LIST_FOREACH(account, &usm->accounts, link)
	{
		if (account->content == content && is_of(account, credential)) {
			account->references++;
			return account;
		}
	}
	account = mem_alloc(sizeof *account);
	account->content = content;
	account->references = 1;
	account->credential = credential_dup(credential);
	if (usm_user_init(&account->user, account->credential, usm->crypto, why) != ERR_OK) {
		account_free(account);
		return NULL;
	}
	LIST_INSERT_HEAD(&usm->accounts, account, link);
	return account;
}

void usm_account_release(struct usm *usm, struct usm_account *account)
{
	MAGIC_CHECK(usm, USM_MAGIC);
	if (account == NULL || --account->references > 0)
		return;
	LIST_REMOVE(account, link);
	account_free(account);
}

const struct usm_user *usm_account_user(const struct usm_account *account)
{
	return &account->user;
}

/* --- keys --- */

static void start_task(struct usm *usm);

static void fill_key(
    struct task_key *key, const struct usm_account *account, const struct usm_derivation *job)
{
	memset(key, 0, sizeof *key);
	key->account = account;
	key->engine.len = job->engine.len;
	memcpy(key->engine.octets, job->engine.octets, job->engine.len);
	key->kind = job->kind;
	key->for_priv = job->for_priv;
}

static void unlink_task(struct usm *usm, struct usm_task *task)
{
	TAILQ_REMOVE(&usm->tasks, task, link);
	HASH_DEL(usm->by_key, task);
}

static void take_waits(struct usm_wait_list *to, struct usm_wait_list *from)
{
	struct usm_wait *wait;

	TAILQ_FOREACH(wait, from, link)
	wait->list = to;
	TAILQ_CONCAT(to, from, link);
}

static void call_waits(struct usm_wait_list *waits)
{
	struct usm_wait *wait;

	while ((wait = TAILQ_FIRST(waits)) != NULL) {
		TAILQ_REMOVE(waits, wait, link);
		wait->list = NULL;
		wait->called(wait->arg);
	}
}

static void time_to_retry(void *arg)
{
	struct usm *usm = arg;
	struct usm_wait_list waits = TAILQ_HEAD_INITIALIZER(waits);

	MAGIC_CHECK(usm, USM_MAGIC);
	take_waits(&waits, &usm->put_off);
	call_waits(&waits);
}

/* OpenSSL has failed. Whoever waits must not do so for ever, nor ask at once. */
static void put_off(struct usm *usm, struct usm_task *task)
{
	log_error("a key cannot be derived", "credential=%s retry_s=%" PRId64,
	    task->account->credential->name, RETRY_AFTER / UNITS_SEC);
	take_waits(&usm->put_off, &task->waits);
	if (!loop_timer_armed(&usm->retry))
		loop_timer_in(usm->loop, &usm->retry, RETRY_AFTER);
}

static void task_run(void *arg)
{
	struct usm_task *task = arg;

	task->begun = true;
	usm_derivation_run(&task->job);
}

static void task_done(void *arg)
{
	struct usm_task *task = arg;
	struct usm *usm = task->usm;

	MAGIC_CHECK(usm, USM_MAGIC);
	unlink_task(usm, task);
	/* usm_user_init() has seen to it that the algorithms are there. What was not begun nobody wants any
	 * more: it is the end. */
	if (task->begun && usm_user_take(&task->account->user, usm->keys, &task->job) != ERR_OK)
		put_off(usm, task);
	else
		call_waits(&task->waits);
	usm_account_release(usm, task->account);
	usm_derivation_wipe(&task->job);
	free(task);
	note_change(usm);
	start_task(usm);
}

static void start_task(struct usm *usm)
{
	struct usm_task *task = TAILQ_FIRST(&usm->tasks);
	enum err err;

	if (task == NULL)
		return;
	err = worker_submit(usm->worker, task_run, task_done, task);
	assert(err == ERR_OK); /* one at a time */
	(void)err;
}

/* Takes the job, unless somebody waits for the same already. */
static void derive(
    struct usm *usm, struct usm_account *account, struct usm_derivation *job, struct usm_wait *wait)
{
	bool idle = TAILQ_EMPTY(&usm->tasks);
	struct usm_task *task;
	struct task_key key;

	fill_key(&key, account, job);
	HASH_FIND(hh, usm->by_key, &key, sizeof key, task);
	if (task == NULL) {
		task = mem_alloc(sizeof *task);
		task->usm = usm;
		task->account = account;
		task->job = *job;
		account->references++;
		TAILQ_INIT(&task->waits);
		TAILQ_INSERT_TAIL(&usm->tasks, task, link);
		fill_key(&task->key, account, job);
		HASH_ADD(hh, usm->by_key, key, sizeof task->key, task);
	}
	wait->list = &task->waits;
	TAILQ_INSERT_TAIL(&task->waits, wait, link);
	if (idle)
		start_task(usm);
}

bool usm_account_keys(struct usm *usm, struct usm_account *account, const struct usm_engine_id *engine,
    struct usm_localised *keys, struct usm_wait *wait)
{
	struct usm_derivation job;
	bool ready;

	MAGIC_CHECK(usm, USM_MAGIC);
	usm_wait_cancel(usm, wait);
	ready = usm_user_next(&account->user, usm->keys, &job) == USM_READY &&
		usm_user_localise(&account->user, usm->keys, engine, keys, &job) == USM_READY;
	if (!ready) {
		derive(usm, account, &job, wait);
		usm_derivation_wipe(&job);
	}
	return ready;
}

void usm_wait_cancel(struct usm *usm, struct usm_wait *wait)
{
	MAGIC_CHECK(usm, USM_MAGIC);
	if (wait->list != NULL)
		TAILQ_REMOVE(wait->list, wait, link);
	wait->list = NULL;
}

/* --- life --- */

int64_t usm_now(const struct usm *usm)
{
	return loop_now(usm->loop);
}

struct usm_crypto *usm_crypto(struct usm *usm)
{
	return usm->crypto;
}

struct usm_ids *usm_ids(struct usm *usm)
{
	return usm->ids;
}

uint8_t *usm_plain(struct usm *usm)
{
	return usm->plain;
}

struct usm *usm_new(struct loop *loop, const char *file)
{
	struct usm *usm = mem_alloc(sizeof *usm);

	usm->magic = USM_MAGIC;
	usm->loop = loop;
	usm->file = mem_strdup(file);
	LIST_INIT(&usm->accounts);
	TAILQ_INIT(&usm->tasks);
	TAILQ_INIT(&usm->put_off);
	loop_timer_init(&usm->retry, time_to_retry, usm);
	loop_timer_init(&usm->save, time_to_save, usm);
	usm->ids = usm_ids_new();
	usm->crypto = usm_crypto_new();
	usm->keys = usm_keys_new();
	usm->worker = worker_new(loop, "keys", 1, 2) /* a key, a file */;
	if (usm->crypto == NULL || usm->keys == NULL || usm->worker == NULL) {
		usm_free(usm);
		return NULL;
	}
	if (file != NULL)
		load(usm);
	return usm;
}

static void drop_task(struct usm *usm, struct usm_task *task)
{
	unlink_task(usm, task);
	usm_account_release(usm, task->account);
	usm_derivation_wipe(&task->job);
	free(task);
}

void usm_free(struct usm *usm)
{
	struct usm_task *task, *first;

	if (usm == NULL)
		return;
	MAGIC_CHECK(usm, USM_MAGIC);
	/* Only the one in progress is waited for. */
	while ((first = TAILQ_FIRST(&usm->tasks)) != NULL && (task = TAILQ_NEXT(first, link)) != NULL)
		drop_task(usm, task);
	if (usm->worker != NULL)
		worker_free(usm->worker);
	loop_timer_stop(usm->loop, &usm->retry);
	loop_timer_stop(usm->loop, &usm->save); /* a key that came just now has armed it */
	if (usm->file != NULL && usm->keys != NULL && (usm->unsaved || usm_keys_changed(usm->keys)))
		save_now(usm);
	usm_ids_free(usm->ids);
	usm_keys_free(usm->keys);
	usm_crypto_free(usm->crypto);
	OPENSSL_cleanse(usm->plain, sizeof usm->plain);
	free(usm->file);
	usm->magic = 0;
	free(usm);
}
