#include "config/digest.h"

#include "base/str.h"

#include <string.h>

static uint64_t mix(uint64_t seed, const void *bytes, size_t len)
{
	uint64_t both[2] = {seed, str_hash(bytes, len)};

	return str_hash(both, sizeof both);
}

static uint64_t mix_text(uint64_t seed, const char *text)
{
	return text != NULL ? mix(seed, text, strlen(text) + 1) : mix(seed, "", 0);
}

static uint64_t mix_number(uint64_t seed, int64_t number)
{
	return mix(seed, &number, sizeof number);
}

uint64_t digest_yaml(const struct yaml_node *node, uint64_t seed)
{
	if (node == NULL)
		return mix_number(seed, -1);
	seed = mix_number(seed, (int64_t)node->type << 1 | node->is_null);
	if (node->type == YAML_SCALAR)
		return mix_text(seed, node->text);
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next) {
		if (e->key != NULL)
			seed = mix_text(seed, e->key->text);
		seed = digest_yaml(e->value, seed);
	}
	return mix_number(seed, (int64_t)node->count);
}

static uint64_t mix_credential(uint64_t seed, const struct credential *credential)
{
	seed = mix_text(seed, credential->name);
	seed = mix_number(seed, credential->version);
	seed = mix(seed, credential->community.bytes, credential->community.len);
	seed = mix_text(seed, credential->user);
	seed = mix_text(seed, credential->auth);
	seed = mix_text(seed, credential->priv);
	seed = mix(seed, credential->auth_key.bytes, credential->auth_key.len);
	seed = mix(seed, credential->priv_key.bytes, credential->priv_key.len);
	seed = mix_text(seed, credential->context);
	return mix(seed, credential->context_engine_id, credential->context_engine_id_len);
}

static uint64_t mix_filter(uint64_t seed, const struct row_filter *filter)
{
	seed = mix_text(seed, filter->table);
	seed = mix_text(seed, filter->include != NULL ? match_pattern(filter->include) : NULL);
	return mix_text(seed, filter->exclude != NULL ? match_pattern(filter->exclude) : NULL);
}

uint64_t digest_agent(const struct device *device, const struct yaml_node *custom)
{
	uint64_t seed = mix_text(0, device->host);

	seed = mix_number(seed, device->port);
	for (size_t i = 0; i < device->n_credentials; i++)
		seed = mix_credential(seed, device->credentials[i]);
	return digest_yaml(custom, seed);
}

uint64_t digest_device(const struct device *device)
{
	uint64_t seed = mix_text(device->agent_digest, device->name);

	seed = mix_number(seed, device->interval);
	seed = mix_number(seed, device->timeout);
	seed = mix_number(seed, device->retries);
	seed = mix_number(seed, device->accept_any_source);
	seed = mix_number(seed, device->max_rate);
	for (size_t i = 0; i < device->n_tags; i++)
		seed = mix_text(seed, device->tags[i]);
	for (size_t i = 0; i < device->n_rows; i++)
		seed = mix_filter(seed, &device->rows[i]);
	return mix_number(seed, device->profile != NULL ? (int64_t)device->profile->digest : 0);
}
