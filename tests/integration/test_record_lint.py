"""`rollcall record` against real and simulated agents, and `rollcall lint` over what was recorded and over the
profiles that are shipped."""
import json
import os
import pathlib
import subprocess
import time

import pytest

from fleet import Fleet
from lab import ROOT, Snmpd, free_port, rollcall

COMMUNITY = "w31rd,c0mmunity"
PRIVATE = ("acme", "jane", "Seoul", "core-sw1")
SNMPD = (f'rocommunity "{COMMUNITY}" default\nsysName core-sw1.acme.example\nsysContact Jane <jane@acme.example>\n'
         f'sysLocation Seoul room 7\nextend leak /bin/echo asked with {COMMUNITY}\n')


def objects(path):
    """{name: "TAG|VALUE"} of an .snmprec, which must be in order."""
    found = [line.split("|", 1) for line in path.read_text().splitlines()]
    names = [tuple(map(int, name.split("."))) for name, _ in found]
    assert names == sorted(set(names)), f"{path} is not in order"
    return dict(found)


def record(folder, *args, **kwargs):
    """In that folder; the files are named after what is there."""
    return subprocess.run([str(ROOT / os.environ.get("BUILD", "build") / "rollcall"), "record", *map(str, args)],
                          capture_output=True, text=True, cwd=folder, timeout=120, **kwargs)


def walked(target, community, *roots):
    """The names that snmpwalk finds."""
    names = set()
    for root in roots:
        done = subprocess.run(["snmpwalk", "-v2c", "-c", community, "-On", "-Oe", target, root], capture_output=True,
                              text=True, errors="replace", env=dict(os.environ, MIBS=""), check=True)
        names |= {line.split(" = ")[0].lstrip(".") for line in done.stdout.splitlines()
                  if line.startswith(".1.") and "No Such" not in line and "No more" not in line}
    return names


def test_all_of_a_real_agent_and_never_its_community(tmp_path):
    with Snmpd(tmp_path, SNMPD) as agent:
        target = f"127.0.0.1:{agent.port}"
        done = record(tmp_path, target, "-C", COMMUNITY)
        assert done.returncode == 0, done.stderr
        path = tmp_path / "core-sw1.acme.example.snmprec"
        assert done.stdout.startswith(f"{path.name}  ") and "objects" in done.stdout
        found = objects(path)
        # What does not come and go: processes, routes and the agent's own caches do.
        still = {name for name in walked(target, COMMUNITY, ".1.3.6.1.2.1.1", ".1.3.6.1.2.1.2", ".1.3.6.1.4.1.2021.4")}
        assert still and still <= found.keys()
        assert found["1.3.6.1.2.1.1.5.0"] == "4|core-sw1.acme.example"
        text = path.read_text()
        assert COMMUNITY not in text and COMMUNITY.encode().hex() not in text
        assert f"asked with {'*' * len(COMMUNITY)}" in text
        assert not [name for name in found if name.startswith(("1.3.6.1.6.3.15.", "1.3.6.1.6.3.16.", "1.3.6.1.6.3.18."))]
        assert list(tmp_path.glob("*.tmp")) == []


def test_anonymous(tmp_path):
    with Snmpd(tmp_path, SNMPD) as agent:
        plain = record(tmp_path, f"127.0.0.1:{agent.port}", "-C", COMMUNITY, "-o", "plain.snmprec")
        done = record(tmp_path, f"127.0.0.1:{agent.port}", "-C", COMMUNITY, "--anonymise", "-n", 2, "--wait", "200ms")
        assert plain.returncode == 0 and done.returncode == 0, done.stderr
    files = sorted(tmp_path.glob("host-*.snmprec"))
    assert len(files) == 2 and "@" in files[1].name
    for path in files:
        text = path.read_text()
        assert not [word for word in PRIVATE if word in text or word.encode().hex() in text]
        assert objects(path)["1.3.6.1.2.1.1.5.0"].startswith("4|host-")
    # Both cycles have the same names for the same things.
    assert objects(files[0])["1.3.6.1.2.1.1.5.0"] == objects(files[1])["1.3.6.1.2.1.1.5.0"]
    # The interfaces' addresses are others, in values and in the index alike.
    prefix = "1.3.6.1.2.1.4.20.1.1."
    before = {name for name in objects(tmp_path / "plain.snmprec") if name.startswith(prefix)}
    for name, value in objects(files[0]).items():
        if name.startswith(prefix):
            assert value == "64|" + name[len(prefix):]
            assert name in before if name == prefix + "127.0.0.1" else name not in before


