#!/usr/bin/python3
"""What SNMPv3 costs: two collectors side by side, one polls its fleet with v2c, the other with authPriv (SHA-256, AES-128).

They run at the same time on the same machine, so whatever else it does falls on both; what counts is their ratio. Over
numbers of engines the difference of the two per value ("more") is not to grow: a collector whose lists of users or engines
are searched would show here. It is larger for the few, which are asked so rarely that every poll finds its caches cold.
`bench.py` runs this in short."""
import argparse
import contextlib
import json
import sys
import time

from rig import folder, rig, say, stats, wait_for, wait_rows

TARGET = 3  # times v2c, at most
SETTINGS = "interval: {interval}s\ntimeout: 900ms\nstore: {{writer: none, gather: 0s}}\narchive: [{{step: 10s, keep: 5m}}]\n"
CREDENTIAL = ("credentials:\n  c: {version: 3, user: bench, auth: SHA-256, auth_key_file: auth.key, priv: AES-128, "
              "priv_key_file: priv.key}\n")
PHRASES = {"auth": "authentic phrase", "priv": "private phrase"}
USER = {"user": "bench", "auth": "SHA-256", "auth_passphrase": PHRASES["auth"], "priv": "AES-128",
        "priv_passphrase": PHRASES["priv"]}
# engines: interval in s, so that the many are not asked much more often a second than the few.
ENGINES = {10: 1, 100: 1, 1000: 2, 5000: 10}


def collector(path, settings, secure, **options):
    """One rig, in a folder of its own."""
    path.mkdir()
    if secure:
        settings, options = settings + CREDENTIAL, {**options, **USER}
        for name, phrase in PHRASES.items():
            (path / f"{name}.key").write_text(phrase + "\n")
            (path / f"{name}.key").chmod(0o600)
    return rig(path, settings, **options)


def snapshot(fleet, daemon):
    sent = fleet.stats()
    return {**stats(daemon), "fleet_us": sent["user_us"] + sent["system_us"], "fleet_requests": sent["requests"]}


def side_by_side(devices, ports, interval, seconds):
    """What the two did in so many seconds, long after everything is known: {"v2c": ..., "v3": ...}."""
    settings = SETTINGS.format(interval=interval)
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(folder("bench"))
        rigs = {name: stack.enter_context(collector(path / name, settings, name == "v3", devices=devices, ports=ports, seed=1))
                for name in ("v2c", "v3")}
        for _, daemon in rigs.values():
            wait_rows(daemon, devices * ports, 180)
        known = {name: stats(daemon)["polls"] for name, (_, daemon) in rigs.items()}
        for name, (_, daemon) in rigs.items():
            wait_for("two more cycles", lambda d=daemon, n=name: stats(d)["polls"] >= known[n] + 2 * devices, 4 * interval + 30)
        first = {name: snapshot(*pair) for name, pair in rigs.items()}
        time.sleep(seconds)  # to ask how far they are would cost them more than ten devices do
        last = {name: snapshot(*pair) for name, pair in rigs.items()}
        for name, (_, daemon) in rigs.items():
            if daemon.stop() != 0:
                sys.exit(f"rollcalld ({name}) did not end well")
    counts = ("at", "cpu_s", "values", "requests", "polls", "polls_late", "timeouts", "retransmits", "fleet_us", "fleet_requests")
    runs = {name: {key: last[name][key] - first[name][key] for key in counts} for name in rigs}
    for name, run in runs.items():
        if run["values"] == 0 or run["timeouts"]:
            sys.exit(f"{name}: {run['values']} values, {run['timeouts']} timeouts")
        run["us_value"] = run["cpu_s"] / run["values"] * 1e6
        run["rss"] = last[name]["rss_bytes"]
    return {**runs, "devices": devices, "ports": ports, "interval": interval,
            "ratio": runs["v3"]["us_value"] / runs["v2c"]["us_value"],
            "more": runs["v3"]["us_value"] - runs["v2c"]["us_value"]}


def compare(wide, engines, short):
    """The figures: first those that the target is about, then one of each number of engines."""
    runs = []
    for devices, ports, interval in [(wide, 48, 2), *((count, 4, ENGINES.get(count, 10)) for count in engines)]:
        say(f"v2c and authPriv: {devices} devices x {ports} interfaces every {interval} s")
        runs.append(side_by_side(devices, ports, interval, max(8 if short else 20, 2 * interval)))
    return runs


def show(runs):
    print(f"{'devices x':<16}{'CPU, us a value':>18}{'':>8}{'':>9}{'requests a poll':>19}{'fleet, us a req.':>19}\n"
          f"{'interfaces':<16}{'v2c':>9}{'authPriv':>9}{'ratio':>8}{'more':>9}{'v2c':>12}{'v3':>7}{'v2c':>12}{'v3':>7}")
    for run in runs:
        v2c, v3 = run["v2c"], run["v3"]
        print(f"{run['devices']} x {run['ports']:<{13 - len(str(run['devices']))}}"
              f"{v2c['us_value']:>9.2f}{v3['us_value']:>9.2f}{run['ratio']:>8.2f}{run['more']:>9.2f}"
              f"{v2c['requests'] / v2c['polls']:>12.2f}{v3['requests'] / v3['polls']:>7.2f}"
              f"{v2c['fleet_us'] / v2c['fleet_requests']:>12.1f}{v3['fleet_us'] / v3['fleet_requests']:>7.1f}")


def judge(runs):
    """Ends the program when version 3 costs more than it may."""
    if runs[0]["ratio"] > TARGET:
        sys.exit(f"authPriv costs {runs[0]['ratio']:.2f} times as much as v2c; {TARGET} are the most it may")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=200, help="of the comparison with 48 interfaces each")
    parser.add_argument("--engines", type=int, nargs="*", default=list(ENGINES))
    parser.add_argument("--short", action="store_true", help="8 s each instead of 20")
    parser.add_argument("--json", action="store_true", help="the raw figures")
    args = parser.parse_args()
    runs = compare(args.devices, args.engines, args.short)
    if args.json:
        print(json.dumps(runs))
    else:
        show(runs)
    judge(runs)


if __name__ == "__main__":
    main()
