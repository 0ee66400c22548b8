"""The whole way of a number: what the RRD files hold is what the fleet's closed forms say, whatever goes wrong."""
import math
import re
import subprocess

import pytest

from fleet import Fleet
from lab import Rollcalld, wait_for

SETTINGS = "interval: 1s\ntimeout: 400ms\nretries: 2\ntries: 2\narchive: [{step: 1s, keep: 1h}]\n"

# Data source of an interface -> the object that feeds it.
FEEDS = {
    "in_octets": "ifHCInOctets", "out_octets": "ifHCOutOctets", "in_ucast": "ifHCInUcastPkts",
    "out_ucast": "ifHCOutUcastPkts", "in_mcast": "ifHCInMulticastPkts", "out_mcast": "ifHCOutMulticastPkts",
    "in_bcast": "ifHCInBroadcastPkts", "out_bcast": "ifHCOutBroadcastPkts", "in_errors": "ifInErrors",
    "out_errors": "ifOutErrors", "in_discards": "ifInDiscards", "out_discards": "ifOutDiscards",
}
# What a 32-bit port has instead.
NARROW = {"ifHCInOctets": "ifInOctets", "ifHCOutOctets": "ifOutOctets", "ifHCInUcastPkts": "ifInUcastPkts",
          "ifHCOutUcastPkts": "ifOutUcastPkts", "ifHCInMulticastPkts": "ifInMulticastPkts",
          "ifHCOutMulticastPkts": "ifOutMulticastPkts", "ifHCInBroadcastPkts": "ifInBroadcastPkts",
          "ifHCOutBroadcastPkts": "ifOutBroadcastPkts"}


def devices(fleet, numbers=None):
    return "".join(f'- {{name: d{i}, address: "{fleet.target(i)}"}}\n' for i in (numbers or range(fleet.devices)))


def file_name(key):
    return re.sub(r"[^A-Za-z0-9._-]", lambda letter: f"%{ord(letter.group()):02X}", key) + ".rrd"


