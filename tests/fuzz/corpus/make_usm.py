#!/usr/bin/python3
"""Writes the seeds of tests/fuzz/corpus/usm: messages of version 3 at each level, Reports, and files of keys.

Digests and ciphers are left out: the fuzzer signs and seals."""
import hashlib
import pathlib
import struct

from make_pdu import VALUES, integer, oid, tlv

HERE = pathlib.Path(__file__).resolve().parent / "usm"
ENGINE = bytes.fromhex("80001f8804") + b"rollcall"
AUTH, PRIV = 1, 3
MAC = bytes(24)


def message(varbinds, level=0, kind=0xA2, user=b"ops", engine=ENGINE, context=b"", salt=b"\0" * 8, padding=b"",
            boots=7, time=100000):
    pairs = b"".join(tlv(0x30, oid(name) + value) for name, value in varbinds)
    pdu = tlv(kind, integer(0x12345678) + integer(0) + integer(0) + tlv(0x30, pairs))
    scoped = tlv(0x30, tlv(4, engine) + tlv(4, context) + pdu)
    data = tlv(4, scoped + padding) if level == PRIV else scoped
    header = tlv(0x30, integer(4711) + integer(65507) + tlv(4, bytes([level])) + integer(3))
    parameters = tlv(0x30, tlv(4, engine) + integer(boots) + integer(time) + tlv(4, user)
                     + tlv(4, MAC if level else b"") + tlv(4, salt if level == PRIV else b""))
    return tlv(0x30, integer(3) + header + tlv(4, parameters) + data)


def keys(count, version=1):
    head = b"RCKY" + bytes([version, 0, 0, 0]) + struct.pack(">I", 1000) + bytes(range(16)) + struct.pack(">I", count)
    body = b"".join(bytes([i]) * 32 + struct.pack(">I", 20000 + i) + bytes([20 + i]) + bytes(64) for i in range(count))
    return head + body + hashlib.sha256(head + body).digest()


UPTIME = ("1.3.6.1.2.1.1.3.0", VALUES[11])
TYPES = [(f"1.3.6.1.2.1.2.2.1.{i + 1}.4294967295", value) for i, value in enumerate(VALUES)]
REPORTS = ["1.3.6.1.6.3.15.1.1.1.0", "1.3.6.1.6.3.15.1.1.2.0", "1.3.6.1.6.3.15.1.1.4.0", "1.3.6.1.6.3.12.1.5.0"]
SEEDS = {
    "bare": message(TYPES),
    "auth": message(TYPES, AUTH),
    "priv": message(TYPES, PRIV),
    "padded": message([UPTIME], PRIV, padding=bytes(7)),
    "des": message([UPTIME], PRIV, salt=b"\1" * 8, padding=bytes(6)),
    "context": message([UPTIME], AUTH, context=b"vlan-7"),
    "last-boots": message([UPTIME], AUTH, boots=(1 << 31) - 1),
    "probe": message([], kind=0xA0, user=b"", engine=b"", boots=0, time=0),
    "no-varbinds": message([], PRIV),
    "long": message([(f"1.3.6.1.2.1.2.2.1.10.{i}", VALUES[9]) for i in range(60)], PRIV),
    **{f"report-{i}": message([(name, VALUES[9])], i % 2, kind=0xA8) for i, name in enumerate(REPORTS)},
    "keys-0": keys(0),
    "keys-3": keys(3),
    "keys-other-version": keys(1, version=2),
}

if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, octets in SEEDS.items():
        (HERE / name).write_bytes(octets)
