/* err: the one enum of things that go wrong inside the program.
 *
 * Failures of a polled device are not errors: they are data (model/failure.h). */
#ifndef ROLLCALL_BASE_ERR_H
#define ROLLCALL_BASE_ERR_H

enum err {
	ERR_OK = 0,
	ERR_INVALID,	 /* malformed input */
	ERR_NOT_FOUND,	 /* no such thing */
	ERR_EXISTS,	 /* there is one already */
	ERR_FULL,	 /* a bounded queue or buffer has no room */
	ERR_LIMIT,	 /* larger than a named limit */
	ERR_IO,		 /* the operating system said no; errno tells */
	ERR_DENIED,	 /* permissions */
	ERR_CORRUPT,	 /* a file of ours is damaged */
	ERR_UNSUPPORTED, /* not in this build or this version */
	ERR_CLOSED,	 /* the other side, or the queue, is gone */
};

/* Lower-case words for messages: "not found". Never NULL. */
const char *err_text(enum err err);

#define MUST_USE __attribute__((warn_unused_result))

#endif
