/* codec: reads requests and writes replies, in BER, for SNMPv1 and v2c,
 * and PDUs for version 3 (frame.h has what is around those).
 *
 * It shares nothing with src/snmp, so that an error of one does not hide an error
 * of the other. It knows no MIB and allocates nothing. RFC 1157, 1901, 3416;
 * only definite lengths (RFC 3417 section 8). */
#ifndef FLEET_CODEC_H
#define FLEET_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BER_INTEGER	     0x02
#define BER_OCTETS	     0x04
#define BER_NULL	     0x05
#define BER_OID		     0x06
#define BER_SEQUENCE	     0x30
#define BER_COUNTER32	     0x41
#define BER_GAUGE32	     0x42
#define BER_TIMETICKS	     0x43
#define BER_OPAQUE	     0x44
#define BER_COUNTER64	     0x46
#define BER_NO_SUCH_OBJECT   0x80
#define BER_NO_SUCH_INSTANCE 0x81
#define BER_END_OF_MIB_VIEW  0x82
#define PDU_GET		     0xa0
#define PDU_GETNEXT	     0xa1
#define PDU_RESPONSE	     0xa2
#define PDU_SET		     0xa3
#define PDU_GETBULK	     0xa5
#define PDU_REPORT	     0xa8

#define SNMP_V1	 0
#define SNMP_V2C 1
#define SNMP_V3	 3

#define CODEC_REQUEST_MAX   8192 /* octets of a request; larger ones are not answered */
#define CODEC_VARBINDS_MAX  512
#define CODEC_COMMUNITY_MAX 255
#define CODEC_PDU_HEADS	    26	/* heads of a PDU and its list, three integers, at most */
#define CODEC_HEADROOM	    320 /* room before the varbinds for all headers and a community */
#define OID_ARCS_MAX	    128

struct span {
	const uint8_t *p;
	size_t len;
};

struct v3_ask;

struct request {
	int32_t version; /* -1 = not even that could be read */
	struct span community;
	const struct v3_ask *v3; /* version 3 only (v3.h) */
	size_t around;		 /* octets that a reply has around its PDU, at most */
	size_t max_size;	 /* of a reply, as the asker wants it; 0 = did not say */
	uint8_t pdu;
	int32_t id;
	int32_t non_repeaters, max_repetitions; /* GETBULK; other PDUs: error-status, error-index */
	struct span varbinds;			/* content of the list, to be echoed */
	size_t n;
	struct span names[CODEC_VARBINDS_MAX]; /* content of each OID; points into the datagram */
};

/* One element from the front of `in`; false when it does not lie within. */
bool codec_next(struct span *in, uint8_t *tag, struct span *content);

bool codec_read(struct span *in, uint8_t wanted, struct span *content); /* of that type */
bool codec_read_integer(struct span *in, int32_t *out);
/* Writing goes backwards: each moves *start to the front of what it puts there. */
void codec_put_head(uint8_t **start, uint8_t tag, size_t len);
void codec_put_integer(uint8_t **start, int32_t number);
void codec_put_octets(uint8_t **start, struct span octets);

bool request_parse_pdu(struct span in, struct request *request); /* fills in what is of the PDU */
/* False when the datagram is no well-formed v1 or v2c request; `version` is known where it can be read. */
bool request_parse(const uint8_t *bytes, size_t len, struct request *request);

struct oid_arcs {
	size_t n;
	uint32_t arc[OID_ARCS_MAX];
};
bool oid_read(struct span ber, struct oid_arcs *oid);
bool oid_parse(const char *text, struct oid_arcs *oid); /* "1.3.6.1"; false when malformed */
size_t oid_write(
    const uint32_t *arcs, size_t n, uint8_t *out); /* five octets per arc at most; returns octets */

/* A name is encoded ahead but for its last arc, where there is one. */
struct name {
	struct span prefix;
	bool indexed;
	uint32_t index;
};

struct value {
	uint8_t type;
	uint64_t number;   /* integers; a negative INTEGER is its two's complement */
	struct span bytes; /* octets, Opaque, and OIDs (encoded content) */
	bool raw;	   /* bytes are the content whatever the type */
	uint8_t room[264]; /* bytes may point here; such a value is not copied */
};

struct reply {
	uint8_t *buf; /* the varbinds start at CODEC_HEADROOM */
	size_t end;
	size_t limit; /* varbinds end here at most */
	size_t n;
};
/* `max_size` is of the whole message; `buf` has CODEC_HEADROOM + max_size + slack octets. */
void reply_begin(struct reply *reply, uint8_t *buf, size_t max_size, const struct request *request);
void reply_reset(struct reply *reply);		/* without varbinds again */
void reply_keep(struct reply *reply, size_t n); /* the first n varbinds only */
/* False, and nothing added, when the message would exceed its limit. */
bool reply_add(struct reply *reply, const struct name *name, const struct value *value);
void reply_echo(struct reply *reply, const struct request *request); /* the request's varbinds, unchanged */

struct header {
	int32_t version;
	struct span community;
	uint8_t pdu;
	int32_t id, status, index;
};
/* Puts the headers before the varbinds; returns the message, of version 3 the PDU alone, which lies within
 * reply->buf. */
struct span reply_finish(const struct reply *reply, const struct header *header);

#endif
