/* siphash: SipHash-2-4 (Aumasson, Bernstein 2012): a hash with a key, for what nobody without the key shall
 * be able to guess or to force. Short inputs are its purpose. Pure. */
#ifndef ROLLCALL_BASE_SIPHASH_H
#define ROLLCALL_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_LEN 16

uint64_t siphash(const uint8_t key[SIPHASH_KEY_LEN], const void *octets, size_t len);

#endif
