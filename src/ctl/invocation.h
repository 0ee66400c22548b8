/* invocation: the command line of rollcall. Options stand before or after the command. */
#ifndef ROLLCALL_CTL_INVOCATION_H
#define ROLLCALL_CTL_INVOCATION_H

#include "model/credential.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses, a contract. */
enum { EXIT_FINE = 0, EXIT_WRONG = 1, EXIT_USAGE = 2, EXIT_NO_DAEMON = 3 };

struct invocation {
	const char *command;			    /* NULL when none was given */
	const char *config;			    /* -c */
	const char *socket;			    /* -s: status.sock, or its folder */
	const char *output;			    /* -o */
	const char *credential;			    /* --credential */
	const char *graph;			    /* --graph */
	struct secret community;		    /* -C; bytes NULL when not given */
	const char *version;			    /* --snmp: "1" or "2c" */
	const char *device, *rule, *row, *severity; /* --device, --rule, --row, --severity */
	const char *reason, *author;		    /* --reason, --author */
	const char *rules_of;			    /* --rules */
	const char *write, *exclude;		    /* --write, --exclude */
	const char *format, *write_credentials;	    /* --format, --write-credentials */
	const char *against;			    /* --against */
	unsigned cycles, objects;		    /* -n, --objects; 0 = not given */
	bool anonymise;				    /* --anonymise */
	const char *first;			    /* --first: an address */
	bool live;				    /* --live */
	unsigned rate, port;			    /* --rate, --port; 0 = not given */
	unsigned neighbours;			    /* --neighbours: hops */
	bool json, all, print_command, list, dark, schema, follow, engine;
	const char *month, *by, *tag; /* --month, --by, --tag */
	unsigned top;		      /* --top; 0 = not given */
	bool csv, once;
	int64_t every;	  /* --interval: ns; 0 = not given */
	int64_t from, to; /* --from, --to: wall s; 0 = not given */
	int64_t since;	  /* --since: likewise */
	int64_t lasts;	  /* --for: ns; 0 = not given */
	int64_t remove;	  /* --remove: number; 0 = not given */
	int64_t wait;	  /* --wait: ns between two polls; -1 = default */
	unsigned width, height;
	char **args; /* what follows the command, within argv */
	size_t n_args;
};

/* Reads argv, overwriting a community there. False after a message or --help or
 * --version; then *status is the exit status. */
bool invocation_read(int argc, char **argv, struct invocation *invocation, int *status);
void invocation_fini(struct invocation *invocation);

/* "rollcall: COMMAND: text" on standard error; returns EXIT_USAGE. */
int invocation_mistake(const struct invocation *invocation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
