/* http: a small HTTP server on a unix socket, over libevent's evhttp. Knows no routes.
 *
 * Limits on headers, body and time are set; evhttp has none of its own. */
#ifndef ROLLCALL_DAEMON_HTTP_H
#define ROLLCALL_DAEMON_HTTP_H

#include "base/loop.h"

#include <stdbool.h>
#include <jansson.h>
#include <sys/types.h>

struct http;
struct http_request;

/* Called for each request; must answer it, now or later, exactly once. */
typedef void http_handler_fn(void *arg, struct http_request *request);

/* Listens at `path` with permissions `mode`. A stale socket is replaced; one that
 * another process serves is an error. NULL with *error (caller frees). */
struct http *http_new(
    struct loop *loop, const char *path, mode_t mode, http_handler_fn *handler, void *arg, char **error);
void http_free(struct http *http); /* removes the socket */

bool http_is_post(const struct http_request *request);	   /* else it is a GET; other methods do not arrive */
const char *http_path(const struct http_request *request); /* decoded, without query */
/* A parameter of the query, decoded; NULL if absent. Owned by the request. */
const char *http_parameter(const struct http_request *request, const char *name);

/* Takes the reference to `body`. The request is gone afterwards. */
void http_answer(struct http_request *request, int status, json_t *body);
/* An answer in pieces: adds to the body, over several turns of the loop; http_send() ends it. It must be
 * called also when the asker is gone, of which the others take no notice. What was added and then refused is
 * dropped. */
void http_add(struct http_request *request, const char *bytes, size_t len);
void http_add_json(struct http_request *request, json_t *json); /* takes the reference */
void http_clear(struct http_request *request);
void http_send(struct http_request *request, int status);
bool http_is_gone(const struct http_request *request); /* nobody waits for the answer any more */
void http_refuse(struct http_request *request, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
