/* usage: what `rollcall --help` prints: the commands in the order in which people need them, with their
 * options. */
#ifndef ROLLCALL_CTL_USAGE_H
#define ROLLCALL_CTL_USAGE_H

const char *usage_text(void);

#endif
