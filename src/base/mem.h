/* mem: small allocations that abort when they fail, and magic numbers.
 *
 * What grows with input (walks, answers, configuration) checks a named limit
 * first; then these serve it too. */
#ifndef ROLLCALL_BASE_MEM_H
#define ROLLCALL_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t size);				 /* zeroed; never NULL */
void *mem_calloc(size_t count, size_t size);		 /* zeroed; aborts on overflow */
void *mem_realloc(void *old, size_t count, size_t size); /* not zeroed; aborts on overflow */
char *mem_strdup(const char *s);			 /* NULL gives NULL */
char *mem_strndup(const char *s, size_t len);		 /* at most len bytes, terminated */
void *mem_dup(const void *bytes, size_t len);

/* Long-lived callback objects carry a magic number, set by _new and cleared by _free. */
#define MAGIC_CHECK(obj, value)                                                                              \
	do {                                                                                                 \
		if ((obj) == NULL || (obj)->magic != (value))                                                \
			mem_magic_failed(#obj, __FILE__, __LINE__);                                          \
	} while (0)
/* An attribute rather than _Noreturn: cppcheck goes by it. */
__attribute__((noreturn)) void mem_magic_failed(const char *what, const char *file, int line);

/* The struct that holds `member` at `ptr`. */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
