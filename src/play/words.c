#include "play/words.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uthash.h>

#define HOST_MIN      3
#define NAME_MIN      5
#define WORD_MAX      255
#define VERSION_FIRST 20 /* a first number below it is more likely a version's */

struct word {
	char *text; /* lower case; the key */
	size_t len;
	char *instead;
	struct word *next; /* with the same first letter */
	UT_hash_handle hh;
};

/* An address that was told. */
struct known {
	uint8_t octets[6];
	UT_hash_handle hh;
};

struct words {
	struct pseudonym *pseudonym;
	struct word *all;
	struct word *by_letter[256];
	struct word *domains; /* the hash alone */
	struct known *ipv4, *macs;
};

struct words *words_new(struct pseudonym *pseudonym)
{
	struct words *words = mem_alloc(sizeof *words);

	words->pseudonym = pseudonym;
	return words;
}

static void free_words(struct word *hash)
{
	struct word *word, *next;

	HASH_ITER(hh, hash, word, next)
	{
		HASH_DEL(hash, word);
		free(word->text);
		free(word->instead);
		free(word);
	}
}

static void free_known(struct known *hash)
{
	struct known *known, *next;

	HASH_ITER(hh, hash, known, next)
	{
		HASH_DEL(hash, known);
		free(known);
	}
}

void words_free(struct words *words)
{
	if (words == NULL)
		return;
	free_words(words->all);
	free_words(words->domains);
	free_known(words->ipv4);
	free_known(words->macs);
	free(words);
}

/* --- what is told --- */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80) != 0;
}

static struct word *put(struct word **hash, const char *text, size_t len)
{
	char lower[WORD_MAX + 1];
	struct word *word = NULL;

	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	HASH_FIND(hh, *hash, lower, len, word);
	if (word != NULL)
		return NULL;
	word = mem_alloc(sizeof *word);
	word->text = mem_strndup(lower, len);
	word->len = len;
	HASH_ADD_KEYPTR(hh, *hash, word->text, len, word);
	return word;
}

static void put_word(struct words *words, const char *text, size_t len, char *instead)
{
	struct word *word = put(&words->all, text, len);
	unsigned char first;

	if (word == NULL) {
		free(instead);
		return;
	}
	word->instead = instead;
	first = (unsigned char)word->text[0];
	word->next = words->by_letter[first];
	words->by_letter[first] = word;
}

/* What is behind the first dot of a name, if that is a domain: "example.net". */
static const char *domain_of(const char *name, size_t len, size_t *n)
{
	const char *dot = memchr(name, '.', len);

	*n = dot != NULL ? len - (size_t)(dot + 1 - name) : 0;
	return *n > 0 && !isdigit((unsigned char)name[len - 1]) && memchr(dot + 1, ' ', *n) == NULL ? dot + 1
												    : NULL;
}

void words_host(const struct words *words, struct str *out, const char *name, size_t len)
{
	size_t n, host;
	const char *domain = domain_of(name, len, &n);

	if (len == 0)
		return;
	host = domain != NULL ? (size_t)(domain - 1 - name) : len;
	str_addf(out, "host-%08x%s", pseudonym_number(words->pseudonym, 'h', name, host),
	    domain != NULL ? ".example.net" : "");
}

void words_name(const struct words *words, struct str *out, const char *kind, const char *name, size_t len)
{
	if (len > 0)
		str_addf(out, "%s-%08x", kind, pseudonym_number(words->pseudonym, kind[0], name, len));
}

void words_add_host(struct words *words, const char *name, size_t len)
{
	struct str instead = {0};
	size_t n, host;
	const char *domain;

	if (len < HOST_MIN || len > WORD_MAX)
		return;
	domain = domain_of(name, len, &n);
	host = domain != NULL ? (size_t)(domain - 1 - name) : len;
	if (domain != NULL)
		put(&words->domains, domain, n);
	if (host < HOST_MIN)
		return;
	words_host(words, &instead, name, host);
	put_word(words, name, host, str_steal(&instead));
}

void words_add(struct words *words, const char *kind, const char *name, size_t len)
{
	struct str instead = {0};

	if (len < NAME_MIN || len > WORD_MAX)
		return;
	words_name(words, &instead, kind, name, len);
	put_word(words, name, len, str_steal(&instead));
}

static void put_known(struct known **hash, const uint8_t *octets, size_t len)
{
	struct known *known = NULL;

	HASH_FIND(hh, *hash, octets, len, known);
	if (known != NULL)
		return;
	known = mem_alloc(sizeof *known);
	memcpy(known->octets, octets, len);
	HASH_ADD_KEYPTR(hh, *hash, known->octets, len, known);
}

void words_add_ipv4(struct words *words, const uint8_t address[4])
{
	if (!pseudonym_spares_ipv4(address))
		put_known(&words->ipv4, address, 4);
}

