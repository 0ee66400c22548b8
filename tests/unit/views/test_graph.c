/* Runs rrdtool on files made here. With ROLLCALL_PICTURES=FOLDER the pictures stay there, to be looked at. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "views/graph.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define END    INT64_C(1700000100) /* s */
#define DAY    INT64_C(86400)
#define STEP   300
#define SPAN   (45 * DAY)
#define TWO_PI 6.283185307179586

extern char **environ;

static struct {
	char folder[256];
	bool keep;
} g;

static int run(char *const argv[])
{
	posix_spawn_file_actions_t files;
	pid_t child;
	int status = -1;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, argv[0], &files, NULL, argv, environ) == 0)
		waitpid(child, &status, 0);
	posix_spawn_file_actions_destroy(&files);
	return status;
}

static int shell(const char *command)
{
	return run((char *[]){(char *)"sh", (char *)"-c", (char *)(uintptr_t)command, NULL});
}

/* Made of waves, with a gap and a late beginning, so that there is something to see. */
typedef void sample_fn(int64_t at, double *values);

static double wave(int64_t at, double period, double shift)
{
	return 0.5 + 0.5 * sin(TWO_PI * ((double)at / period + shift));
}

static double noise(int64_t at, unsigned salt)
{
	return (double)(str_hash(&at, sizeof at) >> salt & 1023) / 1023;
}

static char *make_file(const char *name, const char *const *ds, sample_fn *sample)
{
	char *path = str_format("%s/%s", g.folder, name), *script = str_format("%s.in", path);
	char *call = str_format("rrdtool - < '%s'", script);
	FILE *out = fopen(script, "w");
	double values[16] = {0};
	size_t n = 0, in_line = 0;
	assert_non_null(out);
	fprintf(out, "create %s --start %lld --step %d", path, (long long)(END - SPAN - STEP), STEP);
	for (; ds[n]; n++)
		fprintf(out, " DS:%s:GAUGE:700:U:U", ds[n]);
	fputs(" RRA:AVERAGE:0.5:1:15000 RRA:AVERAGE:0.5:12:1200 RRA:MAX:0.999:12:1200", out);
	for (int64_t at = END - SPAN; at <= END; at += STEP) {
		if ((END - at > 15 * 3600 && END - at < 17 * 3600) || END - at > SPAN - DAY)
			continue;
		if (in_line++ % 100 == 0)
			fprintf(out, "\nupdate %s", path);
		fprintf(out, " %lld", (long long)at);
		sample(at, values);
		for (size_t i = 0; i < n; i++)
			fprintf(out, ":%.6g", values[i]);
	}
	fputc('\n', out);
	fclose(out);
	assert_int_equal(shell(call), 0);
	remove(script);
	free(script);
	free(call);
	return path;
}

#define COLUMN(n)                                                                                            \
	{                                                                                                    \
		.name = (char *)n, .ds = (char *)n                                                           \
	}
#define SERIES(l, f, s, c)                                                                                   \
	{                                                                                                    \
		.label = (char *)l, .formula = (char *)f, .style = s, .colour = c                            \
	}

static struct column port_columns[] = {
    COLUMN("in_octets"), COLUMN("out_octets"), COLUMN("in_errors"), COLUMN("out_errors")};
static struct graph_series traffic_series[] = {
    SERIES("In", "in_octets * 8", SERIES_AREA, 1), SERIES("Out", "out_octets * 8", SERIES_LINE, 2)};
static struct graph_series error_series[] = {
    SERIES("In", "in_errors", SERIES_LINE, 1), SERIES("Out", "out_errors", SERIES_LINE, 2)};
static struct graph port_graphs[] = {
    {.name = (char *)"traffic",
	.title = (char *)"Traffic",
	.unit = (char *)"bit/s",
	.percentile = true,
	.series = traffic_series,
	.n_series = 2},
    {.name = (char *)"errors",
	.title = (char *)"Errors",
	.unit = (char *)"/s",
	.series = error_series,
	.n_series = 2},
};
static struct table ports = {.name = (char *)"interfaces",
    .columns = port_columns,
    .n_columns = 4,
    .graphs = port_graphs,
    .n_graphs = 2};

