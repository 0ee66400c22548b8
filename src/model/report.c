#include "model/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void system_info_fini(struct system_info *info)
{
	free(info->name);
	free(info->object_id);
	free(info->descr);
	free(info->location);
	free(info->contact);
	memset(info, 0, sizeof *info);
	info->uptime_s = NAN;
}
