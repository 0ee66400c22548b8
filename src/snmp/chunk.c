#include "snmp/chunk.h"

void chunk_skip(struct chunk *chunk, size_t i)
{
	chunk->skip[i / 8] = (uint8_t)(chunk->skip[i / 8] | 1u << (i % 8));
}

size_t chunk_asked(const struct chunk *chunk)
{
	size_t asked = 0;

	for (size_t i = 0; i < chunk->n; i++)
		asked += !chunk_skips(chunk, i);
	return asked;
}

size_t chunk_place(const struct chunk *chunk, size_t asked)
{
	for (size_t i = 0; i < chunk->n; i++) {
		if (!chunk_skips(chunk, i) && asked-- == 0)
			return i;
	}
	return chunk->n;
}

bool chunk_run(const struct chunk *chunk, size_t *at, size_t *first, size_t *len)
{
	size_t i = *at;

	while (i < chunk->n && chunk_skips(chunk, i))
		i++;
	*first = i;
	while (i < chunk->n && !chunk_skips(chunk, i))
		i++;
	*at = i;
	*len = i - *first;
	return *len > 0;
}

void chunk_split(struct chunk *chunk, size_t n, struct chunk *rest)
{
	*rest = *chunk;
	rest->first = chunk->first + n;
	rest->n = (uint16_t)(chunk->n - n);
	for (size_t i = 0; i < sizeof rest->skip; i++)
		rest->skip[i] = 0;
	for (size_t i = n; i < chunk->n; i++) {
		if (chunk_skips(chunk, i))
			chunk_skip(rest, i - n);
	}
	chunk->n = (uint16_t)n;
}

unsigned chunk_guards(const struct chunk *chunk)
{
	unsigned n = 0;

	for (unsigned bits = chunk->guards; bits != 0; bits &= bits - 1)
		n++;
	return n;
}
