#include "model/failure.h"

const char *failure_name(enum failure failure)
{
	switch (failure) {
	case FAILURE_NONE:
		return "none";
	case FAILURE_TIMEOUT:
		return "timeout";
	case FAILURE_NO_SUCH:
		return "no_such";
	case FAILURE_DECODE:
		return "decode";
	case FAILURE_TOO_BIG:
		return "too_big";
	case FAILURE_TRUNCATED:
		return "truncated";
	case FAILURE_LOOP:
		return "loop";
	case FAILURE_REFUSED:
		return "refused";
	case FAILURE_RESOLVE:
		return "resolve";
	case FAILURE_SEND:
		return "send";
	case FAILURE_CANCELLED:
		return "cancelled";
	case FAILURE_SECURITY:
		return "security";
	case FAILURE_COUNT:
		break;
	}
	return "?";
}

const char *quality_name(enum quality quality)
{
	switch (quality) {
	case QUALITY_OK:
		return "ok";
	case QUALITY_NEVER:
		return "never";
	case QUALITY_NO_SUCH:
		return "no_such";
	case QUALITY_TIMEOUT:
		return "timeout";
	case QUALITY_DECODE:
		return "decode";
	case QUALITY_REFUSED:
		return "refused";
	case QUALITY_ABSENT:
		return "absent";
	case QUALITY_FIRST:
		return "first";
	case QUALITY_RESET:
		return "reset";
	case QUALITY_GAP:
		return "gap";
	case QUALITY_DUPLICATE:
		return "duplicate";
	case QUALITY_UNKNOWN:
		return "unknown";
	case QUALITY_STALE:
		return "stale";
	case QUALITY_COUNT:
		break;
	}
	return "?";
}
