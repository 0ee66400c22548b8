#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without memory the logger cannot be trusted either: say it plainly and leave a core. */
static _Noreturn void out_of_memory(size_t count, size_t size)
{
	fprintf(stderr, "error msg=\"out of memory\" count=%zu size=%zu\n", count, size);
	abort();
}

void *mem_alloc(size_t size)
{
	return mem_calloc(1, size);
}

void *mem_calloc(size_t count, size_t size)
{
	/* At least one byte: NULL must mean failure only. */
	void *p = count == 0 || size == 0 ? calloc(1, 1) : calloc(count, size);

	if (p == NULL)
		out_of_memory(count, size);
	return p;
}

void *mem_realloc(void *old, size_t count, size_t size)
{
	void *p = count == 0 || size == 0 ? realloc(old, 1) : reallocarray(old, count, size);

	if (p == NULL)
		out_of_memory(count, size);
	return p;
}

char *mem_strdup(const char *s)
{
	return s ? mem_dup(s, strlen(s) + 1) : NULL;
}

char *mem_strndup(const char *s, size_t len)
{
	size_t n = strnlen(s, len);
	char *copy = mem_calloc(n + 1, 1);

	memcpy(copy, s, n);
	return copy;
}

void *mem_dup(const void *bytes, size_t len)
{
	void *copy = mem_alloc(len);

	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

_Noreturn void mem_magic_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "error msg=\"not the object it should be\" object=%s at=%s:%d\n", what, file, line);
	abort();
}
