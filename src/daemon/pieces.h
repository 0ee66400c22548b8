/* pieces: long work in the loop, cut into pieces, so that no turn of the loop takes more than a few ms.
 *
 * Each job's step is short (tens of microseconds). In one turn the jobs that wait share PIECES_BUDGET,
 * one after the other; then sockets and timers get their turn. At most PIECES_AT_ONCE jobs are under way, as
 * what they have made so far takes memory; the others wait in the order in which they came. */
#ifndef ROLLCALL_DAEMON_PIECES_H
#define ROLLCALL_DAEMON_PIECES_H

#include "base/err.h"
#include "base/loop.h"

#include <stdbool.h>

#define PIECES_BUDGET	(INT64_C(1000000)) /* ns a turn */
#define PIECES_AT_ONCE	4
#define PIECES_JOBS_MAX 1024

struct pieces;

struct piece_job {
	bool (*step)(void *arg);    /* false = done; then arg is no longer used */
	void (*dropped)(void *arg); /* instead, when pieces_free() finds it unfinished */
	void *arg;
};

struct pieces *pieces_new(struct loop *loop);
void pieces_free(struct pieces *pieces); /* drops what is unfinished; NULL is fine */
/* The first step runs in a later turn. ERR_FULL when PIECES_JOBS_MAX wait already: nothing is called then. */
enum err pieces_add(struct pieces *pieces, const struct piece_job *job) MUST_USE;

#endif
