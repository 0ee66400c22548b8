/* author: in whose name something is said to the daemon. */
#ifndef ROLLCALL_CTL_AUTHOR_H
#define ROLLCALL_CTL_AUTHOR_H

#include "ctl/invocation.h"

/* --author, or who called sudo, or the user's name; caller frees. */
char *author_name(const struct invocation *invocation);

#endif
