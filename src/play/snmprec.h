/* snmprec: recordings as snmpsim and LibreNMS keep them: a line per object, NAME|TAG|VALUE.
 *
 *     1.3.6.1.2.1.1.5.0|4|core-1            text as it is
 *     1.3.6.1.2.1.2.2.1.6.1|4x|001b213c4d5e  x: octets in hexadecimal; e: escaped as in Python ("a\nb")
 *     1.3.6.1.2.1.2.2.1.10.1|65|1000
 *
 * Tags: 2 INTEGER, 4 OCTET STRING, 5 NULL, 6 OBJECT IDENTIFIER, 64 IpAddress, 65 Counter32, 66 Gauge32, 67
 * TimeTicks, 68 Opaque, 70 Counter64; 128 to 130, the exceptions, say that there is nothing. A tag with a
 * colon
 * ("65:numeric") wants one of snmpsim's variation modules: such lines are told and passed over. # begins a
 * comment. */
#ifndef ROLLCALL_PLAY_SNMPREC_H
#define ROLLCALL_PLAY_SNMPREC_H

#include "base/err.h"
#include "base/str.h"
#include "model/recording.h"
#include "play/reading.h"

#include <stdbool.h>
#include <stdio.h>

/* Adds the file's objects to `recording`, which is to be sorted then. Lines that are no use are told in
 * *reading and cost nobody else anything. ERR_IO when the file cannot be read to its end; ERR_LIMIT when it
 * holds more than a recording takes: what came before is there. */
enum err snmprec_read(FILE *file, struct recording *recording, struct reading *reading) MUST_USE;

/* Adds one object as one line that snmprec_read() and snmpsim read back. False, and nothing is added, for
 * what has no value: exceptions and varbinds that did not decode. */
bool snmprec_add(struct str *out, const struct recorded *object);

#endif
