/* inventory: the complete configuration as one immutable snapshot: settings,
 * credentials, profiles, devices. Built by config/, read by everything, replaced
 * as a whole at reload. */
#ifndef ROLLCALL_MODEL_INVENTORY_H
#define ROLLCALL_MODEL_INVENTORY_H

#include "base/err.h"
#include "base/match.h"
#include "model/credential.h"
#include "model/profile.h"
#include "model/rule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive {
	int64_t step, keep; /* ns */
	bool with_max;	    /* MAX beside AVERAGE */
};

enum store_writer { STORE_RRD, STORE_NONE };

struct settings {
	int64_t interval, timeout; /* ns */
	unsigned retries;	   /* retransmissions after the first try of a request */
	unsigned tries;		   /* polls until a device's state is hard */
	enum store_writer writer;
	int64_t gather; /* ns; -1 = auto */
	int64_t spool;	/* octets that it may take on the disk; 0 = the store's own bound */
	struct archive *archives;
	size_t n_archives;
	char *state;	 /* directory */
	char *run;	 /* directory of the sockets */
	char **on_event; /* program and its first arguments; none = NULL */
	size_t n_on_event;
	int64_t events_keep;  /* ns; how long the event log keeps an event */
	struct limit *limits; /* in the order of the configuration: the first match counts */
	size_t n_limits;
	struct disabled *disabled; /* rules switched off for all */
	size_t n_disabled;
};

/* Which rows of a table a device's owner wants. */
struct row_filter {
	char *table;
	struct match *include,
	    *exclude; /* on the key; NULL = not given. Given: overrules the profile's default filter */
};

struct device {
	uint64_t digest;       /* of all that is said of it: equal = unchanged by a reload */
	uint64_t agent_digest; /* of what says which agent it is: equal = what is known of it still holds */
	size_t number;	       /* position in the inventory = order of the configuration */
	char *name;	       /* unique; a safe file name once percent-encoded */
	char *host;	       /* address or host name, without port and brackets */
	uint16_t port;
	int parent;		   /* number of another device, or -1 */
	int64_t interval, timeout; /* ns, resolved from device, tags, settings */
	unsigned retries;
	unsigned max_rate;		       /* requests a second at most; 0 = no limit */
	const struct credential **credentials; /* in the order to try; array owned */
	size_t n_credentials;
	char **tags;
	size_t n_tags;
	const struct profile *profile; /* fixed by the configuration; NULL = match at first contact */
	bool accept_any_source;	       /* answers may come from another address */
	struct row_filter *rows;
	size_t n_rows;
	struct table *custom;	   /* group "custom" of scalars of this device alone; NULL = none */
	struct disabled *disabled; /* rules switched off here: its own and its tags' */
	size_t n_disabled;
};

struct inventory {
	size_t references;
	struct settings settings;
	struct credential **credentials;
	size_t n_credentials;
	const struct credential **default_credentials; /* `credential`: in the order to try; array owned */
	size_t n_default_credentials;
	struct profile **profiles;
	size_t n_profiles;
	struct rule **rules; /* built in, shipped, the user's; names are unique */
	size_t n_rules;
	struct device *devices;
	size_t n_devices;
};

/* A new one has one reference; sessions that a reload left as they were hold on to theirs. One thread. */
struct inventory *inventory_ref(struct inventory *inventory);
/* Drops a reference; frees with the last one. NULL is fine. */
void inventory_free(struct inventory *inventory);
const struct device *inventory_device(const struct inventory *inventory, const char *name); /* linear; NULL */
/* The same ones in the same order: what was chosen of them would be chosen again. */
bool inventory_same_profiles(const struct inventory *a, const struct inventory *b);
/* Of the same name and content as one of another snapshot; NULL when there is none. */
const struct profile *inventory_same_profile(
    const struct inventory *inventory, const struct profile *profile);
bool device_has_tag(const struct device *device, const char *tag);
/* "site:seoul" is of the groups "site" and "site:seoul", "edge" of "edge" alone. */
bool tag_in_group(const char *tag, const char *group);

#endif
