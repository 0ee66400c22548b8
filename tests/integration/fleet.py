"""Starts the simulated fleet (build/fleet) for a test, on a free port, and speaks its control lines.

    with Fleet(devices=100, linux=10, seed=7) as fleet:
        fleet.target(3)                          # "127.1.0.4:PORT"
        fleet("devices 0-9 silence")             # a fault line or a command; its answer's lines
        fleet.expect(3, "Gi1/0/2", "ifHCInOctets")   # {"base": ..., "rate": ..., "bits": 64}

Keyword arguments are the program's options: linux_ports=4 becomes --linux-ports 4, ipv6=True becomes
--ipv6. The fleet ends when the block does, or when the test's process dies: it lives as long as its stdin."""
import ipaddress
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program():
    return str(ROOT / os.environ.get("BUILD", "build") / "fleet")


class FleetError(Exception):
    """The fleet did not start, or did not like a line."""


def fields(line):
    """"a=1 b=x" -> {"a": 1, "b": "x"}"""
    out = {}
    for word in line.split():
        name, found, value = word.partition("=")
        if found:
            out[name] = int(value) if value.lstrip("-").isdigit() else value
    return out


class Fleet:
    def __init__(self, **options):
        self.arguments = []
        for name, value in options.items():
            if value is True:
                self.arguments.append("--" + name.replace("_", "-"))
            elif value is not False and value is not None:
                self.arguments += ["--" + name.replace("_", "-"), str(value)]
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen([program(), "--stdin-control", *self.arguments], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ready = self.process.stdout.readline()
        if not ready.startswith("ready "):
            self.stop()
            raise FleetError(f"the fleet did not start: {self.arguments}")
        facts = fields(ready)
        self.port, self.devices = facts["port"], facts["devices"]
        self.first = ipaddress.IPv4Address(facts["first"])
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def address(self, number):
        return str(self.first + number)

    def target(self, number):
        return f"{self.address(number)}:{self.port}"

    def __call__(self, line):
        """Sends a line; returns the lines of its answer. In force when it returns."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        out = []
        for answer in self.process.stdout:
            answer = answer.rstrip("\n")
            if answer == "ok":
                return out
            if answer.startswith("error: "):
                raise FleetError(f"{line}: {' '.join([*out, answer])}")
            out.append(answer)
        raise FleetError(f"{line}: the fleet is gone")

    def stats(self):
        """Totals: requests, varbinds, replies, octets, waiting, ignored, user_us, system_us."""
        return fields(self("stats")[-1])

    def device_stats(self, first, last=None):
        """Of devices first..last: a list of device, requests, varbinds, replies, waiting_peak."""
        last = first if last is None else last
        return [fields(line) for line in self(f"stats {first}-{last}")[:-1]]

    def reports(self):
        """Of a fleet with a user: how many Reports of each kind were made, {"usmStatsWrongDigests": ..., ...}."""
        return fields(self("reports")[0])

    def expect(self, device, row, name):
        """A fresh device's counter in closed form: base, rate, bits; or another object's value."""
        return fields(self(f"expect {device} {row} {name}")[0])

    def uptime(self, device):
        """uptime_cs (hundredths of a second, not wrapped) and boots."""
        return fields(self(f"uptime {device}")[0])

    def advance(self, seconds):
        """Moves all devices' time; with time_scale=0 this is the only way it moves."""
        self(f"advance {seconds}")


def counter(closed_form, uptime_cs):
    """What the counter of expect() reads at an uptime."""
    value = closed_form["base"] + closed_form["rate"] * uptime_cs // 100
    return value % 2 ** closed_form["bits"]
