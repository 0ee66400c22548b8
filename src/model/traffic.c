#include "model/traffic.h"

#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double traffic_octets(const struct traffic_row *row)
{
	double in = row->figures.way[VOLUME_IN].octets, out = row->figures.way[VOLUME_OUT].octets;

	return isnan(in) ? out : isnan(out) ? in : in + out;
}

static int by_names(const char *a, const char *b)
{
	return strverscmp(a != NULL ? a : "", b != NULL ? b : "");
}

/* Unknown comes last. */
static int by_octets(const void *a, const void *b)
{
	const struct traffic_row *x = a, *y = b;
	double p = traffic_octets(x), q = traffic_octets(y);
	int order;

	if (isnan(p) != isnan(q))
		return isnan(p) ? 1 : -1;
	if (p < q || p > q)
		return p < q ? 1 : -1;
	order = by_names(x->tag, y->tag);
	if (order == 0)
		order = by_names(x->device, y->device);
	return order != 0 ? order : by_names(x->key, y->key);
}

static void row_fini(struct traffic_row *row)
{
	free(row->device);
	free(row->key);
	free(row->tag);
}

static void add(double *sum, double octets)
{
	if (!isnan(octets))
		*sum = isnan(*sum) ? octets : *sum + octets;
}

void traffic_finish(struct traffic_report *report, size_t top)
{
	double time = 0;

	if (report->rows.n > 0)
		qsort(report->rows.v, report->rows.n, sizeof *report->rows.v, by_octets);
	report->octets[VOLUME_IN] = report->octets[VOLUME_OUT] = NAN;
	for (size_t i = 0; i < report->rows.n; i++) {
		const struct volume_figures *figures = &report->rows.v[i].figures;

		for (int way = 0; way < VOLUME_WAYS; way++)
			add(&report->octets[way], figures->way[way].octets);
		time += figures->known * (double)figures->parts;
		report->parts += figures->parts;
	}
	report->known = report->parts > 0 ? time / (double)report->parts : (double)NAN;
	while (top > 0 && report->rows.n > top) {
		row_fini(&report->rows.v[--report->rows.n]);
		report->more++;
	}
}

void traffic_fini(struct traffic_report *report)
{
	for (size_t i = 0; i < report->rows.n; i++)
		row_fini(&report->rows.v[i]);
	for (size_t i = 0; i < report->faults.n; i++) {
		free(report->faults.v[i].device);
		free(report->faults.v[i].key);
		free(report->faults.v[i].why);
	}
	vec_fini(&report->rows);
	vec_fini(&report->faults);
}
