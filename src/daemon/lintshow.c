#include "daemon/lintshow.h"

#include "views/jsonvalue.h"

static json_t *finding_json(const struct finding *finding)
{
	return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "kind", finding_kind_name(finding->kind),
	    "note", finding_is_note(finding->kind), "table", jsonvalue_text(finding->table), "column",
	    jsonvalue_text(finding->column), "rule", jsonvalue_text(finding->rule), "what",
	    jsonvalue_text(finding->what), "remedy", jsonvalue_text(finding->remedy));
}

static json_t *offer_json(const struct offer *offer)
{
	char oid[OID_TEXT_MAX];

	return json_pack("{s:s, s:b, s:s, s:o, s:o, s:I, s:b, s:o, s:o}", "oid",
	    oid_format(&offer->oid, oid, sizeof oid), "scalar", offer->is_scalar, "looks_like",
	    offer_look_name(offer->look), "hint", jsonvalue_text(*offer->hint != '\0' ? offer->hint : NULL),
	    "score", jsonvalue_number(offer->score), "rows", (json_int_t)offer->rows, "moved", offer->moved,
	    "values", jsonvalue_text(offer->values), "beside",
	    jsonvalue_text(*offer->beside != '\0' ? offer->beside : NULL));
}

json_t *lintshow(
    const struct profile *profile, const struct lint_result *result, char *const *against, size_t n_against)
{
	json_t *names = json_array(), *findings = json_array(), *offers = json_array();
	size_t faults = finding_faults(&result->findings);

	for (size_t i = 0; i < n_against; i++)
		json_array_append_new(names, jsonvalue_text(against[i]));
	for (size_t i = 0; i < result->findings.n; i++)
		json_array_append_new(findings, finding_json(&result->findings.v[i]));
	for (size_t i = 0; i < result->offers.n; i++)
		json_array_append_new(offers, offer_json(&result->offers.v[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o}", "profile",
	    jsonvalue_text(profile->name), "file", jsonvalue_text(profile->file), "against", names, "objects",
	    n_against > 0 ? json_integer((json_int_t)result->objects) : json_null(), "rows",
	    n_against > 0 ? json_integer((json_int_t)result->rows) : json_null(), "faults",
	    (json_int_t)faults, "notes", (json_int_t)(result->findings.n - faults), "findings", findings,
	    "offers", offers);
}
