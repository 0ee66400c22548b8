/* pseudonym: other names and addresses for those of a site: the same one for the same, nothing that leads
 * back without the key. Kinds of things stay what they are: a maker's prefix in a MAC address, neighbours in
 * a network, broadcast and multicast, loopback and netmasks.
 *
 *     IPv4   the /24 becomes one of 10.0.0.0/8 (the 65,537th and further ones: of 240.0.0.0/4), the last
 * octet stays IPv6   the /64 becomes one of 2001:db8::/32; interface identifiers are hashed, small ones stay
 *     MAC    the first three octets stay, the others are permuted, so that no two meet
 *     texts  "host-1f3a9c02"
 */
#ifndef ROLLCALL_PLAY_PSEUDONYM_H
#define ROLLCALL_PLAY_PSEUDONYM_H

#include "base/siphash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pseudonym;

struct pseudonym *pseudonym_new(const uint8_t key[SIPHASH_KEY_LEN]); /* copied */
void pseudonym_free(struct pseudonym *pseudonym);		     /* wipes the key; NULL is fine */

/* In place. */
void pseudonym_ipv4(struct pseudonym *pseudonym, uint8_t address[4]);
void pseudonym_ipv6(struct pseudonym *pseudonym, uint8_t address[16]);
void pseudonym_mac(const struct pseudonym *pseudonym, uint8_t mac[6]);
/* Whether it would stay as it is: says nothing of anybody. */
bool pseudonym_spares_ipv4(const uint8_t address[4]);
bool pseudonym_spares_mac(const uint8_t mac[6]);

/* A number for octets of one kind; letters are compared without case. */
uint32_t pseudonym_number(const struct pseudonym *pseudonym, char kind, const void *octets, size_t len);

#endif
