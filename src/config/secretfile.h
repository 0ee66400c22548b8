/* secretfile: files that hold one secret on one line. */
#ifndef ROLLCALL_CONFIG_SECRETFILE_H
#define ROLLCALL_CONFIG_SECRETFILE_H

#include "config/diag.h"
#include "config/yaml.h"
#include "model/credential.h"

#include <stdbool.h>

#define SECRETFILE_MAX 1024 /* bytes */

/* Reads the file that `value` names, from $CREDENTIALS_DIRECTORY if it is there, else
 * relative to `dir`. It must not be readable or writable by others, and hold one line that is not
 * empty; the newline is stripped. False when it does not; that is told at `value`, without
 * a byte of what the file holds. */
bool secretfile_read(
    const struct yaml_node *value, const char *dir, struct diag *diag, struct secret *secret);

/* A localised key "0x..." (RFC 3414 2.6): how many octets it has; 0 when the secret is a
 * passphrase, -1 when the digits are malformed. */
int secretfile_key_octets(const struct secret *secret);

#endif
