#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"
#include "config/xml.h"

#include <stdio.h>
#include <string.h>

/* The tree in the flow style of YAML. */
static void show(struct str *out, const struct yaml_node *node)
{
	if (node->type == YAML_SCALAR) {
		str_add(out, node->is_null ? "~" : node->text);
		return;
	}
	str_add(out, node->type == YAML_MAPPING ? "{" : "[");
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next) {
		if (e != yaml_first(node))
			str_add(out, ",");
		if (e->key != NULL)
			str_addf(out, "%s:", e->key->text);
		show(out, e->value);
	}
	str_add(out, node->type == YAML_MAPPING ? "}" : "]");
}

static void expect(const char *text, const char *expected)
{
	struct diag *diag = diag_new();
	struct yaml *yaml;
	struct str out = {0}, told = {0};

	if (xml_parse("a.xml", text, strlen(text), diag, &yaml) != ERR_OK) {
		diag_render(diag, &told);
		fail_msg("%s", str_text(&told));
	}
	show(&out, yaml_root(yaml));
	assert_string_equal(str_text(&out), expected);
	str_fini(&out);
	yaml_free(yaml);
	diag_free(diag);
}

static void expect_wrong(const char *text, size_t len, enum err err, const char *expected)
{
	struct diag *diag = diag_new();
	struct yaml *yaml;
	struct str told = {0};

	assert_int_equal(xml_parse("a.xml", text, len, diag, &yaml), err);
	assert_null(yaml);
	diag_render(diag, &told);
	if (strstr(str_text(&told), expected) == NULL)
		fail_msg("'%s' is not in '%s'", expected, str_text(&told));
	str_fini(&told);
	diag_free(diag);
}

static void elements_become_mappings_lists_and_texts(void **state)
{
	(void)state;
	expect("<a><b> x </b><c/><d></d></a>", "{a:{b:x,c:~,d:~}}");
	expect("<r><hosts><host><host>n</host><name>v</name></host></hosts></r>",
	    "{r:{hosts:[{host:n,name:v}]}}");
	expect("<r><tags><tag><tag>t</tag><value>v</value></tag><tag>x</tag></tags></r>",
	    "{r:{tags:[{tag:t,value:v},x]}}");
	expect("<r><host><host>n</host></host></r>", "{r:{host:{host:n}}}");
	expect("<r><hosts/></r>", "{r:{hosts:~}}");
	expect("<r><a>1</a><a>2</a></r>", "{r:{a:1,a:2}}");
}

static void text_is_what_it_stands_for(void **state)
{
	(void)state;
	expect("<a>x &lt;&amp;&gt; &#65;</a>", "{a:x <&> A}");
	expect("<a><![CDATA[<b>]]></a>", "{a:<b>}");
	expect("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>", "{a:\xc3\xa9}");
	expect("<a x=\"1\"><!-- no --><b>y</b></a>", "{a:{b:y}}");
}

static void places_are_told(void **state)
{
	static const char text[] = "<a>\n  <b>\n    <c>x</c>\n  </b>\n</a>\n";
	struct diag *diag = diag_new();
	struct yaml *yaml;
	const struct yaml_node *c;

	(void)state;
	assert_int_equal(xml_parse("a.xml", text, strlen(text), diag, &yaml), ERR_OK);
	c = yaml_get(yaml_get(yaml_get(yaml_root(yaml), "a"), "b"), "c");
	assert_int_equal(c->place.line, 3);
	assert_int_equal(c->place.col, 5);
	yaml_free(yaml);
	diag_free(diag);
}

static void what_is_malformed_is_told(void **state)
{
	static const char bomb[] = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxx\">]><a>&x;</a>";
	char deep[400];

	(void)state;
	expect_wrong("<a>\n<b></a>", 11, ERR_INVALID, "a.xml:2:");
	expect_wrong("", 0, ERR_INVALID, "malformed XML");
	expect_wrong("<a>", 3, ERR_INVALID, "malformed XML");
	expect_wrong("<a/><b/>", 8, ERR_INVALID, "malformed XML");
	expect_wrong("<a>\xff</a>", 8, ERR_INVALID, "malformed XML");
	expect_wrong(bomb, strlen(bomb), ERR_INVALID, "a DOCTYPE is not read");
	for (size_t i = 0; i < sizeof deep - 1; i += 3)
		memcpy(deep + i, "<a>", 3);
	expect_wrong(deep, sizeof deep - 1, ERR_LIMIT, "too deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(elements_become_mappings_lists_and_texts),
	    cmocka_unit_test(text_is_what_it_stands_for), cmocka_unit_test(places_are_told),
	    cmocka_unit_test(what_is_malformed_is_told)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
