/* usm_engine: what one peer's authoritative SNMP engine is known by, and its clock as we
 * believe it to be (RFC 3414 2.2.2, 2.3, 3.2 step 7).
 *
 * By peer, never global: of two devices with the same engine-id, which is a fault of
 * theirs and not rare, each has its own boots, time and keys here, and both are polled.
 *
 *     UNKNOWN       usm_engine_learn_id(), from the Report that answers a probe
 *     NEVER_HEARD   requests carry boots 0 and time 0; the agent answers with an authenticated
 *                   Report (notInTimeWindows), and from that on it is
 *     SYNCHRONISED  until usm_engine_forget_time()
 *
 * Time is learnt from authenticated messages only. To take it from the Report of
 * discovery, as many do, saves one round trip and lets whoever forges that Report have us sign
 * requests for a time to come, to be replayed then.
 *
 * Pure: the time is handed in, monotonic ns. */
#ifndef ROLLCALL_SNMP_USM_ENGINE_H
#define ROLLCALL_SNMP_USM_ENGINE_H

#include "snmp/usm_derive.h"
#include "snmp/usm_user.h"

#define USM_TIME_WINDOW 150 /* s */

enum usm_engine_state { USM_ENGINE_UNKNOWN, USM_ENGINE_NEVER_HEARD, USM_ENGINE_SYNCHRONISED };

struct usm_engine {
	struct usm_engine_id id;
	enum usm_engine_state state;
	bool has_keys; /* `keys` are those of id */
	struct usm_localised keys;
	int32_t boots, time; /* snmpEngineBoots, and snmpEngineTime in s, as of `heard` */
	int64_t heard;
	int32_t latest;	   /* latestReceivedEngineTime */
	unsigned restarts; /* times that boots were seen to grow */
};

void usm_engine_init(struct usm_engine *engine);
void usm_engine_fini(struct usm_engine *engine); /* wipes the keys */

/* The engine-id, as the agent has it. True when it is another than before: then time and keys
 * are gone, and have to be learnt anew. False, and nothing has changed, when it is the same or
 * no engine-id (5 to 32 octets, RFC 3411 section 5). */
bool usm_engine_learn_id(struct usm_engine *engine, const uint8_t *octets, size_t len);
/* What usm_user_localise() gave for engine->id. */
void usm_engine_set_keys(struct usm_engine *engine, const struct usm_localised *keys);
/* For an agent that lost its own count: after a Report notInTimeWindows that was not believed because
 * its boots or time lie behind ours. */
void usm_engine_forget_time(struct usm_engine *engine);

/* The agent's clock by now; 0 and 0 until something was heard. */
void usm_engine_clock(const struct usm_engine *engine, int64_t now, int32_t *boots, int32_t *time);
/* Learns from boots and time of a message whose digest was right. False when it is outside the time
 * window, and not to be believed further. */
bool usm_engine_hear(struct usm_engine *engine, int32_t boots, int32_t time, int64_t now);

#endif
