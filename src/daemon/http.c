#include "daemon/http.h"

#include "base/mem.h"
#include "base/str.h"
#include "views/jsonvalue.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HTTP_HEADERS_MAX 8192
#define HTTP_BODY_MAX	 65536
#define HTTP_TIMEOUT_S	 30
#define HTTP_BACKLOG	 64

struct http {
	struct evhttp *server;
	char *path;
	http_handler_fn *handler;
	void *arg;
};

struct http_request {
	struct evhttp_request *request; /* NULL once the asker has gone: evhttp frees it by itself */
	char *path;
	struct evkeyvalq query;
	struct evbuffer *body;
	bool is_broken; /* a piece could not be rendered */
};

/* The asker has hung up, or the server is being freed, before the answer was there. */
static void asker_gone(struct evhttp_connection *connection, void *arg)
{
	struct http_request *request = arg;

	(void)connection;
	request->request = NULL;
}

static void request_free(struct http_request *request)
{
	evhttp_clear_headers(&request->query);
	evbuffer_free(request->body);
	free(request->path);
	free(request);
}

static void request_came(struct evhttp_request *evrequest, void *arg)
{
	struct http *http = arg;
	struct http_request *request = mem_alloc(sizeof *request);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(evrequest);
	const char *path = evhttp_uri_get_path(uri);
	char *decoded = evhttp_uridecode(path != NULL ? path : "/", 0, NULL);

	request->request = evrequest;
	request->path = mem_strdup(decoded != NULL ? decoded : "/");
	free(decoded);
	TAILQ_INIT(&request->query);
	request->body = evbuffer_new();
	evhttp_connection_set_closecb(evhttp_request_get_connection(evrequest), asker_gone, request);
	if (evhttp_uri_get_query(uri) != NULL &&
	    evhttp_parse_query_str(evhttp_uri_get_query(uri), &request->query) != 0) {
		http_refuse(request, 400, "the query cannot be read");
		return;
	}
	http->handler(http->arg, request);
}

static char *socket_in_use(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *error = NULL;

	if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
		error = str_format("%s is served by another rollcalld", address->sun_path);
	if (fd >= 0)
		close(fd);
	return error;
}

static int listen_at(const char *path, mode_t mode, char **error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = -1;
	mode_t mask;
	bool bound;

	if (strlen(path) >= sizeof address.sun_path) {
		*error = str_format(
		    "%s: longer than a unix socket's path may be (%zu bytes); set `run` to a shorter one",
		    path, sizeof address.sun_path - 1);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	*error = socket_in_use(&address);
	if (*error != NULL)
		return -1;
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask((mode_t)(0777 & ~mode));
	bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
	umask(mask);
	if (!bound || listen(fd, HTTP_BACKLOG) != 0) {
		*error = str_format("cannot listen at %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

struct http *http_new(
    struct loop *loop, const char *path, mode_t mode, http_handler_fn *handler, void *arg, char **error)
{
	struct http *http;
	struct evconnlistener *listener;
	int fd = listen_at(path, mode, error);

	if (fd < 0)
		return NULL;
	http = mem_alloc(sizeof *http);
	http->path = mem_strdup(path);
	http->handler = handler;
	http->arg = arg;
	http->server = evhttp_new(loop_event_base(loop));
	evhttp_set_max_headers_size(http->server, HTTP_HEADERS_MAX);
	evhttp_set_max_body_size(http->server, HTTP_BODY_MAX);
	evhttp_set_timeout(http->server, HTTP_TIMEOUT_S);
	evhttp_set_allowed_methods(http->server, EVHTTP_REQ_GET | EVHTTP_REQ_POST);
	evhttp_set_default_content_type(http->server, "application/json");
	evhttp_set_gencb(http->server, request_came, http);
	listener = evconnlistener_new(
	    loop_event_base(loop), NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (listener == NULL || evhttp_bind_listener(http->server, listener) == NULL) {
		*error = str_format("cannot listen at %s", path);
		close(fd);
		http_free(http);
		return NULL;
	}
	return http;
}

void http_free(struct http *http)
{
	if (http == NULL)
		return;
	evhttp_free(http->server);
	unlink(http->path);
	free(http->path);
	free(http);
}

bool http_is_post(const struct http_request *request)
{
	return evhttp_request_get_command(request->request) == EVHTTP_REQ_POST;
}

const char *http_path(const struct http_request *request)
{
	return request->path;
}

const char *http_parameter(const struct http_request *request, const char *name)
{
	return evhttp_find_header(&request->query, name);
}

static int add_to_buffer(const char *text, size_t len, void *arg)
{
	return evbuffer_add(arg, text, len);
}

void http_add(struct http_request *request, const char *bytes, size_t len)
{
	evbuffer_add(request->body, bytes, len);
}

void http_add_json(struct http_request *request, json_t *json)
{
	if (json_dump_callback(json, add_to_buffer, request->body, JSONVALUE_WRITTEN) != 0)
		request->is_broken = true;
	json_decref(json);
}

void http_clear(struct http_request *request)
{
	evbuffer_drain(request->body, evbuffer_get_length(request->body));
}

void http_send(struct http_request *request, int status)
{
	if (request->request != NULL) {
		evhttp_connection_set_closecb(evhttp_request_get_connection(request->request), NULL, NULL);
		evbuffer_add(request->body, "\n", 1);
		evhttp_send_reply(request->request, request->is_broken ? 500 : status, NULL, request->body);
	}
	request_free(request);
}

bool http_is_gone(const struct http_request *request)
{
	return request->request == NULL;
}

void http_answer(struct http_request *request, int status, json_t *body)
{
	http_clear(request);
	http_add_json(request, body);
	http_send(request, status);
}

void http_refuse(struct http_request *request, int status, const char *format, ...)
{
	struct str text = {0};
	va_list ap;

	va_start(ap, format);
	str_vaddf(&text, format, ap);
	va_end(ap);
	http_answer(request, status, json_pack("{s:s}", "error", str_text(&text)));
	str_fini(&text);
}
