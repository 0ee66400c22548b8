#include "daemon/selfstat.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void selfstat_read(double *cpu_s, uint64_t *rss_bytes, unsigned *threads)
{
	struct rusage usage;
	unsigned long pages = 0;
	char line[256];
	FILE *file;

	*cpu_s = getrusage(RUSAGE_SELF, &usage) == 0 ? seconds(usage.ru_utime) + seconds(usage.ru_stime) : 0;
	*threads = 0;
	file = fopen("/proc/self/statm", "re");
	if (file != NULL) {
		if (fscanf(file, "%*s %lu", &pages) != 1)
			pages = 0;
		fclose(file);
	}
	*rss_bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	file = fopen("/proc/self/status", "re");
	if (file != NULL) {
		while (fgets(line, sizeof line, file) != NULL)
			if (sscanf(line, "Threads: %u", threads) == 1)
				break;
		fclose(file);
	}
}
