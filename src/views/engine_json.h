/* engine_json: what was found out about how a device wants to be asked -> "engine" of `show`. */
#ifndef ROLLCALL_VIEWS_ENGINE_JSON_H
#define ROLLCALL_VIEWS_ENGINE_JSON_H

#include "model/report.h"

#include <jansson.h>

/* A new reference, never NULL; JSON null of a device that was never asked. */
json_t *json_engine(const struct device_report *report);

#endif
