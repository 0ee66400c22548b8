/* importaccess: which credentials imported devices need: those of the configuration where they are the same,
 * else new ones, each once. */
#ifndef ROLLCALL_CTL_IMPORTACCESS_H
#define ROLLCALL_CTL_IMPORTACCESS_H

#include "ctl/importlist.h"

/* Fills list->credentials, and the devices' `credential`. */
void importaccess_settle(struct importlist *list);

/* As other programs write them: "2", "v2c", "SNMP_V2C" -> 1 ...; -1 when it is none. */
int importaccess_version(const char *text);
/* "sha1", "SHA-256", "HMAC192SHA256" -> ours, or NULL when there is no such. */
const char *importaccess_auth(const char *text);
/* "aes", "AES128", "aes256c" -> ours, or NULL. */
const char *importaccess_priv(const char *text);

#endif
