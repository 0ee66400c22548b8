"""A site of every kind of equipment: discovered with nothing but a community, and polled from the list that was written."""
import json
import pathlib

from lab import ROOT, Rollcalld, rollcall, wait_for
from walked import Walked

WALKS = [path for path in sorted((ROOT / "tests/profiles").glob("*.walk")) if not path.name.endswith(".2.walk")]


def profile_of(path):
    """What the walk is expected to be."""
    return path.with_suffix(".expect").read_text().split()[1]


def configure(folder):
    (folder / "rollcall.yaml").write_text("state: state\nrun: run\ninterval: 5s\nstore: {writer: none}\n")
    (folder / "rollcall.yaml").chmod(0o640)
    (folder / "devices.yaml").write_text("# mine\n")
    return folder / "rollcall.yaml"


def test_a_site_of_everything(tmp_path):
    conf, devices = configure(tmp_path), tmp_path / "devices.yaml"
    with Walked(WALKS) as site:
        network = [site.address(0) + "-" + str(len(WALKS)), "--port", site.port]
        done = rollcall("-c", conf, "discover", *network, "--json")
        assert done.returncode == 0, done.stderr
        found = {device["address"]: device for device in json.loads(done.stdout)["devices"]}
        wrong = {path.name: (profile_of(path), found.get(site.target(index), {}).get("profile"))
                 for index, path in enumerate(WALKS)
                 if found.get(site.target(index), {}).get("profile") != profile_of(path)}
        assert not wrong
        # Two are one only with the same name, description and time of start: such walks there are.
        for device in found.values():
            assert device["same_as"] is None or device["sysname"] == found[device["same_as"]]["sysname"], device
        kept = [device for device in found.values() if device["same_as"] is None]
        assert len({device["name"] for device in kept}) == len(kept) > len(WALKS) * 0.9
        # With a value or two by which people know it, and what would alarm.
        assert sum(device["now"]["cpu_percent"] is not None for device in kept) > 30
        assert all(0 <= device["now"][what] <= 100 for device in kept for what in ("cpu_percent", "memory_percent")
                   if device["now"][what] is not None)
        assert sum(len(device["would_raise"]) for device in kept) > 50 and all(device["rows"] > 0 for device in kept)
        # The list that is written is a configuration, and every device of it answers.
        written = rollcall("-c", conf, "discover", *network, "--write", devices)
        assert written.returncode == 0 and f"{len(kept)} new" in written.stderr
        checked = rollcall("-c", conf, "check")
        assert checked.returncode == 0 and checked.stdout.startswith(f"{len(kept)} devices"), checked.stderr
        with Rollcalld(tmp_path, devices.read_text(), "interval: 5s\nstore: {writer: none}\n") as daemon:
            profiles = {device["name"]: device["profile"] for device in kept}

            def all_up():
                now = daemon.json("status", "--all")["devices"]
                return len(now) == len(kept) and all(device["state"] == "up" for device in now)
            wait_for("all to be up", all_up)
            sample = kept[:: max(1, len(kept) // 10)]
            for device in sample:
                assert daemon.json("show", device["name"])["profile"] == profiles[device["name"]]


def test_the_walks_are_there():
    assert len(WALKS) > 60 and all(pathlib.Path(path).with_suffix(".expect").exists() for path in WALKS)
