"""Who answers in a network, as a list of devices to keep."""
import json

import pytest

from fleet import Fleet
from lab import Rollcalld, Snmpd, rollcall, wait_for

CONF = "state: state\nrun: run\ninterval: 1s\ntimeout: 400ms\nstore: {writer: none}\n"


def configure(folder, devices="# mine\n", more=""):
    (folder / "rollcall.yaml").write_text(CONF + more)
    (folder / "rollcall.yaml").chmod(0o640)
    (folder / "devices.yaml").write_text(devices)
    return folder / "rollcall.yaml"


def network(fleet):
    return f"{fleet.first}/28"


def test_the_list_it_writes_is_the_fleet(tmp_path):
    with Fleet(devices=9, linux=2, ports=3) as fleet:
        fleet("devices 4-5 silence")
        conf = configure(tmp_path, f'- {{name: mine, address: "{fleet.target(0)}", interval: 5s}}  # I wrote this')
        before = (tmp_path / "devices.yaml").read_text()
        done = rollcall("-c", conf, "discover", network(fleet), "--port", fleet.port, "--write", tmp_path / "devices.yaml")
        assert done.returncode == 0, done.stderr
        assert done.stdout == "" and "14 addresses asked, 7 answer, 6 new" in done.stderr
        after = (tmp_path / "devices.yaml").read_text()
        assert after.startswith(before + "\n# found by rollcall discover")
        assert after.count("\n- {name: ") == 6 and "linux: sysObjectID" in after
        assert rollcall("-c", conf, "check").stdout.startswith("7 devices")
        # Again: there is nothing new, and nothing is written.
        again = rollcall("-c", conf, "discover", network(fleet), "--port", fleet.port, "--write", tmp_path / "devices.yaml")
        assert again.returncode == 0 and "7 answer, 0 new" in again.stderr
        assert (tmp_path / "devices.yaml").read_text() == after
        # And the daemon polls what was found.
        daemon = Rollcalld(tmp_path, after, CONF.replace("state: state\nrun: run\n", ""))
        with daemon:
            wait_for("all to be up", lambda: all(
                device["state"] == "up" for device in daemon.json("status", "--all")["devices"]))


def test_as_json_and_with_exclusions(tmp_path):
    with Fleet(devices=6, ports=2) as fleet:
        conf = configure(tmp_path)
        first = str(fleet.first).rpartition(".")[0]
        done = rollcall("-c", conf, "discover", network(fleet), "--port", fleet.port, "--json",
                        "--exclude", f"{fleet.first},{first}.4-9")
        found = json.loads(done.stdout)
        assert [device["address"] for device in found["devices"]] == [fleet.target(1), fleet.target(2)]
        for device in found["devices"]:
            assert device["profile"] == "if" and device["rows"] == 3 and device["requests"] >= 1
            assert device["known"] is False and device["same_as"] is None


def test_one_agent_behind_two_addresses(tmp_path):
    snmpd = Snmpd(tmp_path, "sysName twice\nrocommunity public default\n")
    port = snmpd.port
    snmpd.listen = f"udp:127.0.4.1:{port},udp:127.0.4.2:{port}"
    with snmpd:
        done = rollcall("-c", configure(tmp_path), "discover", "127.0.4.0/29", "--port", port)
        assert done.stdout.count("\n") == 1 and f'name: twice, address: "127.0.4.1:{port}"' in done.stdout
        assert f"127.0.4.2:{port} is 127.0.4.1:{port} under another address" in done.stderr


def test_several_credentials_in_turn(tmp_path):
    more = ("credentials:\n  wrong: {version: 2c, community: public-no}\n  right: {version: 2c, community: public}\n"
            "credential: wrong\n")
    with Fleet(devices=2, ports=2) as fleet:
        conf = configure(tmp_path, more=more)
        none = rollcall("-c", conf, "discover", network(fleet), "--port", fleet.port)
        assert none.stdout == "" and "0 answer, 0 new" in none.stderr and "Nobody answers" in none.stderr
        both = rollcall("-c", conf, "discover", network(fleet), "--port", fleet.port, "--credential", "wrong,right")
        assert both.stdout.count("credential: right}") == 2


@pytest.mark.parametrize("args,says", [
    ([], "name networks"),
    (["router"], "is no address"),
    (["10.0.0.0/8"], "more than a million"),
    (["127.0.0.1", "--exclude", "x"], "--exclude 'x' is no address"),
    (["127.0.0.1", "--credential", "nope"], "no credential is called 'nope'"),
    (["127.0.0.1", "--rate", "0"], "expected 1 to 5000"),
    (["127.0.0.1", "--port", "70000"], "expected 1 to 65535"),
])
def test_what_it_does_not_take(tmp_path, args, says):
    done = rollcall("-c", configure(tmp_path), "discover", *args)
    assert done.returncode == 2 and says in done.stderr


def test_a_file_that_is_no_list_stays_as_it_is(tmp_path):
    with Fleet(devices=1, ports=1) as fleet:
        conf = configure(tmp_path)
        other = tmp_path / "other.yaml"
        other.write_text("[192.0.2.1]\n")
        done = rollcall("-c", conf, "discover", fleet.first, "--port", fleet.port, "--write", other)
        assert done.returncode == 2 and "no list of lines" in done.stderr
        assert other.read_text() == "[192.0.2.1]\n"
