#include "ctl/setup.h"

#include "base/clock.h"
#include "base/mem.h"
#include "config/config.h"
#include "views/jsonvalue.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_MIN     40

struct inventory *setup_bare(const struct invocation *invocation, int *status)
{
	struct config_report report = {0};
	struct inventory *inventory =
	    config_load_bare(&(struct config_options){.file = invocation->config}, &report);

	if (inventory == NULL) {
		fputs(str_text(&report.messages), stderr);
		*status = EXIT_USAGE;
	}
	config_report_fini(&report);
	return inventory;
}

char *setup_run_folder(const struct invocation *invocation, int *status)
{
	struct inventory *inventory = setup_bare(invocation, status);
	char *run = inventory != NULL ? mem_strdup(inventory->settings.run) : NULL;

	inventory_free(inventory);
	return run;
}

struct text_style setup_style(const struct invocation *invocation)
{
	struct text_style style = {
	    .width = WIDTH_DEFAULT, .all = invocation->all, .now = clock_wall(clock_real())};
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_MIN)
		style.width = size.ws_col;
	style.colour =
	    isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') && !str_equal(term, "dumb");
	return style;
}

void setup_print(const struct invocation *invocation, const json_t *json,
    void (*text)(struct str *out, const json_t *json, const struct text_style *style))
{
	struct text_style style = setup_style(invocation);
	struct str out = {0};

	if (invocation->json) {
		json_dumpf(json, stdout, JSONVALUE_WRITTEN);
		putchar('\n');
		return;
	}
	text(&out, json, &style);
	fputs(str_text(&out), stdout);
	str_fini(&out);
}
