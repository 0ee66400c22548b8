/* reencode: the same message in another BER than the usual one. */
#ifndef FLEET_REENCODE_H
#define FLEET_REENCODE_H

#include "fleet/codec.h"

enum reencode_form {
	REENCODE_LONG,	     /* every length in four octets: allowed by BER, if wasteful */
	REENCODE_INDEFINITE, /* constructed elements end with two zero octets: RFC 3417 forbids it */
};

/* Into out[room]; returns the new message, or `message` when there is no room for it or it is malformed. */
struct span reencode(struct span message, enum reencode_form form, uint8_t *out, size_t room);

#endif
