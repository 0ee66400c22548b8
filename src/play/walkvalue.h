/* walkvalue: one value as net-snmp's programs print it behind "NAME = ".
 *
 *     STRING: "a switch"          quoted, with \" and \\; may go on over further lines
 *     STRING: 0:1b:21:3c:4d:5e    unquoted: a DISPLAY-HINT was at work. Addresses and dates are turned back
 *                                 into their octets, as far as the text tells
 *     Hex-STRING: 00 1B 21        may go on over further lines; also BITS: 80 up(0)
 *     INTEGER: up(1)              names, units and the point of a hint (23.5 of "d-1" is 235) go
 *     Timeticks: (123) 0:00:01.23
 *     Opaque: Float: 1.5
 *     Wrong Type (should be Counter32): INTEGER: 5
 *
 * Knows nothing of files. */
#ifndef ROLLCALL_PLAY_WALKVALUE_H
#define ROLLCALL_PLAY_WALKVALUE_H

#include "base/str.h"
#include "model/value.h"

enum walkvalue {
	WALKVALUE_WHOLE,  /* *value is it */
	WALKVALUE_QUOTED, /* the closing quote is still to come */
	WALKVALUE_PLAIN,  /* text without quotes: the next line may belong to it */
	WALKVALUE_HEX,	  /* as above */
	WALKVALUE_ABSENT, /* "No Such Object available ...", "No more variables left ..." */
	WALKVALUE_BAD,
};

/* `octets` is cleared, and gets the octets of what has some; *value points to them, when WHOLE or after
 * walkvalue_end(). */
enum walkvalue walkvalue_begin(const char *text, struct value *value, struct str *octets);
/* A further line of a value that is QUOTED, PLAIN or HEX; what it is now. BAD: the line does not belong to
 * it, which it leaves as it was. */
enum walkvalue walkvalue_more(enum walkvalue state, const char *line, struct str *octets);
/* No further line: completes *value. `is_mac`: the object is known to be a MAC address. */
void walkvalue_end(enum walkvalue state, bool is_mac, struct value *value, struct str *octets);

#endif
