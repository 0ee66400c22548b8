/* anonymise: a recording without what tells whose it is, made so that it can be shown to others.
 *
 * Replaced, each by the same thing wherever it stands, in all recordings of one anonymiser (see pseudonym.h):
 *   - names of hosts: sysName, names and device ids of LLDP and CDP neighbours, and these words in any text;
 * host names and e-mail addresses in texts
 *   - IPv4 and IPv6 addresses: values of type IpAddress, octets known to be addresses, texts, and the indexes
 * of the tables that have addresses in them (indexes.h)
 *   - MAC addresses: octets known to be one, six octets that are no text, texts, and indexes; the maker's
 * prefix stays
 *   - sysContact, sysLocation, entPhysicalSerialNum and -AssetID, prtGeneralSerialNumber, and these words in
 * any text
 *   - ifAlias, LLDP port descriptions, names of VLANs, entPhysicalAlias and -Uris, hrFSRemoteMountPoint
 *   - the SNMP engine's id behind its enterprise; arguments of processes (emptied)
 * What a vendor's own objects call a serial number, a user, an SSID or a site is not known and stays, unless
 * it is one of the above: look before you publish. */
#ifndef ROLLCALL_PLAY_ANONYMISE_H
#define ROLLCALL_PLAY_ANONYMISE_H

#include "base/siphash.h"
#include "model/recording.h"

struct anonymise;

struct anonymise *anonymise_new(const uint8_t key[SIPHASH_KEY_LEN]);
void anonymise_free(struct anonymise *anonymise); /* NULL is fine */

/* A new recording, in order. */
struct recording *anonymise_recording(struct anonymise *anonymise, const struct recording *recording);

#endif
