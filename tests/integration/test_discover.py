"""Who answers in a network, as a list of devices to keep."""
import contextlib
import json

import pytest

from fleet import Fleet
from lab import Rollcalld, Snmpd, free_port, rollcall, wait_for
from test_v3 import secrets

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
        assert done.stdout.count("- {name: ") == 1 and f'name: twice, address: "127.0.4.1:{port}"' in done.stdout
        assert f"  #   also at 127.0.4.2:{port}\n" in done.stdout
        assert f"127.0.4.2:{port} is 127.0.4.1:{port} under another address: same engineID 0x80001f88" in done.stderr


def test_two_agents_with_the_engine_id_of_one_image(tmp_path):
    folders = [tmp_path / name for name in ("a", "b")]
    port = free_port()
    with contextlib.ExitStack() as stack:
        for number, folder in enumerate(folders):
            folder.mkdir()
            stack.enter_context(Snmpd(
                folder, f"sysName clone{number}\nrocommunity public default\nexactEngineID 0x80001f8880aabbccdd\n",
                listen=f"udp:127.0.5.{number + 1}:{port}", port=port))
        done = rollcall("-c", configure(tmp_path), "discover", "127.0.5.0/29", "--port", port, "--json")
    found = json.loads(done.stdout)["devices"]
    assert [device["name"] for device in found] == ["clone0", "clone1"]
    assert [device["same_as"] for device in found] == [None, None]
    doubt, = found[1]["not_same"]
    assert doubt["address"] == found[0]["address"]
    assert doubt["evidence"].startswith("engineID 0x80001f8880aabbccdd")
    assert doubt["evidence"].endswith("but sysName clone0 and clone1")
    assert f"{found[1]['address']} is kept apart from {found[0]['address']}" in done.stderr


# Answers for tables that Debian's agent does not have: OID, type, value (octets in hexadecimal).
PASS = """#!/usr/bin/python3
import sys
ROWS = {rows!r}
def key(oid):
    return [int(part) for part in oid.strip(".").split(".")]
rows = sorted(((key(oid), kind, value) for oid, kind, value in ROWS))
while True:
    command = sys.stdin.readline().strip()
    if command == "":
        break
    if command == "PING":
        print("PONG", flush=True)
        continue
    oid = key(sys.stdin.readline())
    found = [row for row in rows if (row[0] == oid if command == "get" else row[0] > oid)]
    if not found:
        print("NONE", flush=True)
    else:
        print("." + ".".join(map(str, found[0][0])), found[0][1], found[0][2], sep="\\n", flush=True)
"""
LLDP, CDP, ENTITY = ".1.0.8802.1.1.2.1.4", ".1.3.6.1.4.1.9.9.23.1.2.1.1", ".1.3.6.1.2.1.47.1.1.1.1"


def octets(data):
    return "octet", " ".join(f"{byte:02X}" for byte in data)


def with_tables(folder, name, rows, **kwargs):
    program = folder / "tables.py"
    program.write_text(PASS.format(rows=rows))
    program.chmod(0o755)
    roots = "".join(f"pass_persist {root} {program}\n" for root in (LLDP, CDP, ENTITY))
    return Snmpd(folder, f"sysName {name}\nrocommunity public default\n{roots}", **kwargs)


def lldp_neighbour(number, name, address):
    return [(f"{LLDP}.1.1.9.0.{number}.1", "string", name),
            (f"{LLDP}.2.1.3.0.{number}.1.1.4.{address}", "integer", 2)]


def cdp_neighbour(number, name, address):
    return [(f"{CDP}.3.{number}.1", "integer", 1),
            (f"{CDP}.4.{number}.1", *octets(map(int, address.split(".")))),
            (f"{CDP}.6.{number}.1", "string", name)]


@pytest.fixture
def chain(tmp_path):
    """a sees b by LLDP and one that is silent by CDP; b sees c; c sees nobody."""
    port = free_port()
    rows = {"a": [*lldp_neighbour(1, "b", "127.0.6.12"), *cdp_neighbour(1, "quiet", "127.0.6.99"),
                  (f"{ENTITY}.5.1", "integer", 3), (f"{ENTITY}.11.1", "string", "FOC1234ABCD")],
            "b": [*cdp_neighbour(7, "c", "127.0.6.13"), *lldp_neighbour(7, "a", "127.0.6.11")],
            "c": []}
    with contextlib.ExitStack() as stack:
        for number, name in enumerate(rows):
            (tmp_path / name).mkdir()
            address = f"127.0.6.{11 + number}"
            stack.enter_context(with_tables(tmp_path / name, name, rows[name], listen=f"udp:{address}:{port}", port=port))
        yield port


def test_neighbours_are_offered(tmp_path, chain):
    done = rollcall("-c", configure(tmp_path), "discover", "127.0.6.11", "--port", chain, "--json")
    found = json.loads(done.stdout)
    device, = found["devices"]
    assert device["serial"] == "FOC1234ABCD" and device["engine_id"].startswith("0x80001f88")
    assert found["neighbours"] == [
        {"address": "127.0.6.12", "name": "b", "protocol": "lldp", "seen_by": [device["address"]]},
        {"address": "127.0.6.99", "name": "quiet", "protocol": "cdp", "seen_by": [device["address"]]}]
    assert f"127.0.6.12 b, seen by {device['address']}" in done.stderr and "--neighbours 1" in done.stderr


