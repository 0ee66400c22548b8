/* client: asks the daemon over its unix sockets. */
#ifndef ROLLCALL_CTL_CLIENT_H
#define ROLLCALL_CTL_CLIENT_H

#include "base/str.h"
#include "ctl/invocation.h"

#include <jansson.h>
#include <stdbool.h>

/* GET on status.sock. `path` as in daemon/api.h, its parts already percent-encoded.
 * New reference, or NULL after a message on standard error; then *status is the exit status. */
json_t *client_get(const struct invocation *invocation, const char *path, int *status);

/* As client_get, but the bytes as they came: compact JSON of ours (views/jsonvalue.h) and a newline, which
 * the daemon has made and nobody needs to read and write once more. False after a message. */
bool client_fetch(const struct invocation *invocation, const char *path, struct str *body, int *status);
/* Fetches and prints them; exit status. */
int client_copy(const struct invocation *invocation, const char *path);

/* As client_get, but NULL without a word when that fails. */
json_t *client_try(const struct invocation *invocation, const char *path);

/* POST on control.sock. Exit status. With `quiet` a daemon that is not there, or whose
 * control.sock one may not open, is no reason for a message. */
int client_post(const struct invocation *invocation, const char *path, bool quiet);

/* POST on control.sock: the answer, or NULL after a message; then *status is the exit status. */
json_t *client_operate(const struct invocation *invocation, const char *path, int *status);

/* Adds "?name=" or "&name=" and the encoded value to a path; NULL adds nothing. */
void client_add(struct str *path, const char *name, const char *value);

/* "/api/v1/devices/" and an encoded name, and the like; caller frees. */
char *client_path(const char *prefix, const char *name);

#endif
