#include "daemon/discard.h"

#include "base/mem.h"

#include <stdlib.h>

struct flush {
	void (*done)(void *arg, enum err err);
	void *arg;
};

static series_id discard_series(void *self, const struct series_def *def)
{
	(void)self;
	(void)def;
	return SERIES_NONE;
}

static void discard_put(
    void *self, series_id series, int64_t wall, const double *values, const struct sample_raw *raws, size_t n)
{
	(void)raws;
	(void)self;
	(void)series;
	(void)wall;
	(void)values;
	(void)n;
}

static void flushed(void *arg)
{
	struct flush *flush = arg;

	flush->done(flush->arg, ERR_OK);
	free(flush);
}

static void discard_flush(void *self, const char *device, void (*done)(void *arg, enum err err), void *arg)
{
	struct flush *flush = mem_alloc(sizeof *flush);

	(void)device;
	flush->done = done;
	flush->arg = arg;
	loop_post(self, flushed, flush);
}

struct sink discard_sink(struct loop *loop)
{
	static const struct sink_ops ops = {discard_series, discard_put, discard_flush};

	return (struct sink){&ops, loop};
}
