"""What `report` and `top` say is what the fleet's closed forms say, and what `show` says."""
import csv
import io
import json
import os
import pty
import select
import subprocess
import time

from fleet import Fleet
from lab import BUILD, PATIENCE, Rollcalld, wait_for

SETTINGS = "interval: 1s\ntimeout: 400ms\nretries: 2\narchive: [{step: 1s, keep: 1h}, {step: 5m, keep: 35d}]\n"


def devices(fleet, tags):
    return "".join(f'- {{name: d{i}, address: "{fleet.target(i)}", tags: [{", ".join(tags[i])}]}}\n'
                   for i in range(fleet.devices))


def rates(fleet, device, ports):
    """Octets a second of a switch's ports: {key: (in, out)}."""
    return {key: tuple(fleet.expect(device, key, name)["rate"] for name in ("ifHCInOctets", "ifHCOutOctets"))
            for key in (f"Gi1/0/{port + 1}" for port in range(ports))}


def near(value, expected, share=0.02):
    return abs(value - expected) <= share * expected + 3


def ranked(daemon, *arguments):
    done = daemon.run("top", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def excluded(row):
    return row.get("excluded", False)


def test_top_is_what_show_says(tmp_path):
    tags = [["core", "site:a"], ["core", "site:b"], ["edge", "site:a"], ["edge", "site:b"]]
    with Fleet(devices=4, linux=1, ports=6, seed=5) as fleet, \
            Rollcalld(tmp_path, devices(fleet, tags), SETTINGS) as daemon:
        for i in range(4):
            daemon.wait_state(f"d{i}", "up")
        top = wait_for("rates of all ports", lambda: (lambda t: t if t["ranked"] >= 15 else None)(ranked(daemon, "-n", 100)))
        assert (top["class"], top["by"], top["unit"]) == ("traffic", "interface", "octets/s")
        assert [row["value"] for row in top["rows"]] == sorted((row["value"] for row in top["rows"]), reverse=True)
        shown = {i: {row["key"]: row for row in daemon.json("show", f"d{i}")["tables"]["interfaces"]} for i in range(4)}
        for row in top["rows"]:
            same = shown[int(row["device"][1:])][row["key"]]
            assert not excluded(same) and row["tags"] == same["tags"]
            assert near(row["in"], same["metrics"]["ifHCInOctets"]["rate"])
            assert near(row["out"], same["metrics"]["ifHCOutOctets"]["rate"])
            assert abs(row["value"] - row["in"] - row["out"]) < 1
        for key, (coming, going) in rates(fleet, 1, 6).items():
            found = [row for row in top["rows"] if (row["device"], row["key"]) == ("d1", key)]
            assert not found or (near(found[0]["in"], coming) and near(found[0]["out"], going))

        by_device = ranked(daemon, "--by", "device")
        sums = {row["device"]: row for row in by_device["rows"]}
        expected = sum(row["value"] for row in top["rows"] if row["device"] == "d0")
        assert near(sums["d0"]["value"], expected) and sums["d0"]["key"] is None
        by_tag = ranked(daemon, "--by", "tag:site")
        assert {row["tag"] for row in by_tag["rows"]} == {"site:a", "site:b"}
        assert near(sum(row["value"] for row in by_tag["rows"]), by_tag["sum"])

        assert {row["device"] for row in ranked(daemon, "--tag", "edge")["rows"]} <= {"d2", "d3"}
        assert {row["device"] for row in ranked(daemon, "--device", "d[01]")["rows"]} == {"d0", "d1"}
        assert len(ranked(daemon, "-n", "2")["rows"]) == 2
        storage = ranked(daemon, "storage")
        values = {row["key"]: row["metrics"]["used_percent"]["value"] for row in daemon.json("show", "d3")["tables"]["storage"]}
        assert storage["rows"] and all(near(row["value"], values[row["key"]]) for row in storage["rows"])
        cpu = ranked(daemon, "cpu", "--by", "tag")
        assert {row["tag"] for row in cpu["rows"]} == {"edge", "site:b"} and cpu["rows"][0]["device"] == "d3"
        assert ranked(daemon, "memory")["rows"][0]["device"] == "d3"

        fleet("device 0 silence")
        daemon.wait_state("d0", "down")
        assert "d0" not in {row["device"] for row in ranked(daemon, "-n", 100)["rows"]}
        text = daemon.run("top", "errors", "-n", 3).stdout
        assert text.startswith("Errors of interfaces") and max(map(len, text.splitlines())) <= 80


def test_top_says_what_it_does_not_take(tmp_path):
    with Rollcalld(tmp_path, "", "interval: 1s\n") as daemon:
        assert daemon.run("top", "disco").returncode == 2
        assert daemon.run("top", "cpu", "memory").returncode == 2
        assert daemon.run("top", "-n", 1001).returncode == 2
        done = daemon.run("top", "--by", "colour")
        assert done.returncode != 0 and "interface, device, tag" in done.stderr
        assert "Nothing to rank" in daemon.run("top").stdout
    assert daemon.run("top").returncode == 3


def test_top_is_live_on_a_terminal_and_gives_it_back(tmp_path):
    with Fleet(devices=1, ports=4, seed=5) as fleet, Rollcalld(tmp_path, devices(fleet, [["x"]]), SETTINGS) as daemon:
        daemon.wait_state("d0", "up")
        ours, theirs = pty.openpty()
        live = subprocess.Popen([str(BUILD / "rollcall"), "-c", str(daemon.conf), "top", "cpu", "--interval", "200ms"],
                                stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=dict(os.environ, TERM="xterm"))
        os.close(theirs)
        drawn = b""

        def read():
            """What it has drawn so far; False when nobody has the terminal's other end any more."""
            nonlocal drawn
            try:
                if select.select([ours], [], [], 0.05)[0]:
                    drawn += os.read(ours, 65536)
            except OSError:
                return False
            return True

        try:
            wait_for("three pictures", lambda: read() and drawn.count(b"\033[H") >= 3)
            os.write(ours, b"q")
            wait_for("it to give the terminal back", lambda: not read())
            assert live.wait(PATIENCE) == 0
        finally:
            if live.poll() is None:
                live.kill()
                live.wait()
            live.stderr.close()
            os.close(ours)
        assert drawn.startswith(b"\033[?1049h") and drawn.endswith(b"\033[?1049l")


def test_report_is_what_the_fleet_sent(tmp_path):
    tags = [["customer:a"], ["customer:b"], ["customer:a", "edge"]]
    with Fleet(devices=3, ports=4, seed=9) as fleet, \
            Rollcalld(tmp_path, devices(fleet, tags), SETTINGS) as daemon:
        for i in range(3):
            daemon.wait_state(f"d{i}", "up")
        daemon.wait_polls(daemon.json("stats")["polls"] + 8 * 3)
        begun = int(time.time()) - 3

        def report(*arguments):
            done = daemon.run("report", "traffic", "--from", begun, *arguments)
            assert done.returncode == 0, done.stderr
            return done.stdout

        # Of the last whole seconds all is known but the newest: 3 s are not yet all in the files.
        answer = wait_for("known rates", lambda: (lambda a: a if a["totals"]["known"] > 0.4 else None)(
            json.loads(report("--json"))))
        expected = {(f"d{i}", key): both for i in range(3) for key, both in rates(fleet, i, 4).items()}
        assert answer["running"] and answer["by"] == "interface" and not answer["unreadable"]
        known = [row for row in answer["rows"] if row["known"] > 0.4]
        assert known
        for row in known:
            coming, going = expected[row["device"], row["key"]]
            assert near(row["in_avg_bps"], 8 * coming) and near(row["out_avg_bps"], 8 * going)
            assert near(row["p95_bps"], 8 * max(coming, going)) and row["resolution_s"] == 300
            length = answer["to"] - answer["from"]
            assert near(row["octets"], (coming + going) * length * row["known"], 0.05)
        assert [row["octets"] for row in answer["rows"]] == \
            sorted((row["octets"] for row in answer["rows"]), reverse=True)

        daemon.stop()  # the files are enough
        by_tag = json.loads(report("--by", "tag:customer", "--json"))["rows"]
        assert {row["tag"]: row["parts"] for row in by_tag} == {"customer:a": 8, "customer:b": 4}
        by_device = json.loads(report("d1", "--by", "device", "--row", "/[12]$", "--json"))["rows"]
        both = [expected["d1", "Gi1/0/1"], expected["d1", "Gi1/0/2"]]
        assert by_device[0]["parts"] == 2 and near(by_device[0]["in_avg_bps"], 8 * sum(one[0] for one in both), 0.05)
        lines = list(csv.DictReader(io.StringIO(report("--csv", "--top", 2))))
        assert len(lines) == 2 and int(lines[0]["octets"]) >= int(lines[1]["octets"]) > 0
        assert {row["device"] for row in json.loads(report("--tag", "edge", "--json"))["rows"]} == {"d2"}
        text = report("--top", 2)
        assert max(map(len, text.splitlines())) <= 80 and "10 more; the total is of all." in text

        (daemon.state / "rrd/d0/interfaces/Gi1%2F0%2F1.rrd").write_bytes(b"RRD")
        broken = json.loads(report("--json"))
        assert [(fault["device"], fault["key"]) for fault in broken["unreadable"]] == [("d0", "Gi1/0/1")]
        assert len(broken["rows"]) == 11


def test_report_says_what_it_does_not_take(tmp_path):
    daemon = Rollcalld(tmp_path, "- {name: d0, address: 127.0.0.1}\n")
    for arguments, words in (((), "say of what"), (("traffic", "--month", "October"), "2026-10"),
                             (("traffic", "--month", "2999-01"), "not begun"), (("traffic", "--by", "colour"), "tag:NAME"),
                             (("traffic", "--from", "-1h", "--to", "-2h"), "before"), (("traffic", "--to", "-2h"), "--from"),
                             (("traffic", "--row", "("), "--row"), (("traffic", "nobody"), "nothing is stored"),
                             (("traffic", "--month", "2020-01", "--from", "-1d"), "either"),
                             (("traffic", "--csv", "--json"), "either")):
        done = daemon.run("report", *arguments)
        assert done.returncode == 2 and words in done.stderr, (arguments, done)
