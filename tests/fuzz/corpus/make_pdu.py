#!/usr/bin/python3
"""Writes the seed messages of tests/fuzz/corpus/pdu: one of each shape the reader knows."""
import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent / "pdu"


def tlv(tag, content):
    size = len(content)
    if size < 0x80:
        head = bytes([size])
    else:
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        head = bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + head + content


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(text):
    ids = [int(part) for part in text.split(".")]
    out = b""
    for i in [ids[0] * 40 + ids[1]] + ids[2:]:
        part = bytes([i & 0x7F])
        while i > 0x7F:
            i >>= 7
            part = bytes([0x80 | i & 0x7F]) + part
        out += part
    return tlv(6, out)


def message(varbinds, version=1, kind=0xA2, status=0, index=0, community=b"public"):
    pairs = b"".join(tlv(0x30, oid(name) + value) for name, value in varbinds)
    pdu = tlv(kind, integer(0x12345678) + integer(status) + integer(index) + tlv(0x30, pairs))
    return tlv(0x30, integer(version) + tlv(4, community) + pdu)


VALUES = [
    integer(-5), integer(1 << 31), tlv(4, b"eth0"), tlv(4, "Büro".encode()), tlv(4, bytes(range(200))), tlv(5, b""),
    oid("1.3.6.1.4.1.8072.3.2.10"), tlv(6, b""), tlv(0x40, bytes([127, 0, 0, 1])), tlv(0x41, b"\xff\xff\xff\xff"),
    tlv(0x42, b"\x00\xff\xff\xff\xff"), tlv(0x43, b"\x01"), tlv(0x44, b"\x9f\x78\x04" + struct.pack(">f", 12.5)),
    tlv(0x44, b"\x9f\x79\x08" + struct.pack(">d", -0.5)), tlv(0x44, b"raw"), tlv(0x46, b"\x00" + b"\xff" * 8),
    tlv(0x80, b""), tlv(0x81, b""), tlv(0x82, b""), tlv(0x02, b""), tlv(0x40, b"\x01"),
]
SEEDS = {
    "types": message([(f"1.3.6.1.2.1.2.2.1.{i + 1}.4294967295", value) for i, value in enumerate(VALUES)]),
    "v1": message([("1.3.6.1.2.1.1.3.0", VALUES[11])], version=0),
    "no-such-name": message([("1.3.6.1.2.1.1.3.0", VALUES[5])], version=0, status=2, index=1),
    "too-big": message([], status=1),
    "empty": message([]),
    "get": message([("1.3.6.1.2.1.1.3.0", VALUES[5])], kind=0xA0),
    "getbulk": message([("1.3.6.1.2.1.2.2.1.2", VALUES[5])], kind=0xA5, index=20),
    "report": message([("1.3.6.1.6.3.15.1.1.4.0", VALUES[9])], version=3, kind=0xA8),
    "other-community": message([("1.3.6.1.2.1.1.3.0", VALUES[11])], community=b""),
    "long": message([(f"1.3.6.1.2.1.2.2.1.10.{i}", VALUES[9]) for i in range(100)]),
    "longest-name": message([("1.3" + ".4294967295" * 126, VALUES[0])]),
}

HERE.mkdir(exist_ok=True)
for name, octets in SEEDS.items():
    (HERE / name).write_bytes(octets)
