/* xml: an XML file as the same read-only tree that yaml.h makes, for exports of other programs. The only code
 * that touches libexpat.
 *
 * An element with text alone is a scalar, an empty one nothing, one with children a mapping by their names;
 * where all children have the same name, and the element's own name is that with an s (<hosts><host>), a
 * list. Attributes are left out. A DOCTYPE, and with it entities of its own, is refused; the limits are
 * yaml.h's. */
#ifndef ROLLCALL_CONFIG_XML_H
#define ROLLCALL_CONFIG_XML_H

#include "config/yaml.h"

/* `name` is the file's name in messages. The tree's root is a mapping with the root element in it.
 * ERR_LIMIT, ERR_INVALID; the mistake is in diag then, *yaml NULL. */
enum err xml_parse(
    const char *name, const char *text, size_t len, struct diag *diag, struct yaml **yaml) MUST_USE;

#endif
