#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/agent.h"
#include "model/inventory.h"
#include "model/report.h"
#include "model/status.h"

#include <math.h>
#include <string.h>

static void test_secret(void **state)
{
	struct secret secret = {0};

	(void)state;
	assert_string_equal(secret_print(&secret), "");
	secret_set(&secret, "public", 6);
	assert_int_equal(secret.len, 6);
	assert_memory_equal(secret.bytes, "public", 7); /* terminated as well */
	assert_string_equal(secret_print(&secret), "***");
	secret_set(&secret, secret.bytes + 3, 3); /* from itself */
	assert_memory_equal(secret.bytes, "lic", 4);
	secret_set(&secret, NULL, 0);
	assert_string_equal(secret_print(&secret), "***"); /* given, though empty */
	secret_fini(&secret);
	assert_null(secret.bytes);
}

static void test_inventory(void **state)
{
	struct inventory *inventory = mem_alloc(sizeof *inventory);
	struct device *device;

	(void)state;
	inventory->devices = mem_calloc(2, sizeof *inventory->devices);
	inventory->n_devices = 2;
	inventory->devices[0].name = mem_strdup("a");
	device = &inventory->devices[1];
	device->name = mem_strdup("b");
	device->tags = mem_calloc(1, sizeof *device->tags);
	device->tags[device->n_tags++] = mem_strdup("edge");
	device->rows = mem_calloc(1, sizeof *device->rows);
	device->rows[device->n_rows++] =
	    (struct row_filter){.table = mem_strdup("interfaces"), .exclude = match_new("^veth", NULL, NULL)};
	device->custom = mem_alloc(sizeof *device->custom);
	device->custom->name = mem_strdup("custom");
	inventory->credentials = mem_calloc(1, sizeof *inventory->credentials);
	inventory->credentials[inventory->n_credentials++] = mem_alloc(sizeof(struct credential));
	secret_set(&inventory->credentials[0]->community, "x", 1);
	inventory->profiles = mem_calloc(1, sizeof *inventory->profiles);
	inventory->profiles[inventory->n_profiles++] = mem_alloc(sizeof(struct profile));

	assert_ptr_equal(inventory_device(inventory, "b"), device);
	assert_null(inventory_device(inventory, "c"));
	assert_true(device_has_tag(device, "edge"));
	assert_false(device_has_tag(device, "edg"));
	inventory_free(inventory); /* the sanitizer says whether all of it */
	inventory_free(NULL);
}

static void test_names(void **state)
{
	struct system_info info = {.name = mem_strdup("x")};

	(void)state;
	for (int i = 0; i < FAILURE_COUNT; i++)
		assert_string_not_equal(failure_name((enum failure)i), "?");
	for (int i = 0; i < DEVICE_STATE_COUNT; i++)
		assert_string_not_equal(device_state_name((enum device_state)i), "?");
	for (int i = SEVERITY_OK; i <= SEVERITY_CRITICAL; i++)
		assert_string_not_equal(severity_name((enum severity)i), "?");
	for (int i = WALK_COMPLETE; i <= WALK_FAILED; i++)
		assert_string_not_equal(walk_end_name((enum walk_end)i), "?");
	assert_string_equal(failure_name(FAILURE_TOO_BIG), "too_big");
	assert_string_equal(device_state_name(DEVICE_UNREACHABLE), "unreachable");
	system_info_fini(&info);
	assert_null(info.name);
	assert_true(isnan(info.uptime_s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_secret),
	    cmocka_unit_test(test_inventory),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
