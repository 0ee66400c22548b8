/* screen: a terminal that is drawn on again and again, and given back as it was.
 *
 * Plain ANSI: the alternate screen, no cursor. Keys are read one by one. Signals are read as events, so that
 * the terminal is given back whatever ends it. */
#ifndef ROLLCALL_CTL_SCREEN_H
#define ROLLCALL_CTL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

struct screen {
	int signals; /* descriptor; -1 = none */
	struct termios before;
};

/* Whether there is a terminal at both ends. */
bool screen_is_there(void);
/* False when the system refuses; then nothing has changed. */
bool screen_open(struct screen *screen);
void screen_close(struct screen *screen);
/* Draws whole lines; what does not fit below is left out. */
void screen_draw(const char *text);
/* Waits; false when the user (q, Ctrl-C) or a signal ends it. Returns early when the size changes. */
bool screen_wait(struct screen *screen, int64_t ns);
/* Rows of the terminal. */
unsigned screen_rows(void);

#endif
