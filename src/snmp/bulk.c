#include "snmp/bulk.h"

#define PATIENCE_FIRST 4
#define PATIENCE_LAST  64

static bool is_out(const struct bulk *bulk)
{
	return bulk->state == BULK_REFUSED || bulk->state == BULK_SILENT;
}

bool bulk_begin(struct bulk *bulk)
{
	if (!is_out(bulk))
		return true;
	if (bulk->calm < bulk->patience) {
		bulk->calm++;
		return false;
	}
	return true;
}

void bulk_answered(struct bulk *bulk)
{
	*bulk = (struct bulk){.state = BULK_WORKS};
}

void bulk_failed(struct bulk *bulk, enum bulk_state state)
{
	if (bulk->state == BULK_WORKS)
		return;
	bulk->state = state;
	bulk->calm = 0;
	bulk->patience = bulk->patience == 0 ? PATIENCE_FIRST : (uint16_t)(bulk->patience * 2u);
	if (bulk->patience > PATIENCE_LAST)
		bulk->patience = PATIENCE_LAST;
}
