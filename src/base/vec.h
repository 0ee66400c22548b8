/* vec: growable arrays. A vec is any struct { T *v; size_t n, cap; }.
 *
 *     struct { int *v; size_t n, cap; } a = {0};
 *     vec_push(&a, 7);
 *     vec_fini(&a);
 */
#ifndef ROLLCALL_BASE_VEC_H
#define ROLLCALL_BASE_VEC_H

#include "base/mem.h"

#include <stdlib.h>

/* Makes room for `more` further items. */
#define vec_reserve(a, more)                                                                                 \
	do {                                                                                                 \
		size_t vec_need_ = (a)->n + (size_t)(more);                                                  \
		if (vec_need_ > (a)->cap) {                                                                  \
			size_t vec_cap_ = (a)->cap ? (a)->cap * 2 : 8;                                       \
			if (vec_cap_ < vec_need_)                                                            \
				vec_cap_ = vec_need_;                                                        \
			(a)->v = mem_realloc((a)->v, vec_cap_, sizeof *(a)->v);                              \
			(a)->cap = vec_cap_;                                                                 \
		}                                                                                            \
	} while (0)

#define vec_push(a, item)                                                                                    \
	do {                                                                                                 \
		vec_reserve(a, 1);                                                                           \
		(a)->v[(a)->n++] = (item);                                                                   \
	} while (0)

#define vec_clear(a) ((void)((a)->n = 0))

#define vec_fini(a)                                                                                          \
	do {                                                                                                 \
		free((a)->v);                                                                                \
		(a)->v = NULL;                                                                               \
		(a)->n = (a)->cap = 0;                                                                       \
	} while (0)

#endif
