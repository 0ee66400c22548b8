/* Recording on a virtual clock: an agent that is a recording gives itself; one that is played by the test
 * stops where it likes. And what is withheld. */
#include "daemon/record.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/units.h"
#include "daemon/replayed.h"
#include "daemon/withhold.h"
#include "unit/lint/objects.h"

#include <stdlib.h>
#include <string.h>

#define WALL (INT64_C(1764000000) * UNITS_SEC)

/* How the agent that a test plays ends the walk of 1.3; other roots are empty. */
struct script {
	size_t cells;
	enum walk_end end;
	enum failure failure;
	const char *community; /* it answers to this one alone */
};

struct scene {
	struct clock_virtual clock;
	struct loop *loop;
	struct replayed *replayed;
	struct agent agent;
	struct script script;
	char community[16];
	struct credential credentials[2];
	const struct credential *list[2];
	struct device device;
	struct record_options options;
	/* what came */
	struct record_result results[4];
	size_t n_results, objects[4];
	bool enough;
};

static struct recording *some_objects(void)
{
	struct recording *recording = recording_new();

	object_text(recording, "1.0.8802.1.1.2.1.3.3.0", "sw1");
	object_number(recording, "1.2.840.10006.300.43.1.1.1.1.1.5", VALUE_INTEGER, 1);
	object_text(recording, "1.3.6.1.2.1.1.1.0", "a switch");
	object_number(recording, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 2);
	object_number(recording, "1.3.6.1.4.1.9999.1.0", VALUE_GAUGE32, 7);
	recording_sort(recording);
	return recording;
}

static bool recorded(void *arg, struct recording *recording, const struct record_result *result)
{
	struct scene *scene = arg;

	assert_true(scene->n_results < 4);
	scene->objects[scene->n_results] = recording_count(recording);
	scene->results[scene->n_results++] = *result;
	return !scene->enough;
}

/* ---- an agent that the test plays ---- */

static struct peer *script_peer(
    void *self, const struct peer_config *config, const struct credential *credential)
{
	struct scene *scene = self;

	assert_int_equal(config->window, 1);
	memcpy(scene->community, credential->community.bytes, credential->community.len);
	return self;
}

static void script_free(void *self, struct peer *peer)
{
	(void)self;
	(void)peer;
}

static enum err script_credential(void *self, struct peer *peer, const struct credential *credential)
{
	struct scene *scene = self;

	(void)peer;
	memset(scene->community, 0, sizeof scene->community);
	memcpy(scene->community, credential->community.bytes, credential->community.len);
	return ERR_OK;
}

static void script_stats(void *self, const struct peer *peer, struct peer_stats *stats)
{
	(void)self;
	(void)peer;
	*stats = (struct peer_stats){0};
}

static void script_walk(void *self, struct peer *peer, const struct walk_request *request)
{
	struct scene *scene = self;
	const struct script *script = &scene->script;
	struct request_summary summary = {.pdus = 1, .answers = 1};
	bool silent = script->community != NULL && strcmp(script->community, scene->community) != 0;
	bool is_main = request->columns[0].ber[0] == 0x2b;
	enum walk_end end = silent ? WALK_TIMEOUT : is_main ? script->end : WALK_COMPLETE;
	struct value value = {.type = VALUE_INTEGER, .i = 5};

	(void)peer;
	for (size_t i = 0; i < script->cells && is_main && !silent && i < request->max_rows; i++) {
		uint8_t index[] = {6, 1, (uint8_t)i};

		request->cell(request->arg, 0, index, sizeof index, &value);
	}
	if (is_main && script->cells > request->max_rows)
		end = WALK_CAP_ROWS;
	summary.failure = silent ? FAILURE_TIMEOUT : is_main ? script->failure : FAILURE_NONE;
	summary.answers = !silent;
	request->done(request->arg, end, &summary);
}

/* ---- scenes ---- */

static void scene_init(struct scene *scene, const char *first, const char *second)
{
	static const struct agent_ops ops = {.peer_new = script_peer,
	    .peer_free = script_free,
	    .peer_credential = script_credential,
	    .peer_stats = script_stats,
	    .walk = script_walk};

	memset(scene, 0, sizeof *scene);
	clock_virtual_init(&scene->clock, WALL);
	scene->loop = loop_new_virtual(&scene->clock);
	scene->agent = (struct agent){&ops, scene};
	scene->credentials[0] = (struct credential){.name = (char *)(uintptr_t) "one", .version = SNMP_V2C};
	scene->credentials[1] = (struct credential){.name = (char *)(uintptr_t) "two", .version = SNMP_V2C};
	secret_set(&scene->credentials[0].community, first, strlen(first));
	secret_set(&scene->credentials[1].community, second, strlen(second));
	scene->list[0] = &scene->credentials[0];
	scene->list[1] = &scene->credentials[1];
	scene->device =
	    (struct device){.name = (char *)(uintptr_t) "d", .host = (char *)(uintptr_t) "192.0.2.1"};
	scene->device.credentials = scene->list;
	scene->device.n_credentials = 2;
	scene->options.device = &scene->device;
}

static void scene_run(struct scene *scene)
{
	struct record_hooks hooks = {.recorded = recorded, .arg = scene};
	struct record *record = record_new(scene->loop, &scene->agent, &scene->options, &hooks);

	assert_non_null(record);
	loop_run_until(scene->loop, 3600 * UNITS_SEC);
	record_free(record);
}

static void scene_fini(struct scene *scene)
{
	secret_fini(&scene->credentials[0].community);
	secret_fini(&scene->credentials[1].community);
	loop_free(scene->loop);
}

