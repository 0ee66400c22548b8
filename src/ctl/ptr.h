/* ptr: the DNS names of addresses (PTR records; /etc/hosts too, as getnameinfo() has them), several at once,
 * and within a time: a name server that does not answer costs no more than that.
 *
 * Look-ups run in threads of their own; what has not ended in time is left behind, and ends by itself. */
#ifndef ROLLCALL_CTL_PTR_H
#define ROLLCALL_CTL_PTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTR_NAME_MAX 256 /* with the terminator */

/* One look-up, in a thread. False = the address has no name. */
typedef bool ptr_lookup(const char *address, char name[PTR_NAME_MAX]);
ptr_lookup ptr_by_system;

/* names[i]: the name of addresses[i], caller frees, or NULL. False when the time (ns) was too short for all.
 */
bool ptr_names(const char *const *addresses, size_t n, int64_t patience, ptr_lookup *lookup, char **names);

#endif
