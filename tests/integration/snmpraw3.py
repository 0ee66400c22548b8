"""A bare SNMPv3 client for tests, as snmpraw.py: noAuthNoPriv, or signed with SHA-256. It knows nothing of what is
right: engine-id, boots, time, flags and digest are sent as told, and what comes is taken apart unjudged."""
import hashlib
import hmac

from snmpraw import GET, INTEGER, NULL, OCTETS, Raw, Reply, integer, oid, read_value, split, tlv

AUTH, PRIV, REPORTABLE = 1, 2, 4
REPORT = 0xA8
MAC_SIZE = 24  # RFC 7860: HMAC-SHA-256 is cut to it


def key(passphrase, engine):
    """RFC 3414 A.2: a mebibyte of passphrase, then localised."""
    whole = (passphrase * (2 ** 20 // len(passphrase) + 1))[:2 ** 20]
    master = hashlib.sha256(whole).digest()
    return hashlib.sha256(master + engine + master).digest()


def message(pdu, names, request_id=1, message_id=1, max_size=65507, flags=REPORTABLE, engine=b"", boots=0, time=0,
            user=b"", context_engine=None, context=b"", auth_key=None, second=0, third=0, mac=None):
    varbinds = b"".join(tlv(0x30, oid(name) + tlv(NULL, b"")) for name in names)
    body = tlv(pdu, integer(request_id) + integer(second) + integer(third) + tlv(0x30, varbinds))
    scoped = tlv(0x30, tlv(OCTETS, engine if context_engine is None else context_engine) + tlv(OCTETS, context) + body)
    header = tlv(0x30, integer(message_id) + integer(max_size) + tlv(OCTETS, bytes([flags])) + integer(3))

    def whole(digest):
        parameters = tlv(0x30, tlv(OCTETS, engine) + integer(boots) + integer(time) + tlv(OCTETS, user) +
                         tlv(OCTETS, digest) + tlv(OCTETS, b""))
        return tlv(0x30, integer(3) + header + tlv(OCTETS, parameters) + scoped)

    if mac is None and auth_key is not None:
        mac = hmac.new(auth_key, whole(bytes(MAC_SIZE)), hashlib.sha256).digest()[:MAC_SIZE]
    return whole(mac or b"")


class Reply3:
    """message_id, flags, engine, boots, time, user, mac, context_engine, context, and `inner`: the PDU, as Reply has it."""

    def __init__(self, data):
        (_, rest), = split(data)
        (_, version), (_, header), (_, parameters), (_, scoped) = split(rest)
        if read_value(INTEGER, version) != 3:
            raise ValueError("not version 3")
        (_, number), (_, max_size), (_, flags), _ = split(header)
        self.message_id, self.max_size = (read_value(INTEGER, field) for field in (number, max_size))
        self.flags = flags[0]
        (_, parameters), = split(parameters)
        (_, self.engine), (_, boots), (_, time), (_, self.user), (_, self.mac), _ = split(parameters)
        self.boots, self.time = (read_value(INTEGER, field) for field in (boots, time))
        (_, self.context_engine), (_, self.context), (tag, pdu) = split(scoped)
        self.inner = Reply(tlv(0x30, integer(3) + tlv(OCTETS, b"") + tlv(tag, pdu)))
        self.data, self.size = data, len(data)

    def signed_with(self, auth_key):
        at = self.data.index(self.mac)
        zeroed = self.data[:at] + bytes(MAC_SIZE) + self.data[at + MAC_SIZE:]
        return self.mac == hmac.new(auth_key, zeroed, hashlib.sha256).digest()[:MAC_SIZE]

    @property
    def reported(self):
        """The object of a Report, or None."""
        return self.inner.varbinds[0][0] if self.inner.pdu == REPORT else None


class Raw3(Raw):
    def ask3(self, address, names, pdu=GET, timeout=1.0, **more):
        self.next_id += 1
        more.setdefault("request_id", self.next_id)
        self.socket.sendto(message(pdu, names, **more), (address, self.port))
        got = self.receive(timeout)
        return Reply3(got[0]) if got else None
