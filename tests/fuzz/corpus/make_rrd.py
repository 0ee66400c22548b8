#!/usr/bin/python3
"""Writes the seed files of tests/fuzz/corpus/rrd with rrdtool, and what is left of them after usual accidents."""
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent / "rrd"
START = 1700000000


def make(name, *layout):
    path = HERE / name
    subprocess.run(["rrdtool", "create", path, "--start", str(START), *layout], check=True)
    return path


def damaged(name, octets, **at):
    """`at` is _OFFSET=octets."""
    octets = bytearray(octets)
    for offset, new in at.items():
        octets[int(offset[1:]):int(offset[1:]) + len(new)] = new
    (HERE / name).write_bytes(octets)


def main():
    HERE.mkdir(exist_ok=True)
    whole = make("interface", "--step", "10", "DS:in_octets:GAUGE:25:U:U", "DS:up:GAUGE:25:0:1",
                 "RRA:AVERAGE:0.5:1:6", "RRA:MAX:0.5:6:4")
    subprocess.run(["rrdtool", "update", whole, *(f"{START + 10 * i}:{i}:1" for i in range(1, 9))], check=True)
    make("counter", "--step", "60", "DS:a:COUNTER:120:0:U", "DS:b:DERIVE:120:U:U", "RRA:LAST:0:1:3", "RRA:MIN:0.9:2:2")
    make("holt-winters", "--step", "60", "DS:a:GAUGE:120:U:U", "RRA:AVERAGE:0.5:1:8", "RRA:HWPREDICT:8:0.1:0.0035:4")
    make("compute", "--step", "60", "DS:a:GAUGE:120:U:U", "DS:b:COMPUTE:a,2,*", "RRA:AVERAGE:0.5:1:4")
    octets = whole.read_bytes()
    damaged("cut-header", octets[:100])
    damaged("cut-data", octets[:-8])
    damaged("no-sources", octets, _24=bytes(8))
    # librrd would divide by these, or write where they point.
    damaged("no-step", octets, _40=bytes(8))
    damaged("no-heartbeat", octets, _168=bytes(8))
    damaged("no-rows", octets, _392=bytes(8))
    damaged("no-steps", octets, _400=bytes(8))
    damaged("row-beyond", octets, _1168=b"\xff\xff\xff\x7f")
    damaged("time-beyond", octets, _608=b"\xff" * 7 + b"\x7f")
    damaged("unterminated", octets, _128=b"x" * 20)
    damaged("many-archives", octets, _32=b"\xff\xff\xff\xff\xff\xff\xff\x7f")


if __name__ == "__main__":
    main()
