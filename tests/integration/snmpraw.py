"""A bare SNMPv1/v2c client for tests: sends what it is told, takes what comes, checks nothing.

Unlike Debian's tools it shows wrong ids, types, names, sources and malformed replies as they are."""
import socket
import time

GET, GETNEXT, RESPONSE, SET, GETBULK = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5
INTEGER, OCTETS, NULL, OID, COUNTER32, GAUGE32, TIMETICKS, OPAQUE, COUNTER64 = (
    0x02, 0x04, 0x05, 0x06, 0x41, 0x42, 0x43, 0x44, 0x46)
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
NUMBERS = (INTEGER, COUNTER32, GAUGE32, TIMETICKS, COUNTER64)


def tlv(tag, content):
    size = len(content)
    if size < 0x80:
        head = bytes([size])
    else:
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        head = bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + head + content


def integer(number):
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid(text):
    arcs = [int(arc) for arc in text.strip(".").split(".")]
    out = b""
    for arc in [arcs[0] * 40 + arcs[1]] + arcs[2:]:
        octets = [arc & 0x7F]
        while arc > 0x7F:
            arc >>= 7
            octets.append(0x80 | arc & 0x7F)
        out += bytes(reversed(octets))
    return tlv(OID, out)


def message(pdu, names, request_id=1, version=1, community=b"public", second=0, third=0):
    varbinds = b"".join(tlv(0x30, oid(name) + tlv(NULL, b"")) for name in names)
    body = integer(request_id) + integer(second) + integer(third) + tlv(0x30, varbinds)
    return tlv(0x30, integer(version) + tlv(OCTETS, community) + tlv(pdu, body))


def split(data):
    """[(tag, content), ...]; ValueError when malformed."""
    out = []
    while data:
        if len(data) < 2:
            raise ValueError("cut")
        tag, size, start = data[0], data[1], 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[2:start], "big")
        if start + size > len(data):
            raise ValueError("cut")
        out.append((tag, data[start:start + size]))
        data = data[start + size:]
    return out


def read_oid(content):
    arcs, arc = [], 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in [first, arcs[0] - 40 * first] + arcs[1:])


def read_value(tag, content):
    if tag in NUMBERS:  # also unsigned ones are two's complement on the wire: a missing zero octet shows
        return int.from_bytes(content, "big", signed=True)
    return read_oid(content) if tag == OID else content


class Reply:
    """version, community, pdu, id, status, index, varbinds = [(name, tag, value), ...], size, source"""

    def __init__(self, data, source=None):
        (top, rest), = split(data)
        if top != 0x30:
            raise ValueError("no message")
        (_, version), (_, self.community), (self.pdu, pdu) = split(rest)
        (_, number), (_, status), (_, index), (_, varbinds) = split(pdu)
        self.version = read_value(INTEGER, version)
        self.id, self.status, self.index = (read_value(INTEGER, field) for field in (number, status, index))
        self.varbinds = []
        for _, varbind in split(varbinds):
            (_, name), (tag, value) = split(varbind)
            self.varbinds.append((read_oid(name), tag, read_value(tag, value)))
        self.size, self.source = len(data), source

    def values(self):
        return [value for _, _, value in self.varbinds]


class Raw:
    """A socket. ask() returns the first datagram's Reply, or None when none came in time."""

    def __init__(self, port):
        self.port, self.next_id = port, 1000
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, address, pdu, names, **more):
        self.next_id += 1
        more.setdefault("request_id", self.next_id)
        self.socket.sendto(message(pdu, names, **more), (address, self.port))
        return more["request_id"]

    def receive(self, timeout=1.0):
        """(data, source), or None."""
        self.socket.settimeout(timeout)
        try:
            return self.socket.recvfrom(65536)
        except socket.timeout:
            return None

    def ask(self, address, pdu, names, timeout=1.0, **more):
        self.send(address, pdu, names, **more)
        got = self.receive(timeout)
        return Reply(*got) if got else None

    def receive_all(self, quiet=0.2):
        """All datagrams until none comes for so many seconds: [(seconds since the call, data, source)]."""
        began, out = time.monotonic(), []
        while (got := self.receive(quiet)) is not None:
            out.append((time.monotonic() - began, *got))
        return out
