#include "snmp/window.h"

#include <stdbool.h>

/* How much an answer may wait before it counts as waiting: loops and schedulers add to it. */
#define WAIT_NOISE INT64_C(10000000)
/* PDUs that may wait at the agent: one in its hands and one that is next keep it busy. */
#define PATIENCE_LAST  64
#define WAITING_ONE    1
#define WAITING_ENOUGH 2
#define WAITING_MANY   4
/* The least round trip rises slowly towards that of answers that came alone: routes change. */
#define LEAST_MEMORY 128

void window_init(struct window *window, unsigned most)
{
	*window = (struct window){.size = WINDOW_FIRST, .steep = WINDOW_MAX};
	window_limit(window, most);
}

void window_limit(struct window *window, unsigned most)
{
	window->most = most == 0 || most > WINDOW_MAX ? WINDOW_MAX : (uint8_t)most;
	if (window->size > window->most)
		window->size = window->most;
}

void window_restart(struct window *window)
{
	uint64_t losses = window->losses;

	window_init(window, window->most);
	window->losses = losses;
}

static void set_size(struct window *window, unsigned size)
{
	window->size = (uint8_t)size;
	window->answers = window->crowded = 0;
}

/* PDUs that wait at the agent rather than travel, of those in flight (as TCP Vegas reckons). */
static int64_t waiting(struct window *window, unsigned before, int64_t rtt)
{
	int64_t least = window->least_rtt;

	if (rtt == 0)
		return 0;
	if (least == 0 || rtt < least)
		window->least_rtt = rtt;
	else if (before == 0)
		window->least_rtt += (rtt - least) / LEAST_MEMORY;
	if (rtt - window->least_rtt < WAIT_NOISE)
		return 0;
	return ((before + 1) * (rtt - window->least_rtt) + rtt / 2) / rtt;
}

void window_filled(struct window *window, int64_t now)
{
	window->filled = now;
}

/* Answers before it opens further. */
static unsigned patience(const struct window *window)
{
	return window->size + 1u == window->ceiling ? window->size * window->patience : window->size;
}

void window_answered(struct window *window, int64_t sent, unsigned before, int64_t rtt)
{
	int64_t queue = waiting(window, before, rtt);

	if (window->filled < sent)
		return; /* it was not the window that held anything up */
	if (queue >= WAITING_ONE)
		window->steep = window->size;
	if (queue >= WAITING_ENOUGH) {
		window->answers = 0;
		window->crowded = queue >= WAITING_MANY ? (uint8_t)(window->crowded + 1u) : 0;
		if (window->crowded >= window->size && window->size > 1)
			set_size(window, window->size - 1u);
		return;
	}
	window->crowded = 0;
	if (window->answers < UINT16_MAX)
		window->answers++;
	if (window->size < window->most &&
	    (window->size < window->steep || window->answers >= patience(window)))
		set_size(window, window->size + 1u);
}

void window_lost(struct window *window, int64_t sent, int64_t now)
{
	if (window->closed != 0 && sent <= window->closed)
		return;
	window->closed = now;
	window->losses++;
	window->patience = window->size != window->ceiling	  ? 1
			   : window->patience < PATIENCE_LAST / 2 ? (uint8_t)(2u * window->patience)
								  : PATIENCE_LAST;
	window->ceiling = window->size;
	set_size(window, window->size > 1 ? window->size / 2u : 1);
	window->steep = window->size;
}
