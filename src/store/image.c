#include "store/image.h"
#include "store/formatdef.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define LAST_CHARS "0123456789.+-eEnaNUif"
#define SPAN_MAX   INT64_C(1000000000000) /* s; 30,000 years */

size_t image_find(const struct image *image, const char *ds)
{
	size_t at = 0;

	while (at < image->n_ds && strcmp(image->ds[at].name, ds))
		at++;
	return at;
}

uint64_t image_size(const struct image *image)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < image->n_rras; i++)
		rows += image->rra[i].def.rows;
	return format_header_size(image->n_ds, image->n_rras) + rows * image->n_ds * sizeof(double);
}

void image_make_room(struct image *image)
{
	for (size_t i = 0; i < image->n_rras; i++) {
		struct image_rra *rra = &image->rra[i];
		size_t n = (size_t)rra->def.rows * image->n_ds;

		rra->rows = mem_calloc(n, sizeof *rra->rows);
		for (size_t at = 0; at < n; at++)
			rra->rows[at] = NAN;
		rra->value = mem_calloc(image->n_ds, sizeof *rra->value);
		rra->unknown = mem_calloc(image->n_ds, sizeof *rra->unknown);
	}
}

void image_fini(struct image *image)
{
	for (size_t i = 0; i < image->n_rras; i++) {
		free(image->rra[i].rows);
		free(image->rra[i].value);
		free(image->rra[i].unknown);
	}
	free(image->rra);
	free(image->ds);
	*image = (struct image){0};
}

static void take_ds(struct image *image, size_t i, const struct ds_head *head, const struct pdp_prep *pdp)
{
	struct image_ds *ds = &image->ds[i];

	memcpy(ds->name, head->name, sizeof ds->name);
	memcpy(ds->type, head->type, sizeof ds->type);
	memcpy(ds->last, pdp->last_ds, sizeof ds->last);
	if (ds->last[strspn(ds->last, LAST_CHARS)])
		strcpy(ds->last, "U");
	ds->heartbeat = (int64_t)head->param[0].count;
	ds->min = head->param[1].value;
	ds->max = head->param[2].value;
	ds->unknown_sec = pdp->scratch[0].count;
	ds->sum = pdp->scratch[1].value;
}

/* `at` is where the archive's rows are: a ring, whose row `newest` was written last. */
static const uint8_t *take_rra(
    struct image *image, size_t i, const struct cdp_prep *cdp, size_t newest, const uint8_t *at)
{
	struct image_rra *rra = &image->rra[i];
	size_t rows = (size_t)rra->def.rows, width = image->n_ds * sizeof(double);
	size_t old = (newest + 1) % rows;

	memcpy(rra->rows, at + old * width, (rows - old) * width);
	memcpy(rra->rows + (rows - old) * image->n_ds, at, old * width);
	for (size_t d = 0; d < image->n_ds; d++) {
		rra->value[d] = cdp[d].scratch[0].value;
		rra->unknown[d] = cdp[d].scratch[1].count;
	}
	return at + rows * width;
}

/* What keeps it from being treated; "" = nothing. */
static const char *obstacle(const struct format_file *file)
{
	for (size_t i = 0; i < file->n_ds; i++)
		if (file->ds[i][strspn(file->ds[i], NAME_CHARS)])
			return "name of a data source";
	for (size_t i = 0; i < file->n_rras; i++)
		if (file->rra[i].rows > (uint64_t)(SPAN_MAX / file->step) / file->rra[i].pdps)
			return "time that an archive covers";
	return "";
}

static void take_all(struct image *image, const struct format_file *file, const uint8_t *at)
{
	const struct head *head = (const void *)at;
	const struct ds_head *ds = (const void *)(at + sizeof *head);
	const struct rra_head *rra = (const void *)(ds + file->n_ds);
	const struct live_head *live = (const void *)(rra + file->n_rras);
	const struct pdp_prep *pdp = (const void *)(live + 1);
	const struct cdp_prep *cdp = (const void *)(pdp + file->n_ds);
	const unsigned long *newest = (const void *)(cdp + file->n_ds * file->n_rras);
	const uint8_t *rows = (const void *)(newest + file->n_rras);

	memcpy(image->version, head->version, sizeof image->version);
	image->step = file->step;
	image->last = live->last;
	image->n_ds = file->n_ds;
	image->n_rras = file->n_rras;
	image->ds = mem_calloc(file->n_ds, sizeof *image->ds);
	image->rra = mem_calloc(file->n_rras, sizeof *image->rra);
	for (size_t i = 0; i < file->n_rras; i++)
		image->rra[i].def = file->rra[i];
	image_make_room(image);
	for (size_t i = 0; i < file->n_ds; i++)
		take_ds(image, i, &ds[i], &pdp[i]);
	for (size_t i = 0; i < file->n_rras; i++)
		rows = take_rra(image, i, cdp + i * file->n_ds, newest[i], rows);
}