def test_neighbours_are_asked_hop_by_hop(tmp_path, chain):
    def names(*args):
        done = rollcall("-c", configure(tmp_path), "discover", "127.0.6.11", "--port", chain, "--json", *args)
        found = json.loads(done.stdout)
        return [device["name"] for device in found["devices"]], found["asked"]
    assert names("--neighbours", "1") == (["a", "b"], 3)
    assert names("--neighbours", "2") == (["a", "b", "c"], 4)
    assert names("--neighbours", "2", "--exclude", "127.0.6.12,127.0.6.99") == (["a"], 1)
    done = rollcall("-c", configure(tmp_path), "discover", "127.0.6.11", "--port", chain, "--json", "--exclude", "127.0.6.12")
    assert [seen["address"] for seen in json.loads(done.stdout)["neighbours"]] == ["127.0.6.99"]


def test_what_the_configuration_has_by_a_host_name(tmp_path):
    with Snmpd(tmp_path) as snmpd:
        conf = configure(tmp_path, f"- {{name: mine, address: 'localhost:{snmpd.port}'}}\n")
        done = rollcall("-c", conf, "discover", "127.0.0.1", "--port", snmpd.port, "--json")
    device, = json.loads(done.stdout)["devices"]
    assert device["known"] is True and device["known_as"] == "mine" and ", 0 new" in done.stderr


def test_what_would_alarm_at_once_by_the_site_s_own_rules(tmp_path):
    more = "rules: mine.yaml\nlimits:\n- {rule: always, device: 'switch-*1', warning: 2000}\n"
    (tmp_path / "mine.yaml").write_text(
        "- rule: always\n  of: interfaces\n  value: ifMtu\n  when: value > limit\n  warning: 1\n  for: 10m\n"
        "  text: \"{{key}} has number {{value}}\"\n")
    with Fleet(devices=3, linux=1, ports=2) as fleet:
        conf = configure(tmp_path, more=more)
        done = rollcall("-c", conf, "discover", f"{fleet.first}/29", "--port", fleet.port, "--json")
        first, second, host = json.loads(done.stdout)["devices"]
        mine = [alarm for alarm in first["would_raise"] if alarm["rule"] == "always"]
        assert [alarm["row"] for alarm in mine] == ["Gi1/0/1", "Gi1/0/2"]
        assert mine[0]["value"] == 1500 and mine[0]["warning"] == 1 and mine[0]["critical"] is None
        assert mine[0]["waits"] is True and mine[0]["severity"] == "warning" and "has number" in mine[0]["text"]
        assert all(alarm["rule"] != "always" for alarm in second["would_raise"])  # by the site's limits
        assert "4 always" in done.stderr and "'for' was not waited for" in done.stderr
        shown = rollcall("-c", conf, "discover", fleet.first, "--port", fleet.port).stdout
        assert "  #   warning always Gi1/0/1: Gi1/0/1 has number 1,500 (limit 1, if it lasts)\n" in shown
        # What it costs, and a few values.
        assert first["octets"] > 100 and first["rrd_bytes"] == 0  # nothing is stored here
        assert {table["table"]: table["rows"] for table in first["tables"]} == {"system": 1, "interfaces": 2}
        assert first["now"]["uptime_s"] > 0 and first["now"]["busiest"]["row"].startswith("Gi1/0/")
        assert first["now"]["cpu_percent"] is None
        assert 0 < host["now"]["cpu_percent"] < 100 and 0 < host["now"]["memory_percent"] < 100


def test_by_version_3(tmp_path):
    """Who a device is, and what it costs, is asked with the credential that it answers to."""
    secrets(tmp_path)
    more = ("credentials:\n  old: {version: 2c, community: public-no}\n"
            "  ops: {version: 3, user: alice, auth: SHA-256, auth_key_file: a.key, priv: AES-128, priv_key_file: p.key}\n"
            "credential: [old, ops]\n")
    with Fleet(devices=2, ports=2, user="alice", auth="SHA-256", auth_passphrase="authentic phrase", priv="AES-128",
               priv_passphrase="private phrase", community="public") as fleet:
        conf = configure(tmp_path, more=more)
        done = rollcall("-c", conf, "discover", f"{fleet.first}/29", "--port", fleet.port, "--json")
    found = json.loads(done.stdout)["devices"]
    assert [device["credential"] for device in found] == ["ops", "ops"], done.stderr
    assert len({device["engine_id"] for device in found}) == 2 and all(device["mac"] for device in found)


def test_names(tmp_path):
    """sysName, else what the DNS (here /etc/hosts) says, else the address; never one that is taken."""
    snmpd = Snmpd(tmp_path, "sysName localhost\nrocommunity public default\n")
    other = tmp_path / "other"
    other.mkdir()
    taken = Snmpd(other, "sysName mine\nrocommunity public default\n", listen=f"udp:127.0.7.7:{snmpd.port}",
                  port=snmpd.port)
    with snmpd, taken:
        conf = configure(tmp_path, "- {name: mine, address: 192.0.2.1}\n")
        done = rollcall("-c", conf, "discover", "127.0.0.1", "127.0.7.7", "--port", snmpd.port, "--json")
        names = {device["address"]: (device["name"], device["name_from"]) for device in json.loads(done.stdout)["devices"]}
        assert names[f"127.0.7.7:{snmpd.port}"] == (f"127.0.7.7:{snmpd.port}", "address")
        assert names[f"127.0.0.1:{snmpd.port}"][1] in ("dns", "address")
        assert "by address" in done.stderr


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
