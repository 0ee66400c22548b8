#include "daemon/inquiry.h"

#include "base/mem.h"
#include "base/units.h"
#include "model/endpoint.h"

#include <stdlib.h>
#include <string.h>

#define INQUIRY_MAGIC 0x696e7175u
#define ROWS_MAX      512
#define PACKETS_MAX   100
#define TIME_MAX      (10 * UNITS_SEC) /* of one walk */
#define COLUMNS_MAX   NEIGHBOURS_COLUMNS
#define CHASSIS_MAX   16 /* looked at */
#define CHASSIS_INDEX 8	 /* content octets of one: a single sub-identifier */

/* RFC 6933 PhysicalClass */
#define CLASS_CHASSIS 3
#define CLASS_STACK   11

enum step { STEP_SCALARS, STEP_INTERFACES, STEP_ENTITIES, STEP_LLDP, STEP_CDP, STEP_END };

enum scalar { SCALAR_ENGINE, SCALAR_BRIDGE, SCALARS };
static const char *const scalar_oids[SCALARS] = {
    [SCALAR_ENGINE] = "1.3.6.1.6.3.10.2.1.1.0", [SCALAR_BRIDGE] = "1.3.6.1.2.1.17.1.1.0"};

enum { ENTITY_CLASS, ENTITY_SERIAL };
static const char *const entity_oids[] = {
    [ENTITY_CLASS] = "1.3.6.1.2.1.47.1.1.1.1.5", [ENTITY_SERIAL] = "1.3.6.1.2.1.47.1.1.1.1.11"};
static const char *const interface_oids[] = {"1.3.6.1.2.1.2.2.1.6"};

struct inquiry {
	unsigned magic;
	struct loop *loop;
	struct agent agent;
	struct peer *peer;
	struct loop_timer next; /* the next step, outside of the agent's callback */
	enum step step;
	struct walk_column columns[COLUMNS_MAX];
	uint8_t names[COLUMNS_MAX][OID_BER_MAX];
	size_t first_column; /* of the neighbours' */
	struct {
		uint8_t index[CHASSIS_INDEX];
		size_t len;
	} chassis[CHASSIS_MAX];
	size_t n_chassis;
	bool with_loopback;
	struct identity identity;
	struct neighbours neighbours;
	void (*done)(void *arg);
	void *arg;
};

/* --- scalars --- */

static size_t scalar_name(void *arg, size_t i, uint8_t out[OID_BER_MAX])
{
	struct oid oid;

	(void)arg;
	return oid_parse(scalar_oids[i], &oid) == ERR_OK ? oid_to_ber(&oid, out) : 0;
}

static void scalar_values(void *arg, const struct get_reply *reply)
{
	struct inquiry *inquiry = arg;

	for (size_t i = 0; reply->values != NULL && i < reply->n; i++) {
		const struct value *value = &reply->values[i];

		if (value->type != VALUE_OCTETS)
			continue;
		if (reply->first + i == SCALAR_ENGINE)
			identity_set_engine(&inquiry->identity, value->bytes.p, value->bytes.len);
		else
			identity_set_bridge(&inquiry->identity, value->bytes.p, value->bytes.len);
	}
}

static void advance(struct inquiry *inquiry)
{
	inquiry->step++;
	loop_timer_in(inquiry->loop, &inquiry->next, 0);
}

/* Whoever no longer answers is not asked for the rest. */
static void note(struct inquiry *inquiry, const struct request_summary *summary)
{
	if (summary->pdus > 0 && summary->answers == 0)
		inquiry->step = STEP_CDP;
	advance(inquiry);
}

static void scalars_done(void *arg, const struct request_summary *summary)
{
	note(arg, summary);
}

static void ask_scalars(struct inquiry *inquiry)
{
	struct get_request request = {
	    .n = SCALARS, .name = scalar_name, .values = scalar_values, .done = scalars_done, .arg = inquiry};

	inquiry->agent.ops->get(inquiry->agent.self, inquiry->peer, &request);
}

/* --- tables --- */

static void note_chassis(struct inquiry *inquiry, const uint8_t *index, size_t index_len)
{
	if (inquiry->n_chassis == CHASSIS_MAX || index_len > CHASSIS_INDEX)
		return;
	memcpy(inquiry->chassis[inquiry->n_chassis].index, index, index_len);
	inquiry->chassis[inquiry->n_chassis++].len = index_len;
}

static bool is_chassis(const struct inquiry *inquiry, const uint8_t *index, size_t index_len)
{
	for (size_t i = 0; i < inquiry->n_chassis; i++)
		if (inquiry->chassis[i].len == index_len &&
		    memcmp(inquiry->chassis[i].index, index, index_len) == 0)
			return true;
	return false;
}