static void sample_port(int64_t at, double *v)
{
	v[0] = 9e6 + 3e7 * pow(wave(at, DAY, 0.4), 3) + 6e6 * noise(at, 3);
	v[1] = 4e6 + 9e6 * wave(at, DAY, 0.5) + 2e6 * noise(at, 13);
	v[2] = noise(at, 5) > 0.95 ? 0.4 * noise(at, 9) : 0;
	v[3] = 0;
}

static struct column cpu_columns[] = {COLUMN("user"), COLUMN("system"), COLUMN("iowait"), COLUMN("idle")};
static struct graph_series cpu_series[] = {
    SERIES("User", "100 * user / (user + system + iowait + idle)", SERIES_STACK, 1),
    SERIES("System", "100 * system / (user + system + iowait + idle)", SERIES_STACK, 2),
    SERIES("I/O wait", "100 * iowait / (user + system + iowait + idle)", SERIES_STACK, 3),
};
static struct graph cpu_graphs[] = {{.name = (char *)"cpu",
    .title = (char *)"CPU",
    .unit = (char *)"%",
    .has_min = true,
    .has_max = true,
    .max = 100,
    .series = cpu_series,
    .n_series = 3}};
static struct table cpu = {.name = (char *)"cpu",
    .is_scalar = true,
    .columns = cpu_columns,
    .n_columns = 4,
    .graphs = cpu_graphs,
    .n_graphs = 1};

static void sample_cpu(int64_t at, double *v)
{
	v[0] = 8 + 50 * pow(wave(at, DAY, 0.4), 4) + 8 * noise(at, 3);
	v[1] = 4 + 8 * wave(at, DAY, 0.4) + 2 * noise(at, 13);
	v[2] = noise(at, 7) > 0.9 ? 12 * noise(at, 9) : 1;
	v[3] = 100 - v[0] - v[1] - v[2];
}

static struct column memory_columns[] = {
    COLUMN("total"), COLUMN("avail"), COLUMN("buffers"), COLUMN("cached")};
static struct graph_series memory_series[] = {
    SERIES("Used", "(total - avail - buffers - cached) * 1024", SERIES_STACK, 1),
    SERIES("Buffers", "buffers * 1024", SERIES_STACK, 5),
    SERIES("Cache", "cached * 1024", SERIES_STACK, 2),
    SERIES("Total", "total * 1024", SERIES_LINE, 2),
};
static struct graph memory_graphs[] = {{.name = (char *)"memory",
    .title = (char *)"Memory",
    .unit = (char *)"B",
    .series = memory_series,
    .n_series = 4}};
static struct table memory = {.name = (char *)"memory",
    .is_scalar = true,
    .columns = memory_columns,
    .n_columns = 4,
    .graphs = memory_graphs,
    .n_graphs = 1};

static void sample_memory(int64_t at, double *v)
{
	v[0] = 32768.0 * 1024;
	v[2] = 8e5;
	v[3] = 9e6 + 2e6 * wave(at, 3 * DAY, 0.1);
	v[1] = v[0] - v[2] - v[3] - 9e6 - 3e6 * wave(at, DAY, 0.4) - 4e5 * noise(at, 3);
}

static struct column disk_columns[] = {COLUMN("size"), COLUMN("used")};
static struct graph_series disk_series[] = {
    SERIES("Used", "used", SERIES_AREA, 1), SERIES("Size", "size", SERIES_LINE, 2)};
static struct graph disk_graphs[] = {{.name = (char *)"storage",
    .title = (char *)"Storage",
    .unit = (char *)"B",
    .series = disk_series,
    .n_series = 2}};
static struct table disks = {
    .name = (char *)"storage", .columns = disk_columns, .n_columns = 2, .graphs = disk_graphs, .n_graphs = 1};

static void sample_disk(int64_t at, double *v)
{
	v[0] = 960e9;
	v[1] = 520e9 + 7e9 * (double)(at - END + SPAN) / DAY + 3e9 * wave(at, DAY, 0);
}

