#!/usr/bin/python3
"""`make soak`: hours of a large, unruly fleet, and what must not have moved when they are over.

1 % of the requests are lost, 5 % of the devices are dead, and once a second another device reboots, is renumbered, or
loses a port for a while, by a seeded plan. At the end memory has to be flat, descriptors constant, nothing missed or
lost, nothing complained of, and the rates of untouched counters exact."""
import argparse
import random
import re
import sys
import time

from rig import descriptors, folder, rig, say, stats, wait_for, wait_rows

INTERVAL = 10
PORTS = 6
RSS_GROWTH_MAX = 2 << 20
SETTINGS = (f"interval: {INTERVAL}s\ntimeout: 1s\nretries: 3\nstore: {{writer: rrd, gather: 30s}}\n"
            "archive: [{step: 10s, keep: 10m}]\n")
# What happens to one device; {port} is one of its ports.
EVENTS = ["for 3 device {device} reboot", "for 25 device {device} reboot-renumber", "device {device} renumber",
          "device {device} renumber-quiet", "device {device} discontinuity port {port}",
          "for 90 device {device} remove-port port {port}", "for 30 device {device} port-down port {port}",
          "for 60 device {device} delay 100 300 prob 20"]


class Verdict:
    """Figures with the condition that each has to meet."""

    def __init__(self):
        self.failed = 0

    def __call__(self, what, value, good, wanted):
        self.failed += not good
        print(f"{'ok  ' if good else 'FAIL'}  {what:<34} {value:>16}  ({wanted})", flush=True)


def unrest(fleet, chance, living):
    """One event, at a device that is not dead."""
    fleet(chance.choice(EVENTS).format(device=chance.choice(living), port=chance.randrange(PORTS)))


def wrong_rates(fleet, daemon, devices):
    """(compared, wrong) of the octet rates that `devices` now show; unknown ones do not count."""
    compared = wrong = 0
    for number in devices:
        for row in daemon.json("show", f"d{number}")["tables"].get("interfaces", []):
            for name in ("ifHCInOctets", "ifHCOutOctets"):
                rate = row["metrics"].get(name, {}).get("rate")
                if rate is not None:
                    compared += 1
                    wrong += abs(rate - fleet.expect(number, row["key"], name)["rate"]) > 2.5 / INTERVAL + 1e-6
    return compared, wrong


def watch(fleet, daemon, args, living):
    """The unrest, second by second. Returns the stats of each cycle after the warm-up."""
    chance = random.Random(args.seed)
    began = time.monotonic()
    end = began + args.seconds
    seen, next_look = [], began + args.warm_up
    while (now := time.monotonic()) < end:
        unrest(fleet, chance, living)
        if now >= next_look:
            seen.append(stats(daemon))
            next_look = now + INTERVAL
            if len(seen) % 6 == 1:
                say(f"{now - began:6.0f} s  rss {seen[-1]['rss_bytes'] / 2**20:.1f} MiB  polls {seen[-1]['polls']}")
        time.sleep(max(0.0, now + 1 - time.monotonic()))
    return seen


def peak(samples):
    return max(sample["rss_bytes"] for sample in samples)


def judge(verdict, seen, log):
    first, last = seen[0], seen[-1]
    seconds = last["at"] - first["at"]
    third = max(1, len(seen) // 3)
    growth = peak(seen[-third:]) - peak(seen[:third])
    polls = last["polls"] - first["polls"]
    due = first["devices"] * seconds / INTERVAL
    late = last["polls_late"] - first["polls_late"]
    errors = [line for line in log.splitlines() if re.match(r"(\S+ )?(level=)?(error|crit|fatal)\b", line)]
    print(f"\n{seconds / 60:.0f} minutes after warm-up: {polls} polls, {last['rows']} rows, "
          f"{(last['values'] - first['values']) / seconds:.0f} values/s, "
          f"{last['retransmits'] - first['retransmits']} retransmits, {last['timeouts'] - first['timeouts']} timeouts, "
          f"{(last['cpu_s'] - first['cpu_s']) / seconds * 100:.1f} % of a core, lateness p99 "
          f"{last['lateness_ms']['p99']:.1f} ms\n")
    verdict("rss at the end, MiB", f"{last['rss_bytes'] / 2**20:.1f}", True, "for the record")
    verdict("rss growth, KiB", growth // 1024, growth <= RSS_GROWTH_MAX, "peak of last third - first third <= 2048")
    # Those under way at either end are counted or not: the dead take seconds.
    verdict("polls missed", max(0, round(due - polls)), due - polls <= 0.1 * first["devices"],
            "of the due ones; those under way at an end do not count")
    verdict("polls late or skipped", late, late == 0, "0")
    verdict("samples lost", last["samples_lost"], last["samples_lost"] == 0, "0")
    verdict("error lines in the log", len(errors), not errors, "0")
    for line in errors[:10]:
        print("      " + line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--hours", type=float)
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--warm-up", type=float, help="seconds (a third of the time, at most ten minutes)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.seconds = args.hours * 3600 if args.hours else args.minutes * 60
    args.warm_up = args.warm_up if args.warm_up is not None else min(600, args.seconds / 3)
    dead = args.devices // 20
    living = range(dead, args.devices)
    verdict = Verdict()
    with folder("soak") as path, rig(path, SETTINGS, ["loss 1", f"devices 0-{dead - 1} silence"], devices=args.devices,
                                     ports=PORTS, seed=args.seed) as (fleet, daemon):
        wait_rows(daemon, len(living) * PORTS, 120)
        say(f"{args.devices} devices x {PORTS} interfaces, every {INTERVAL} s, for {args.seconds / 60:g} minutes")
        fds = descriptors(daemon)
        seen = watch(fleet, daemon, args, living)
        judge(verdict, seen, daemon.logged())
        fds_now = descriptors(daemon)
        verdict("descriptors", fds_now, fds_now == fds, f"{fds} as at the start")
        compared, wrong = wrong_rates(fleet, daemon, living[::max(1, len(living) // 100)])
        verdict("rates wrong", wrong, wrong == 0 and compared > 0, f"of {compared} held against the closed form")
        # Left alone, all that live come back.
        fleet("clear")
        wait_for("all to be up", lambda: daemon.json("status")["totals"]["up"] == args.devices, 180)
        status = daemon.stop()
        verdict("exit status after SIGTERM", status, status == 0, "0")
        if verdict.failed:
            say(f"the log is {path / 'rollcalld.log'}")
            sys.exit(1)
    print("soak: all held")


if __name__ == "__main__":
    main()
