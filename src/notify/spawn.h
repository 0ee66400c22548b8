/* spawn: another program as a child of ours, without a shell. */
#ifndef ROLLCALL_NOTIFY_SPAWN_H
#define ROLLCALL_NOTIFY_SPAWN_H

#include <sys/types.h>

/* Where programs without a slash are looked for. */
#define SPAWN_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Starts argv[0] with exactly this environment: in a process group of its own (its id is the pid), all
 * signals at their defaults and none blocked, /dev/null as input, and no other descriptor of ours. *out
 * (caller closes) is the reading end of a pipe, its output and error. *fd (caller closes) becomes readable
 * when it ends; then it is to be waited for. 0, or an errno; then there is no child. */
int spawn_group(char *const *argv, char *const *env, pid_t *pid, int *fd, int *out);

#endif