static struct {
	char *port, *cpu, *memory, *disk;
} files;

static int make_files(void **state)
{
	(void)state;
	const char *folder = getenv("ROLLCALL_PICTURES");
	g.keep = folder != NULL;
	snprintf(g.folder, sizeof g.folder, "%s", folder ? folder : "/tmp/rollcall-graph-XXXXXX");
	if (folder ? mkdir(g.folder, 0755) && errno != EEXIST : !mkdtemp(g.folder))
		return -1;
	setenv("TZ", "Asia/Seoul", 1);
	files.port = make_file("po:rt.rrd",
	    (const char *const[]){"in_octets", "out_octets", "in_errors", "out_errors", NULL}, sample_port);
	files.cpu =
	    make_file("cpu.rrd", (const char *const[]){"user", "system", "iowait", "idle", NULL}, sample_cpu);
	files.memory = make_file(
	    "memory.rrd", (const char *const[]){"total", "avail", "buffers", "cached", NULL}, sample_memory);
	files.disk = make_file("disk.rrd", (const char *const[]){"size", "used", NULL}, sample_disk);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int remove_files(void **state)
{
	(void)state;
	free(files.port);
	free(files.cpu);
	free(files.memory);
	free(files.disk);
	return g.keep ? 0 : nftw(g.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct graph_request request(
    const struct table *table, size_t graph, const char *file, const char *row)
{
	return (struct graph_request){.table = table,
	    .graph = &table->graphs[graph],
	    .file = file,
	    .device = "core-sw1",
	    .row = row,
	    .start = END - DAY,
	    .end = END};
}

static char **argv_of(const struct graph_request *r)
{
	char *error = NULL, **argv = graph_argv(r, &error);
	if (!argv)
		fail_msg("%s", error);
	return argv;
}

static void draw(struct graph_request r, const char *name)
{
	char *output = str_format("%s/%s", g.folder, name);
	struct stat st;
	r.output = output;
	char **argv = argv_of(&r);
	if (run(argv)) {
		for (size_t i = 0; argv[i]; i++)
			print_message("%s\n", argv[i]);
		fail_msg("rrdtool does not draw %s", name);
	}
	assert_int_equal(stat(output, &st), 0);
	assert_true(st.st_size > 3000);
	graph_argv_free(argv);
	free(output);
}

static bool has(char **argv, const char *part)
{
	for (size_t i = 0; argv[i]; i++)
		if (strstr(argv[i], part))
			return true;
	return false;
}

static void traffic_is_drawn(void **state)
{
	(void)state;
	struct graph_request r = request(&ports, 0, files.port, "Gi1/0/1");
	r.subtitle = "uplink to rack 7";
	draw(r, "traffic.png");
	draw(r, "traffic.svg");
	r.dark = true;
	draw(r, "traffic-dark.png");
	draw(request(&ports, 1, files.port, "Gi1/0/1"), "errors.png");
}

static void every_span_is_drawn(void **state)
{
	(void)state;
	static const int64_t spans[] = {300, 3600, 6 * 3600, DAY, 7 * DAY, 30 * DAY, 365 * DAY, 3650 * DAY};
	char name[64];
	for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
		struct graph_request r = request(&ports, 0, files.port, "Gi1/0/1");
		r.start = END - spans[i];
		r.with_max = true;
		snprintf(name, sizeof name, "span-%lld.png", (long long)spans[i]);
		draw(r, name);
		char **argv = NULL;
		r.output = "x.png";
		argv = argv_of(&r);
		assert_int_equal(has(argv, ":MAX"), spans[i] >= 30 * DAY);
		graph_argv_free(argv);
	}
}

static void servers_are_drawn(void **state)
{
	(void)state;
	draw(request(&cpu, 0, files.cpu, NULL), "cpu.png");
	struct graph_request r = request(&memory, 0, files.memory, NULL);
	draw(r, "memory.png");
	r.width = 390;
	r.height = 260;
	draw(r, "memory-narrow.png");
	r = request(&ports, 0, files.port, "Gi1/0/1");
	r.width = 390;
	r.height = 260;
	draw(r, "traffic-narrow.png");
	r = request(&disks, 0, files.disk, "/backup");
	r.start = END - 30 * DAY;
	r.top = 960e9;
	draw(r, "storage.png");
	r.top = 9600e9;
	r.dark = true;
	draw(r, "storage-dark.png");
}

static void hostile_text_does_no_harm(void **state)
{
	(void)state;
	struct graph_request r =
	    request(&ports, 0, files.port, "--title=x:\\l\n\x1b[2J$(touch /tmp/rollcall-was-here)`'\"");
	r.subtitle = "a:b=c\\r\\l <b>&amp; \xff\xfe 한국 \x01";
	r.device = "-sw:1";
	char **argv;
	draw(r, "hostile.png");
	r.output = "x.png";
	argv = argv_of(&r);
	for (size_t i = 0; argv[i]; i++)
		for (const char *c = argv[i]; *c; c++)
			assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
	graph_argv_free(argv);
	/* A series' label comes from a profile: it may hold what it likes too. */
	char *before = traffic_series[0].label;
	traffic_series[0].label = (char *)"a:b=c %s\\l\\";
	r.row = "eth0";
	draw(r, "hostile-label.png");
	traffic_series[0].label = before;
}

static void the_command_can_be_pasted(void **state)
{
	(void)state;
	char *output = str_format("%s/it's pasted.png", g.folder);
	struct graph_request r = request(&ports, 0, files.port, "it's $HOME");
	struct str line = {0};
	r.output = output;
	char **argv = argv_of(&r);
	for (size_t i = 0; argv[i]; i++) {
		str_add_shell(&line, argv[i]);
		str_add_char(&line, ' ');
	}
	assert_null(strchr(line.s, '\n'));
	assert_int_equal(shell(line.s), 0);
	assert_int_equal(access(output, R_OK), 0);
	graph_argv_free(argv);
	str_fini(&line);
	free(output);
}

static void an_output_is_never_an_option(void **state)
{
	(void)state;
	struct graph_request r = request(&ports, 0, files.port, "eth0");
	r.output = "-x.png";
	char **argv = argv_of(&r);
	assert_string_equal(argv[2], "./-x.png");
	graph_argv_free(argv);
	r.output = "-";
	argv = argv_of(&r);
	assert_string_equal(argv[2], "-");
	graph_argv_free(argv);
}

static void the_axis_fits_the_unit(void **state)
{
	(void)state;
	struct graph_request r = request(&ports, 0, files.port, "eth0");
	r.output = "x.png";
	char **argv = argv_of(&r);
	assert_true(has(argv, "--vertical-label=bit/s") && has(argv, "--lower-limit=0") && has(argv, "%s"));
	assert_true(
	    has(argv, "95,PERCENTNAN") && has(argv, "DEF:in_octets=") && !has(argv, "DEF:in_errors="));
	graph_argv_free(argv);
	r = request(&disks, 0, files.disk, "/");
	r.output = "x.png";
	r.top = 960e9;
	argv = argv_of(&r);
	assert_true(has(argv, "GiB") && has(argv, "CDEF:s-1=used,1073741824,/") && !has(argv, "PERCENTNAN"));
	graph_argv_free(argv);
	r = request(&cpu, 0, files.cpu, NULL);
	r.output = "x.svg";
	argv = argv_of(&r);
	assert_true(has(argv, "--rigid") && has(argv, "--upper-limit=100") && has(argv, "--imgformat=SVG"));
	graph_argv_free(argv);
}

/* Profiles of the field begin a stack with an area, as rrdtool does. */
static void a_stack_stands_on_the_area_before(void **state)
{
	(void)state;
	struct graph_request r = request(&memory, 0, files.memory, NULL);
	r.output = "x.png";
	memory_series[0].style = SERIES_AREA;
	char **argv = argv_of(&r);
	memory_series[0].style = SERIES_STACK;
	assert_true(has(argv, "AREA:s-1#6fa5d8:Used"));
	assert_true(has(argv, "AREA:s-2#c9cfd5:Buffers:STACK"));
	assert_true(has(argv, "AREA:s-3#b9d7f1:Cache  :STACK"));
	graph_argv_free(argv);
}

static void the_legend_tells_what_there_is(void **state)
{
	(void)state;
	struct seen seen[2] = {{true, END - 60}, {false, 0}};
	struct graph_request r = request(&ports, 0, files.port, "eth0");
	r.output = "x.png";
	r.seen = seen;
	char **argv = argv_of(&r);
	assert_true(has(argv, "GPRINT:now-1:now ") && has(argv, "COMMENT: no data"));
	assert_false(has(argv, "GPRINT:now-2"));
	graph_argv_free(argv);
	seen[1] = (struct seen){true, END - 3600};
	argv = argv_of(&r);
	assert_true(has(argv, "GPRINT:now-2:now "));
	graph_argv_free(argv);
	/* Nothing came for a day: the newest value is not what is now. */
	r.now = END + DAY;
	argv = argv_of(&r);
	assert_true(has(argv, "GPRINT:now-1:last ") && !has(argv, ":now %"));
	graph_argv_free(argv);
}

/* What rrdtool prints when it is asked what there is. */
static void looked_at(int64_t start, int64_t end, struct seen seen[2])
{
	char *error = NULL, *path = str_format("%s/looked", g.folder), text[256] = "";
	struct graph_request r = request(&ports, 0, files.port, "eth0");
	struct str line = {0};
	r.start = start;
	r.end = end;
	char **argv = graph_look_argv(&r, &error);
	assert_non_null(argv);
	for (size_t i = 0; argv[i]; i++) {
		str_add_shell(&line, argv[i]);
		str_add_char(&line, ' ');
	}
	str_addf(&line, ">'%s'", path);
	assert_int_equal(shell(line.s), 0);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	assert_true(fread(text, 1, sizeof text - 1, in) > 0);
	fclose(in);
	seen_read(text, end, seen, 2);
	graph_argv_free(argv);
	str_fini(&line);
	free(path);
}

static void what_there_is_can_be_looked_up(void **state)
{
	(void)state;
	struct seen seen[2];
	looked_at(END - DAY, END, seen);
	assert_true(seen[0].any && seen[1].any);
	assert_true(seen[0].last > END - 2 * STEP && seen[0].last <= END + STEP);
	looked_at(END - 16 * 3600 - STEP, END - 16 * 3600, seen);
	assert_false(seen[0].any || seen[1].any);
	seen_read("unexpected", END, seen, 2);
	assert_true(seen[0].any && seen[0].last == END && seen[1].any);
}

static void a_wrong_formula_is_told(void **state)
{
	(void)state;
	struct graph_series series = SERIES("In", "in_octets * octets", SERIES_LINE, 1);
	struct graph graph = {.name = (char *)"g", .unit = (char *)"", .series = &series, .n_series = 1};
	struct graph_request r = request(&ports, 0, files.port, "eth0");
	char *error = NULL;
	r.graph = &graph;
	r.output = "x.png";
	assert_null(graph_argv(&r, &error));
	assert_non_null(strstr(error, "column 13"));
	free(error);
	graph.n_series = 0;
	assert_null(graph_argv(&r, &error));
	free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(traffic_is_drawn),
	    cmocka_unit_test(every_span_is_drawn),
	    cmocka_unit_test(servers_are_drawn),
	    cmocka_unit_test(hostile_text_does_no_harm),
	    cmocka_unit_test(the_command_can_be_pasted),
	    cmocka_unit_test(an_output_is_never_an_option),
	    cmocka_unit_test(the_axis_fits_the_unit),
	    cmocka_unit_test(a_stack_stands_on_the_area_before),
	    cmocka_unit_test(the_legend_tells_what_there_is),
	    cmocka_unit_test(what_there_is_can_be_looked_up),
	    cmocka_unit_test(a_wrong_formula_is_told),
	};
	alarm(120);
	return cmocka_run_group_tests(tests, make_files, remove_files);
}
