/* Fuzzes XML of other programs: a tree comes out, or a mistake is told. */
#include "fuzz/input.h"

#include "config/xml.h"

#include <stdlib.h>

static void look(const struct yaml_node *node)
{
	size_t n = 0;

	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next, n++) {
		if ((e->key == NULL) != (node->type == YAML_SEQUENCE))
			abort();
		look(e->value);
	}
	if (n != node->count || (node->type == YAML_SCALAR) != (node->text != NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag *diag = diag_new();
	struct yaml *yaml;

	if (xml_parse("fuzz.xml", (const char *)data, size, diag, &yaml) == ERR_OK)
		look(yaml_root(yaml));
	else if (diag_errors(diag) == 0)
		abort();
	yaml_free(yaml);
	diag_free(diag);
	return 0;
}
