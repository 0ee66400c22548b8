#include "ctl/devicelist.h"

#include "base/mem.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SAME_BOOT 3.0 /* s, between what two answers say of the time the agent was started */

void devicelist_fini(struct devicelist *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct devicelist_entry *entry = &list->v[i];

		free(entry->address);
		free(entry->sysname);
		free(entry->descr);
		free(entry->profile);
		free(entry->reason);
		free(entry->credential);
		free(entry->name);
	}
	free(list->v);
	*list = (struct devicelist){0};
}

/* --- order, names, doubles --- */

static int by_address(const void *a, const void *b)
{
	const char *x = ((const struct devicelist_entry *)a)->address,
		   *y = ((const struct devicelist_entry *)b)->address;
	uint8_t left[4], right[4];
	char host_x[16] = "", host_y[16] = "";
	size_t len_x = strcspn(x, ":"), len_y = strcspn(y, ":");

	if (len_x < sizeof host_x && len_y < sizeof host_y) {
		memcpy(host_x, x, len_x);
		memcpy(host_y, y, len_y);
		if (inet_pton(AF_INET, host_x, left) == 1 && inet_pton(AF_INET, host_y, right) == 1 &&
		    memcmp(left, right, sizeof left) != 0)
			return memcmp(left, right, sizeof left);
	}
	return strcmp(x, y);
}

static bool is_same(const struct devicelist_entry *a, const struct devicelist_entry *b)
{
	return a->sysname != NULL && *a->sysname != '\0' && str_equal(a->sysname, b->sysname) &&
	       str_equal(a->descr, b->descr) && fabs(a->booted - b->booted) <= SAME_BOOT;
}

/* One that is in the configuration stands for its other addresses. */
static void find_doubles(struct devicelist *list)
{
	for (size_t i = 0; i < list->n; i++) {
		for (size_t j = 0; j < list->n && list->v[i].is_really == NULL; j++) {
			bool first = list->v[j].is_known || (j < i && !list->v[i].is_known);

			if (i != j && first && !list->v[i].is_known && list->v[j].is_really == NULL &&
			    is_same(&list->v[i], &list->v[j]))
				list->v[i].is_really = list->v[j].address;
		}
	}
}

static bool is_new(const struct devicelist_entry *entry)
{
	return !entry->is_known && entry->is_really == NULL;
}

static bool is_taken(const struct devicelist *list, size_t before, const char *name)
{
	for (size_t i = 0; i < before; i++)
		if (str_equal(list->v[i].name, name))
			return true;
	return false;
}

/* What of a sysName may stand in a file name and on a command line; caller frees, "" when there is nothing.
 */
static char *clean(const char *sysname)
{
	struct str name = {0};

	for (const char *p = sysname != NULL ? sysname : ""; *p != '\0' && name.len < 63; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z');

		if (plain || ((*p == '.' || *p == '_' || *p == '-') && name.len > 0))
			str_add_char(&name, *p);
	}
	while (name.len > 0 && strchr("._-", name.s[name.len - 1]) != NULL)
		name.s[--name.len] = '\0';
	str_add(&name, "");
	return str_steal(&name);
}

static void give_names(struct devicelist *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct devicelist_entry *entry = &list->v[i];
		char *name = clean(entry->sysname);

		if (name == NULL || *name == '\0' || is_taken(list, i, name)) {
			free(name);
			name = mem_strdup(entry->address);
		}
		entry->name = name;
	}
}

size_t devicelist_tidy(struct devicelist *list)
{
	size_t new = 0;

	if (list->n > 0)
		qsort(list->v, list->n, sizeof *list->v, by_address);
	find_doubles(list);
	give_names(list);
	for (size_t i = 0; i < list->n; i++)
		new += is_new(&list->v[i]);
	return new;
}

/* --- telling --- */

/* Quoted, unless nothing but text can be meant. */
static void add_scalar(struct str *out, const char *text)
{
	static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
	bool bare = ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z');

	for (const char *p = text; *p != '\0'; p++)
		bare = bare && strchr(":{}[],#&*!|>'\"%@` \t", *p) == NULL;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		bare = bare && strcasecmp(words[i], text) != 0;
	if (bare)
		str_add(out, text);
	else
		str_addf(out, "\"%s\"", text); /* names and addresses have neither quotes nor backslashes */
}

static void add_entry(struct str *out, const struct devicelist_entry *entry)
{
	struct str clean_reason = {0};

	str_add(out, "- {name: ");
	add_scalar(out, entry->name);
	str_add(out, ", address: ");
	add_scalar(out, entry->address);
	if (entry->credential != NULL) {
		str_add(out, ", credential: ");
		add_scalar(out, entry->credential);
	}
	str_add_utf8(&clean_reason, entry->reason, strlen(entry->reason));
	str_addf(out, "}  # %s: %s; %zu rows, %" PRIu64 " requests a poll, %.0f ms\n",
	    entry->profile != NULL ? entry->profile : "no profile", str_text(&clean_reason), entry->rows,
	    entry->requests, entry->poll_ms);
	str_fini(&clean_reason);
}

