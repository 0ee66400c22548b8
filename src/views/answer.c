#include "views/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *answer_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

double answer_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	double parsed;

	if (json_is_number(value))
		return json_number_value(value);
	return json_is_string(value) && str_to_double(json_string_value(value), &parsed) ? parsed : NAN;
}

char *answer_age(char buf[UNITS_TEXT_MAX], double epoch, const struct text_style *style)
{
	int64_t age;

	if (isnan(epoch))
		return strcpy(buf, UNITS_UNKNOWN);
	age = style->now - (int64_t)(epoch * 1e9);
	return units_duration(buf, age > 0 ? age : 0);
}

void answer_heading(struct str *out, const char *text, const struct text_style *style)
{
	str_addf(out, style->colour ? "\033[" SGR_HEAD "m%s\033[0m" : "%s", text);
}

void answer_detail(struct grid *grid, const char *label, const char *text)
{
	if (*text == '\0')
		return;
	grid_cell_styled(grid, label, SGR_QUIET);
	grid_cell(grid, text);
}

bool answer_is_taken(const json_t *problem)
{
	return json_is_object(json_object_get(problem, "silenced")) ||
	       json_is_object(json_object_get(problem, "acknowledged"));
}

bool answer_all_taken(const json_t *object)
{
	const json_t *problems = json_object_get(object, "problems"), *problem;
	size_t i;

	json_array_foreach((json_t *)problems, i, problem)
	{
		if (!answer_is_taken(problem))
			return false;
	}
	return i > 0;
}

/* People's words come as they were typed. */
static void add_words(struct str *out, const json_t *object, const char *name)
{
	const char *text = answer_text(object, name);

	str_add_utf8(out, text, strlen(text));
}

static void add_said(struct str *out, const char *what, const json_t *said)
{
	str_addf(out, "%s%s by ", out->len > 0 ? "; " : "", what);
	add_words(out, said, "by");
	str_add(out, ": ");
	add_words(out, said, "reason");
}

char *answer_remark(const json_t *problem, const struct text_style *style)
{
	const json_t *silenced = json_object_get(problem, "silenced"),
		     *acknowledged = json_object_get(problem, "acknowledged");
	char until[UNITS_TEXT_MAX + sizeof "silenced until "] = "silenced until ";
	double end = answer_number(silenced, "until");
	struct str out = {0};

	if (json_is_object(acknowledged))
		add_said(&out, "acknowledged", acknowledged);
	if (json_is_object(silenced)) {
		units_time(until + strlen(until), isnan(end) ? 0 : (int64_t)(end * 1e9), style->now);
		add_said(&out, until, silenced);
	}
	return str_steal(&out);
}

void answer_problems(struct grid *grid, const json_t *object, const struct text_style *style)
{
	const json_t *problem;
	size_t i;

	json_array_foreach(json_object_get(object, "problems"), i, problem)
	{
		const char *row = answer_text(problem, "object");
		char age[UNITS_TEXT_MAX];
		struct str text = {0};

		str_addf(&text, "%s%s%s (%s, %s, for %s)", row, *row ? ": " : "",
		    answer_text(problem, "text"), answer_text(problem, "rule"),
		    answer_text(problem, "severity"),
		    answer_age(age, answer_number(problem, "since"), style));
		answer_detail(grid, "problem", str_text(&text));
		str_fini(&text);
		if (answer_is_taken(problem)) {
			char *remark = answer_remark(problem, style);

			grid_cell(grid, NULL);
			grid_cell_clipped(grid, remark, SGR_QUIET);
			free(remark);
		}
	}
}

void answer_headline(
    struct str *out, const char *name, const char *rest, const char *sgr, const struct text_style *style)
{
	bool fits = str_width(name) + 2 + str_width(rest) <= style->width;

	answer_heading(out, name, style);
	str_add(out, fits ? "  " : "\n  ");
	if (style->colour && sgr != NULL)
		str_addf(out, "\033[%sm%s\033[0m", sgr, rest);
	else
		grid_wrap(out, rest, 2, style->width);
	str_add_char(out, '\n');
}