def test_cycles_of_a_device_that_is_configured(tmp_path):
    with Fleet(devices=2, linux=1, ports=4) as fleet:
        (tmp_path / "rollcall.yaml").write_text(
            f"credential: public\ndevices: [{{name: edge @1, address: \"{fleet.target(1)}\"}}]\n")
        (tmp_path / "rollcall.yaml").chmod(0o640)
        done = record(tmp_path, "edge @1", "-c", "rollcall.yaml", "-n", 3, "--wait", "1s")
        assert done.returncode == 0, done.stderr
        first, *later = sorted(tmp_path.glob("*.snmprec"), key=lambda path: (len(path.name), path.name))
        assert first.name == "edge_1.snmprec" and len(later) == 2
        epochs = [int(path.stem.split("@")[1]) for path in later]
        assert epochs[0] < epochs[1] and abs(epochs[0] - time.time()) < 60
        counts = [objects(path)["1.3.6.1.2.1.2.2.1.10.1"] for path in (first, *later)]
        assert len({len(objects(path)) for path in (first, *later)}) == 1
        assert len(set(counts)) == 3 and counts[0].startswith("65|")


def test_folders_standard_output_and_mistakes(tmp_path):
    with Fleet(devices=1, ports=2) as fleet:
        (tmp_path / "kept").mkdir()
        done = record(tmp_path, fleet.target(0), "-C", "public", "-o", "kept")
        assert done.returncode == 0, done.stderr
        assert len(list((tmp_path / "kept").glob("*.snmprec"))) == 1
        done = record(tmp_path, fleet.target(0), "-C", "public", "-o", "-")
        assert done.returncode == 0 and done.stdout.startswith("1.3.6.1.2.1.1.1.0|4|")
        done = record(tmp_path, fleet.target(0), "-C", "public", "-o", "-", "-n", 2)
        assert done.returncode == 2 and "several files" in done.stderr
        done = record(tmp_path, fleet.target(0), "-C", "public", "-o", "nowhere/x.snmprec")
        assert done.returncode == 2 and "nowhere/x.snmprec" in done.stderr
        done = record(tmp_path, fleet.target(0), "-C", "public", "-o", "some.snmprec", "--objects", 20)
        assert done.returncode == 1 and "--objects" in done.stderr
        assert len(objects(tmp_path / "some.snmprec")) == 20
    done = record(tmp_path, f"127.0.0.1:{free_port()}", "-C", "public")
    assert done.returncode == 1 and "nothing was read" in done.stderr


def test_an_agent_that_goes_round_in_a_circle(tmp_path):
    with Fleet(devices=1, ports=6) as fleet:
        fleet("walk-back 3")
        done = record(tmp_path, fleet.target(0), "-C", "public", "-o", "x.snmprec")
        assert done.returncode == 1 and "circle" in done.stderr, done.stderr
        assert len(objects(tmp_path / "x.snmprec")) == 11


def test_politely(tmp_path):
    """max_rate holds: 10 requests a second, and GETNEXT in version 1 takes one for each object."""
    with Fleet(devices=1, ports=2) as fleet:
        (tmp_path / "rollcall.yaml").write_text(
            f"credential: public\ndevices: [{{name: slow, address: \"{fleet.target(0)}\", max_rate: 10}}]\n")
        (tmp_path / "rollcall.yaml").chmod(0o640)
        began = time.monotonic()
        done = record(tmp_path, "slow", "-c", "rollcall.yaml", "-C", "public", "--snmp", 1, "--objects", 20)
        assert len(objects(tmp_path / "slow.snmprec")) == 20, done.stderr
        assert time.monotonic() - began > 1.5


# ---- lint ----

