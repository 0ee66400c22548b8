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

const char *bulk_state_name(enum bulk_state state)
{
	switch (state) {
	case BULK_UNTRIED:
		return "untried";
	case BULK_WORKS:
		return "works";
	case BULK_REFUSED:
		return "refused";
	case BULK_SILENT:
		return "silent";
	case BULK_NONE:
		return "none";
	}
	return "?";
}

const char *size_reason_name(enum size_reason reason)
{
	switch (reason) {
	case SIZE_FRAME:
		return "frame";
	case SIZE_TOO_BIG:
		return "too_big";
	case SIZE_SILENCE:
		return "silence";
	case SIZE_CUT:
		return "cut";
	case SIZE_GARBLED:
		return "garbled";
	}
	return "?";
}
