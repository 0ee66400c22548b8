"""MIB names instead of numbers: the shipped modules, and profiles that have names only."""
import os
import shutil
import subprocess

import pytest

import lab
from lab import Rollcalld, Snmpd, rollcall, wait_for

MIBS = lab.ROOT / "mibs"

QUICK = "store: {writer: none}\ninterval: 1s\ntimeout: 500ms\n"

PROFILE = """\
sysobjectid: 1.3.6.1.4.1.8072.3.2.10
metrics:
  - MIB: UCD-SNMP-MIB
    group: load
    symbols:
      - {OID: laLoadInt.1, name: load1, kind: gauge, scale: 0.01, ds: load1}
  - as: ports
    table: {OID: "IF-MIB::ifTable"}
    key: ifDescr
    symbols:
      - {name: ifDescr, tag: true}
      - {name: ifOperStatus}
      - {name: ifInOctets, kind: counter, bits: 32}
    derived:
      - {name: up, formula: ifOperStatus == up, ds: up}
"""


def snmptranslate(folder, *args):
    """net-snmp's own parser on all modules of a folder, with all of its warnings."""
    return subprocess.run(["snmptranslate", "-M", str(folder), "-m", "ALL", "-Pw", "-On", *args],
                          capture_output=True, text=True, timeout=lab.PATIENCE,
                          env={"SNMPCONFPATH": str(folder), "SNMP_PERSISTENT_DIR": os.devnull, "PATH": os.environ["PATH"]})


@pytest.mark.skipif(shutil.which("snmptranslate") is None, reason="needs snmptranslate")
class TestShippedModules:
    def test_net_snmp_takes_them_without_a_word(self):
        done = snmptranslate(MIBS, "IF-MIB::ifHCInOctets", "LLDP-MIB::lldpRemSysName", "PowerNet-MIB::upsAdvBatteryCapacity")
        assert done.stderr == ""
        assert done.stdout.split() == [".1.3.6.1.2.1.31.1.1.1.6", ".1.0.8802.1.1.2.1.4.1.1.9", ".1.3.6.1.4.1.318.1.1.1.2.2.1"]

    def test_it_would_tell_of_a_mistake(self, tmp_path):
        shutil.copytree(MIBS, tmp_path / "mibs")
        path = tmp_path / "mibs/UPS-MIB"
        path.write_text(path.read_text().replace("upsObjects OBJECT IDENTIFIER", "upsObject OBJECT IDENTIFIER"))
        assert snmptranslate(tmp_path / "mibs", "UPS-MIB::upsBatteryStatus").stderr != ""


class Site:
    def __init__(self, folder):
        self.folder = folder
        (folder / "profiles").mkdir()
        self.put("profiles/named.yaml", PROFILE)
        self.configure()

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def configure(self, more=""):
        self.put("rollcall.yaml", 'run: run\nstate: state\ndevices: [192.0.2.1]\nprofiles: ["profiles/*.yaml"]\n' + more)

    def check(self):
        return rollcall("-c", self.folder / "rollcall.yaml", "check")


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_a_profile_of_names_only_is_good(site):
    done = site.check()
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stdout + done.stderr


def test_a_wrong_name_is_told_with_its_place_and_the_nearest(site):
    site.put("profiles/named.yaml", PROFILE.replace("name: ifInOctets", "name: ifInOctet"))
    done = site.check()
    assert done.returncode == 2
    assert "named.yaml:13:16: error: unknown MIB name 'ifInOctet'; did you mean 'ifInOctets'?" in done.stdout + done.stderr


ACME = """\
ACME-MIB DEFINITIONS ::= BEGIN
IMPORTS enterprises FROM RFC1155-SMI OBJECT-TYPE FROM RFC-1212;
acmeRoom OBJECT-TYPE SYNTAX INTEGER ACCESS read-only STATUS mandatory ::= { enterprises 9999 %d }
END
"""


def test_what_people_drop_in_a_folder_is_found(site):
    site.put("profiles/acme.yaml", "sysobjectid: 1.3.6.1.4.1.9999.*\nmetrics: [{symbol: {name: acmeRoom, kind: gauge}}]\n")
    done = site.check()
    assert done.returncode == 2 and "unknown MIB name 'acmeRoom'" in done.stdout + done.stderr
    site.put("vendor/some file.txt", ACME % 1)
    site.configure("mibs: vendor\n")
    assert site.check().returncode == 0
    site.put("vendor/copy.mib", "-- the same\n" + ACME % 1)
    assert site.check().returncode == 0
    site.put("vendor/other.mib", ACME % 2)
    done = site.check()
    assert done.returncode == 2
    assert "MIB module 'ACME-MIB' is in two files that differ" in done.stdout + done.stderr


def test_without_names_nobody_looks_at_mib_files(site):
    site.put("huge/huge.mib", "")
    with open(site.folder / "huge/huge.mib", "r+b") as file:
        file.truncate(17 << 20)
    site.configure("mibs: huge\n")
    assert "is larger than 16 MiB" in site.check().stderr
    site.put("profiles/named.yaml", "sysobjectid: 1.3.6.1.4.1.9999.*\nmetrics: [{symbol: {OID: 1.3.6.1.4.1.9999.1.0, name: x, kind: gauge}}]\n")
    assert "MiB" not in site.check().stderr


def named_state(daemon):
    row = daemon.row("host", "ports", "lo")  # None until the new profile's rows are there
    return row and row["metrics"]["ifOperStatus"]["text"]


def test_a_device_is_polled_by_names(tmp_path):
    (tmp_path / "named.yaml").write_text(PROFILE)
    with Snmpd(tmp_path) as agent, Rollcalld(
            tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}", profile: named,'
            f' custom: [{{name: users, oid: hrSystemNumUsers.0}}]}}\n', QUICK + "profiles: [named.yaml]\n") as daemon:
        daemon.wait_state("host", "up")
        lo = daemon.row("host", "ports", "lo")["metrics"]
        assert lo["up"]["value"] == 1 and lo["ifOperStatus"]["text"] == "up"
        assert lo["ifInOctets"]["unit"] == "octets"
        tables = daemon.json("show", "host")["tables"]
        assert tables["custom"][0]["metrics"]["users"]["value"] is not None
        assert tables["load"][0]["metrics"]["load1"]["value"] is not None
        # A module of one's own that has another label: the profile is another, and the device goes on.
        (tmp_path / "mibs").mkdir()
        text = (MIBS / "IF-MIB").read_text()
        (tmp_path / "mibs/if.txt").write_text(text.replace("up(1), down(2), testing(3), unknown(4)",
                                                           "alive(1), down(2), testing(3), unknown(4)"))
        (tmp_path / "named.yaml").write_text(PROFILE.replace("== up", "== alive"))
        with open(daemon.folder / "rollcall.yaml", "a") as file:
            file.write("mibs: mibs\n")
        done = daemon.run("reload")
        assert done.returncode == 0, done.stderr
        wait_for("the new label", lambda: named_state(daemon) == "alive")
        assert daemon.status("host")["state"] == "up"
