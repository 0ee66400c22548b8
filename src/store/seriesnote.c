#include "store/seriesnote.h"

#include <string.h>

struct fixed {
	uint32_t len, id;
	int64_t interval, timeout;
	uint32_t n_ds, none;
};

void seriesnote_add(struct str *out, const struct series *series)
{
	struct fixed fixed = {.id = series->id,
	    .interval = series->interval,
	    .timeout = series->timeout,
	    .n_ds = (uint32_t)series->schema->n_ds};
	size_t begin = out->len;

	str_add_n(out, (const char *)&fixed, sizeof fixed);
	str_addf(out, "%s%c", series->path, 0);
	str_addf(out, "%s%s%c", series->key ? "=" : "", series->key ? series->key : "", 0);
	str_addf(out, "%s%c", series->schema->table, 0);
	for (size_t i = 0; i < series->schema->n_ds; i++)
		str_addf(out, "%c%s%c", series->schema->ds[i].never_negative ? '+' : '-',
		    series->schema->ds[i].name, 0);
	fixed.len = (uint32_t)(out->len - begin);
	memcpy(out->s + begin, &fixed, sizeof fixed);
}

/* The text at *at; NULL when it does not end before `end`. */
static const char *text(const char *block, size_t end, size_t *at)
{
	const char *from = block + *at, *nul = memchr(from, 0, end - *at);

	if (nul == NULL)
		return NULL;
	*at = (size_t)(nul - block) + 1;
	return from;
}

/* Below STATE/rrd, and nowhere else. */
static bool is_path(const char *path)
{
	if (path[0] == '/' || strchr(path, '/') == NULL)
		return false;
	for (const char *part = path; part != NULL; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "../", 3) == 0 || strncmp(part, "./", 2) == 0 || strcmp(part, "..") == 0)
			return false;
	}
	return true;
}

bool seriesnote_next(const char *block, size_t len, size_t *at, struct seriesnote *note)
{
	struct fixed fixed;
	size_t end;

	if (len - *at < sizeof fixed)
		return false;
	memcpy(&fixed, block + *at, sizeof fixed);
	if (fixed.len < sizeof fixed || fixed.len > len - *at || fixed.n_ds == 0 ||
	    fixed.n_ds > PROFILE_COLUMNS_MAX)
		return false;
	end = *at + fixed.len;
	*at += sizeof fixed;
	*note = (struct seriesnote){
	    .id = fixed.id, .interval = fixed.interval, .timeout = fixed.timeout, .n_ds = fixed.n_ds};
	note->path = text(block, end, at);
	note->key = note->path ? text(block, end, at) : NULL;
	note->table = note->key ? text(block, end, at) : NULL;
	if (note->table == NULL || !is_path(note->path) || note->interval <= 0 || note->timeout < 0)
		return false;
	note->key = note->key[0] == '=' ? note->key + 1 : NULL;
	note->ds = block + *at;
	for (size_t i = 0; i < note->n_ds; i++) {
		const char *name = text(block, end, at);

		if (name == NULL || (name[0] != '+' && name[0] != '-') || name[1] == 0 ||
		    strlen(name) > PROFILE_DS_MAX + 1)
			return false;
	}
	return *at == end;
}
