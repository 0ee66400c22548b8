"""Another configuration for a running daemon: all of it or nothing; who was there does not notice."""
import random
import signal
import subprocess

import lab
import pytest
from fleet import Fleet
from lab import Rollcalld, rollcall, wait_for

SETTINGS = "interval: 10s\ntimeout: 500ms\narchive: [{step: 10s, keep: 2h}]\n"

QUICK = "interval: 1s\ntimeout: 500ms\narchive: [{step: 1s, keep: 1h}]\nstore: {gather: 0s}\n"

BROKEN = (
    ("devices.yaml", "- {name: d0, adress: 192.0.2.1}\n", "devices.yaml:1:14: error", "adress"),
    ("devices.yaml", "- {name: d0, address: 192.0.2.1, interval: soon}\n", "devices.yaml:1:", "interval"),
    ("devices.yaml", "- [\n", "devices.yaml:", "error"),
    ("rollcall.yaml", "state: state\nrun: run\ntimout: 3s\n", "rollcall.yaml:3:1: error", "timout"),
    ("rollcall.yaml", "state: state\nrun: run\nrules: [nowhere.yaml]\n", "rollcall.yaml:3:", "nowhere.yaml"),
    ("rollcall.yaml", "state: elsewhere\nrun: run\n", "restart", "state"),
)


def roll(fleet, numbers, **more):
    words = "".join(f", {key}: {value}" for key, value in more.items())
    return "".join(f'- {{name: d{i}, address: "{fleet.target(i)}"{words}}}\n' for i in numbers)


def post(daemon, path):
    """Status and answer of control.sock."""
    return lab.http(daemon.folder / "run" / "control.sock", "POST", path)


def write(daemon, devices):
    (daemon.folder / "devices.yaml").write_text(devices)


def test_devices_come_and_go(tmp_path):
    with Fleet(devices=6) as fleet, Rollcalld(tmp_path, roll(fleet, range(4)), SETTINGS) as daemon:
        for i in range(4):
            daemon.wait_state(f"d{i}", "up")
        write(daemon, roll(fleet, [5, 1, 2, 0]))
        done = daemon.run("reload")
        assert done.returncode == 0, done.stderr
        assert done.stdout == "4 devices: 1 added, 1 removed, 0 changed, 3 as before\n"
        assert [device["name"] for device in daemon.json("status", "--all")["devices"]] == ["d5", "d1", "d2", "d0"]
        assert daemon.status("d1")["state"] == "up"
        daemon.wait_state("d5", "up")
        gone = daemon.run("show", "d3")
        assert gone.returncode == 2 and "d3" in gone.stderr


