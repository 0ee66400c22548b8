"""A bench for difficult agents: for each of the fleet's personalities two devices under one rollcalld, beside
neighbours that behave.

One of the two is difficult from its first packet on ("born"), the other turns difficult once it is known
("turned"). What the daemon shows and stores of them is compared with the fleet's closed forms."""
import concurrent.futures
import contextlib
import dataclasses
import math
import re
import subprocess
import time

from fleet import Fleet, FleetError, program
from lab import BUILD, Rollcalld

SETTINGS = ("interval: 1s\ntimeout: 200ms\nretries: 1\ntries: 2\narchive: [{step: 1s, keep: 1h}]\n"
            "credentials:\n  public: {version: 2c, community: public}\n  old: {version: 1, community: public}\n")
SANITIZED = "asan" in str(BUILD)
PORTS = 4
ACQUAINTANCE = 3  # seconds until those that turn, turn
SETTLING = 6  # seconds in which what turned may be looked into
WINDOW = 5  # seconds, so many intervals, in which packets are counted

# What a counter of the profile reads, data source by data source.
COUNTERS = {
    "ifHCInOctets": "in_octets", "ifHCOutOctets": "out_octets", "ifHCInUcastPkts": "in_ucast",
    "ifHCOutUcastPkts": "out_ucast", "ifHCInMulticastPkts": "in_mcast", "ifHCOutMulticastPkts": "out_mcast",
    "ifHCInBroadcastPkts": "in_bcast", "ifHCOutBroadcastPkts": "out_bcast", "ifInErrors": "in_errors",
    "ifOutErrors": "out_errors", "ifInDiscards": "in_discards", "ifOutDiscards": "out_discards",
}
GAUGES = {"ifHighSpeed": 1e6, "ifType": 1, "ifMtu": 1, "ifAdminStatus": 1, "ifOperStatus": 1}
SCALED = ("diskIOBusyTime",)  # shown in another unit than it is counted in
NOTHING = {"value": None, "rate": None, "state": "none", "oid": None}


def personalities():
    """{name: (faults, what, expect)} as the program lists them."""
    out = subprocess.run([program(), "--personalities"], capture_output=True, text=True, check=True, timeout=10).stdout
    return {name: rest for name, *rest in (line.split("\t") for line in out.splitlines())}


def file_name(key):
    return re.sub(r"[^A-Za-z0-9._-]", lambda letter: f"%{ord(letter.group()):02X}", key) + ".rrd"