def fetch(path):
    """Everything a file holds: [(time, {source: value or NaN})], rows without any value left out."""
    def read():
        done = subprocess.run(["rrdtool", "fetch", path, "AVERAGE", "-s", "-1h", "-r", "1"], capture_output=True, text=True,
                              env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
        return done.stdout.splitlines() if done.returncode == 0 else None

    out = wait_for(f"{path} not to be locked by its writer", read)
    names = out[0].split()
    rows = []
    for line in out[2:]:
        time, _, values = line.partition(":")
        numbers = dict(zip(names, map(float, values.split())))
        if any(not math.isnan(number) for number in numbers.values()):
            rows.append((int(time), numbers))
    return rows


def check_port(fleet, daemon, device, port, at_least, narrow=False):
    """All values of a port's file are the rates of that port, or unknown. Returns how many were known."""
    key = f"Gi1/0/{port + 1}"
    known = 0
    apart = max(0.02, 1 - daemon.json("stats")["lateness_ms"]["max"] / 1000)
    for row, (_, values) in enumerate(fetch(daemon.state / "rrd" / f"d{device}" / "interfaces" / file_name(key))):
        for source, name in FEEDS.items():
            if math.isnan(values[source]):
                continue
            known += 1
            rate = fleet.expect(device, key, NARROW.get(name, name) if narrow else name)["rate"]
            # Two samples a second apart, each rounded down by the agent's floor; nearer when the machine is busy and a
            # turn late. The first turn may follow the first contact at once: as close as a tick of sysUpTime, 10 ms.
            tolerance = 2.5 / apart if row >= 2 else 100
            assert abs(values[source] - rate) <= tolerance, (device, key, source, values[source], rate)
        if not math.isnan(values["up"]):
            assert 0 <= values["up"] <= 1
    assert known >= at_least, f"d{device} {key}: only {known} values known"
    return known


def test_files_hold_the_closed_form(tmp_path):
    with Fleet(devices=20, ports=6, narrow=3, seed=11) as fleet, Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
        for i in range(20):
            daemon.wait_state(f"d{i}", "up")
        before = daemon.json("stats")["polls"]
        daemon.wait_polls(before + 5 * 20)
        assert daemon.run("flush").returncode == 0
        for device in range(20):
            for port in range(6):
                check_port(fleet, daemon, device, port, at_least=3 * len(FEEDS), narrow=(port + 1) % 3 == 0)
        stats = daemon.json("stats")
        assert stats["samples_lost"] == 0
        assert sum(stats["rejected"].values()) == 0
        assert stats["rows"] >= 20 * 6


def test_a_linux_host(tmp_path):
    with Fleet(devices=1, linux=1, seed=3) as fleet, Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
        assert daemon.wait_state("d0", "up")["profile"] == "linux"
        wait_for("rates", lambda: (daemon.row("d0", "cpu", "cpu") or daemon.json("show", "d0")["tables"]["cpu"][0])[
            "metrics"]["ssCpuRawUser"]["rate"] is not None)
        metrics = daemon.json("show", "d0")["tables"]["cpu"][0]["metrics"]
        for name in ("ssCpuRawUser", "ssCpuRawIdle", "ssCpuRawWait"):
            assert abs(metrics[name]["rate"] - fleet.expect(0, "-", name)["rate"]) <= 2.5


def test_the_dead_disturb_nobody(tmp_path):
    with Fleet(devices=30, ports=2, seed=5) as fleet:
        fleet("devices 0-8 silence")
        with Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
            for i in range(9):
                daemon.wait_state(f"d{i}", "down", hard=True)
            for i in range(9, 30):
                assert daemon.status(f"d{i}")["state"] == "up"
            fleet("clear")
            for i in range(9):
                daemon.wait_state(f"d{i}", "up")


def test_a_silent_device_costs_one_packet_a_turn(tmp_path):
    with Fleet(devices=1) as fleet:
        fleet("devices 0 silence")
        with Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
            daemon.wait_state("d0", "down", hard=True)
            before = daemon.json("stats")
            daemon.wait_polls(before["polls"] + 4)
            after = daemon.json("stats")
            # A turn's packet may be on its way while one looks.
            assert abs((after["requests"] - before["requests"]) - (after["polls"] - before["polls"])) <= 1
            assert after["retransmits"] == before["retransmits"]
            fleet("clear")
            daemon.wait_state("d0", "up")


def test_the_collector_is_blind_rather_than_everyone_down(tmp_path):
    with Fleet(devices=12, ports=1, seed=5) as fleet, Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
        for i in range(12):
            daemon.wait_state(f"d{i}", "up", hard=True)
        fleet("silence")
        wait_for("blindness", lambda: [p for p in daemon.json("status")["problems"] if p["rule"] == "collector-blind"])
        states = [device["state"] for device in daemon.json("status")["devices"]]
        assert "unreachable" in states and states.count("down") < 7
        fleet("clear")
        for i in range(12):
            daemon.wait_state(f"d{i}", "up")
        assert daemon.json("status")["problems"] == []


def test_behind_a_dead_parent(tmp_path):
    with Fleet(devices=2, ports=1, seed=5) as fleet:
        roll = f'- {{name: d0, address: "{fleet.target(0)}"}}\n- {{name: d1, address: "{fleet.target(1)}", parent: d0}}\n'
        with Rollcalld(tmp_path, roll, SETTINGS) as daemon:
            daemon.wait_state("d1", "up")
            fleet("silence")
            daemon.wait_state("d0", "down")
            status = daemon.wait_state("d1", "unreachable")
            assert status["problems"] == []
            fleet("clear")
            daemon.wait_state("d1", "up")


@pytest.mark.parametrize("fault", ["renumber", "reboot-renumber", "renumber-quiet"])
def test_renumbering_mixes_no_histories(tmp_path, fault):
    with Fleet(devices=4, ports=8, seed=13) as fleet, Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
        for i in range(4):
            daemon.wait_state(f"d{i}", "up")
        for _ in range(3):
            daemon.wait_polls(daemon.json("stats")["polls"] + 10)
            fleet(fault if "reboot" not in fault else f"for 0.5 {fault}")
        daemon.wait_polls(daemon.json("stats")["polls"] + 16)
        assert daemon.run("flush").returncode == 0
        for device in range(4):
            for port in range(8):
                check_port(fleet, daemon, device, port, at_least=len(FEEDS))


@pytest.mark.parametrize("fault", ["for 0.7 reboot", "counter-reset", "discontinuity"])
def test_resets_give_unknown_never_a_spike(tmp_path, fault):
    with Fleet(devices=3, ports=3, seed=17) as fleet, Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
        for i in range(3):
            daemon.wait_state(f"d{i}", "up")
        for _ in range(3):
            daemon.wait_polls(daemon.json("stats")["polls"] + 9)
            fleet(fault)
        daemon.wait_polls(daemon.json("stats")["polls"] + 9)
        assert daemon.run("flush").returncode == 0
        for device in range(3):
            for port in range(3):
                check_port(fleet, daemon, device, port, at_least=len(FEEDS))


@pytest.mark.parametrize("fault, reason", [
    ("wrong-source 1", "source"), ("wrong-id", "request_id"), ("wrong-community", "community"), ("wrong-version", "version"),
    ("wrong-pdu 160", "pdu_type"), ("other-oids", "names"), ("garbage", "malformed"), ("truncate 5", "malformed"),
    ("trailing 3", "malformed"),
])
def test_what_does_not_fit_is_not_believed(tmp_path, fault, reason):
    with Fleet(devices=1, ports=2, seed=19) as fleet:
        fleet(fault)
        with Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
            wait_for("a rejection", lambda: daemon.json("stats")["rejected"][reason] > 0)
            status = daemon.wait_state("d0", "down")
            assert status["last_poll"] is None
            assert daemon.json("stats")["values"] == 0
            fleet("clear")
            daemon.wait_state("d0", "up")


@pytest.mark.parametrize("fault", ["loss 10", "delay 50 100", "duplicate 50", "reorder 50 80", "too-big 5",
                                   "max-size 484", "silent-above 800", "fewer 1 prob 30", "names 1", "names 2", "names 3"])
def test_a_difficult_agent_is_polled_all_the_same(tmp_path, fault):
    with Fleet(devices=2, ports=4, seed=23) as fleet:
        fleet(fault)
        with Rollcalld(tmp_path, devices(fleet), SETTINGS.replace("retries: 2", "retries: 3")) as daemon:
            for i in range(2):
                daemon.wait_state(f"d{i}", "up")
                rows = wait_for("four rows with rates", lambda: [
                    row for row in daemon.json("show", f"d{i}")["tables"].get("interfaces", [])
                    if row["metrics"].get("ifHCInOctets", {}).get("rate") is not None][3:])
                assert rows
            assert daemon.json("stats")["samples_lost"] == 0


@pytest.mark.parametrize("fault", ["walk-same", "walk-loop 2", "walk-back 2", "endless"])
def test_a_walk_that_does_not_end_is_ended(tmp_path, fault):
    with Fleet(devices=1, ports=4, seed=29) as fleet:
        fleet(fault)
        with Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
            daemon.wait_state("d0", "up", hard=True)
            assert fleet.device_stats(0)[0]["requests"] < 20100
            assert "walk cut short" in daemon.logged()
            fleet("reset-stats")
            daemon.wait_polls(daemon.json("stats")["polls"] + 3)
            assert fleet.device_stats(0)[0]["requests"] < 30


def test_hostile_text_stays_text(tmp_path):
    with Fleet(devices=1, ports=2, seed=31) as fleet:
        fleet("hostile-text")
        with Rollcalld(tmp_path, devices(fleet), SETTINGS) as daemon:
            daemon.wait_state("d0", "up")
            daemon.wait_polls(4)
            assert daemon.run("flush").returncode == 0
            for command in (["show", "d0"], ["status"], ["status", "--json"], ["show", "d0", "--json"]):
                shown = daemon.run(*command).stdout
                assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", shown)
            for path in (daemon.state / "rrd").rglob("*"):
                assert re.fullmatch(r"[A-Za-z0-9._%~-]+", path.name)
                assert path.resolve().is_relative_to((daemon.state / "rrd").resolve())