static void all_of_it_in_order(void **state)
{
	struct recording *objects = some_objects();
	struct scene scene;

	(void)state;
	scene_init(&scene, "a", "b");
	scene.replayed = replayed_new(scene.loop, objects);
	scene.agent = replayed_agent(scene.replayed);
	scene_run(&scene);
	assert_int_equal(scene.n_results, 1);
	assert_int_equal(scene.objects[0], 5);
	assert_int_equal(scene.results[0].end, WALK_COMPLETE);
	assert_string_equal(scene.results[0].credential, "one");
	assert_int_equal(scene.results[0].began, WALL);
	replayed_free(scene.replayed);
	scene_fini(&scene);
	recording_free(objects);
}

static void cycles_begin_at_their_distance(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, "a", "b");
	scene.script.cells = 3;
	scene.options.cycles = 3;
	scene.options.wait = 60 * UNITS_SEC;
	scene_run(&scene);
	assert_int_equal(scene.n_results, 3);
	assert_int_equal(scene.results[2].began - scene.results[0].began, 120 * UNITS_SEC);
	assert_int_equal(scene.results[2].cycle, 2);
	scene_fini(&scene);
	scene_init(&scene, "a", "b");
	scene.options.cycles = 3;
	scene.enough = true;
	scene_run(&scene);
	assert_int_equal(scene.n_results, 1);
	scene_fini(&scene);
}

static void what_came_before_a_loop_is_kept(void **state)
{
	struct scene scene;
	char text[OID_TEXT_MAX];

	(void)state;
	scene_init(&scene, "a", "b");
	scene.script = (struct script){.cells = 9, .end = WALK_LOOP, .failure = FAILURE_LOOP};
	scene_run(&scene);
	assert_int_equal(scene.objects[0], 9);
	assert_int_equal(scene.results[0].end, WALK_LOOP);
	assert_int_equal(scene.results[0].failure, FAILURE_LOOP);
	assert_string_equal(oid_format(&scene.results[0].last, text, sizeof text), "1.3.6.1.8");
	assert_int_equal(scene.results[0].pdus, 3); /* the other roots are read all the same */
	scene_fini(&scene);
}

static void no_more_than_was_wanted(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, "a", "b");
	scene.script.cells = 100;
	scene.options.max_objects = 10;
	scene_run(&scene);
	assert_int_equal(scene.objects[0], 10);
	assert_int_equal(scene.results[0].end, WALK_CAP_ROWS);
	assert_int_equal(scene.results[0].pdus, 1);
	scene_fini(&scene);
}

static void the_credential_that_is_answered(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, "a", "b");
	scene.script = (struct script){.cells = 4, .community = "b"};
	scene_run(&scene);
	assert_int_equal(scene.objects[0], 4);
	assert_string_equal(scene.results[0].credential, "two");
	assert_int_equal(scene.results[0].end, WALK_COMPLETE);
	scene_fini(&scene);
	scene_init(&scene, "a", "b");
	scene.script = (struct script){.cells = 4, .community = "c"};
	scene_run(&scene);
	assert_int_equal(scene.objects[0], 0);
	assert_int_equal(scene.results[0].end, WALK_TIMEOUT);
	assert_null(scene.results[0].credential);
	scene_fini(&scene);
}

/* ---- what is withheld ---- */

static const struct value *value_at(const struct recording *recording, const char *oid)
{
	const struct recorded *object = recording_find_text(recording, oid);

	return object != NULL ? &object->value : NULL;
}

static void no_community_is_kept(void **state)
{
	struct recording *recording = recording_new(), *out;
	struct scene scene;
	const struct value *value;

	(void)state;
	scene_init(&scene, "s3cret", "public");
	object_text(recording, "1.3.6.1.2.1.25.4.2.1.5.1", "-c s3cret and s3cret");
	object_text(recording, "1.3.6.1.2.1.1.4.0", "the public");
	object_text(recording, "1.3.6.1.6.3.18.1.1.1.2.1", "anything");
	object_text(recording, "1.3.6.1.6.3.15.1.2.2.1.3.1", "a user");
	object_text(recording, "1.3.6.1.6.3.16.1.2.1.3.1.1", "a group");
	object_number(recording, "1.3.6.1.6.3.10.2.1.2.0", VALUE_INTEGER, 5);
	object_number(recording, "1.3.6.1.4.1.9999.1.115.51.99.114.101.116", VALUE_INTEGER, 1);
	object_number(recording, "1.3.6.1.4.1.9999.1.115.51.99.114.101", VALUE_INTEGER, 1);
	recording_sort(recording);
	out = withhold_secrets(recording, scene.list, 2);
	assert_int_equal(recording_count(out), 4);
	value = value_at(out, "1.3.6.1.2.1.25.4.2.1.5.1");
	assert_memory_equal(value->bytes.p, "-c ****** and ******", value->bytes.len);
	value = value_at(out, "1.3.6.1.2.1.1.4.0");
	assert_memory_equal(value->bytes.p, "the public", value->bytes.len);
	assert_non_null(value_at(out, "1.3.6.1.6.3.10.2.1.2.0"));
	assert_non_null(value_at(out, "1.3.6.1.4.1.9999.1.115.51.99.114.101"));
	recording_free(recording);
	recording_free(out);
	scene_fini(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_of_it_in_order),
	    cmocka_unit_test(cycles_begin_at_their_distance),
	    cmocka_unit_test(what_came_before_a_loop_is_kept),
	    cmocka_unit_test(no_more_than_was_wanted),
	    cmocka_unit_test(the_credential_that_is_answered),
	    cmocka_unit_test(no_community_is_kept),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
