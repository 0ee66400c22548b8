#include "views/axis.h"

#include "base/mem.h"
#include "base/str.h"

#include <string.h>

#define KIB 1024.0
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

/* Without a known top: what memory and disks of today are told in. */
static struct axis bytes_axis(double top)
{
	static const struct {
		double least, divisor;
		const char *unit;
	} units[] = {
	    {4 * TIB, TIB, "TiB"}, {GIB, GIB, "GiB"}, {MIB, MIB, "MiB"}, {KIB, KIB, "KiB"}, {0, 1, "B"}};
	if (!(top > 0))
		top = GIB;
	size_t i = 0;
	while (top < units[i].least)
		i++;
	return (struct axis){
	    .unit = units[i].unit, .divisor = units[i].divisor, .from_zero = true, .decimals = 2};
}

struct axis axis_of(const char *unit, double top)
{
	/* Quantities of which zero means nothing special. */
	static const char *const floating[] = {"°C", "C", "V", "Hz", "dBm", "dB", "°F", "s", NULL};
	struct axis axis = {.unit = unit ? unit : "", .divisor = 1, .from_zero = true, .decimals = 2};
	if (str_equal(axis.unit, "B") || str_equal(axis.unit, "bytes") || str_equal(axis.unit, "octets"))
		return bytes_axis(top);
	if (str_equal(axis.unit, "%"))
		axis.decimals = 1;
	else if (str_equal(axis.unit, "/s") || strstr(axis.unit, "err"))
		axis.decimals = 2;
	else if (str_ends(axis.unit, "/s"))
		axis.si = true;
	for (size_t i = 0; floating[i]; i++)
		if (str_equal(axis.unit, floating[i]))
			axis.from_zero = false;
	return axis;
}

const char *axis_grid(int64_t span, bool narrow)
{
	static const struct {
		int64_t most; /* s */
		const char *wide, *narrow;
	} grids[] = {
	    {660, "MINUTE:1:MINUTE:1:MINUTE:1:0:%H:%M", "MINUTE:1:MINUTE:2:MINUTE:2:0:%H:%M"},
	    {2 * 3600, "MINUTE:5:MINUTE:10:MINUTE:10:0:%H:%M", "MINUTE:5:MINUTE:20:MINUTE:20:0:%H:%M"},
	    {8 * 3600, "MINUTE:30:HOUR:1:HOUR:1:0:%H:%M", "MINUTE:30:HOUR:2:HOUR:2:0:%H:%M"},
	    {36 * 3600, "HOUR:1:HOUR:3:HOUR:3:0:%H:%M", "HOUR:1:HOUR:6:HOUR:6:0:%H:%M"},
	    {10 * 86400, "HOUR:6:DAY:1:DAY:1:86400:%m-%d", "HOUR:12:DAY:1:DAY:1:86400:%d"},
	    {70 * 86400, "DAY:1:WEEK:1:WEEK:1:0:%m-%d", "DAY:1:WEEK:1:WEEK:2:0:%m-%d"},
	    {400 * 86400, "MONTH:1:MONTH:1:MONTH:1:2592000:%m", "MONTH:1:MONTH:1:MONTH:1:2592000:%m"},
	};
	for (size_t i = 0; i < ARRAY_LEN(grids); i++)
		if (span <= grids[i].most)
			return narrow ? grids[i].narrow : grids[i].wide;
	return NULL;
}