/* The class of a row comes before its serial number. */
static void entity_cell(
    struct inquiry *inquiry, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	uint64_t class = 0;

	if (column == ENTITY_CLASS && value_to_u64(value, &class) &&
	    (class == CLASS_CHASSIS || class == CLASS_STACK))
		note_chassis(inquiry, index, index_len);
	else if (column == ENTITY_SERIAL && value->type == VALUE_OCTETS &&
		 is_chassis(inquiry, index, index_len))
		identity_set_serial(&inquiry->identity, value->bytes.p, value->bytes.len);
}

static void cell(void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	struct inquiry *inquiry = arg;

	MAGIC_CHECK(inquiry, INQUIRY_MAGIC);
	switch (inquiry->step) {
	case STEP_INTERFACES:
		if (value->type == VALUE_OCTETS)
			identity_add_mac(&inquiry->identity, value->bytes.p, value->bytes.len);
		break;
	case STEP_ENTITIES:
		entity_cell(inquiry, column, index, index_len, value);
		break;
	case STEP_LLDP:
	case STEP_CDP:
		neighbours_cell(&inquiry->neighbours,
		    (enum neighbours_column)(inquiry->first_column + column), index, index_len, value);
		break;
	case STEP_SCALARS:
	case STEP_END:
		break;
	}
}

static void walk_done(void *arg, enum walk_end end, const struct request_summary *summary)
{
	(void)end;
	note(arg, summary);
}

static void walk(struct inquiry *inquiry, const char *const *oids, size_t n)
{
	struct walk_request request = {.columns = inquiry->columns,
	    .n_columns = n,
	    .max_rows = ROWS_MAX,
	    .max_packets = PACKETS_MAX,
	    .max_time = TIME_MAX,
	    .cell = cell,
	    .done = walk_done,
	    .arg = inquiry};
	struct oid oid;

	for (size_t i = 0; i < n && i < COLUMNS_MAX; i++) {
		inquiry->columns[i].ber = inquiry->names[i];
		inquiry->columns[i].ber_len =
		    oid_parse(oids[i], &oid) == ERR_OK ? oid_to_ber(&oid, inquiry->names[i]) : 0;
	}
	inquiry->agent.ops->walk(inquiry->agent.self, inquiry->peer, &request);
}

static void walk_neighbours(struct inquiry *inquiry, enum neighbours_column first, enum neighbours_column end)
{
	const char *oids[COLUMNS_MAX];
	size_t n = 0;

	inquiry->first_column = first;
	for (enum neighbours_column column = first; column < end; column++)
		oids[n++] = neighbours_oid(column);
	walk(inquiry, oids, n);
}

static void take_step(void *arg)
{
	struct inquiry *inquiry = arg;

	MAGIC_CHECK(inquiry, INQUIRY_MAGIC);
	switch (inquiry->step) {
	case STEP_SCALARS:
		ask_scalars(inquiry);
		break;
	case STEP_INTERFACES:
		walk(inquiry, interface_oids, ARRAY_LEN(interface_oids));
		break;
	case STEP_ENTITIES:
		walk(inquiry, entity_oids, ARRAY_LEN(entity_oids));
		break;
	case STEP_LLDP:
		walk_neighbours(inquiry, NEIGHBOURS_LLDP_NAME, NEIGHBOURS_CDP_KIND);
		break;
	case STEP_CDP:
		walk_neighbours(inquiry, NEIGHBOURS_CDP_KIND, NEIGHBOURS_COLUMNS);
		break;
	case STEP_END:
		neighbours_finish(&inquiry->neighbours, inquiry->with_loopback);
		inquiry->done(inquiry->arg);
		break;
	}
}

struct inquiry *inquiry_start(struct loop *loop, const struct agent *agent, const struct peer_config *config,
    const struct credential *credential, void (*done)(void *arg), void *arg)
{
	struct inquiry *inquiry = mem_alloc(sizeof *inquiry);

	inquiry->magic = INQUIRY_MAGIC;
	inquiry->loop = loop;
	inquiry->agent = *agent;
	inquiry->done = done;
	inquiry->arg = arg;
	inquiry->with_loopback = strncmp(config->host, "127.", 4) == 0 || strcmp(config->host, "::1") == 0;
	inquiry->peer = agent->ops->peer_new(agent->self, config, credential);
	if (inquiry->peer == NULL) {
		free(inquiry);
		return NULL;
	}
	loop_timer_init(&inquiry->next, take_step, inquiry);
	loop_timer_in(loop, &inquiry->next, 0);
	return inquiry;
}

void inquiry_free(struct inquiry *inquiry)
{
	if (inquiry == NULL)
		return;
	MAGIC_CHECK(inquiry, INQUIRY_MAGIC);
	loop_timer_stop(inquiry->loop, &inquiry->next);
	inquiry->agent.ops->peer_free(inquiry->agent.self, inquiry->peer);
	identity_fini(&inquiry->identity);
	neighbours_fini(&inquiry->neighbours);
	inquiry->magic = 0;
	free(inquiry);
}

struct identity *inquiry_identity(struct inquiry *inquiry)
{
	return &inquiry->identity;
}

const struct neighbours *inquiry_neighbours(const struct inquiry *inquiry)
{
	return &inquiry->neighbours;
}
