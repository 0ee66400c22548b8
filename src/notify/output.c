#include "notify/output.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 65536 /* what a pipe holds */
#define BREATH	  (10 * UNITS_MS)

struct output {
	struct loop *loop;
	struct loop_watch *watch; /* NULL at the end, and between two breaths */
	struct loop_timer breath;
	int fd;
	char *program;
	size_t logged;
	uint64_t dropped;
	char line[OUTPUT_LINE_MAX];
	size_t len;
};

/* Clean text: a log may be read on a terminal. */
static void end_line(struct output *output)
{
	char quoted[2 * OUTPUT_LINE_MAX];
	struct str text = {0};

	str_add_utf8(&text, output->line, output->len);
	if (text.len > 0)
		log_info("on_event says", "program=\"%s\" text=%s", output->program,
		    log_quote(quoted, sizeof quoted, str_text(&text)));
	str_fini(&text);
	output->len = 0;
}

static void take(struct output *output, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (output->logged >= OUTPUT_MAX) {
			output->dropped += n - i;
			return;
		}
		output->logged++;
		if (bytes[i] != '\n')
			output->line[output->len++] = bytes[i];
		if (bytes[i] == '\n' || output->len == sizeof output->line) {
			end_line(output);
			output->logged += OUTPUT_LINE;
		}
	}
}

/* At most what fits into the pipe: the loop has others to serve. False when there is no more. */
static bool read_some(struct output *output)
{
	char bytes[READ_SIZE];
	ssize_t n = read(output->fd, bytes, sizeof bytes);

	if (n > 0)
		take(output, bytes, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void readable(void *arg)
{
	struct output *output = arg;

	bool more = read_some(output);

	if (more && output->logged < OUTPUT_MAX)
		return;
	loop_watch_free(output->watch);
	output->watch = NULL;
	if (more)
		loop_timer_in(output->loop, &output->breath, BREATH);
}

static void breathed(void *arg)
{
	struct output *output = arg;

	output->watch = loop_watch_read(output->loop, output->fd, readable, output);
}

struct output *output_new(struct loop *loop, int fd, const char *program)
{
	struct output *output = mem_alloc(sizeof *output);

	output->loop = loop;
	output->fd = fd;
	loop_timer_init(&output->breath, breathed, output);
	output->program = mem_strdup(program);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	output->watch = loop_watch_read(loop, fd, readable, output);
	return output;
}

void output_free(struct output *output)
{
	if (output == NULL)
		return;
	read_some(output);
	if (output->len > 0)
		end_line(output);
	if (output->dropped > 0)
		log_warn("on_event says more than is logged", "program=\"%s\" bytes=%" PRIu64,
		    output->program, output->dropped);
	loop_timer_stop(output->loop, &output->breath);
	loop_watch_free(output->watch);
	close(output->fd);
	free(output->program);
	free(output);
}
