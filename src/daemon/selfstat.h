/* selfstat: what this process has used, from getrusage(2) and /proc/self. */
#ifndef ROLLCALL_DAEMON_SELFSTAT_H
#define ROLLCALL_DAEMON_SELFSTAT_H

#include <stdint.h>

/* CPU time in seconds (all threads), resident bytes, number of threads; 0 where the kernel does not tell. */
void selfstat_read(double *cpu_s, uint64_t *rss_bytes, unsigned *threads);

#endif
