#include "snmp/usm_report.h"

#include "base/mem.h"

#include <string.h>

#define PREFIX_MAX 9

/* Content octets of the objects' names, without the instance. */
static const struct {
	const char *name, *text;
	uint8_t len, oid[PREFIX_MAX];
} reports[USM_REPORT_COUNT] = {
    [USM_REPORT_OTHER] = {"other", "the agent refuses, and does not say why", 0, {0}},
    [USM_REPORT_UNSUPPORTED_LEVEL] = {"usmStatsUnsupportedSecLevels",
	"unsupported security level: the agent does not have auth or priv for this user; compare auth and "
	"priv "
	"with how the user is set up there",
	9, {0x2b, 6, 1, 6, 3, 15, 1, 1, 1}},
    [USM_REPORT_NOT_IN_TIME_WINDOW] = {"usmStatsNotInTimeWindows",
	"not in time window: the agent's clock (boots, time) and ours differ", 9,
	{0x2b, 6, 1, 6, 3, 15, 1, 1, 2}},
    [USM_REPORT_UNKNOWN_USER] = {"usmStatsUnknownUserNames",
	"unknown user: the agent has no user of this name; check user", 9, {0x2b, 6, 1, 6, 3, 15, 1, 1, 3}},
    [USM_REPORT_UNKNOWN_ENGINE] = {"usmStatsUnknownEngineIDs",
	"unknown engine-id: the agent has another one than we asked for", 9, {0x2b, 6, 1, 6, 3, 15, 1, 1, 4}},
    [USM_REPORT_WRONG_DIGEST] = {"usmStatsWrongDigests",
	"wrong authentication key: check the passphrase in auth_key_file, and whether the agent uses the "
	"same "
	"auth protocol",
	9, {0x2b, 6, 1, 6, 3, 15, 1, 1, 5}},
    [USM_REPORT_DECRYPTION_ERROR] = {"usmStatsDecryptionErrors",
	"wrong privacy key: check the passphrase in priv_key_file, and whether the agent uses the same priv "
	"protocol",
	9, {0x2b, 6, 1, 6, 3, 15, 1, 1, 6}},
    [USM_REPORT_UNKNOWN_MODEL] = {"snmpUnknownSecurityModels",
	"unknown security model: the agent does not do USM", 9, {0x2b, 6, 1, 6, 3, 11, 2, 1, 1}},
    [USM_REPORT_INVALID_MESSAGE] = {"snmpInvalidMsgs",
	"invalid message: the agent does not take the message for well-formed", 9,
	{0x2b, 6, 1, 6, 3, 11, 2, 1, 2}},
    [USM_REPORT_UNKNOWN_PDU_HANDLER] = {"snmpUnknownPDUHandlers",
	"unknown PDU handler: nothing in the agent takes this request; check context_engine_id", 9,
	{0x2b, 6, 1, 6, 3, 11, 2, 1, 3}},
    [USM_REPORT_UNAVAILABLE_CONTEXT] = {"snmpUnavailableContexts",
	"unavailable context: the agent knows the context, but cannot serve it now", 8,
	{0x2b, 6, 1, 6, 3, 12, 1, 4}},
    [USM_REPORT_UNKNOWN_CONTEXT] = {"snmpUnknownContexts",
	"unknown context: the agent has no context of this name; check context", 8,
	{0x2b, 6, 1, 6, 3, 12, 1, 5}},
    [USM_REPORT_MUTE_PRIV] = {"silent",
	"it tells who it is, but answers nothing: probably a wrong privacy key: check the passphrase in "
	"priv_key_file, and whether the agent uses the same priv protocol",
	0, {0}},
    [USM_REPORT_MUTE_CONTEXT] = {"silent",
	"it tells who it is, but answers nothing: probably it has no context of this name: check context", 0,
	{0}},
    [USM_REPORT_MUTE] = {"silent",
	"it tells who it is, but answers nothing: probably a wrong privacy key, or no context of this name: "
	"check priv_key_file, priv and context",
	0, {0}},
};

/* With the instance 0, or without one, as some agents do. */
static bool is_instance_of(const struct ber *name, const uint8_t *oid, size_t len)
{
	size_t left = ber_left(name);

	if (left != len && (left != len + 1 || name->p[len] != 0))
		return false;
	return memcmp(name->p, oid, len) == 0;
}

enum usm_report usm_report_of(const struct pdu *pdu)
{
	struct ber list = pdu->varbinds, pair, name;

	if (pdu->type != PDU_REPORT || !ber_take(&list, BER_SEQUENCE, &pair) ||
	    !ber_take(&pair, BER_OID, &name))
		return USM_REPORT_OTHER;
	for (unsigned i = USM_REPORT_OTHER + 1; i < ARRAY_LEN(reports); i++)
		if (reports[i].len > 0 && is_instance_of(&name, reports[i].oid, reports[i].len))
			return (enum usm_report)i;
	return USM_REPORT_OTHER;
}

size_t usm_report_object(enum usm_report report, uint8_t out[USM_REPORT_NAME_MAX])
{
	size_t len = reports[report].len;

	memcpy(out, reports[report].oid, len);
	out[len] = 0;
	return len > 0 ? len + 1 : 0;
}

const char *usm_report_name(enum usm_report report)
{
	return reports[report].name;
}

const char *usm_report_text(enum usm_report report)
{
	return reports[report].text;
}