/* Not mapped: a file that somebody cuts meanwhile would be SIGBUS. */
static bool read_all(int fd, uint8_t *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = pread(fd, bytes + done, size - done, (off_t)done);

		if (got > 0) {
			done += (size_t)got;
		} else if (got == 0 || errno != EINTR) {
			errno = got ? errno : ESTALE;
			return false;
		}
	}
	return true;
}

enum err image_read(const char *path, struct image *image, const char **why)
{
	struct format_file file;
	enum err err = format_read(path, &file, why);
	struct stat st;
	uint8_t *bytes;
	int fd, saved;

	*image = (struct image){0};
	if (err)
		return err;
	*why = obstacle(&file);
	if (**why)
		return ERR_UNSUPPORTED;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	err = ERR_IO;
	errno = ESTALE;
	/* The very file that was checked: its size bears all that is read of it. */
	if (fstat(fd, &st) == 0 && st.st_ino == file.inode && (uint64_t)st.st_size == file.size) {
		bytes = mem_alloc((size_t)file.size);
		if (read_all(fd, bytes, (size_t)file.size)) {
			take_all(image, &file, bytes);
			err = ERR_OK;
		}
		free(bytes);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return err;
}

/* Most values are integers or unknown, which print faster. */
static void put_double(FILE *out, double value)
{
	if (isnan(value))
		fputs("NaN", out);
	else if (value == floor(value) && fabs(value) < 1e15)
		fprintf(out, "%" PRId64, (int64_t)value);
	else
		fprintf(out, "%.17g", value);
}

static void put_ds(FILE *out, const struct image_ds *ds)
{
	fprintf(out,
	    "<ds><name>%s</name><type>%s</type><minimal_heartbeat>%" PRId64 "</minimal_heartbeat><min>",
	    ds->name, ds->type, ds->heartbeat);
	put_double(out, ds->min);
	fputs("</min><max>", out);
	put_double(out, ds->max);
	fprintf(out, "</max><last_ds>%s</last_ds><value>", ds->last);
	put_double(out, ds->sum);
	fprintf(out, "</value><unknown_sec>%" PRIu64 "</unknown_sec></ds>\n", ds->unknown_sec);
}

static void put_rra(FILE *out, const struct image *image, const struct image_rra *rra)
{
	const double *value = rra->rows;

	fprintf(out,
	    "<rra><cf>%s</cf><pdp_per_row>%" PRIu64 "</pdp_per_row><params><xff>%.12g</xff></params>\n",
	    rra->def.cf == FORMAT_MAX ? "MAX" : "AVERAGE", rra->def.pdps, rra->def.xff);
	fputs("<cdp_prep>", out);
	for (size_t d = 0; d < image->n_ds; d++) {
		fputs("<ds><primary_value>NaN</primary_value><secondary_value>NaN</secondary_value><value>",
		    out);
		put_double(out, rra->value[d]);
		fprintf(out, "</value><unknown_datapoints>%" PRIu64 "</unknown_datapoints></ds>",
		    rra->unknown[d]);
	}
	fputs("</cdp_prep>\n<database>\n", out);
	for (uint64_t row = 0; row < rra->def.rows; row++) {
		fputs("<row>", out);
		for (size_t d = 0; d < image->n_ds; d++) {
			fputs("<v>", out);
			put_double(out, *value++);
			fputs("</v>", out);
		}
		fputs("</row>\n", out);
	}
	fputs("</database></rra>\n", out);
}

enum err image_write_xml(const struct image *image, FILE *out)
{
	fprintf(out,
	    "<rrd><version>%s</version><step>%" PRId64 "</step><lastupdate>%" PRId64 "</lastupdate>\n",
	    image->version, image->step, image->last);
	for (size_t i = 0; i < image->n_ds; i++)
		put_ds(out, &image->ds[i]);
	for (size_t i = 0; i < image->n_rras; i++)
		put_rra(out, image, &image->rra[i]);
	fputs("</rrd>\n", out);
	return fflush(out) || ferror(out) ? ERR_IO : ERR_OK;
}
