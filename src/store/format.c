#include "store/format.h"
#include "store/formatdef.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLOAT_COOKIE 8.642135E130
/* Times outside are a flipped bit, not a clock: 1990 and 2200. */
#define LAST_MIN INT64_C(631152000)
#define LAST_MAX INT64_C(7258118400)
#define STEP_MAX (INT64_C(10) * 366 * 86400)

_Static_assert(sizeof(time_t) == sizeof(long), "rrdtool stores time_t; this machine's differs from long");

uint64_t format_header_size(size_t n_ds, size_t n_rras)
{
	return sizeof(struct head) + n_ds * (sizeof(struct ds_head) + sizeof(struct pdp_prep)) +
	       n_rras * (sizeof(struct rra_head) + sizeof(unsigned long)) + sizeof(struct live_head) +
	       n_ds * n_rras * sizeof(struct cdp_prep);
}

static bool terminated(const char *text, size_t size)
{
	return text[0] && memchr(text, 0, size) != NULL;
}

static bool word_is(const char *text, size_t size, const char *const *words)
{
	for (; terminated(text, size) && *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

static const char *check_head(const struct head *head)
{
	double cookie;

	if (memcmp(head->cookie, "RRD", 4))
		return "not an RRD file";
	static const char *const versions[] = {"0003", "0004", "0005", NULL};
	if (!word_is(head->version, sizeof head->version, versions))
		return "unknown version";
	/* Compared as bits: it tells byte order and format of doubles. */
	cookie = FLOAT_COOKIE;
	if (memcmp(&head->float_cookie, &cookie, sizeof cookie))
		return "made on another architecture";
	if (head->n_ds < 1 || head->n_ds > FORMAT_DS_MAX || head->n_rras < 1 ||
	    head->n_rras > FORMAT_RRA_MAX || head->step < 1 || head->step > STEP_MAX)
		return "damaged header";
	return NULL;
}

static const char *check_ds(const struct ds_head *ds, size_t n, struct format_file *file)
{
	/* COMPUTE keeps a program in its parameters and is never made by us. */
	static const char *const types[] = {
	    "GAUGE", "COUNTER", "DERIVE", "ABSOLUTE", "DCOUNTER", "DDERIVE", NULL};
	file->n_ds = n;
	file->heartbeat = INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		unsigned long heartbeat = ds[i].param[0].count;

		if (!terminated(ds[i].name, sizeof ds[i].name) ||
		    !word_is(ds[i].type, sizeof ds[i].type, types) || heartbeat < 1 || heartbeat > STEP_MAX)
			return "damaged data source";
		memcpy(file->ds[i], ds[i].name, sizeof file->ds[i]);
		file->heartbeats[i] = (int64_t)heartbeat;
		if ((int64_t)heartbeat < file->heartbeat)
			file->heartbeat = (int64_t)heartbeat;
	}
	return NULL;
}

static enum format_cf cf_of(const struct rra_head *rra)
{
	if (!strcmp(rra->cf, "AVERAGE"))
		return FORMAT_AVERAGE;
	return !strcmp(rra->cf, "MAX") ? FORMAT_MAX : FORMAT_OTHER;
}

static const char *check_rras(
    const struct rra_head *rra, const unsigned long *cur, size_t n, struct format_file *file, uint64_t *rows)
{
	/* The smoothing ones (HWPREDICT and so on) keep row numbers in their parameters. */
	static const char *const cfs[] = {"AVERAGE", "MAX", "MIN", "LAST", NULL};
	for (size_t i = 0; i < n; i++) {
		double xff = rra[i].param[0].value;

		if (!word_is(rra[i].cf, sizeof rra[i].cf, cfs) || rra[i].rows < 1 || rra[i].pdps < 1 ||
		    rra[i].rows > UINT32_MAX || rra[i].pdps > STEP_MAX || !(xff >= 0 && xff < 1) ||
		    cur[i] >= rra[i].rows)
			return "damaged archive";
		*rows += rra[i].rows;
		file->rra[i] = (struct format_rra){cf_of(&rra[i]), rra[i].pdps, rra[i].rows, xff};
	}
	file->n_rras = n;
	return NULL;
}

/* `bytes` is the whole header. */
static const char *check_all(const uint8_t *bytes, const struct head *head, struct format_file *file)
{
	const uint8_t *at = bytes + sizeof *head;
	const struct ds_head *ds = (const void *)at;
	const struct rra_head *rra;
	const struct live_head *live;
	const struct pdp_prep *pdp;
	const unsigned long *cur;
	uint64_t rows;
	const char *why;

	at += head->n_ds * sizeof *ds;
	rra = (const void *)at;
	at += head->n_rras * sizeof *rra;
	live = (const void *)at;
	at += sizeof *live;
	pdp = (const void *)at;
	at += head->n_ds * (sizeof *pdp + head->n_rras * sizeof(struct cdp_prep));
	cur = (const void *)at;
	rows = 0;

	why = check_ds(ds, head->n_ds, file);
	if (!why)
		why = check_rras(rra, cur, head->n_rras, file, &rows);
	if (why)
		return why;
	if (live->last < LAST_MIN || live->last > LAST_MAX || live->last_usec < 0 ||
	    live->last_usec >= 1000000)
		return "damaged time";
	for (size_t i = 0; i < head->n_ds; i++)
		if (memchr(pdp[i].last_ds, 0, sizeof pdp[i].last_ds) == NULL)
			return "damaged data source";
	file->last = live->last * INT64_C(1000) + (live->last_usec + 500) / 1000;
	file->step = (int64_t)head->step;
	if (file->size < format_header_size(head->n_ds, head->n_rras) + rows * head->n_ds * sizeof(double))
		return "truncated";
	return NULL;
}

/* Reads exactly `size` bytes; false with errno, or errno 0 at the end of the file. */
static bool read_at(int fd, void *to, size_t size, off_t from)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = pread(fd, (uint8_t *)to + done, size - done, from + (off_t)done);

		if (got > 0) {
			done += (size_t)got;
		} else if (got == 0 || errno != EINTR) {
			errno = got ? errno : 0;
			return false;
		}
	}
	return true;
}

