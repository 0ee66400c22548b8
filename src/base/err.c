#include "base/err.h"

const char *err_text(enum err err)
{
	switch (err) {
	case ERR_OK:
		return "ok";
	case ERR_INVALID:
		return "malformed";
	case ERR_NOT_FOUND:
		return "not found";
	case ERR_EXISTS:
		return "exists already";
	case ERR_FULL:
		return "full";
	case ERR_LIMIT:
		return "over the limit";
	case ERR_IO:
		return "input/output error";
	case ERR_DENIED:
		return "permission denied";
	case ERR_CORRUPT:
		return "damaged";
	case ERR_UNSUPPORTED:
		return "not supported";
	case ERR_CLOSED:
		return "closed";
	}
	return "unknown error";
}