bool words_has_ipv4(const struct words *words, const uint8_t address[4])
{
	struct known *known = NULL;

	HASH_FIND(hh, words->ipv4, address, 4, known);
	return known != NULL;
}

void words_add_mac(struct words *words, const uint8_t mac[6])
{
	if (!pseudonym_spares_mac(mac))
		put_known(&words->macs, mac, 6);
}

bool words_has_mac(const struct words *words, const uint8_t mac[6])
{
	struct known *known = NULL;

	HASH_FIND(hh, words->macs, mac, 6, known);
	return known != NULL;
}

/* --- a text --- */

/* The longest word that begins here and ends where words end. */
static const struct word *word_at(const struct words *words, const char *text, size_t len)
{
	const struct word *best = NULL;

	for (const struct word *word = words->by_letter[tolower((unsigned char)text[0])]; word != NULL;
	     word = word->next) {
		if (word->len <= len && (best == NULL || word->len > best->len) &&
		    strncasecmp(word->text, text, word->len) == 0 &&
		    (word->len == len || !is_word_char(text[word->len])))
			best = word;
	}
	return best;
}

/* 12 hex digits in groups of `group`, with one of `marks` between them. */
static size_t read_mac(const char *text, size_t len, size_t group, const char *marks, uint8_t mac[6])
{
	size_t at = 0;
	char mark = 0;

	for (size_t digit = 0; digit < 12; digit++) {
		unsigned value;

		if (digit > 0 && digit % group == 0) {
			if (at >= len || strchr(marks, text[at]) == NULL || (mark != 0 && text[at] != mark))
				return 0;
			mark = text[at++];
		}
		if (at >= len || !isxdigit((unsigned char)text[at]))
			return 0;
		value = (unsigned)(isdigit((unsigned char)text[at]) ? text[at] - '0'
								    : (text[at] | 32) - 'a' + 10);
		mac[digit / 2] = (uint8_t)(digit % 2 == 0 ? value << 4 : mac[digit / 2] | value);
		at++;
	}
	return at == len || (!is_word_char(text[at]) && text[at] != mark) ? at : 0;
}

static size_t take_mac(struct words *words, struct str *out, const char *text, size_t len)
{
	static const struct {
		size_t group;
		const char *marks;
	} forms[] = {{2, ":-"}, {4, ".-:"}};
	uint8_t mac[6];

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = read_mac(text, len, forms[i].group, forms[i].marks, mac), digit = 0;
		bool upper = false;

		if (n == 0)
			continue;
		for (size_t c = 0; c < n; c++)
			upper |= text[c] >= 'A' && text[c] <= 'F';
		pseudonym_mac(words->pseudonym, mac);
		for (size_t c = 0; c < n; c++) {
			if (!isxdigit((unsigned char)text[c])) {
				str_add_char(out, text[c]);
				continue;
			}
			str_add_char(out, (upper ? "0123456789ABCDEF"
						 : "0123456789abcdef")[digit % 2 == 0 ? mac[digit / 2] >> 4
										      : mac[digit / 2] & 15]);
			digit++;
		}
		return n;
	}
	return 0;
}

static size_t take_ipv4(struct words *words, struct str *out, const char *text, size_t len)
{
	size_t n = 0;
	char copy[INET_ADDRSTRLEN];
	uint8_t address[4];

	while (n < len && (isdigit((unsigned char)text[n]) || text[n] == '.'))
		n++;
	while (n > 0 && text[n - 1] == '.')
		n--;
	if (n < 7 || n >= sizeof copy || (n < len && is_word_char(text[n])))
		return 0;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (inet_pton(AF_INET, copy, address) != 1)
		return 0;
	if (address[0] < VERSION_FIRST && address[0] != 10 && !words_has_ipv4(words, address))
		return 0;
	pseudonym_ipv4(words->pseudonym, address);
	str_addf(out, "%u.%u.%u.%u", address[0], address[1], address[2], address[3]);
	return n;
}

static size_t take_ipv6(struct words *words, struct str *out, const char *text, size_t len)
{
	size_t n = 0;
	char copy[INET6_ADDRSTRLEN];
	uint8_t address[16];

	while (n < len && (isxdigit((unsigned char)text[n]) || text[n] == ':'))
		n++;
	if (n < 3 || n >= sizeof copy || (n < len && is_word_char(text[n])) || memchr(text, ':', n) == NULL)
		return 0;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (inet_pton(AF_INET6, copy, address) != 1)
		return 0;
	pseudonym_ipv6(words->pseudonym, address);
	inet_ntop(AF_INET6, address, copy, sizeof copy);
	str_add(out, copy);
	return n;
}

/* --- host names --- */

static bool is_host_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* "a.b.c": its length without a last dot; the number of labels in *labels. */
static size_t host_length(const char *text, size_t len, size_t *labels)
{
	size_t n = 0;

	*labels = 1;
	while (n < len && (is_host_char(text[n]) || (text[n] == '.' && n > 0 && text[n - 1] != '.')))
		n++;
	while (n > 0 && text[n - 1] == '.')
		n--;
	for (size_t i = 0; i < n; i++)
		*labels += text[i] == '.';
	return n;
}

