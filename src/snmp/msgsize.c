#include "snmp/msgsize.h"

#define PATIENCE_FIRST 64
#define PATIENCE_LAST  8192

void msgsize_init(struct msgsize *size)
{
	*size = (struct msgsize){.limit = MSGSIZE_MAX, .patience = PATIENCE_FIRST};
}

void msgsize_answered(struct msgsize *size, size_t request, size_t response)
{
	size_t octets = request > response ? request : response;

	if (request > size->asked)
		size->asked = (uint16_t)(request < UINT16_MAX ? request : UINT16_MAX);
	if (octets > MSGSIZE_MAX)
		octets = MSGSIZE_MAX;
	if (octets > size->proven)
		size->proven = (uint16_t)octets;
	if (size->limit == MSGSIZE_MAX || octets * 4 < (size_t)size->limit * 3)
		return;
	if (++size->calm < size->patience)
		return;
	size->calm = 0;
	size->limit = (uint16_t)(size->limit * 5u / 4u < MSGSIZE_MAX ? size->limit * 5u / 4u : MSGSIZE_MAX);
	if (size->limit == MSGSIZE_MAX)
		size->reason = SIZE_FRAME;
}

bool msgsize_is_new(const struct msgsize *size, size_t request, size_t expected)
{
	if (request <= MSGSIZE_ALL && expected <= MSGSIZE_ALL)
		return false;
	/* A little more than was seen is nothing new: polls vary, and so do guesses. */
	return request > size->asked || expected > size->proven * 5u / 4u;
}

void msgsize_shrink(struct msgsize *size, size_t octets, enum size_reason reason)
{
	size_t limit = octets / 2;

	/* What went well before is a better guess than half, unless it is what fails now. */
	if (size->proven < octets && size->proven > limit)
		limit = size->proven;
	else if (size->proven >= octets)
		size->proven = (uint16_t)limit;
	if (reason == SIZE_SILENCE && limit < MSGSIZE_ALL)
		limit = MSGSIZE_ALL;
	if (limit < MSGSIZE_MIN)
		limit = MSGSIZE_MIN;
	if (limit + size->limit / 16 >= size->limit)
		return; /* others of about the same size were under way: learnt already */
	size->limit = (uint16_t)limit;
	size->reason = reason;
	if (size->asked > limit)
		size->asked = (uint16_t)limit;
	size->calm = 0;
	if (size->patience < PATIENCE_LAST)
		size->patience = (uint16_t)(size->patience * 2u);
}
