#!/usr/bin/python3
"""`make bench`: what polling costs, as ratios and CPU time, never wall time, on a simulated fleet on loopback.

Two runs, without a writer and with RRD files, each a few cycles long after everything is known; the time to load
10,000 devices; and SNMPv3 beside v2c, in short (secure.py). A value is one that the profile wants and the agent has; "requests" against the least possible ones:
what the replies' octets fill when each holds as many as a device sends."""
import argparse
import json
import math
import os
import subprocess
import sys

import secure
from rig import BUILD, folder, rig, say, stats, wait_for, wait_rows

INTERVAL = 10
PORTS = 48
REPLY_MAX = 1472  # octets, the fleet's --max-size
SETTINGS = "interval: {interval}s\ntimeout: 2s\nstore: {{writer: {writer}, gather: 0s}}\narchive: [{{step: 10s, keep: 5m}}]\n"


def measure(writer, devices, cycles):
    """The differences over `cycles` whole cycles of a fleet that is known, and gauges at their end."""
    settings = SETTINGS.format(interval=INTERVAL, writer=writer)
    with folder("bench") as path, rig(path, settings, devices=devices, ports=PORTS, seed=1) as (fleet, daemon):
        say(f"writer {writer}: {devices} devices x {PORTS} interfaces every {INTERVAL} s")
        wait_rows(daemon, devices * PORTS, 120)
        # The first rates need two polls; then nothing is done for the first time.
        known = stats(daemon)["polls"]
        wait_for("two more cycles", lambda: stats(daemon)["polls"] >= known + 2 * devices, 4 * INTERVAL)
        first, first_sent = stats(daemon), fleet.stats()
        wait_for(f"{cycles} cycles", lambda: stats(daemon)["polls"] >= first["polls"] + cycles * devices,
                 (cycles + 2) * INTERVAL)
        last, last_sent = stats(daemon), fleet.stats()
        if daemon.stop() != 0:
            sys.exit("rollcalld did not end well")
    run = {name: last[name] - first[name] for name in ("at", "cpu_s", "values", "requests", "retransmits", "timeouts",
                                                       "polls", "polls_late", "samples_stored", "samples_lost")}
    octets = (last_sent["octets"] - first_sent["octets"]) / run["polls"]
    run["least"] = math.ceil(octets / REPLY_MAX)
    run["requests_poll"] = run["requests"] / run["polls"]
    run["lateness"], run["rss"], run["rows"] = last["lateness_ms"], last["rss_bytes"], devices * PORTS
    run["writer"], run["devices"] = writer, devices
    return run


def cpu_of(command):
    """User and system seconds, and the largest resident size, of a command that has to succeed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command}: status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def load(devices):
    """CPU time and memory of `rollcalld -t` with so many devices of the usual kind; least of three."""
    with folder("bench") as path:
        (path / "devices.yaml").write_text("".join(
            f"- {{name: sw{i}, address: 10.{i >> 16}.{i >> 8 & 255}.{i & 255}, tags: [edge, site{i % 20}]}}\n"
            for i in range(devices)))
        (path / "rollcall.yaml").write_text("tags:\n  edge: {interval: 30s}\ndevices: [devices.yaml]\n")
        return min(cpu_of([str(BUILD / "rollcalld"), "-t", "-c", str(path / "rollcall.yaml")]) for _ in range(3))


def rows_of(run):
    seconds = run["at"]
    late = run["lateness"]
    return [
        ("devices x interfaces", f"{run['devices']} x {PORTS}"),
        ("CPU per value", f"{run['cpu_s'] / run['values'] * 1e6:.2f} us"),
        ("CPU", f"{run['cpu_s'] / seconds * 100:.1f} % of a core"),
        ("values/s", f"{run['values'] / seconds:,.0f}"),
        ("requests/s", f"{run['requests'] / seconds:,.0f}"),
        ("requests per poll, least", f"{run['requests_poll']:.2f}, {run['least']}"),
        ("values per request", f"{run['values'] / run['requests']:.1f}"),
        ("lateness p50, p99, max", f"{late['p50']:.1f}, {late['p99']:.1f}, {late['max']:.1f} ms"),
        ("resident per interface", f"{run['rss'] / run['rows']:,.0f} B"),
        ("samples stored/s", f"{run['samples_stored'] / seconds:,.0f}"),
        ("polls late", f"{run['polls_late']} of {run['polls']}"),
        ("retransmits, timeouts", f"{run['retransmits']}, {run['timeouts']}"),
        ("samples lost", f"{run['samples_lost']}"),
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1000, help="without a writer; a fifth with RRD files")
    parser.add_argument("--cycles", type=int, default=4)
    parser.add_argument("--load", type=int, default=10000)
    parser.add_argument("--engines", type=int, nargs="*", default=[10, 1000], help="of version 3")
    parser.add_argument("--json", action="store_true", help="the raw figures")
    args = parser.parse_args()
    runs = [measure("none", args.devices, args.cycles), measure("rrd", max(1, args.devices // 5), args.cycles)]
    seconds, size = load(args.load)
    compared = secure.compare(200, args.engines, short=True)
    if args.json:
        print(json.dumps({"runs": runs, "load_cpu_s": seconds, "load_rss_bytes": size, "secure": compared}))
        return
    print(f"{'':<26} {'writer none':>22} {'writer rrd':>22}")
    for (label, *_), *values in zip(rows_of(runs[0]), *([value for _, value in rows_of(run)] for run in runs)):
        print(f"{label:<26} {values[0]:>22} {values[1]:>22}")
    print(f"\nloading {args.load} devices: {seconds:.2f} s of CPU, {size / 2**20:.0f} MiB\n")
    secure.show(compared)
    lost = sum(run["samples_lost"] + run["polls_late"] for run in runs)
    if lost:
        sys.exit("something was late or lost: the figures above are those of an overloaded machine or a fault")
    secure.judge(compared)


if __name__ == "__main__":
    main()
