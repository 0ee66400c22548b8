/* Version 3: what comes in between while an agent is asked who it is and its keys are derived. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "v3_agent.h"

#define COLUMN "1.3.6.1.2.1.2.2.1.10"

static struct getter getter, other;
static struct v3_agent agent;

static void begin(struct rig *rig, enum usm_auth auth, enum usm_priv priv)
{
	rig_init(rig, SNMP_V2C);
	v3_agent_init(&agent, rig, auth, priv);
	rig_column(rig, COLUMN, 40);
}

static void end(struct rig *rig)
{
	rig_fini(rig);
	v3_agent_fini(&agent);
}

struct moment {
	struct rig *rig;
	struct loop_timer timer;
	enum { CANCEL, FREE_PEER, OTHER_CREDENTIAL, WHAT_COUNT } what;
};

static void moment_comes(void *arg)
{
	struct moment *moment = arg;
	struct rig *rig = moment->rig;
	const struct agent_ops *ops = rig->agent.ops;

	switch (moment->what) {
	case CANCEL:
		ops->cancel(rig->agent.self, rig->peer);
		break;
	case FREE_PEER:
		ops->peer_free(rig->agent.self, rig->peer);
		rig->peer = NULL;
		break;
	case OTHER_CREDENTIAL:
		assert_int_equal(ops->peer_credential(rig->agent.self, rig->peer, &agent.credential), ERR_OK);
		getter_init(&other, rig, COLUMN, 4);
		getter_start(&other);
		return;
	case WHAT_COUNT:
		break;
	}
	if (getter.done == 0) {
		rig->waiting--;
		loop_stop(rig->loop);
	}
}

/* Keys of Reeder's kind take some milliseconds each: two users' keys, one extension. */
static void at_any_moment(void **state)
{
	struct moment moment;
	struct rig rig;

	(void)state;
	for (moment.what = CANCEL; moment.what < WHAT_COUNT; moment.what++) {
		for (int64_t at = 0; at < 16; at++) {
			begin(&rig, USM_AUTH_SHA, USM_PRIV_AES_256_C);
			v3_agent_connect(&agent);
			moment.rig = &rig;
			loop_timer_init(&moment.timer, moment_comes, &moment);
			loop_timer_in(rig.loop, &moment.timer, at * MS);
			getter_init(&getter, &rig, COLUMN, 4);
			getter_start(&getter);
			rig_run(&rig);
			if (loop_timer_armed(&moment.timer) || moment.what == OTHER_CREDENTIAL)
				getter_check_values(&getter, 0, 4);
			loop_timer_stop(rig.loop, &moment.timer);
			end(&rig);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
