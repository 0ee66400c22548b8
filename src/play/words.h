/* words: names that are to be recognised wherever they stand, each with what stands there instead; and a
 * text's way through them, with all addresses and host names it has.
 *
 * Letters are compared without case; a word ends where no letter, digit or underscore follows. What a text
 * scan finds by itself: MAC addresses (00:1b:21:3c:4d:5e, 00-1b-..., 001b.213c.4d5e), IPv4 and IPv6
 * addresses, e-mail addresses, and host names that end in a domain which was told or in a common top-level
 * domain. A version ("12.2.55.3") looks like an IPv4 address: four numbers of which the first is below 20 and
 * not 10 are believed to be one only if that address was told. */
#ifndef ROLLCALL_PLAY_WORDS_H
#define ROLLCALL_PLAY_WORDS_H

#include "base/str.h"
#include "play/pseudonym.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words;

struct words *words_new(struct pseudonym *pseudonym); /* borrowed */
void words_free(struct words *words);

/* A host's name, with or without its domain, which is told as well. Shorter than 3 octets: not taken. */
void words_add_host(struct words *words, const char *name, size_t len);
/* Another name, such as a serial number ('s'); `kind` is its word: "serial". Shorter than 5 octets: not
 * taken. */
void words_add(struct words *words, const char *kind, const char *name, size_t len);
void words_add_ipv4(struct words *words, const uint8_t address[4]);
bool words_has_ipv4(const struct words *words, const uint8_t address[4]);
void words_add_mac(struct words *words, const uint8_t mac[6]);
bool words_has_mac(const struct words *words, const uint8_t mac[6]);

/* "host-1f3a9c02", with ".example.net" behind it when the name had a domain. */
void words_host(const struct words *words, struct str *out, const char *name, size_t len);
/* "serial-1f3a9c02"; nothing for nothing. */
void words_name(const struct words *words, struct str *out, const char *kind, const char *name, size_t len);

/* Adds `text` without what would tell whose it is. True if anything was changed. */
bool words_scrub(struct words *words, struct str *out, const char *text, size_t len);
/* A word that begins sub[0 .. n) of an object's name, each letter a sub-identifier: its length, with other
 * letters in its place. 0: none does. */
size_t words_scrub_index(const struct words *words, uint32_t *sub, size_t n);

#endif
