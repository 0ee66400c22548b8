#include "store/layout.h"

#include "base/units.h"

#include <inttypes.h>

/* A mean over a period of which more than half is unknown would pass for the whole:
 * it becomes unknown. */
#define XFF_AVERAGE 0.5
/* A peak that was seen was one, however little of the period is known. */
#define XFF_MAX 0.999

static uint64_t round_up(int64_t amount, int64_t unit)
{
	return amount <= unit ? 1 : (uint64_t)((amount + unit - 1) / unit);
}

static void add_archive(struct layout *layout, const struct archive *archive, bool is_max)
{
	int64_t step;
	uint64_t pdps;

	if (layout->n_rras == LAYOUT_RRA_MAX)
		return;
	step = layout->step * UNITS_SEC;
	pdps = round_up(archive->step, step);
	layout->rra[layout->n_rras++] = (struct layout_rra){
	    .is_max = is_max,
	    .pdps = pdps,
	    .rows = round_up(archive->keep, (int64_t)pdps * step),
	};
	if ((int64_t)pdps * step != archive->step)
		layout->rounded = true;
}

void layout_init(struct layout *layout, const struct settings *settings, int64_t interval, int64_t timeout)
{
	int64_t step = interval;

	if (settings->n_archives && settings->archives[0].step < step)
		step = settings->archives[0].step;
	*layout = (struct layout){.step = step < UNITS_SEC ? 1 : step / UNITS_SEC};
	layout->heartbeat = (int64_t)round_up(2 * interval + timeout, UNITS_SEC);
	if (layout->heartbeat <= layout->step)
		layout->heartbeat = 2 * layout->step;
	for (size_t i = 0; i < settings->n_archives; i++) {
		add_archive(layout, &settings->archives[i], false);
		if (settings->archives[i].with_max)
			add_archive(layout, &settings->archives[i], true);
	}
}

uint64_t layout_size(const struct layout *layout, size_t n_ds)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < layout->n_rras; i++)
		rows += layout->rra[i].rows;
	return format_header_size(n_ds, layout->n_rras) + rows * n_ds * sizeof(double);
}

double layout_xff(bool is_max)
{
	return is_max ? XFF_MAX : XFF_AVERAGE;
}

bool layout_is_of(const struct layout *layout, const struct format_file *file)
{
	bool taken[LAYOUT_RRA_MAX] = {false};

	if (layout->step != file->step || layout->n_rras != file->n_rras)
		return false;
	for (size_t i = 0; i < file->n_rras; i++) {
		const struct format_rra *have = &file->rra[i];
		size_t at = 0;

		while (at < layout->n_rras &&
		       (taken[at] || have->cf != (layout->rra[at].is_max ? FORMAT_MAX : FORMAT_AVERAGE) ||
			   have->pdps != layout->rra[at].pdps || have->rows != layout->rra[at].rows))
			at++;
		if (at == layout->n_rras)
			return false;
		taken[at] = true;
	}
	return true;
}

void layout_add_rra(struct str *str, const struct layout_rra *rra)
{
	str_addf(str, "RRA:%s:%g:%" PRIu64 ":%" PRIu64, rra->is_max ? "MAX" : "AVERAGE",
	    layout_xff(rra->is_max), rra->pdps, rra->rows);
}