static enum err corrupt(const char **why, const char *what)
{
	*why = what;
	return ERR_CORRUPT;
}

static enum err read_fd(int fd, struct format_file *file, const char **why)
{
	struct stat st;
	const char *what;
	size_t size;
	uint8_t *bytes;
	enum err err;

	if (fstat(fd, &st))
		return ERR_IO;
	if (!S_ISREG(st.st_mode))
		return corrupt(why, "not a file");
	file->size = (uint64_t)st.st_size;
	file->inode = st.st_ino;

	struct head head;
	if (!read_at(fd, &head, sizeof head, 0))
		return errno ? ERR_IO : corrupt(why, st.st_size ? "truncated" : "empty");
	what = check_head(&head);
	if (what)
		return corrupt(why, what);
	size = format_header_size(head.n_ds, head.n_rras);
	file->header = size;
	if (file->size < size)
		return corrupt(why, "truncated");
	bytes = mem_alloc(size);
	err = ERR_OK;
	if (!read_at(fd, bytes, size, 0))
		err = errno ? ERR_IO : corrupt(why, "truncated");
	else if ((what = check_all(bytes, &head, file)) != NULL)
		err = corrupt(why, what);
	free(bytes);
	return err;
}

enum err format_read(const char *path, struct format_file *file, const char **why)
{
	int fd;
	enum err err;
	int saved;

	*why = "";
	/* O_NONBLOCK: a FIFO in its place must not stop the writer. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return ERR_NOT_FOUND;
		if (errno == ENXIO || errno == ELOOP)
			return corrupt(why, "not a file");
		return errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_IO;
	}
	err = read_fd(fd, file, why);
	saved = errno;
	close(fd);
	errno = saved;
	return err;
}