def fetch(path):
    """Everything a file holds: [(time, {source: value or NaN})], rows without any value left out."""
    out = subprocess.run(["rrdtool", "fetch", path, "AVERAGE", "-s", "-5min", "-r", "1"], capture_output=True, text=True,
                         check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout.splitlines()
    names, rows = out[0].split(), []
    for line in out[2:]:
        when, _, values = line.partition(":")
        numbers = dict(zip(names, map(float, values.split())))
        if any(not math.isnan(number) for number in numbers.values()):
            rows.append((int(when), numbers))
    return rows


def name_of(key):
    """The fleet's name of an interface, by the key it is known by; None when that tells nothing."""
    for pattern, base in ((r"(?:Gi|GigabitEthernet)1/0/(\d+)$", 10), (r"02(?::[0-9a-f]{2}){4}:([0-9a-f]{2})$", 16)):
        found = re.match(pattern, key)
        if found:
            return f"Gi1/0/{int(found[1], base) + (base == 16)}"
    return key if re.match(r"lo$|eth\d$", key) else None


@dataclasses.dataclass
class Seen:
    """What is known of one device in the end."""
    state: str
    rows: dict  # interfaces: key -> the row as shown
    others: list  # (name in the fleet, row) of a host's other tables
    stored: dict  # key -> the rows of its file
    packets: float  # per interval
    contact: int  # packets until the count began
    uptime: dict  # of the fleet


@dataclasses.dataclass
class Wrong:
    where: str
    got: float
    right: float


class Bench:
    """One daemon, one fleet, some personalities. run() does it all; the results stay."""

    def __init__(self, folder, names, fleet_options=None, version=None, settings="", device_settings=None):
        self.folder, self.names = folder, list(names)
        self.options = {"devices": 2 * len(self.names) + 2, "ports": PORTS, "seed": 41, **(fleet_options or {})}
        self.settings, self.device_settings = settings, device_settings or {}
        self.numbers, self.ends = {}, contextlib.ExitStack()
        for i, name in enumerate(self.names):
            self.numbers[name, "born"], self.numbers[name, "turned"] = 2 * i, 2 * i + 1
        self.neighbours = [2 * len(self.names), 2 * len(self.names) + 1]

    def devices(self):
        out = []
        for number in range(self.options["devices"]):
            more = self.device_settings.get(self.names[number // 2] if number // 2 < len(self.names) else None, "")
            out.append(f'- {{name: d{number}, address: "{self.fleet.target(number)}"{more}}}\n')
        return "".join(out)

    def open(self):
        self.fleet = self.ends.enter_context(Fleet(**self.options))
        for name in self.names:
            self.fleet(f"device {self.numbers[name, 'born']} as {name}")
        self.daemon = self.ends.enter_context(Rollcalld(self.folder, self.devices(), SETTINGS + self.settings))

    def close(self):
        self.ends.close()

    def expect(self, device, row, name):
        """The closed form, or value; None when the fleet has no such object or row."""
        key = device, row, name
        if key not in self.forms:
            try:
                self.forms[key] = self.fleet.expect(device, row, name)
            except FleetError:
                self.forms[key] = None
        return self.forms[key]

    def run(self):
        self.forms = {}
        self.open()
        for number in self.neighbours:
            self.daemon.wait_state(f"d{number}", "up")
        time.sleep(ACQUAINTANCE)
        for name in self.names:
            self.fleet(f"device {self.numbers[name, 'turned']} as {name}")
        time.sleep(SETTLING)
        before, begun = self.fleet.device_stats(0, self.options["devices"] - 1), time.monotonic()
        time.sleep(WINDOW)
        after, took = self.fleet.device_stats(0, self.options["devices"] - 1), time.monotonic() - begun
        self.daemon.run("flush")
        self.stats = self.daemon.json("stats")
        self.log = self.daemon.logged()
        self.seen = {}
        for number in range(self.options["devices"]):
            packets = (after[number]["requests"] - before[number]["requests"]) / took
            self.seen[number] = self.look(number, packets, before[number]["requests"])
        return self

    def look(self, number, packets, contact):
        shown = self.daemon.json("show", f"d{number}")
        uptime = self.fleet.uptime(number)
        rows = {row["key"]: row for row in shown["tables"].pop("interfaces", [])}
        others = [("-" if row["index"] == "0" else row["key"], row) for table in shown["tables"].values() for row in table]
        folder = self.daemon.state / "rrd" / f"d{number}" / "interfaces"
        keys = {file_name(key): key for key in rows}
        stored = {keys.get(path.name, path.name): fetch(path) for path in folder.glob("*.rrd")}
        return Seen(shown["state"], rows, others, stored, packets, contact, uptime)

    # ---- right or wrong ----

    def rates(self, number, key, name):
        """The rates that a counter of that row may have: of its port, or when nobody knows which it is, of any."""
        known = name_of(key)
        names = [f"Gi1/0/{port + 1}" for port in range(PORTS)] if known is None else [known]
        return [self.expect(number, name_, name)["rate"] for name_ in names]

    def wrong(self, number, tolerance=8.0, share=0.0, also=(), readings=True):
        """Everything shown or stored of a device that is not right: [Wrong]. `also`: further right numbers. Counters count
        whole units, and a late turn and the next one, in time, may be a quarter of a second apart: hence `tolerance`."""
        out, seen = [], self.seen[number]

        def check(where, got, rates, slack=0.0):
            if got is None or math.isnan(got) or got in also:
                return
            if not any(abs(got - rate) <= tolerance + slack + share * rate for rate in rates):
                out.append(Wrong(where, got, rates))

        for key, row in seen.rows.items():
            young = len(seen.stored.get(key, ())) <= 3
            for name in COUNTERS:
                check(f"shown {key} {name}", self.metric(row, name)["rate"], self.rates(number, key, name),
                      slack=100 if young else 0)
            if name_of(key) is not None and readings:
                out += self.wrong_readings(number, key, row)
        for key, row in seen.others:
            for name, metric in row["metrics"].items():
                form = self.expect(number, key, name) if metric["rate"] is not None and name not in SCALED else None
                if form:
                    check(f"shown {key} {name}", metric["rate"], [form["rate"]])
        for key, samples in seen.stored.items():
            for place, (when, sources) in enumerate(samples):
                for name, source in COUNTERS.items():
                    # The first turns may follow each other as closely as a tick of sysUpTime, 10 ms.
                    check(f"stored {key} {name} {when}", sources[source], self.rates(number, key, name),
                          slack=100 if place < 3 else 0)
                if not math.isnan(sources["up"]) and not 0 <= sources["up"] <= 1:
                    out.append(Wrong(f"stored {key} up", sources["up"], 1))
        return out

    def wrong_readings(self, number, key, row):
        """Gauges, which stand still; and counters as read: their closed form at some moment not long before now."""
        seen = self.seen[number]
        for name, scale in GAUGES.items():
            metric, right = self.metric(row, name), self.expect(number, name_of(key), name)["value"] * scale
            if metric["value"] not in (None, right):
                yield Wrong(f"shown {key} {name}", metric["value"], right)
        for name in COUNTERS:
            metric, form = self.metric(row, name), self.expect(number, name_of(key), name)
            if metric["value"] is None or form["rate"] < 100:
                continue
            bits = form["bits"] if name in row["metrics"] else 32
            base = form["base"] if seen.uptime["boots"] == 1 else 0
            ticks = (int(metric["value"]) - base) % 2 ** bits * 100 / form["rate"]
            right = seen.uptime["uptime_cs"] % (2 ** bits * 100 / form["rate"])
            if not right - 9000 <= ticks <= right + 2 and not right < 9000:
                yield Wrong(f"shown {key} {name} value", ticks, right)

    @staticmethod
    def metric(row, name):
        """As shown: by the 64-bit name, by that of the 32-bit fallback, or not at all."""
        return row["metrics"].get(name) or row["metrics"].get(name.replace("HC", "")) or NOTHING

    def known(self, number):
        """{(row, counter)} whose rate is shown and of the last poll."""
        return {(key, name) for key, row in self.seen[number].rows.items() for name in COUNTERS
                if self.metric(row, name)["state"] == "ok" and self.metric(row, name)["rate"] is not None}

    def holes(self, number):
        """Seconds without a value between the second and the last one of its files."""
        out = []
        for samples in self.seen[number].stored.values():
            times = [when for when, sources in samples[1:] if not any(math.isnan(sources[name]) for name in COUNTERS.values())]
            out += sorted(set(range(times[0], times[-1])) - set(times)) if times else [0]
        return out

    def stored(self, number):
        """How many rates are stored."""
        return sum(not math.isnan(values[source]) for samples in self.seen[number].stored.values()
                   for _, values in samples for source in COUNTERS.values())


def run_all(benches):
    """Side by side: they wait most of the time, but under sanitizers."""
    with concurrent.futures.ThreadPoolExecutor(6 if SANITIZED else len(benches)) as pool:
        return list(pool.map(Bench.run, benches))
