/* blindness: is it the devices that are silent, or the collector that does not see?
 *
 * If of at least 10 devices that had been up more than half fall silent within one
 * interval, the collector's own network is the likely cause (PROMISES 1). A
 * device "had been up" if it answers now or fell silent within the window; so what has
 * been down for long, or never answered, takes no part. Those that had been up when
 * blindness began are the ones whose return ends it: when at least half answer again.
 *
 * Only edges are told, devices by number; each costs O(1), going blind O(n). Pure. */
#ifndef ROLLCALL_RULES_BLINDNESS_H
#define ROLLCALL_RULES_BLINDNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLINDNESS_DEVICES_MIN 10

struct blindness;

struct blindness *blindness_new(size_t n_devices);
/* How long "within one interval" is, ns; to be set before the first edge. */
void blindness_set_window(struct blindness *blindness, int64_t window);
void blindness_free(struct blindness *blindness); /* NULL is fine */

/* A device that answered at its poll before did not. True when this makes the collector blind. */
bool blindness_fell_silent(struct blindness *blindness, size_t device, int64_t mono);
/* A device that was silent, or had never been asked, answers. True when this ends blindness. */
bool blindness_answered(struct blindness *blindness, size_t device, int64_t mono);

/* The devices are others now, n of them: device i was number from[i], or SIZE_MAX if it is new. True when
 * this ends blindness, as those that are silent have gone. */
bool blindness_renumber(struct blindness *blindness, const size_t *from, size_t n);

bool blindness_now(const struct blindness *blindness);
/* Of those that had been up: when it began; while blind, and until the next edge, of those then. */
void blindness_counts(const struct blindness *blindness, size_t *silent, size_t *were_up);

#endif
