#include "poll/matcher.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static bool any_names(char *const *patterns, size_t n, const char *sysobjectid)
{
	for (size_t i = 0; i < n; i++) {
		const char *pattern = patterns[i];
		size_t len = strlen(pattern);

		if (strcmp(pattern, "*") == 0)
			continue;
		if (str_equal(pattern, sysobjectid))
			return true;
		if (len > 0 && pattern[len - 1] == '*' && sysobjectid != NULL &&
		    strncmp(pattern, sysobjectid, len - 1) == 0)
			return true;
	}
	return false;
}

/* The selector that speaks for the profile. */
static const struct selector *best_selector(const struct profile *profile, const char *id, const char *descr)
{
	const struct selector *best = NULL;
	int best_fit = 0;

	for (size_t i = 0; i < profile->n_selectors; i++) {
		int fit = selector_fit(&profile->selectors[i], id, descr);

		if (fit > best_fit) {
			best_fit = fit;
			best = &profile->selectors[i];
		}
	}
	return best;
}

/* Which of a selector's patterns it was. */
static const char *pattern_of(const struct selector *selector, const char *id)
{
	for (size_t i = 0; i < selector->n_patterns; i++) {
		char *error = NULL; /* together with the others it was fine */
		size_t offset;
		struct match *match = match_new(selector->patterns[i], &error, &offset);
		bool fits = match != NULL && match_test(match, *id == '.' ? id + 1 : id);

		match_free(match);
		free(error);
		if (fits)
			return selector->patterns[i];
	}
	return NULL;
}

static void add_clause(struct str *text, char *clause)
{
	str_addf(text, "%s%s", text->len > 0 ? ", " : "", clause);
	free(clause);
}

static void explain_selector(
    struct str *text, const struct selector *selector, const char *id, const char *descr, const char *profile)
{
	const char *pattern = pattern_of(selector, id);

	if (any_names(selector->sysobjectids, selector->n_sysobjectids, id))
		add_clause(text, str_format("sysObjectID %s matches %s", id, profile));
	else if (pattern != NULL)
		add_clause(text, str_format("sysObjectID %s matches %s of %s", id, pattern, profile));
	for (size_t i = 0; i < selector->n_words; i++) {
		if (strcasestr(descr, selector->words[i]) == NULL)
			continue;
		add_clause(text, str_format("sysDescr contains '%s'", selector->words[i]));
		break;
	}
	if (selector->n_words == 0 && selector->sysdescr != NULL)
		add_clause(text, str_format("sysDescr matches %s", match_pattern(selector->sysdescr)));
}

static void explain_probes(struct str *text, const struct profile *profile)
{
	struct str names = {0};

	for (size_t i = 0; i < profile->n_probes; i++)
		str_addf(&names, "%s%s",
		    i == 0			? ""
		    : i + 1 < profile->n_probes ? ", "
						: " and ",
		    profile->probes[i].source.name);
	add_clause(text, str_format("%s answer%s", str_text(&names), profile->n_probes == 1 ? "s" : ""));
	str_fini(&names);
}

static char *explain(const struct profile *profile, const char *sysobjectid, const char *sysdescr)
{
	const char *id = sysobjectid != NULL ? sysobjectid : "", *descr = sysdescr != NULL ? sysdescr : "";
	const struct selector *selector = best_selector(profile, id, descr);
	struct str text = {0};

	if (any_names(profile->sysobjectids, profile->n_sysobjectids, id))
		str_addf(&text, "sysObjectID %s matches %s", id, profile->name);
	else if (selector != NULL)
		explain_selector(&text, selector, id, descr, profile->name);
	if (profile->sysdescr != NULL)
		add_clause(&text, str_format("sysDescr matches %s", match_pattern(profile->sysdescr)));
	if (text.len == 0 && profile->n_probes > 0)
		explain_probes(&text, profile);
	if (text.len == 0 && sysobjectid != NULL)
		str_addf(&text, "no other profile fits sysObjectID %s", sysobjectid);
	if (text.len == 0)
		str_add(&text, "no other profile fits; sysObjectID is hidden");
	return str_steal(&text);
}

const struct profile *matcher_choose(const struct inventory *inventory, const struct device *device,
    const char *sysobjectid, const char *sysdescr, const bool *answered, char **reason)
{
	const struct profile *best = NULL;
	int best_fit = 0;

	*reason = NULL;
	if (device->profile != NULL) {
		*reason = mem_strdup("set in the configuration");
		return device->profile;
	}
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		const struct profile *profile = inventory->profiles[i];
		int fit = profile_fit(profile, sysobjectid, sysdescr, answered != NULL && answered[i]);

		if (fit > best_fit) {
			best_fit = fit;
			best = profile;
		}
	}
	if (best != NULL)
		*reason = explain(best, sysobjectid, sysdescr);
	return best;
}
