#include "model/agent.h"

const char *walk_end_name(enum walk_end end)
{
	switch (end) {
	case WALK_COMPLETE:
		return "complete";
	case WALK_TIMEOUT:
		return "timeout";
	case WALK_LOOP:
		return "loop";
	case WALK_CAP_ROWS:
		return "cap_rows";
	case WALK_CAP_PACKETS:
		return "cap_packets";
	case WALK_CAP_TIME:
		return "cap_time";
	case WALK_FAILED:
		return "failed";
	}
	return "?";
}
