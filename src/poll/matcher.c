#include "poll/matcher.h"

#include "base/mem.h"
#include "base/str.h"

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

/* Whether its sysObjectID says anything about a device. */
static bool is_generic(const struct profile *profile, const char *sysobjectid)
{
	if (any_names(profile->sysobjectids, profile->n_sysobjectids, sysobjectid))
		return false;
	for (size_t i = 0; i < profile->n_selectors; i++) {
		const struct selector *selector = &profile->selectors[i];

		if (any_names(selector->sysobjectids, selector->n_sysobjectids, sysobjectid))
			return false;
	}
	return true;
}

static char *explain(const struct profile *profile, const char *sysobjectid)
{
	struct str text = {0};

	if (!is_generic(profile, sysobjectid))
		str_addf(&text, "sysObjectID %s matches %s", sysobjectid, profile->name);
	if (profile->sysdescr != NULL)
		str_addf(&text, "%ssysDescr matches %s", text.len > 0 ? ", " : "",
		    match_pattern(profile->sysdescr));
	if (text.len == 0 && profile->probe.name != NULL)
		str_addf(&text, "%s answers", profile->probe.name);
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
		*reason = explain(best, sysobjectid);
	return best;
}
