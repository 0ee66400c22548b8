#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <math.h>
#include <string.h>

/* Words for the words of the JSON; what is not listed reads well as it is. */
static const char *words_for(const char *word, const char *const list[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(list[i][0], word))
			return list[i][1];
	return word;
}

static const char *why_so_small(const char *reason)
{
	static const char *const words[][2] = {{"frame", "what fits an Ethernet frame"},
	    {"too_big", "it said tooBig to more"}, {"silence", "it did not answer more"},
	    {"cut", "it cut its answers short"}, {"garbled", "larger answers could not be read"}};

	return words_for(reason, words, sizeof words / sizeof *words);
}

static const char *getbulk(const char *state)
{
	static const char *const words[][2] = {{"untried", "not tried yet"},
	    {"refused", "refused; walked by GETNEXT, tried again after some walks"},
	    {"silent", "not answered; walked by GETNEXT, tried again after some walks"},
	    {"none", "version 1 has none"}};

	return words_for(state, words, sizeof words / sizeof *words);
}

static void add_count(struct str *out, const json_t *engine, const char *name, const char *what)
{
	char buf[UNITS_TEXT_MAX];
	double n = answer_number(engine, name);

	str_addf(out, "%s%s %s", out->len > 0 ? ", " : "", units_count(buf, isnan(n) ? 0 : n), what);
}

static void detail(struct grid *grid, const char *label, struct str *text)
{
	answer_detail(grid, label, str_text(text));
	str_fini(text);
	*text = (struct str){0};
}

static void where(struct grid *grid, const json_t *engine)
{
	double port = answer_number(engine, "source_port");
	double changes = answer_number(engine, "source_port_changes");
	struct str text = {0};

	answer_detail(grid, "asked at", answer_text(engine, "address"));
	answer_detail(grid, "answers from", answer_text(engine, "answers_from"));
	if (!isnan(port))
		str_addf(&text, "port %.0f of ours", port);
	if (changes > 0)
		str_addf(&text, "; changed %.0f time%s, as it answered to another one", changes,
		    changes > 1 ? "s" : "");
	detail(grid, "asked from", &text);
}

static void how_fast(struct grid *grid, const json_t *engine)
{
	char buf[UNITS_TEXT_MAX];
	double rtt = answer_number(engine, "rtt_ms"), timeout = answer_number(engine, "timeout_ms");
	double rate = answer_number(engine, "max_rate"), losses = answer_number(engine, "window_losses");
	struct str text = {0};

	if (!isnan(rtt))
		str_addf(&text, "%.3g ms; ", rtt);
	if (!isnan(timeout))
		str_addf(&text, "%.0f ms for a try", timeout);
	detail(grid, "round trip", &text);
	str_addf(&text, "%.0f at once, of at most %.0f", answer_number(engine, "window"),
	    answer_number(engine, "window_max"));
	if (losses > 0)
		str_addf(
		    &text, "; closed %s time%s by loss", units_count(buf, losses), losses > 1 ? "s" : "");
	detail(grid, "window", &text);
	if (!isnan(rate))
		str_addf(&text, "%.0f a second at most (max_rate)", rate);
	detail(grid, "pace", &text);
}

static void how_much(struct grid *grid, const json_t *engine)
{
	struct str text = {0};

	str_addf(&text, "%.0f octets: %s", answer_number(engine, "max_message"),
	    why_so_small(answer_text(engine, "max_message_reason")));
	detail(grid, "message", &text);
	answer_detail(grid, "GETBULK", getbulk(answer_text(engine, "getbulk")));
}

static void cached(struct grid *grid, const json_t *engine)
{
	const json_t *table;
	const char *name;
	struct str text = {0};

	json_object_foreach(json_object_get(engine, "cached"), name, table)
	{
		str_addf(&text, "%s: by the agent, every %.4g s; rates are of that time", name,
		    answer_number(table, "period_s"));
		detail(grid, "cached", &text);
	}
}

static void counts(struct grid *grid, const json_t *engine)
{
	struct str text = {0};

	add_count(&text, engine, "requests", "sent");
	add_count(&text, engine, "responses", "answered");
	add_count(&text, engine, "retransmits", "sent again");
	add_count(&text, engine, "timeouts", "given up");
	detail(grid, "packets", &text);
}

void text_engine(struct str *out, const json_t *show, const struct text_style *style)
{
	const json_t *engine = json_object_get(show, "engine");
	struct grid *grid = grid_new("ll");
	struct str rest = {0};

	str_add(&rest, answer_text(show, "state"));
	if (!json_is_object(engine))
		str_add(&rest, ", not asked yet");
	else if (json_is_true(json_object_get(engine, "silent")))
		str_add(&rest, ", silent: one packet a poll until it answers");
	answer_headline(out, answer_text(show, "device"), rest.s, NULL, style);
	if (json_is_object(engine)) {
		where(grid, engine);
		how_fast(grid, engine);
		how_much(grid, engine);
		cached(grid, engine);
		counts(grid, engine);
		grid_render(grid, out, 2, style->width, style->colour);
	}
	grid_free(grid);
	str_fini(&rest);
}
