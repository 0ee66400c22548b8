#include "ctl/screen.h"

#include "base/units.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define ROWS_DEFAULT 24

#define ENTER "\033[?1049h\033[?25l" /* alternate screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"
#define HOME  "\033[H"
#define EOL   "\033[K" /* clears what is left of the line */
#define REST  "\033[J" /* and below */

bool screen_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static void signals_of(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGWINCH);
}

bool screen_open(struct screen *screen)
{
	struct termios raw;
	sigset_t set;

	if (tcgetattr(STDIN_FILENO, &screen->before) != 0)
		return false;
	signals_of(&set);
	screen->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (screen->signals < 0)
		return false;
	sigprocmask(SIG_BLOCK, &set, NULL);
	raw = screen->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs(ENTER, stdout);
	return true;
}

void screen_close(struct screen *screen)
{
	sigset_t set;

	fputs(LEAVE, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &screen->before);
	close(screen->signals);
	signals_of(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

unsigned screen_rows(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : ROWS_DEFAULT;
}

void screen_draw(const char *text)
{
	unsigned left = screen_rows();

	fputs(HOME, stdout);
	for (; *text != '\0' && left > 0; left--) {
		size_t len = strcspn(text, "\n");

		fwrite(text, 1, len, stdout);
		/* No new line after the last one: the terminal would move up. */
		fputs(left > 1 ? EOL "\n" : EOL, stdout);
		text += len + (text[len] == '\n');
	}
	if (left > 0)
		fputs(REST, stdout);
	fflush(stdout);
}

static bool is_end(char key)
{
	return key == 'q' || key == 'Q' || key == 3 || key == 4; /* Ctrl-C, Ctrl-D */
}

/* False when it is to end. */
static bool take_signal(const struct screen *screen)
{
	struct signalfd_siginfo info;

	return read(screen->signals, &info, sizeof info) == sizeof info && info.ssi_signo == SIGWINCH;
}

bool screen_wait(struct screen *screen, int64_t ns)
{
	struct pollfd fds[] = {
	    {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = screen->signals, .events = POLLIN}};
	int n = poll(fds, 2, (int)(ns / UNITS_MS));
	char key;

	if (n <= 0)
		return n == 0 || errno == EINTR;
	if (fds[1].revents != 0)
		return take_signal(screen);
	return read(STDIN_FILENO, &key, 1) == 1 && !is_end(key);
}
