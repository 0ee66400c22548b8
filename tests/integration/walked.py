"""Agents out of walks (`snmpwalk -On`): each file at a loopback address of its own, all on one port. They answer GET,
GETNEXT and GETBULK of v1 and v2c; their values stand still, sysUpTime runs.

    with Walked([path, ...]) as site:
        site.target(0)          # "127.0.9.1:PORT"
"""
import bisect
import re
import selectors
import socket
import struct
import threading
import time

from snmpraw import (COUNTER32, COUNTER64, END_OF_MIB_VIEW, GAUGE32, GET, GETBULK, GETNEXT, INTEGER, NO_SUCH_INSTANCE,
                     NULL, OCTETS, OID, OPAQUE, RESPONSE, TIMETICKS, integer, oid, read_oid, split, tlv)

IPADDRESS = 0x40
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SIZE_MAX = 1400  # octets of varbinds in an answer
LINE = re.compile(r"^\.([\d.]+) = (?:([A-Za-z0-9-]+): ?)?(.*)$", re.S)
NUMBERS = {"INTEGER": INTEGER, "Counter32": COUNTER32, "Counter64": COUNTER64, "Gauge32": GAUGE32, "Unsigned32": GAUGE32}


def number(tag, value):
    return tlv(tag, integer(value)[2:])


def encoded(kind, text):
    """A value as BER; None when the walk says that there is none."""
    text = text.strip()
    if kind in NUMBERS:
        return number(NUMBERS[kind], int(re.search(r"-?\d+", text).group()))
    if kind == "Timeticks":
        return number(TIMETICKS, int(re.search(r"\((\d+)\)", text).group(1)))
    if kind == "OID":
        return oid(text)
    if kind == "IpAddress":
        return tlv(IPADDRESS, socket.inet_aton(text))
    if kind in ("Hex-STRING", "BITS"):
        return tlv(OCTETS, bytes.fromhex("".join(re.findall(r"\b[0-9A-Fa-f]{2}\b", text))))
    if kind == "Opaque":
        return tlv(OPAQUE, b"\x9f\x78\x04" + struct.pack(">f", float(text.rpartition(":")[2])))
    if kind == "STRING":
        quoted = text[1:-1] if text.startswith('"') else text
        return tlv(OCTETS, re.sub(r"\\(.)", r"\1", quoted, flags=re.S).encode())
    return tlv(OCTETS, b"") if text == '""' else tlv(NULL, b"") if text == "NULL" else None


def read(path):
    """{OID as a tuple: BER}"""
    values, line = {}, ""
    for part in path.read_text().splitlines():
        if part.startswith("#"):
            continue
        line = part if part.startswith(".1.") else line + "\n" + part
        found = LINE.match(line)
        value = encoded(found.group(2), found.group(3)) if found else None
        if value is not None:
            values[tuple(map(int, found.group(1).split(".")))] = value
    return values


class Agent:
    def __init__(self, path):
        self.values = read(path)
        self.names = sorted(self.values)
        self.written = {name: oid(".".join(map(str, name))) for name in self.names}
        self.started = time.monotonic()
        self.uptime = int.from_bytes(split(self.values[UPTIME])[0][1], "big") if UPTIME in self.values else None

    def varbind(self, name):
        value = self.values[name]
        if name == UPTIME:
            value = number(TIMETICKS, self.uptime + int(100 * (time.monotonic() - self.started)))
        return tlv(0x30, self.written[name] + value)

    def next(self, name):
        place = bisect.bisect_right(self.names, name)
        return self.names[place] if place < len(self.names) else None

    def one(self, name, version):
        """What answers a GET of it, or None for an error of version 1."""
        if name in self.values:
            return self.varbind(name)
        return tlv(0x30, oid(".".join(map(str, name))) + tlv(NO_SUCH_INSTANCE, b"")) if version else None

    def following(self, name, version):
        after = self.next(name)
        if after is not None:
            return after, self.varbind(after)
        return name, tlv(0x30, oid(".".join(map(str, name))) + tlv(END_OF_MIB_VIEW, b"")) if version else None

    def bulk(self, names, non_repeaters, repetitions):
        out = [self.following(name, 1)[1] for name in names[:non_repeaters]]
        names = names[non_repeaters:]
        for _ in range(repetitions if names else 0):
            row = [self.following(name, 1) for name in names]
            if sum(map(len, out)) + sum(len(varbind) for _, varbind in row) > SIZE_MAX:
                break
            names = [name for name, _ in row]
            out += [varbind for _, varbind in row]
        return out

    def answer(self, data):
        (_, rest), = split(data)
        (_, version), (_, community), (kind, pdu) = split(rest)
        if community != b"public":
            return None
        (_, request_id), (_, second), (_, third), (_, varbinds) = split(pdu)
        version, status, index = version[-1], 0, 0
        names = [tuple(map(int, read_oid(split(varbind)[0][1]).split("."))) for _, varbind in split(varbinds)]
        if kind == GETBULK:
            out = self.bulk(names, int.from_bytes(second, "big"), int.from_bytes(third, "big"))
        else:
            assert kind in (GET, GETNEXT)
            out = [self.one(name, version) if kind == GET else self.following(name, version)[1] for name in names]
        if sum(len(varbind or b"") for varbind in out) > SIZE_MAX:
            out, status = [], 1  # tooBig
        elif None in out:
            out, status, index = [tlv(0x30, oid(".".join(map(str, name))) + tlv(NULL, b"")) for name in names], 2, out.index(None) + 1
        body = tlv(INTEGER, request_id) + integer(status) + integer(index) + tlv(0x30, b"".join(out))
        return tlv(0x30, integer(version) + tlv(OCTETS, community) + tlv(RESPONSE, body))


class Walked:
    def __init__(self, paths, net="127.0.9"):
        self.paths, self.net = paths, net
        self.selector = selectors.DefaultSelector()
        self.over = threading.Event()
        self.sockets, self.port, self.mistakes = [], 0, []

    def address(self, index):
        return f"{self.net}.{index + 1}"

    def target(self, index):
        return f"{self.address(index)}:{self.port}"

    def __enter__(self):
        for index, path in enumerate(self.paths):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((self.address(index), self.port))
            self.port = sock.getsockname()[1]
            self.sockets.append(sock)
            self.selector.register(sock, selectors.EVENT_READ, Agent(path))
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for sock in self.sockets:
            sock.close()
        self.selector.close()
        assert not self.mistakes, self.mistakes

    def serve(self):
        while not self.over.is_set():
            for key, _ in self.selector.select(0.2):
                data, source = key.fileobj.recvfrom(65536)
                try:
                    answer = key.data.answer(data)
                except Exception as mistake:  # told when the test ends
                    self.mistakes.append(repr(mistake))
                    continue
                if answer is not None:
                    key.fileobj.sendto(answer, source)
