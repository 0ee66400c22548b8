#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "daemon/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A server on a socket of its own, and one client that reads until it is closed. */
struct fixture {
	struct loop *loop;
	struct http *http;
	struct loop_watch *watch;
	char folder[32], path[64];
	int fd;
	struct str answer;
	struct http_request *held; /* a request that the handler has not answered */
	bool hold;
};

static void handle(void *arg, struct http_request *request)
{
	struct fixture *f = arg;
	const char *device = http_parameter(request, "device");

	if (f->hold) {
		f->held = request;
		loop_stop(f->loop);
		return;
	}
	http_answer(request, 200,
	    json_pack("{s:s, s:b, s:s?}", "path", http_path(request), "post", http_is_post(request), "device",
		device));
}

static void readable(void *arg)
{
	struct fixture *f = arg;
	char buf[4096];
	ssize_t n = read(f->fd, buf, sizeof buf);

	if (n > 0)
		str_add_n(&f->answer, buf, (size_t)n);
	else
		loop_stop(f->loop);
}

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	char *error = NULL;

	strcpy(f->folder, "/tmp/rollcall-http-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof f->path, "%s/s.sock", f->folder);
	f->loop = loop_new(clock_real());
	f->http = http_new(f->loop, f->path, 0660, handle, f, &error);
	assert_non_null(f->http);
	f->fd = -1;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	loop_watch_free(f->watch);
	if (f->fd >= 0)
		close(f->fd);
	http_free(f->http);
	loop_free(f->loop);
	rmdir(f->folder);
	str_fini(&f->answer);
	free(f);
	return 0;
}

static void connect_and_send(struct fixture *f, const char *text)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strcpy(address.sun_path, f->path);
	f->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(f->fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(write(f->fd, text, strlen(text)), (ssize_t)strlen(text));
	f->watch = loop_watch_read(f->loop, f->fd, readable, f);
}

static const char *exchange(struct fixture *f, const char *text)
{
	connect_and_send(f, text);
	loop_run(f->loop);
	return str_text(&f->answer);
}

static void answers_with_path_and_query(void **state)
{
	const char *answer = exchange(*state, "GET /a%2Fb?device=sw%201&x=y HTTP/1.0\r\nHost: x\r\n\r\n");

	assert_non_null(strstr(answer, "200 OK"));
	assert_non_null(strstr(answer, "application/json"));
	assert_non_null(strstr(answer, "{\"path\":\"/a/b\",\"post\":false,\"device\":\"sw 1\"}"));
}

static void a_post_is_one(void **state)
{
	assert_non_null(
	    strstr(exchange(*state, "POST /flush HTTP/1.0\r\nContent-Length: 0\r\n\r\n"), "\"post\":true"));
}

static void other_methods_do_not_arrive(void **state)
{
	assert_null(strstr(exchange(*state, "DELETE /x HTTP/1.0\r\n\r\n"), "200"));
}

static void large_headers_are_refused(void **state)
{
	struct str text = {0};
	const char *answer;

	str_add(&text, "GET / HTTP/1.0\r\nX: ");
	for (int i = 0; i < 20000; i++)
		str_add_char(&text, 'a');
	str_add(&text, "\r\n\r\n");
	answer = exchange(*state, str_text(&text));
	assert_null(strstr(answer, "200"));
	str_fini(&text);
}

static void the_socket_is_for_owner_and_group(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

static void a_socket_in_use_is_refused_and_left(void **state)
{
	struct fixture *f = *state;
	char *error = NULL;

	assert_null(http_new(f->loop, f->path, 0660, handle, f, &error));
	assert_non_null(strstr(error, "another rollcalld"));
	free(error);
	assert_non_null(strstr(exchange(f, "GET / HTTP/1.0\r\n\r\n"), "200"));
}

static void a_path_too_long_is_told(void **state)
{
	struct fixture *f = *state;
	char path[200], *error = NULL;

	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_null(http_new(f->loop, path, 0660, handle, f, &error));
	assert_non_null(strstr(error, "longer than a unix socket's path"));
	free(error);
}

/* The asker hangs up while its answer is being made; then the answer comes. */
static void an_asker_that_is_gone(void **state)
{
	struct fixture *f = *state;

	f->hold = true;
	exchange(f, "GET /slow HTTP/1.0\r\n\r\n");
	assert_non_null(f->held);
	http_free(f->http);
	f->http = NULL;
	http_answer(f->held, 200, json_object());
}

static void an_answer_that_comes_later(void **state)
{
	struct fixture *f = *state;

	f->hold = true;
	exchange(f, "GET /slow HTTP/1.0\r\n\r\n");
	http_refuse(f->held, 503, "not %s", "now");
	loop_run(f->loop);
	assert_non_null(strstr(str_text(&f->answer), "503"));
	assert_non_null(strstr(str_text(&f->answer), "{\"error\":\"not now\"}"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(answers_with_path_and_query), T(a_post_is_one),
	    T(other_methods_do_not_arrive), T(large_headers_are_refused),
	    T(the_socket_is_for_owner_and_group), T(a_socket_in_use_is_refused_and_left),
	    T(a_path_too_long_is_told), T(an_asker_that_is_gone), T(an_answer_that_comes_later)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
