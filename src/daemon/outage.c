#include "daemon/outage.h"

#include "base/units.h"
#include "snmp/usm_report.h"

#include <netdb.h>
#include <string.h>

void outage_text(
    struct str *out, const struct device *device, const char *address, enum failure failure, int error_number)
{
	char timeout[UNITS_TEXT_MAX];
	const char *where = address && *address ? address : device->host;

	switch (failure) {
	case FAILURE_RESOLVE:
		str_addf(out, "host name \"%s\" cannot be resolved: %s", device->host,
		    error_number ? gai_strerror(error_number) : "no address");
		break;
	case FAILURE_REFUSED:
		str_addf(out, "nothing listens on %s (%s)", where,
		    error_number ? strerror(error_number) : "the agent refuses");
		break;
	case FAILURE_SEND:
		if (error_number == 0) /* it was not even tried */
			str_addf(out, "cannot ask %s: none of its credentials can be used", where);
		else
			str_addf(out, "cannot send to %s: %s", where, strerror(error_number));
		break;
	case FAILURE_SECURITY:
		str_addf(out, "%s does not take the credential: %s", where,
		    usm_report_text((enum usm_report)error_number));
		break;
	case FAILURE_TOO_BIG:
	case FAILURE_DECODE:
	case FAILURE_TRUNCATED:
	case FAILURE_LOOP:
	case FAILURE_NO_SUCH:
		str_addf(
		    out, "%s answers, but not to what SNMP must have (%s)", where, failure_name(failure));
		break;
	case FAILURE_NONE:
	case FAILURE_TIMEOUT:
	case FAILURE_CANCELLED:
	case FAILURE_COUNT:
		units_config_duration(timeout, device->timeout);
		str_addf(out, "does not answer SNMP at %s (%u %s up to %s)", where, device->retries + 1,
		    device->retries > 0 ? "tries, each" : "try of", timeout);
		break;
	}
}
