/* walker: a walk of a responder's table, checked cell by cell. */
#ifndef ROLLCALL_TESTS_WALKER_H
#define ROLLCALL_TESTS_WALKER_H

#include "responder.h"

#define TABLE	    "1.3.6.1.2.1.2.2.1"
#define COLUMNS_MAX 12

struct walker {
	struct rig *rig;
	struct walk_request request;
	struct walk_column columns[COLUMNS_MAX];
	uint8_t names[COLUMNS_MAX][OID_BER_MAX];
	size_t cells[COLUMNS_MAX];
	uint32_t last_index[COLUMNS_MAX];
	size_t wrong, cells_wanted;
	unsigned done;
	enum walk_end end;
	struct request_summary summary;
};

static inline void on_cell(
    void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	struct walker *walker = arg;
	uint32_t id[OID_MAX];
	size_t count;

	if (oid_index_from_ber(index, index_len, id, &count) != ERR_OK || count != 1 ||
	    id[0] <= walker->last_index[column])
		walker->wrong++;
	else if (value->type == VALUE_COUNTER32 && value->u != 1000 + id[0])
		walker->wrong++;
	else
		walker->last_index[column] = id[0];
	walker->cells[column]++;
	if (walker->cells_wanted != 0 && --walker->cells_wanted == 0) {
		walker->rig->agent.ops->cancel(walker->rig->agent.self, walker->rig->peer);
		loop_stop(walker->rig->loop);
	}
}

static inline void on_done(void *arg, enum walk_end end, const struct request_summary *summary)
{
	struct walker *walker = arg;

	walker->done++;
	walker->end = end;
	walker->summary = *summary;
	rig_done(walker->rig);
}

/* Columns <TABLE>.1 .. <TABLE>.n */
static inline void walker_init(struct walker *walker, struct rig *rig, size_t n)
{
	struct oid oid;

	memset(walker, 0, sizeof *walker);
	walker->rig = rig;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(oid_parse(TABLE, &oid), ERR_OK);
		oid_append(&oid, (uint32_t)i + 1);
		walker->columns[i].ber = walker->names[i];
		walker->columns[i].ber_len = oid_to_ber(&oid, walker->names[i]);
	}
	walker->request = (struct walk_request){
	    .columns = walker->columns, .n_columns = n, .cell = on_cell, .done = on_done, .arg = walker};
}

static inline void walker_start(struct walker *walker)
{
	struct rig *rig = walker->rig;

	rig->waiting++;
	rig->agent.ops->walk(rig->agent.self, rig->peer, &walker->request);
	assert_int_equal(walker->done, 0);
}

static inline void walker_run(struct walker *walker)
{
	walker_start(walker);
	rig_run(walker->rig);
	assert_int_equal(walker->done, 1);
	assert_int_equal(walker->wrong, 0);
}

static inline void fill_table(struct rig *rig, unsigned columns, uint32_t rows)
{
	char base[64];

	for (unsigned i = 1; i <= columns; i++) {
		snprintf(base, sizeof base, "%s.%u", TABLE, i);
		rig_column(rig, base, rows);
	}
}

#endif
