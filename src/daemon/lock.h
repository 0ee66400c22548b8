/* lock: one daemon per state directory. Two would write the same files. */
#ifndef ROLLCALL_DAEMON_LOCK_H
#define ROLLCALL_DAEMON_LOCK_H

struct lock;

/* Makes the directory (0750, parents too) if needed and takes STATE/lock, in which the holder's pid stands.
 * NULL with *error (caller frees) when another daemon has it, named by its pid, or when it cannot be had. The
 * kernel drops the lock when the process ends, however it ends; the file stays. */
struct lock *lock_take(const char *state, char **error);
void lock_free(struct lock *lock); /* NULL is fine */

#endif
