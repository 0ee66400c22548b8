#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <math.h>
#include <string.h>

static void stat(struct grid *grid, const char *label, const char *value, const char *note)
{
	grid_cell(grid, label);
	grid_cell(grid, value);
	grid_cell_styled(grid, note, SGR_QUIET);
}

static void stat_counts(struct grid *grid, const char *label, const json_t *counts)
{
	char buf[UNITS_TEXT_MAX];
	struct str detail = {0};
	const json_t *count;
	const char *name;
	double sum = 0;

	json_object_foreach((json_t *)counts, name, count)
	{
		json_int_t n = json_integer_value(count);

		sum += (double)n;
		if (n > 0)
			str_addf(&detail, "%s%s %s", detail.len > 0 ? ", " : "", name,
			    units_count(buf, (double)n));
	}
	stat(grid, label, units_count(buf, sum), str_text(&detail));
	str_fini(&detail);
}

static void stat_number(
    struct grid *grid, const json_t *stats, const char *label, const char *name, const char *note)
{
	char buf[UNITS_TEXT_MAX];

	stat(grid, label, units_count(buf, answer_number(stats, name)), note);
}

void text_stats(struct str *out, const json_t *stats, const struct text_style *style)
{
	const json_t *lateness = json_object_get(stats, "lateness_ms");
	struct grid *grid = grid_new("lrl");
	double p99 = answer_number(lateness, "p99"), cpu = answer_number(stats, "cpu_s"),
	       uptime = answer_number(stats, "uptime_s");
	char buf[UNITS_TEXT_MAX], note[128];

	stat(grid, "running for", units_duration(buf, (int64_t)(uptime * 1e9)), NULL);
	stat_number(grid, stats, "devices", "devices", NULL);
	stat_number(grid, stats, "rows", "rows", NULL);
	stat_number(grid, stats, "polls", "polls", NULL);
	stat_number(
	    grid, stats, "polls late", "polls_late", "by more than 1 s or 10 % of the interval, or skipped");
	snprintf(note, sizeof note, "p50 %.1f ms, max %.1f ms, last 5 minutes",
	    answer_number(lateness, "p50"), answer_number(lateness, "max"));
	if (isnan(p99)) {
		stat(grid, "lateness", UNITS_UNKNOWN, "nothing was due yet");
	} else {
		snprintf(buf, sizeof buf, "%.1f ms", p99);
		stat(grid, "lateness p99", buf, note);
	}
	stat_number(grid, stats, "requests", "requests", "PDUs sent, first tries");
	stat_number(grid, stats, "responses", "responses", NULL);
	stat_number(grid, stats, "timeouts", "timeouts", "PDUs without an answer after all tries");
	stat_number(grid, stats, "retransmits", "retransmits", NULL);
	stat_counts(grid, "rejected", json_object_get(stats, "rejected"));
	stat_counts(grid, "failures", json_object_get(stats, "failures"));
	stat_number(grid, stats, "values", "values", NULL);
	stat_number(grid, stats, "samples stored", "samples_stored", NULL);
	stat_number(grid, stats, "samples lost", "samples_lost", NULL);
	if (answer_number(stats, "samples_replayed") > 0)
		stat_number(
		    grid, stats, "replayed", "samples_replayed", "found in the spool, from an earlier run");
	stat_number(grid, stats, "RRD opens", "rrd_opens", NULL);
	stat(grid, "spool", units_bytes(buf, answer_number(stats, "spool_bytes")), "on the disk");
	if (answer_number(stats, "rrd_migrating") > 0)
		stat_number(grid, stats, "RRD migration", "rrd_migrating", "files wait for another layout");
	stat_number(grid, stats, "events", "events_written", NULL);
	stat_number(grid, stats, "events lost", "events_lost", NULL);
	stat_number(grid, stats, "calls", "calls", "of on_event");
	stat_number(grid, stats, "calls failed", "calls_failed", NULL);
	snprintf(note, sizeof note, "%.2f %% of one core", uptime > 0 ? 100 * cpu / uptime : 0);
	snprintf(buf, sizeof buf, "%.1f s", cpu);
	stat(grid, "CPU time", buf, note);
	stat(grid, "memory", units_bytes(buf, answer_number(stats, "rss_bytes")), "resident");
	stat_number(grid, stats, "threads", "threads", NULL);
	grid_render(grid, out, 0, style->width, style->colour);
	grid_free(grid);
}