def test_hangup_reloads_and_tells_mistakes(tmp_path):
    with Fleet(devices=2) as fleet, Rollcalld(tmp_path, roll(fleet, [0]), SETTINGS) as daemon:
        daemon.wait_state("d0", "up")
        write(daemon, "- {name: d0, adress: 192.0.2.1}\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for("the mistake in the log", lambda: "devices.yaml:1:14: error" in daemon.logged())
        wait_for("the end of it", lambda: "configuration not taken over" in daemon.logged())
        assert daemon.status("d0")["state"] == "up"
        write(daemon, roll(fleet, [0, 1]))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_state("d1", "up")


@pytest.mark.parametrize("name,text,place,word", BROKEN)
def test_broken_ones_change_nothing_and_name_the_line(tmp_path, name, text, place, word):
    with Fleet(devices=1) as fleet, Rollcalld(tmp_path, roll(fleet, [0]), SETTINGS) as daemon:
        daemon.wait_state("d0", "up")
        before = (tmp_path / name).read_text()
        (tmp_path / name).write_text(text)
        code, answer = post(daemon, "/api/v1/reload")
        assert code == 422 and answer["reloaded"] is False
        assert place in answer["messages"] + answer["error"] and word in answer["messages"] + answer["error"]
        # As a person sees it: whoever reads the configuration first, the daemon or the command, tells.
        done = rollcall("-s", tmp_path / "run", "reload")
        assert done.returncode == 2 and done.stdout == ""
        assert place in done.stderr and word in done.stderr
        (tmp_path / name).write_text(before)
        assert daemon.status("d0")["state"] == "up"
        assert post(daemon, "/api/v1/reload")[0] == 200


def test_status_sock_does_not_reload(tmp_path):
    with Fleet(devices=1) as fleet, Rollcalld(tmp_path, roll(fleet, [0]), SETTINGS) as daemon:
        code, answer = lab.http(tmp_path / "run" / "status.sock", "POST", "/api/v1/reload")
        assert code == 405 and "control.sock" in answer["error"]


def memory(daemon):
    return daemon.json("stats")["rss_bytes"]


def descriptors(daemon):
    return len(list((lab.pathlib.Path("/proc") / str(daemon.process.pid) / "fd").iterdir()))


def test_a_thousand_reloads_three_hundred_broken(tmp_path):
    """200 devices are in each of them, in another order; 50 come and go. Unchanged devices miss no poll."""
    dice = random.Random(7)
    kept, moving = list(range(200)), list(range(200, 250))
    with Fleet(devices=250, ports=4) as fleet, Rollcalld(tmp_path, roll(fleet, kept), QUICK) as daemon:
        for i in kept:
            daemon.wait_state(f"d{i}", "up")
        wait_for("polls of all", lambda: daemon.json("stats")["polls"] >= 2 * len(kept))
        kinds = [True] * 700 + [False] * 300
        dice.shuffle(kinds)
        refused, resident = 0, []
        for i, good in enumerate(kinds):
            numbers = kept + [n for n in moving if dice.random() < 0.5]
            dice.shuffle(numbers)
            devices = roll(fleet, numbers)
            if good:
                write(daemon, devices)
            else:
                line = dice.randrange(len(numbers))
                lines = devices.splitlines(keepends=True)
                lines[line] = lines[line].replace("address", "adress")
                write(daemon, "".join(lines))
            code, answer = post(daemon, "/api/v1/reload")
            assert code == (200 if good else 422), answer
            if good:
                assert answer["changed"] == 0 and answer["unchanged"] >= 200
                assert answer["added"] + answer["unchanged"] == len(numbers)
            else:
                refused += 1
                assert f"devices.yaml:{line + 1}:" in answer["messages"]
            if i in (300, 999):
                resident.append((memory(daemon), descriptors(daemon)))
        write(daemon, roll(fleet, kept))
        assert post(daemon, "/api/v1/reload")[0] == 200
        daemon.wait_state("d0", "up")
        assert refused == 300
        # Of unchanged devices every step of the whole time is known.
        assert daemon.run("flush").returncode == 0
        assert daemon.json("stats")["samples_lost"] == 0
        assert resident[1][1] <= resident[0][1] + 2, "descriptors"
        # Up to three snapshots at a time; one that stayed each time would be ten times as much and more.
        assert resident[1][0] < resident[0][0] * 2.5, "memory"
        for i in dice.sample(kept, 20):
            for file in (tmp_path / "state" / "rrd" / f"d{i}" / "interfaces").iterdir():
                lines = subprocess.run(["rrdtool", "fetch", str(file), "AVERAGE", "-r", "1", "-s", "-10min"],
                                       capture_output=True, text=True, check=True).stdout.splitlines()[2:]
                known = "".join(".x"["nan" not in line.split()[1]] for line in lines).strip(".")
                assert len(known) >= 5 and "." not in known, f"a gap in {file}: {known}"


def test_files_follow_another_archive(tmp_path):
    with Fleet(devices=2, ports=2) as fleet, Rollcalld(tmp_path, roll(fleet, [0, 1]), QUICK) as daemon:
        file = tmp_path / "state" / "rrd" / "d0" / "interfaces" / "Gi1%2F0%2F1.rrd"

        def known():
            lines = subprocess.run(["rrdtool", "fetch", str(file), "AVERAGE", "-r", "1", "-s", "-5min"],
                                   capture_output=True, text=True, check=True).stdout.splitlines()[2:]
            return {line.split()[0]: line.split()[1] for line in lines if "nan" not in line.split()[1]}

        def info(what):
            return what in subprocess.run(["rrdtool", "info", str(file)], capture_output=True, text=True).stdout

        wait_for("a file", lambda: file.exists() and len(known()) > 4)
        before = known()
        daemon.conf.write_text(daemon.conf.read_text().replace("keep: 1h}", "keep: 2h}, {step: 1m, keep: 1d, also: max}"))
        assert daemon.run("reload").returncode == 0
        wait_for("the file to have another archive", lambda: info("rra[2].cf"))
        assert info("rra[0].rows = 7200")
        after = wait_for("more samples", lambda: len(known()) > len(before) + 3 and known())
        assert all(after[time] == value for time, value in before.items())
        assert daemon.json("stats")["samples_lost"] == 0


def test_history_follows_the_name(tmp_path):
    with Fleet(devices=2) as fleet, Rollcalld(tmp_path, roll(fleet, [0, 1]), SETTINGS) as daemon:
        daemon.wait_state("d0", "up")
        wait_for("a rate", lambda: daemon.json("show", "d0")["tables"]["interfaces"][0]["metrics"]["ifHCInOctets"]["rate"])
        too_soon = daemon.run("rename", "d0", "core")
        assert too_soon.returncode == 2 and 'still has a device "d0"' in too_soon.stderr
        write(daemon, roll(fleet, [0, 1]).replace("d0", "core"))
        done = daemon.run("rename", "d0", "core")
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("the history of d0 is that of core now\n")
        # It is the same device: nothing was forgotten.
        row = daemon.json("show", "core")["tables"]["interfaces"][0]
        assert row["metrics"]["ifHCInOctets"]["rate"] is not None
        assert daemon.status("core")["state"] == "up"
        rrd = tmp_path / "state" / "rrd"
        assert not (rrd / "d0").exists() and list((rrd / "core" / "interfaces").iterdir())
        assert daemon.run("graph", "core", "--list").returncode == 0
        unknown = daemon.run("rename", "nobody", "core")
        assert unknown.returncode == 2 and "no history" in unknown.stderr


def test_a_name_changes_without_a_daemon(tmp_path):
    with Fleet(devices=1) as fleet:
        daemon = Rollcalld(tmp_path, roll(fleet, [0]), QUICK)
        with daemon:
            daemon.wait_state("d0", "up")
            wait_for("files", lambda: (tmp_path / "state" / "rrd" / "d0" / "interfaces").exists())
            fleet("devices 0 silence")
            daemon.wait_state("d0", "down", hard=True)
        still = daemon.run("rename", "d0", "core")
        assert still.returncode == 2 and 'still has a device "d0"' in still.stderr
        write(daemon, roll(fleet, [0]).replace("d0", "core"))
        done = daemon.run("rename", "d0", "core")
        assert done.returncode == 0, done.stderr
        assert done.stdout == "the history of d0 is that of core now\n"
        assert daemon.run("rename", "d0", "core").returncode == 2
        fleet("clear")
        with daemon:
            daemon.wait_state("core", "up")
            events = daemon.json("events", "--device", "core")["events"]
            assert [event["kind"] for event in events if event["rule"] == "device-down"] == ["raise", "clear"]
        assert not (tmp_path / "state" / "rrd" / "d0").exists()


def test_stopped_while_it_reads(tmp_path):
    """What is being read then is nobody's any more: an orderly end, and the service manager is told nothing new."""
    many = "".join(f'- {{name: d{i}, address: 127.0.0.1, port: 9}}\n' for i in range(3000))
    with Rollcalld(tmp_path, "- {name: d0, address: 127.0.0.1, port: 9}\n", SETTINGS) as daemon:
        write(daemon, many)
        for _ in range(2):
            daemon.process.send_signal(signal.SIGHUP)
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.stop() == 0, daemon.logged()
