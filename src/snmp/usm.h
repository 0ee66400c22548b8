/* usm: what all SNMPv3 peers of one engine share: the crypto contexts, the users with their keys, the
 * cache of derived keys and its file, and the thread that derives them.
 *
 * A user belongs to the content of a credential, not to its address: a reload that brings
 * the same credential anew finds its keys. Everything is of the loop's thread; what takes
 * milliseconds is done in the thread of its own, one job after the other. */
#ifndef ROLLCALL_SNMP_USM_H
#define ROLLCALL_SNMP_USM_H

#include "base/loop.h"
#include "snmp/usm_crypto.h"
#include "snmp/usm_ids.h"
#include "snmp/usm_user.h"

#include <sys/queue.h>

struct usm;
struct usm_account; /* a user of which somebody makes use */
struct usm_wait_list;

/* Keys are kept in `file` (0600; copied; NULL = they are not kept), which is written some seconds after they
 * have changed, and at the end. A file that is damaged is set aside as FILE.bad. NULL when the system has no
 * randomness or no thread. */
struct usm *usm_new(struct loop *loop, const char *file);
void usm_free(struct usm *usm); /* accounts must be released before; NULL is fine */

int64_t usm_now(const struct usm *usm); /* monotonic ns */
struct usm_crypto *usm_crypto(struct usm *usm);
struct usm_ids *usm_ids(struct usm *usm);
uint8_t *usm_plain(struct usm *usm); /* room for what a datagram decrypts to; good until the next one */

/* One reference. NULL with a sentence in `why` (see usm_user_init()). Copies what it needs. */
struct usm_account *usm_account(struct usm *usm, const struct credential *credential, struct str *why);
void usm_account_release(struct usm *usm, struct usm_account *account); /* NULL is fine */
const struct usm_user *usm_account_user(const struct usm_account *account);

/* Somebody who waits for a key; of the caller. */
struct usm_wait {
	void (*called)(void *arg); /* from the loop, once; then it waits no more */
	void *arg;
	struct usm_wait_list *list; /* that it stands in; NULL = it does not wait */
	TAILQ_ENTRY(usm_wait) link;
};

/* The keys for one engine. True: they are in *keys. False: `wait` will be called when it is time to ask
 * again. */
bool usm_account_keys(struct usm *usm, struct usm_account *account, const struct usm_engine_id *engine,
    struct usm_localised *keys, struct usm_wait *wait);
void usm_wait_cancel(struct usm *usm, struct usm_wait *wait); /* also when it does not wait */

#endif