static bool ends_in_known_domain(const struct words *words, const char *name, size_t len)
{
	char lower[WORD_MAX + 1];
	struct word *word = NULL;

	if (len > WORD_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	for (size_t i = 0; i < len && word == NULL; i++) {
		if (i == 0 || lower[i - 1] == '.')
			HASH_FIND(hh, words->domains, lower + i, len - i, word);
	}
	return word != NULL;
}

/* A name under one of these is a host's; two letters (a country's) could as well end a file's name, so such
 * ones need three labels. */
static bool ends_in_top_domain(const char *name, size_t len, size_t labels)
{
	static const char *const known[] = {"com", "net", "org", "edu", "gov", "mil", "int", "info", "biz",
	    "local", "lan", "internal", "corp", "home", "intra", "localdomain", "arpa", "cloud"};
	static const char *const files[] = {
	    "so", "sh", "py", "pl", "rs", "md", "cc", "la", "ko", "gz", "xz", "js"};
	size_t n = 0;
	const char *last;

	while (n < len && isalpha((unsigned char)name[len - 1 - n]))
		n++;
	last = name + len - n;
	if (labels < 2 || n < 2 || last == name || last[-1] != '.')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strlen(known[i]) == n && strncasecmp(known[i], last, n) == 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (n == 2 && strncasecmp(files[i], last, 2) == 0)
			return false;
	}
	return n == 2 && labels >= 3;
}

/* A maker's page, in many a sysDescr, says nothing of the site. */
static bool is_page(const char *name, size_t len)
{
	return len > 4 && strncasecmp(name, "www.", 4) == 0;
}

static size_t take_host(struct words *words, struct str *out, const char *text, size_t len)
{
	size_t labels, n = host_length(text, len, &labels);

	if (labels < 2 || is_page(text, n))
		return 0;
	if (!ends_in_known_domain(words, text, n) && !ends_in_top_domain(text, n, labels))
		return 0;
	words_host(words, out, text, n);
	return n;
}

static size_t take_email(struct words *words, struct str *out, const char *text, size_t len)
{
	size_t at = 0, labels, n;

	while (at < len && (is_word_char(text[at]) || (at > 0 && strchr(".%+-", text[at]) != NULL)))
		at++;
	if (at == 0 || at + 1 >= len || text[at] != '@')
		return 0;
	n = host_length(text + at + 1, len - at - 1, &labels);
	if (labels < 2 || n < 4)
		return 0;
	n += at + 1;
	str_addf(out, "user-%08x@example.net", pseudonym_number(words->pseudonym, 'e', text, n));
	return n;
}

static size_t take_word(struct words *words, struct str *out, const char *text, size_t len)
{
	const struct word *word = word_at(words, text, len);

	if (word != NULL)
		str_add(out, word->instead);
	return word != NULL ? word->len : 0;
}

bool words_scrub(struct words *words, struct str *out, const char *text, size_t len)
{
	static size_t (*const takers[])(struct words *, struct str *, const char *, size_t) = {
	    take_email, take_host, take_word, take_mac, take_ipv4, take_ipv6};
	bool changed = false;
	size_t at = 0;

	while (at < len) {
		bool begins = at == 0 || !is_word_char(text[at - 1]);
		/* What follows a dot or a hyphen is part of a name or version, unless that name is told. */
		bool inside =
		    at > 1 && (text[at - 1] == '.' || text[at - 1] == '-') && is_word_char(text[at - 2]);
		size_t n = 0;

		for (size_t i = 0; begins && n == 0 && i < ARRAY_LEN(takers); i++) {
			if (!inside || takers[i] == take_word)
				n = takers[i](words, out, text + at, len - at);
		}
		changed |= n > 0;
		if (n == 0)
			str_add_char(out, text[at++]);
		at += n;
	}
	return changed;
}

size_t words_scrub_index(const struct words *words, uint32_t *sub, size_t n)
{
	char text[WORD_MAX];
	size_t len = 0;
	const struct word *word;

	while (len < n && len < sizeof text && sub[len] >= 32 && sub[len] < 127) {
		text[len] = (char)sub[len];
		len++;
	}
	word = len >= NAME_MIN ? word_at(words, text, len) : NULL;
	if (word == NULL || word->len < NAME_MIN)
		return 0;
	for (size_t i = 0; i < word->len; i++) {
		uint8_t input[2] = {(uint8_t)i, (uint8_t)(i >> 8)};

		if (isalnum((unsigned char)text[i]))
			sub[i] = 'a' + (pseudonym_number(words->pseudonym, 'x', word->text, word->len) ^
					   pseudonym_number(words->pseudonym, 'y', input, sizeof input)) %
					   26;
	}
	return word->len;
}
