#include "snmp/usm_engine.h"

#include <openssl/crypto.h>
#include <string.h>

#define NS_PER_S INT64_C(1000000000)

void usm_engine_init(struct usm_engine *engine)
{
	*engine = (struct usm_engine){.state = USM_ENGINE_UNKNOWN};
}

void usm_engine_fini(struct usm_engine *engine)
{
	OPENSSL_cleanse(engine, sizeof *engine);
}

bool usm_engine_learn_id(struct usm_engine *engine, const uint8_t *octets, size_t len)
{
	unsigned restarts = engine->restarts;

	if (len < USM_ENGINE_ID_MIN || len > USM_ENGINE_ID_MAX)
		return false;
	if (engine->id.len == len && memcmp(engine->id.octets, octets, len) == 0)
		return false;
	usm_engine_fini(engine);
	usm_engine_init(engine);
	engine->restarts = restarts;
	engine->state = USM_ENGINE_NEVER_HEARD;
	engine->id.len = (uint8_t)len;
	memcpy(engine->id.octets, octets, len);
	return true;
}

void usm_engine_set_keys(struct usm_engine *engine, const struct usm_localised *keys)
{
	engine->keys = *keys;
	engine->has_keys = true;
}

void usm_engine_forget_time(struct usm_engine *engine)
{
	if (engine->state == USM_ENGINE_SYNCHRONISED)
		engine->state = USM_ENGINE_NEVER_HEARD;
}

void usm_engine_clock(const struct usm_engine *engine, int64_t now, int32_t *boots, int32_t *time)
{
	int64_t seconds;

	*boots = *time = 0;
	if (engine->state != USM_ENGINE_SYNCHRONISED)
		return;
	seconds = engine->time + (now - engine->heard) / NS_PER_S;
	*boots = engine->boots;
	*time = (int32_t)(seconds & INT32_MAX);
	/* RFC 3414 2.2.2: when the time is at its end, boots grow and it begins again. */
	if (seconds > INT32_MAX && *boots < INT32_MAX)
		++*boots;
}

static bool is_news(const struct usm_engine *engine, int32_t boots, int32_t time)
{
	return engine->state != USM_ENGINE_SYNCHRONISED || boots > engine->boots ||
	       (boots == engine->boots && time > engine->latest);
}

/* RFC 3414 3.2, 7 b. */
bool usm_engine_hear(struct usm_engine *engine, int32_t boots, int32_t time, int64_t now)
{
	int32_t boots_now, time_now;

	if (is_news(engine, boots, time)) {
		if (engine->state == USM_ENGINE_SYNCHRONISED && boots > engine->boots)
			engine->restarts++;
		engine->state = USM_ENGINE_SYNCHRONISED;
		engine->boots = boots;
		engine->time = engine->latest = time;
		engine->heard = now;
	}
	usm_engine_clock(engine, now, &boots_now, &time_now);
	if (boots == INT32_MAX || boots < boots_now)
		return false;
	return boots > boots_now || (int64_t)time >= (int64_t)time_now - USM_TIME_WINDOW;
}