static void add_all(struct str *out, const struct devicelist *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_new(&list->v[i]))
			add_entry(out, &list->v[i]);
}

void devicelist_print(const struct devicelist *list, FILE *out)
{
	struct str text = {0};

	add_all(&text, list);
	fputs(str_text(&text), out);
	str_fini(&text);
}

static json_t *text_of(const char *text)
{
	struct str clean_text = {0};
	json_t *json;

	if (text == NULL)
		return json_null();
	str_add_utf8(&clean_text, text, strlen(text));
	json = json_string(str_text(&clean_text));
	str_fini(&clean_text);
	return json;
}

void devicelist_print_json(const struct devicelist *list, uint32_t asked)
{
	json_t *devices = json_array(), *all;

	for (size_t i = 0; i < list->n; i++) {
		const struct devicelist_entry *entry = &list->v[i];

		json_array_append_new(
		    devices, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:f, s:b, s:o}", "name",
				 text_of(entry->name), "address", text_of(entry->address), "sysname",
				 text_of(entry->sysname), "descr", text_of(entry->descr), "profile",
				 text_of(entry->profile), "reason", text_of(entry->reason), "credential",
				 text_of(entry->credential), "rows", (json_int_t)entry->rows, "requests",
				 (json_int_t)entry->requests, "poll_ms", entry->poll_ms, "known",
				 entry->is_known, "same_as", text_of(entry->is_really)));
	}
	all = json_pack("{s:I, s:o}", "asked", (json_int_t)asked, "devices", devices);
	json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(all);
}

void devicelist_tell(const struct devicelist *list, uint32_t asked)
{
	size_t new = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct devicelist_entry *entry = &list->v[i];

		new += is_new(entry);
		if (entry->is_really != NULL)
			fprintf(stderr,
			    "%s is %s under another address: same sysName, sysDescr and time of start\n",
			    entry->address, entry->is_really);
	}
	fprintf(stderr, "%" PRIu32 " address%s asked, %zu answer%s, %zu new\n", asked, asked == 1 ? "" : "es",
	    list->n, list->n == 1 ? "s" : "", new);
	if (list->n == 0 && asked > 0)
		fputs("Nobody answers. Is the credential right (-C COMMUNITY, --credential NAME)? Try one "
		      "address that must:\n"
		      "rollcall probe ADDRESS says more.\n",
		    stderr);
}

/* --- keeping --- */

static bool read_whole(const char *path, struct str *text)
{
	char buffer[4096];
	FILE *in = fopen(path, "re");
	size_t n;

	if (in == NULL)
		return errno == ENOENT;
	while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
		str_add_n(text, buffer, n);
	n = (size_t)ferror(in);
	fclose(in);
	return n == 0;
}

/* The first thing in it that is no comment: a list in lines can be gone on with. */
static bool is_list_in_lines(const char *text)
{
	while (*text != '\0') {
		text += strspn(text, " \t\r\n");
		if (*text == '#' || strncmp(text, "---", 3) == 0)
			text += strcspn(text, "\n");
		else
			return *text == '\0' || (*text == '-' && strchr(" \t\n", text[1]) != NULL);
	}
	return true;
}

static bool append(const char *path, const struct str *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	bool good = fd >= 0 && write(fd, text->s, text->len) == (ssize_t)text->len && fsync(fd) == 0;

	if (!good)
		fprintf(stderr, "rollcall: cannot write %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}

bool devicelist_append(const struct devicelist *list, const char *path)
{
	struct str before = {0}, text = {0};
	time_t now = time(NULL);
	struct tm tm;
	char day[32];
	bool good = false;

	localtime_r(&now, &tm);
	strftime(day, sizeof day, "%Y-%m-%d", &tm);
	if (!read_whole(path, &before))
		fprintf(stderr, "rollcall: cannot read %s: %s\n", path, strerror(errno));
	else if (!is_list_in_lines(str_text(&before)))
		fprintf(stderr, "rollcall: %s is no list of lines that begin with '- '; name another file\n",
		    path);
	else {
		if (before.len > 0 && before.s[before.len - 1] != '\n')
			str_add_char(&text, '\n');
		str_addf(&text, "# found by rollcall discover, %s\n", day);
		add_all(&text, list);
		good = append(path, &text);
	}
	str_fini(&before);
	str_fini(&text);
	return good;
}