PROFILE = """\
sysobjectid: 1.3.6.1.4.1.8072.3.2.10
metrics:
  - as: ports
    table: {OID: 1.3.6.1.2.1.2.2, name: ifTable}
    key: ifDescr
    symbols:
      - {OID: 1.3.6.1.2.1.2.2.1.2, name: ifDescr, tag: true}
      - {OID: 1.3.6.1.2.1.2.2.1.10, name: octets, kind: gauge, ds: octets}
      - {OID: 1.3.6.1.2.1.2.2.1.8, name: oper, kind: enum, enum: {2: down, 7: lowerLayerDown}}
      - {OID: 1.3.6.1.2.1.2.2.1.99, name: lacking, kind: gauge, ds: lacking}
"""


def test_a_bad_profile_against_a_device(tmp_path):
    (tmp_path / "bad.yaml").write_text(PROFILE)
    with Fleet(devices=1, ports=5) as fleet:
        done = rollcall("lint", tmp_path / "bad.yaml", "--against", fleet.target(0), "-C", "public", "--wait", "1100ms",
                        "--json")
    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout)
    kinds = {(finding["kind"], finding["column"]) for finding in answer["findings"]}
    assert {("kind", "octets"), ("state", "oper"), ("lacks", "lacking")} <= kinds
    assert answer["profile"] == "bad" and answer["faults"] == 2 and answer["rows"] == 5
    assert [finding["note"] for finding in answer["findings"]] == [False, False, True]
    offers = {offer["oid"]: offer for offer in answer["offers"]}
    assert offers["1.3.6.1.2.1.31.1.1.1.6"]["looks_like"] == "counter"
    assert "1.3.6.1.2.1.2.2.1.10" not in offers
    scores = [offer["score"] for offer in answer["offers"]]
    assert scores == sorted(scores, reverse=True)


def test_the_good_profile_against_a_recording_of_a_real_agent(tmp_path):
    with Snmpd(tmp_path) as agent:
        assert record(tmp_path, f"127.0.0.1:{agent.port}", "-C", "public", "-n", 2, "--wait", "1s", "-o",
                      "host.snmprec").returncode == 0
    done = rollcall("lint", "linux", "--against", tmp_path / "host.snmprec", "--json")
    answer = json.loads(done.stdout)
    assert len(answer["against"]) == 2
    assert answer["faults"] == 0 and done.returncode == 0, [f for f in answer["findings"] if not f["note"]]
    assert answer["objects"] > 500 and answer["rows"] > 5
    text = rollcall("lint", "linux", "--against", tmp_path / "host.snmprec")
    assert "linux: no faults" in text.stdout and "--all shows them" in text.stdout
    assert max(len(line) for line in text.stdout.splitlines()) <= 80


def test_what_cannot_be_linted(tmp_path):
    done = rollcall("lint", "linuxx")
    assert done.returncode == 2 and "did you mean 'linux'" in done.stderr
    done = rollcall("lint", tmp_path / "none.yaml")
    assert done.returncode == 2 and "none.yaml" in done.stderr
    done = rollcall("lint")
    assert done.returncode == 2
    (tmp_path / "empty.snmprec").write_text("")
    done = rollcall("lint", "linux", "--against", tmp_path / "empty.snmprec")
    assert done.returncode == 2 and "empty.snmprec" in done.stderr


# Faults that are the devices' own, and stay: {walk: {"kind table"}}.
KNOWN = json.loads((ROOT / "tests/golden/lint.json").read_text())


def profile_of(walk):
    first = walk.with_suffix(".expect").read_text().splitlines()[0].split()
    return first[1] if first[:1] == ["profile"] else None


@pytest.mark.parametrize("part", range(4))
def test_the_shipped_profiles_against_their_walks(part):
    walks = sorted(path for path in (ROOT / "tests/profiles").glob("*.walk") if not path.name.endswith(".2.walk"))
    assert len(walks) > 50
    wrong = []
    for walk in walks[part::4]:
        profile = profile_of(walk)
        if profile is None:
            continue
        answer = json.loads(rollcall("lint", profile, "--against", walk, "--json").stdout)
        faults = sorted({f"{f['kind']} {f['table']}" for f in answer["findings"] if not f["note"]})
        if faults != KNOWN.get(walk.stem, []):
            wrong.append((walk.stem, faults, [f["what"] for f in answer["findings"] if not f["note"]]))
    assert not wrong
