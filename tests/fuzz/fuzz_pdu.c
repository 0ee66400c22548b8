/* Fuzzes what reads datagrams: message, security, PDU, varbinds, and the quoted id of
 * ICMP errors.
 *
 * With clang: -fsanitize=fuzzer,address,undefined -DFUZZ_LIBFUZZER. Else a program of its
 * own: fuzz_pdu [-n MUTATIONS] [-s SEED] FILE|DIR... reads each file as it is, then
 * seeded mutations of them, each in a block of exactly its size. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/vec.h"
#include "model/credential.h"
#include "model/oid.h"
#include "snmp/message.h"
#include "snmp/security.h"
#include "snmp/varbind.h"

#define FILE_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static struct security *public_security(enum snmp_version version)
{
	struct credential credential = {.version = version};
	struct security *security;

	secret_set(&credential.community, "public", 6);
	security = security_new(&credential);
	secret_fini(&credential.community);
	return security;
}

/* Uses every octet that a value claims to have. */
static unsigned touch(const struct varbind *varbind)
{
	const struct value *value = &varbind->value;
	struct str text = {0};
	struct oid oid;
	unsigned sum = 0;
	int64_t number;

	for (size_t i = 0; i < varbind->name_len; i++)
		sum += varbind->name[i];
	/* What one calls sound the other must be able to read. */
	if (varbind_oid_is_sound(varbind->name, varbind->name_len) !=
	    (oid_from_ber(varbind->name, varbind->name_len, &oid) == ERR_OK))
		abort();
	value_add_text(&text, value, VALUE_FORMAT_AUTO);
	sum += (unsigned)text.len + value_to_i64(value, &number);
	str_fini(&text);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct security *security;
	struct message message;
	struct varbind varbind;
	struct pdu pdu;
	unsigned sum = 0;
	uint32_t id;

	sum += message_quoted_id(octets, len, &id);
	if (message_open(octets, len, &message) == REJECT_NONE) {
		security = public_security(message.version == SNMP_V1 ? SNMP_V1 : SNMP_V2C);
		if (security_unwrap(security, &message, &pdu) == REJECT_NONE) {
			while (varbind_next(&pdu.varbinds, &varbind) == VARBIND_OK)
				sum += touch(&varbind);
		}
		security_release(security);
	}
	return sum == UINT32_MAX ? 1 : 0;
}

#ifndef FUZZ_LIBFUZZER

struct input {
	uint8_t *octets;
	size_t len;
};

struct inputs {
	struct input *v;
	size_t n, cap;
};

static void load_file(struct inputs *inputs, const char *path)
{
	struct input input = {mem_alloc(FILE_MAX), 0};
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	input.len = fread(input.octets, 1, FILE_MAX, file);
	fclose(file);
	vec_push(inputs, input);
}

static void load(struct inputs *inputs, const char *path)
{
	struct dirent **entries = NULL;
	struct stat st;
	char *child;
	int n;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		load_file(inputs, path);
		return;
	}
	n = scandir(path, &entries, NULL, alphasort); /* sorted: the same seed gives the same run */
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			child = str_format("%s/%s", path, entries[i]->d_name);
			load_file(inputs, child);
			free(child);
		}
		free(entries[i]);
	}
	free(entries);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

/* Sanitizers see an octet too many only at the end of a block. */
static void try_exactly(const uint8_t *octets, size_t len)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);

	if (copy == NULL)
		abort();
	memcpy(copy, octets, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void try_mutation(const struct input *input, uint64_t *seed)
{
	static const uint8_t telling[] = {
	    0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x30, 0x46, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa2, 0xff};
	uint8_t buf[FILE_MAX];
	size_t len = input->len;

	memcpy(buf, input->octets, len);
	for (uint32_t n = 1 + next_random(seed) % 5; n > 0 && len > 0; n--) {
		size_t at = next_random(seed) % len;

		switch (next_random(seed) % 5) {
		case 0:
			buf[at] = (uint8_t)next_random(seed);
			break;
		case 1:
			buf[at] = telling[next_random(seed) % sizeof telling];
			break;
		case 2:
			buf[at] = (uint8_t)(buf[at] ^ 1u << next_random(seed) % 8);
			break;
		case 3:
			len = at;
			break;
		default: /* an octet less, lengths unchanged */
			memmove(buf + at, buf + at + 1, --len - at);
		}
	}
	try_exactly(buf, len);
}

int main(int argc, char **argv)
{
	struct inputs inputs = {0};
	unsigned long mutations = 100000;
	uint64_t seed = 1;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
			mutations = strtoul(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else
			load(&inputs, argv[i]);
	}
	if (inputs.n == 0) {
		fprintf(stderr, "usage: fuzz_pdu [-n MUTATIONS] [-s SEED] FILE|DIR...\n");
		return 2;
	}
	for (size_t i = 0; i < inputs.n; i++)
		try_exactly(inputs.v[i].octets, inputs.v[i].len);
	for (unsigned long i = 0; i < mutations; i++)
		try_mutation(&inputs.v[i % inputs.n], &seed);
	printf("fuzz_pdu: %zu inputs, %lu mutations\n", inputs.n, mutations);
	for (size_t i = 0; i < inputs.n; i++)
		free(inputs.v[i].octets);
	vec_fini(&inputs);
	return 0;
}

#endif
