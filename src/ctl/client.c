#include "ctl/client.h"

#include "base/mem.h"
#include "base/str.h"
#include "ctl/setup.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLIENT_ANSWER_MAX ((size_t)1 << 30)
#define CLIENT_TIMEOUT_S  120L

/* The path of status.sock or control.sock: -s names it, its sibling or their folder; else the configuration.
 */
static char *socket_path(const struct invocation *invocation, const char *name, int *status)
{
	const char *given = invocation->socket, *slash;
	struct stat st;
	char *run, *path;

	if (given != NULL && stat(given, &st) == 0 && S_ISDIR(st.st_mode))
		return str_format("%s/%s", given, name);
	if (given != NULL && str_equal(name, "status.sock"))
		return mem_strdup(given);
	if (given != NULL) {
		slash = strrchr(given, '/');
		return str_format("%.*s%s", slash != NULL ? (int)(slash - given + 1) : 0, given, name);
	}
	run = setup_run_folder(invocation, status);
	if (run == NULL)
		return NULL;
	path = str_format("%s/%s", run, name);
	free(run);
	return path;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct str *body = arg;

	if (body->len + size * count > CLIENT_ANSWER_MAX)
		return 0;
	str_add_n(body, bytes, size * count);
	return size * count;
}

/* Why it was not reached: the kernel's reason where it had one, for libcurl speaks of ports. */
static void why_not(CURL *curl, CURLcode code, char error[CURL_ERROR_SIZE])
{
	long number = 0;

	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
	if (code == CURLE_COULDNT_CONNECT && number != 0)
		snprintf(error, CURL_ERROR_SIZE, "%s", strerror((int)number));
	else if (error[0] == '\0')
		snprintf(error, CURL_ERROR_SIZE, "%s", curl_easy_strerror(code));
}

/* One exchange. Answers the HTTP status, or 0 with *error when the daemon cannot be reached. */
static long exchange(
    const char *socket, const char *path, bool post, struct str *body, char error[CURL_ERROR_SIZE])
{
	CURL *curl = curl_easy_init();
	char *url = str_format("http://rollcalld%s", path);
	CURLcode outcome;
	long code = 0;

	error[0] = '\0';
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, CLIENT_TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (post)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
	outcome = curl_easy_perform(curl);
	if (outcome == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	else
		why_not(curl, outcome, error);
	curl_easy_cleanup(curl);
	free(url);
	return code;
}

/* Mistakes of a configuration come with their own places. */
static void tell_refusal(const json_t *answer)
{
	const char *messages = json_string_value(json_object_get(answer, "messages")),
		   *error = json_string_value(json_object_get(answer, "error"));

	if (messages != NULL)
		fputs(messages, stderr);
	fprintf(stderr, "rollcall: %s\n", error != NULL ? error : "the daemon refuses, without a reason");
}

/* The answer as JSON, or NULL after a message. */
static json_t *understand(long code, const struct str *body, int *status)
{
	json_error_t where;
	json_t *json = json_loadb(str_text(body), body->len, 0, &where);

	if (code == 200 && json != NULL)
		return json;
	if (json == NULL)
		fprintf(stderr, "rollcall: the daemon's answer is not JSON (%s)\n", where.text);
	else
		tell_refusal(json);
	json_decref(json);
	*status = EXIT_USAGE;
	return NULL;
}

static const char *remedy(const char *socket)
{
	if (access(socket, R_OK | W_OK) != 0 && errno == EACCES)
		return "it is open to the daemon's user and group only";
	return "is rollcalld running?";
}

bool client_fetch(const struct invocation *invocation, const char *path, struct str *body, int *status)
{
	char *socket = socket_path(invocation, "status.sock", status), error[CURL_ERROR_SIZE];
	long code;

	if (socket == NULL)
		return false;
	code = exchange(socket, path, false, body, error);
	if (code == 0) {
		fprintf(
		    stderr, "rollcall: no daemon answers at %s (%s); %s\n", socket, error, remedy(socket));
		*status = EXIT_NO_DAEMON;
	} else if (code != 200) {
		json_decref(understand(code, body, status));
	}
	free(socket);
	return code == 200;
}

json_t *client_get(const struct invocation *invocation, const char *path, int *status)
{
	struct str body = {0};
	json_t *json = NULL;

	if (client_fetch(invocation, path, &body, status))
		json = understand(200, &body, status);
	str_fini(&body);
	return json;
}

int client_copy(const struct invocation *invocation, const char *path)
{
	int status = EXIT_FINE;
	struct str body = {0};

	if (client_fetch(invocation, path, &body, &status))
		fwrite(str_text(&body), 1, body.len, stdout);
	str_fini(&body);
	return status;
}

json_t *client_try(const struct invocation *invocation, const char *path)
{
	int status = EXIT_FINE;
	char *socket = socket_path(invocation, "status.sock", &status), error[CURL_ERROR_SIZE];
	struct str body = {0};
	json_t *json = NULL;

	if (socket != NULL && exchange(socket, path, false, &body, error) == 200)
		json = json_loadb(str_text(&body), body.len, 0, NULL);
	str_fini(&body);
	free(socket);
	return json;
}

/* The answer, or NULL; then *status says why. */
static json_t *operate(const struct invocation *invocation, const char *path, bool quiet, int *status)
{
	char *socket = socket_path(invocation, "control.sock", status), error[CURL_ERROR_SIZE];
	struct str body = {0};
	json_t *json = NULL;
	long code;

	if (socket == NULL)
		return NULL;
	code = exchange(socket, path, true, &body, error);
	*status = code == 200 ? EXIT_FINE : code != 0 ? EXIT_USAGE : EXIT_NO_DAEMON;
	if (code == 200 || (code != 0 && !quiet))
		json = understand(code, &body, status);
	else if (!quiet)
		fprintf(stderr,
		    "rollcall: no daemon answers at %s (%s); is rollcalld running, and may you open "
		    "its control.sock?\n",
		    socket, error);
	str_fini(&body);
	free(socket);
	return json;
}

json_t *client_operate(const struct invocation *invocation, const char *path, int *status)
{
	return operate(invocation, path, false, status);
}

int client_post(const struct invocation *invocation, const char *path, bool quiet)
{
	int status = EXIT_FINE;

	json_decref(operate(invocation, path, quiet, &status));
	return status;
}

void client_add(struct str *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	str_addf(path, "%c%s=", strchr(str_text(path), '?') != NULL ? '&' : '?', name);
	str_add_percent(path, value);
}

char *client_path(const char *prefix, const char *name)
{
	struct str path = {0};

	str_add(&path, prefix);
	str_add_percent(&path, name);
	return str_steal(&path);
}
