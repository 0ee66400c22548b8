/* yamlread: libfyaml's events -> the nodes of yaml.h. For yaml.c, and for xml.c, which makes the same of
 * something else. */
#ifndef ROLLCALL_CONFIG_YAMLREAD_H
#define ROLLCALL_CONFIG_YAMLREAD_H

#include "config/yaml.h"

/* Zeroed room that lives as long as the tree (in yaml.c). */
void *yaml_room(struct yaml *yaml, size_t size);

/* A tree that somebody else builds, of room and nodes like these. */
struct yaml *yaml_begin(uint32_t file);
void yaml_set_root(struct yaml *yaml, const struct yaml_node *root);

enum err yamlread_parse(struct yaml *yaml, uint32_t file, const char *text, size_t len, struct diag *diag,
    enum yaml_duplicates duplicates, const struct yaml_node **root) MUST_USE;

#endif
