#include "model/status.h"

#include <string.h>

const char *device_state_name(enum device_state state)
{
	switch (state) {
	case DEVICE_UNKNOWN:
		return "unknown";
	case DEVICE_UP:
		return "up";
	case DEVICE_DOWN:
		return "down";
	case DEVICE_UNREACHABLE:
		return "unreachable";
	case DEVICE_STATE_COUNT:
		break;
	}
	return "?";
}

const char *severity_name(enum severity severity)
{
	switch (severity) {
	case SEVERITY_OK:
		return "ok";
	case SEVERITY_INFO:
		return "info";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_CRITICAL:
		return "critical";
	}
	return "?";
}

bool severity_parse(const char *text, enum severity *severity)
{
	for (int i = SEVERITY_OK; i <= SEVERITY_CRITICAL; i++) {
		if (strcmp(text, severity_name((enum severity)i)) == 0) {
			*severity = (enum severity)i;
			return true;
		}
	}
	return false;
}
