"""Difficult agents: what is found out about them, and that their numbers come all the same."""
import time

from fleet import Fleet
from lab import Rollcalld, wait_for

SETTINGS = "interval: 1s\ntimeout: 300ms\nretries: 2\narchive: [{step: 1s, keep: 1h}]\n"
PORTS = 24


def device(fleet, **keys):
    more = "".join(f", {key}: {value}" for key, value in keys.items())
    return f'- {{name: d0, address: "{fleet.target(0)}"{more}}}\n'


def complete(daemon):
    """All ports are known, each with a rate."""
    rows = daemon.json("show", "d0")["tables"].get("interfaces", [])
    return len(rows) == PORTS and all(row["metrics"]["ifHCInOctets"]["rate"] is not None for row in rows)


def polled(tmp_path, fault, **keys):
    """What `show --engine` says of a device with a fault, once all of its ports have rates."""
    with Fleet(devices=1, ports=PORTS) as fleet:
        fleet(fault)
        with Rollcalld(tmp_path, device(fleet, **keys), SETTINGS) as daemon:
            wait_for("all rates", lambda: complete(daemon))
            text = daemon.run("show", "d0", "--engine").stdout
            assert max(map(len, text.splitlines())) <= 80
            return daemon.json("show", "d0")["engine"], text


def test_getbulk_is_refused(tmp_path):
    engine, text = polled(tmp_path, "bulk-error 5")
    # Of a table so wide that not two rows fit GETBULK is not asked at all.
    assert engine["getbulk"] in ("refused", "untried")
    assert "GETBULK" in text


def test_getbulk_is_not_answered(tmp_path):
    engine, _ = polled(tmp_path, "bulk-silent")
    assert engine["getbulk"] in ("silent", "untried")


def test_too_big(tmp_path):
    engine, text = polled(tmp_path, "too-big 8")
    assert engine["max_message"] < 1400 and engine["max_message_reason"] == "too_big"
    assert "tooBig" in text


def test_large_replies_are_lost(tmp_path):
    engine, text = polled(tmp_path, "silent-above 600")
    assert engine["max_message"] < 1000 and engine["max_message_reason"] == "silence"
    assert "did not answer more" in text


def test_one_thing_at_a_time(tmp_path):
    engine, _ = polled(tmp_path, "serial 20")
    assert engine["window"] <= 5
    assert engine["rtt_ms"] >= 20


def test_max_rate(tmp_path):
    """It drops what is more than 30 in a second: asked for 20, nothing is lost."""
    with Fleet(devices=1, ports=PORTS) as fleet:
        fleet("rate-limit 30")
        with Rollcalld(tmp_path, device(fleet, max_rate=20, interval="5s"), SETTINGS) as daemon:
            wait_for("all rates", lambda: complete(daemon))
            before, began = fleet.device_stats(0)[0], time.monotonic()
            daemon.wait_polls(daemon.json("stats")["polls"] + 2)
            took = time.monotonic() - began
            after = fleet.device_stats(0)[0]
            engine = daemon.json("show", "d0")["engine"]
            assert engine["max_rate"] == 20
            assert engine["timeouts"] == 0 and engine["retransmits"] == 0
            assert after["requests"] - before["requests"] <= 20 * took + 2


def test_the_finding_outlives_a_reload(tmp_path):
    with Fleet(devices=1, ports=PORTS) as fleet:
        fleet("too-big 8")
        with Rollcalld(tmp_path, device(fleet), SETTINGS) as daemon:
            wait_for("all rates", lambda: complete(daemon))
            before = daemon.json("show", "d0")["engine"]
            (tmp_path / "devices.yaml").write_text(device(fleet, max_rate=500, timeout="250ms"))
            assert daemon.run("reload").returncode == 0
            wait_for("the new manners", lambda: daemon.json("show", "d0")["engine"]["max_rate"] == 500)
            after = daemon.json("show", "d0")["engine"]
            assert after["max_message_reason"] == "too_big" and after["max_message"] <= before["max_message"] * 5 // 4
            assert after["requests"] >= before["requests"]
