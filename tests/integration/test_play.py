"""rollcall play: what was recorded is answered again, by every version, and rollcall sees the same device in it."""
import contextlib
import re
import signal
import subprocess

import pytest

from lab import BUILD, ROOT, Rollcalld, free_port, wait_for

WALKS = ROOT / "tests" / "profiles"
USER = ["-v3", "-u", "ops", "-l", "authPriv", "-a", "SHA-256", "-A", "authentic phrase", "-x", "AES", "-X", "private phrase"]


@contextlib.contextmanager
def played(*args, config=None):
    """(lines printed, port) while it plays; it must end well when it is interrupted."""
    port = free_port()
    options = ["-c", str(config)] if config else []
    process = subprocess.Popen([str(BUILD / "rollcall"), *options, "play", *map(str, args), "--port", str(port)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("ready "):
                break
        assert lines and lines[-1].startswith("ready "), process.stderr.read()
        yield lines, port
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        process.stdout.close()
        process.stderr.close()


def walk(port, *how, address="127.0.1.1"):
    done = subprocess.run(["snmpbulkwalk" if "-v1" not in how else "snmpwalk", "-On", "-Ot", "-Oe", *how,
                           f"{address}:{port}", ".1"], capture_output=True, text=True, check=True,
                          env={"PATH": "/usr/bin:/bin", "MIBS": "", "SNMP_PERSISTENT_DIR": "/dev/null"})
    return [line for line in done.stdout.splitlines() if line.startswith(".") and "No more variables" not in line]


def names_of(path):
    """The objects of a dump that is a page of one line each."""
    return re.findall(r"^(\.[\d.]+) = ", path.read_text(), re.M)


@pytest.mark.parametrize("name", ["apc-ups", "cisco-ios", "linux"])
def test_every_version_gives_back_the_dump(tmp_path, name):
    source = WALKS / f"{name}.walk"
    config = tmp_path / "rollcall.yaml"
    for key in ("auth", "priv"):
        (tmp_path / key).write_text({"auth": "authentic phrase", "priv": "private phrase"}[key] + "\n")
        (tmp_path / key).chmod(0o600)
    config.write_text("credentials:\n  ops: {version: 3, user: ops, auth: SHA-256, auth_key_file: auth, priv: AES-128, "
                      "priv_key_file: priv}\ndevices: []\n")
    with played(source, "--credential", "ops", config=config) as (lines, port):
        assert lines[0].startswith(f"127.0.1.1:{port} {name} objects=")
        by_v2c = walk(port, "-v2c", "-c", "any")
        names = [line.split(" = ")[0] for line in by_v2c]
        wanted = sorted(set(names_of(source)), key=lambda text: [int(part) for part in text.split(".")[1:]])
        assert names == wanted
        assert walk(port, *USER) == by_v2c
        # Version 1 has no Counter64.
        assert walk(port, "-v1", "-c", "any") == [line for line in by_v2c if "Counter64" not in line]


def test_a_community_is_asked_for(tmp_path):
    with played(WALKS / "apc-ups.walk", "-C", "mine") as (_, port):
        assert walk(port, "-v2c", "-c", "mine")
        with pytest.raises(subprocess.CalledProcessError):
            walk(port, "-v2c", "-c", "other", "-t", "0.2", "-r", "0")


def test_a_recording_plays_as_the_dump_it_was_made_of(tmp_path):
    with played(WALKS / "apc-ups.walk") as (_, port):
        dump = walk(port, "-v2c", "-c", "any")
        subprocess.run([BUILD / "rollcall", "record", f"127.0.1.1:{port}", "-C", "any", "-o", tmp_path / "again.snmprec"],
                       check=True, capture_output=True)
    with played(tmp_path / "again.snmprec") as (_, port):
        assert walk(port, "-v2c", "-c", "any") == dump


def test_a_list_of_devices_that_the_daemon_polls(tmp_path):
    devices = tmp_path / "devices.yaml"
    with played(WALKS / "apc-ups.walk", WALKS / "cisco-ios.walk", WALKS / "linux.walk", "--live", "--write", devices):
        with Rollcalld(tmp_path, devices.read_text(), "interval: 1s\ntimeout: 800ms\n") as daemon:
            wait_for("all of them", lambda: daemon.json("status")["totals"].get("up") == 3)
            profiles = {device["name"]: device["profile"] for device in daemon.json("status", "--all")["devices"]}
            assert profiles == {"apc-ups": "apc", "cisco-ios": "cisco-ios", "linux": "linux"}

            def runs():
                rows = daemon.json("show", "linux")["tables"]["interfaces"]
                return any((row["metrics"]["ifHCInOctets"]["rate"] or 0) > 0 for row in rows)

            wait_for("counters that run", runs)


def test_bad_files_are_told_and_cost_the_others_nothing(tmp_path):
    bad = tmp_path / "bad.snmprec"
    bad.write_text("1.3.6.1.2.1.1.5.0|4|left\nnonsense\n1.3.6.1|99|x\n")
    done = subprocess.run([BUILD / "rollcall", "play", tmp_path / "none.snmprec"], capture_output=True, text=True)
    assert done.returncode == 2 and "none.snmprec" in done.stderr
    done = subprocess.run([BUILD / "rollcall", "play", bad, "--first", "192.0.2.1"], capture_output=True, text=True)
    assert done.returncode == 2 and "127.0.0.0/8" in done.stderr
    with played(bad, WALKS / "apc-ups.walk") as (lines, port):
        assert len(lines) == 3
        assert walk(port, "-v2c", "-c", "any") == ['.1.3.6.1.2.1.1.5.0 = STRING: "left"']
