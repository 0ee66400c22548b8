/* setup: what most commands need first: the configuration, and how to print. */
#ifndef ROLLCALL_CTL_SETUP_H
#define ROLLCALL_CTL_SETUP_H

#include "base/str.h"
#include "ctl/invocation.h"
#include "model/inventory.h"
#include "views/text.h"

#include <jansson.h>

/* The folder of the sockets, from the configuration's settings alone; caller frees. NULL
 * after messages; then *status is the exit status. */
char *setup_run_folder(const struct invocation *invocation, int *status);

/* Settings, credentials and profiles, without devices. NULL after messages likewise. */
struct inventory *setup_bare(const struct invocation *invocation, int *status);

/* Width of the terminal (or 80), colour on a terminal without NO_COLOR, the time. */
struct text_style setup_style(const struct invocation *invocation);

/* Prints `json` as it is, or what `text` makes of it. */
void setup_print(const struct invocation *invocation, const json_t *json,
    void (*text)(struct str *out, const json_t *json, const struct text_style *style));

#endif
