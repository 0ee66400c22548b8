"""Devices out of other programs' files."""
import json
import stat

import pytest

from lab import rollcall

SECRETS = ["s3cret", "0ther!", "authauth1", "privpriv9"]

CSV = '''\ufeffName;IP Address;SNMP Community;Version;Tags;Parent;Location
core;192.0.2.1;s3cret;2c;"network,core";;Seoul
"edge ""1""";192.0.2.2/24;s3cret;1;network;core;"Two
lines"
;192.0.2.3;0ther!;;;nobody;
bad;300.1.1.1;s3cret;;;;
core;192.0.2.9;public;;;edge "1";
dup;192.0.2.1;;;;;
'''

LIBRENMS = {"status": "ok", "count": 4, "devices": [
    {"device_id": 1, "hostname": "sw1.example.net", "sysName": "sw1", "ip": "192.0.2.11", "overwrite_ip": None,
     "community": "s3cret", "authlevel": None, "authname": "", "snmpver": "v2c", "port": 161, "transport": "udp",
     "disabled": 0, "snmp_disable": 0, "type": "network", "display": "{{ $sysName }}",
     "dependency_parent_hostname": "192.0.2.12"},
    {"device_id": 2, "hostname": "192.0.2.12", "sysName": "fw1", "community": "", "authlevel": "authPriv",
     "authname": "ops", "authpass": "authauth1", "authalgo": "SHA-256", "cryptopass": "privpriv9",
     "cryptoalgo": "AES", "snmpver": "v3", "port": 1161, "transport": "udp", "disabled": False, "type": "firewall"},
    {"device_id": 3, "hostname": "ping.example.net", "snmp_disable": 1, "disabled": 0, "snmpver": "v2c"},
    {"device_id": 4, "hostname": "old.example.net", "snmp_disable": 0, "disabled": 1, "snmpver": "v2c"}]}

LIBRENMS_TSV = ("device_id\thostname\tsysName\tcommunity\tsnmpver\tport\ttransport\tdisabled\toverwrite_ip\tsysDescr\n"
                "1\tsw1\tsw1\ts3cret\tv2c\t161\tudp\t0\t192.0.2.11\tone\\ttwo\\nthree \"four\n"
                "2\t192.0.2.12\tNULL\t0ther!\tv1\t161\tudp\t0\tNULL\tNULL\n")

ZABBIX = '''zabbix_export:
  version: '6.0'
  groups: [{name: Router}]
  hosts:
    - host: r1
      name: Router 1
      templates: [{name: Cisco IOS by SNMP}]
      groups: [{name: Router}]
      interfaces:
        - type: SNMP
          ip: 192.0.2.31
          port: '161'
          details: {community: '{$SNMP_COMMUNITY}'}
          interface_ref: if1
      macros:
        - macro: '{$SNMP_COMMUNITY}'
          value: s3cret
      tags: [{tag: site, value: seoul}]
    - host: r2
      interfaces:
        - {ip: 192.0.2.32, interface_ref: if1}
        - type: SNMP
          useip: 'NO'
          dns: r2.example.net
          port: '161'
          details: {version: SNMPV3, securityname: ops, securitylevel: AUTHPRIV, authprotocol: SHA1,
                    authpassphrase: '{$SECRET}', privprotocol: AES128, privpassphrase: privpriv9}
      macros: [{macro: '{$SECRET}', type: SECRET_TEXT}]
    - host: agent
      interfaces: [{ip: 192.0.2.33, interface_ref: if1}]
'''

ZABBIX_XML = '''<?xml version="1.0" encoding="UTF-8"?>
<zabbix_export><version>4.0</version>
<hosts>
<host><host>sw-a</host><name>Switch A</name><status>0</status>
<groups><group><name>Switches</name></group></groups>
<interfaces>
<interface><default>1</default><type>1</type><useip>1</useip><ip>192.0.2.20</ip><dns/><port>10050</port></interface>
<interface><default>0</default><type>2</type><useip>1</useip><ip>192.0.2.99</ip><dns/><port>161</port></interface>
<interface><default>1</default><type>2</type><useip>1</useip><ip>192.0.2.21</ip><dns/><port>1161</port></interface>
</interfaces>
<items><item><name>x</name><type>4</type><snmp_community>{$SNMP_COMMUNITY}</snmp_community></item></items>
<macros><macro><macro>{$SNMP_COMMUNITY}</macro><value>s3cret</value></macro></macros>
</host>
<host><host>off</host><status>1</status>
<interfaces><interface><type>2</type><ip>192.0.2.22</ip></interface></interfaces></host>
</hosts></zabbix_export>
'''

ZABBIX_API = {"jsonrpc": "2.0", "id": 1, "result": [
    {"hostid": "1", "host": "sw-b", "name": "sw-b", "status": "0", "hostgroups": [{"name": "Switches"}],
     "interfaces": [{"type": "2", "main": "1", "useip": "1", "ip": "192.0.2.25", "dns": "", "port": "161",
                     "details": {"version": "3", "securityname": "ops", "securitylevel": "2", "authprotocol": "3",
                                 "authpassphrase": "authauth1", "privprotocol": "1", "privpassphrase": "privpriv9"}}]}]}

PROMETHEUS = '''# switches
- targets: ['192.0.2.41', '192.0.2.42:1161']
  labels: {site: seoul, module: if_mib, auth: v2_ops}
- targets: [udp://192.0.2.43]
  labels: {hostname: ap1, __param_auth: v3_ops, __meta_x: y}
'''
SNMP_YML = '''auths:
  v2_ops: {community: s3cret, version: 2}
  v3_ops: {version: 3, username: ops, security_level: authPriv, password: authauth1, auth_protocol: SHA256,
           priv_protocol: AES, priv_password: privpriv9}
modules: {if_mib: {walk: [1.3.6.1.2.1.2]}}
'''


def configure(folder, devices="# mine\n", more=""):
    (folder / "rollcall.yaml").write_text("state: state\nrun: run\n" + more)
    (folder / "rollcall.yaml").chmod(0o640)
    (folder / "devices.yaml").write_text(devices)
    return folder / "rollcall.yaml"


def write(folder, name, content):
    path = folder / name
    if not isinstance(content, str):
        content = json.dumps(content)
    path.write_text(content, encoding="utf-8")
    return path


def imported(folder, files, *args):
    """The JSON of an import, and what was said; no secret is in either."""
    done = rollcall("-c", configure(folder), "import", *files, "--json", *args)
    assert done.returncode == 0, done.stderr
    for secret in SECRETS:
        assert secret not in done.stdout + done.stderr
    return json.loads(done.stdout), done.stderr


def devices(found):
    return {device["name"]: device for device in found["devices"]}


def credentials(found):
    return {credential["name"]: credential for credential in found["credentials"]}


def test_csv(tmp_path):
    found, said = imported(tmp_path, [write(tmp_path, "in.csv", CSV)])
    assert [(device["name"], device["address"], device["credential"]) for device in found["devices"]] == [
        ("core", "192.0.2.1", "imported-1"), ("edge 1", "192.0.2.2", "imported-2"),
        ("192.0.2.3", "192.0.2.3", "imported-3"), ("192.0.2.9", "192.0.2.9", None)]
    by_name = devices(found)
    assert by_name["core"]["tags"] == ["network", "core"] and by_name["core"]["line"] == 2
    assert by_name["edge 1"]["parent"] == "core" and by_name["192.0.2.9"]["parent"] == "edge 1"
    assert credentials(found)["imported-2"]["version"] == "1" and credentials(found)["imported-1"]["devices"] == 1
    assert [(skip["name"], skip["line"]) for skip in found["skipped"]] == [("bad", 6), ("dup", 8)]
    assert "in.csv:1:1: note: columns that are not used: Location" in said
    assert "in.csv:5:1: warning: parent 'nobody' of 192.0.2.3" in said
    assert "in.csv:7:1: warning: the name 'core' is taken" in said
    assert "4 devices, 2 left out" in said


@pytest.mark.parametrize("name,content,count", [
    ("in.csv", "address\n192.0.2.1\n192.0.2.2\n", 2),
    ("in.csv", "hostname,community\nsw1.example.net,public\n", 1),
    ("in.tsv", "name\tip\tport\na\t192.0.2.1\t1161\n", 1),
    ("in.txt", "Host, Target\na, 192.0.2.1\n", 1),
])
def test_tables_of_many_shapes(tmp_path, name, content, count):
    found, _ = imported(tmp_path, [write(tmp_path, name, content)])
    assert len(found["devices"]) == count and all(device["credential"] is None for device in found["devices"])


@pytest.mark.parametrize("indent", [None, 4, "\t"])
def test_librenms(tmp_path, indent):
    text = json.dumps(LIBRENMS, indent=indent)
    found, said = imported(tmp_path, [write(tmp_path, "devices.json", text)])
    first, second = found["devices"]
    assert first["name"] == "sw1.example.net" and first["address"] == "sw1.example.net"
    assert first["parent"] == "fw1" and first["tags"] == ["network"]
    assert second["name"] == "fw1" and second["address"] == "192.0.2.12:1161"
    user = credentials(found)[second["credential"]]
    assert (user["version"], user["user"], user["auth"], user["priv"]) == ("3", "ops", "SHA-256", "AES-128")
    assert user["missing"] == []
    assert "ping.example.net left out: LibreNMS does not ask it" in said
    assert "old.example.net left out: it is disabled" in said


def test_librenms_from_its_database(tmp_path):
    found, _ = imported(tmp_path, [write(tmp_path, "devices.tsv", LIBRENMS_TSV)])
    assert [(device["name"], device["address"]) for device in found["devices"]] == [
        ("sw1", "192.0.2.11"), ("192.0.2.12", "192.0.2.12")]
    assert [credential["version"] for credential in found["credentials"]] == ["2c", "1"]
    commas = LIBRENMS_TSV.replace(' "four', "").replace("\t", ",")
    assert len(imported(tmp_path, [write(tmp_path, "devices.csv", commas)])[0]["devices"]) == 2


@pytest.mark.parametrize("as_json", [False, True])
def test_zabbix(tmp_path, as_json):
    yaml = pytest.importorskip("yaml")
    content = yaml.safe_load(ZABBIX) if as_json else ZABBIX
    found, said = imported(tmp_path, [write(tmp_path, "zabbix", content)])
    by_name = devices(found)
    assert by_name["Router 1"]["tags"] == ["Router", "site:seoul"] and by_name["Router 1"]["address"] == "192.0.2.31"
    assert by_name["r2"]["address"] == "r2.example.net"
    assert credentials(found)[by_name["r2"]["credential"]]["missing"] == ["auth_key"]
    assert "templates are not taken over" in said and "agent left out: it has no SNMP interface" in said
    assert "does not have the value of {$SECRET}" in said and "(user ops): missing auth_key" in said


def test_zabbix_of_old_as_xml(tmp_path):
    found, said = imported(tmp_path, [write(tmp_path, "zabbix.xml", ZABBIX_XML)])
    device, = found["devices"]
    assert device["name"] == "Switch A" and device["address"] == "192.0.2.21:1161" and device["tags"] == ["Switches"]
    assert credentials(found)[device["credential"]]["version"] == "2c"
    assert "zabbix.xml:14:1: note: off left out: it is disabled in Zabbix" in said
    assert "Switch A has 2 SNMP interfaces" in said


def test_zabbix_by_its_api(tmp_path):
    found, _ = imported(tmp_path, [write(tmp_path, "hosts.json", ZABBIX_API)])
    device, = found["devices"]
    user = credentials(found)[device["credential"]]
    assert device["tags"] == ["Switches"] and (user["auth"], user["priv"]) == ("SHA-256", "AES-128")


def test_prometheus(tmp_path):
    files = [write(tmp_path, "targets.yml", PROMETHEUS)]
    found, said = imported(tmp_path, files)
    by_name = devices(found)
    assert by_name["192.0.2.42:1161"]["tags"] == ["site:seoul"] and by_name["ap1"]["tags"] == []
    assert by_name["ap1"]["credential"] == "v3_ops" and "v2_ops: missing community" in said
    found, said = imported(tmp_path, [*files, write(tmp_path, "snmp.yml", SNMP_YML)])
    assert all(not credential["missing"] for credential in found["credentials"])
    assert credentials(found)["v3_ops"]["user"] == "ops"
    whole = {"scrape_configs": [{"job_name": "node", "static_configs": [{"targets": ["192.0.2.1:9100"]}]},
                                {"job_name": "snmp", "metrics_path": "/snmp", "params": {"auth": ["v2_ops"]},
                                 "static_configs": [{"targets": ["192.0.2.44"]}]}]}
    found, said = imported(tmp_path, [write(tmp_path, "prometheus.yml", whole)])
    assert [(device["address"], device["credential"]) for device in found["devices"]] == [("192.0.2.44", "v2_ops")]
    assert "node left out: its metrics_path is not /snmp" in said


def test_what_it_writes_is_a_configuration(tmp_path):
    files = [write(tmp_path, "in.csv", CSV), write(tmp_path, "devices.json", LIBRENMS),
             write(tmp_path, "zabbix.xml", ZABBIX_XML), write(tmp_path, "targets.yml", PROMETHEUS),
             write(tmp_path, "snmp.yml", SNMP_YML), write(tmp_path, "hosts.json", ZABBIX_API)]
    conf = configure(tmp_path, "- {name: mine, address: 192.0.2.41}  # I wrote this\n")
    before = (tmp_path / "devices.yaml").read_text()
    keys = tmp_path / "keys.yaml"
    done = rollcall("-c", conf, "import", *files, "--write", tmp_path / "devices.yaml", "--write-credentials", keys)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "" and not any(secret in done.stderr for secret in SECRETS)
    assert "the configuration has its address, as 'mine'" in done.stderr
    written = (tmp_path / "devices.yaml").read_text()
    assert written.startswith(before) and not any(secret in written for secret in SECRETS)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600 and "s3cret" in keys.read_text()
    passphrases = sorted(path.name for path in tmp_path.glob("*.auth")) + sorted(path.name for path in tmp_path.glob("*.priv"))
    assert len(passphrases) == 2 and "authauth1" not in keys.read_text()
    assert all(stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600 for name in passphrases)
    # As it is the configuration lacks the credentials; with them it is whole.
    lacking = rollcall("-c", conf, "check")
    assert lacking.returncode == 2 and "unknown credential" in lacking.stderr
    conf.write_text(conf.read_text() + keys.read_text())
    checked = rollcall("-c", conf, "check")
    assert checked.returncode == 0, checked.stderr
    assert checked.stderr == "" and checked.stdout.startswith("11 devices")
    # Again: all of it is known now, by the same credentials.
    again = rollcall("-c", conf, "import", *files, "--write", tmp_path / "devices.yaml", "--write-credentials", tmp_path / "more.yaml")
    assert "0 devices, " in again.stderr and (tmp_path / "devices.yaml").read_text() == written
    assert not (tmp_path / "more.yaml").exists()


def test_credentials_of_the_configuration_are_used(tmp_path):
    more = "credentials:\n  ours: {version: 2c, community: s3cret}\n  imported-1: {version: 1, community: x1}\n  public: {community: public}\ncredential: public\n"
    conf = configure(tmp_path, more=more)
    path = write(tmp_path, "in.csv", "ip,community\n192.0.2.1,s3cret\n192.0.2.2,0ther!\n192.0.2.3,public\n")
    done = rollcall("-c", conf, "import", path, "--json", "--exclude", "192.0.2.3-9")
    found = json.loads(done.stdout)
    assert [device["credential"] for device in found["devices"]] == ["ours", "imported-2"]
    assert found["skipped"][0]["reason"] == "--exclude names it"
    assert credentials(found)["ours"]["known"] is True


def test_a_credentials_file_that_is_there_stays_as_it_is(tmp_path):
    path = write(tmp_path, "in.csv", "ip,community\n192.0.2.1,s3cret\n")
    keys = write(tmp_path, "keys.yaml", "mine\n")
    done = rollcall("-c", configure(tmp_path), "import", path, "--write", tmp_path / "new.yaml", "--write-credentials", keys)
    assert done.returncode == 2 and "File exists; move it away" in done.stderr
    assert keys.read_text() == "mine\n" and not (tmp_path / "new.yaml").exists()


def test_a_device_file_that_is_no_list_stays_as_it_is(tmp_path):
    path = write(tmp_path, "in.csv", "ip,community\n192.0.2.1,s3cret\n")
    other = write(tmp_path, "other.yaml", "[192.0.2.1]\n")
    done = rollcall("-c", configure(tmp_path), "import", path, "--write", other, "--write-credentials", tmp_path / "keys.yaml")
    assert done.returncode == 2 and "no list of lines" in done.stderr
    assert other.read_text() == "[192.0.2.1]\n" and not (tmp_path / "keys.yaml").exists()


@pytest.mark.parametrize("name,content,says", [
    ("in.csv", "", "the file is empty"),
    ("in.csv", "a\0b", "this is no text"),
    ("in.csv", "colour,size\nred,1\n", "in.csv:1:1: error: no column is called address"),
    ("in.csv", 'ip,community\n192.0.2.1,"s3cret\n', "in.csv:3:1: error: a quote is not closed"),
    ("in.json", '{"devices": [\n {"hostname": "a", "community": "s3cret" "port": 1}]}', "in.json:2:"),
    ("in.json", '{"devices": []}', "in.json:1:1: error: neither devices of LibreNMS, nor hosts of Zabbix"),
    ("in.json", "[]", "neither devices of LibreNMS"),
    ("in.yaml", "zabbix_export:\n  hosts:\n  - host: a\n   value: s3cret\n", "in.yaml:"),
    ("in.yaml", "- [1, 2]\n", "neither devices of LibreNMS"),
    ("in.xml", "<zabbix_export><hosts>\n<host>s3cret</hosts></zabbix_export>", "in.xml:2:"),
    ("in.xml", "<html/>", "neither devices of LibreNMS"),
    ("in.xml", '<!DOCTYPE x [<!ENTITY y "s3cret">]><zabbix_export/>', "a DOCTYPE is not read"),
])
def test_what_cannot_be_read_is_told_with_its_place(tmp_path, name, content, says):
    done = rollcall("-c", configure(tmp_path), "import", write(tmp_path, name, content))
    assert done.returncode == 2 and done.stdout == "", done.stderr
    assert says in done.stderr and "s3cret" not in done.stderr


@pytest.mark.parametrize("args,says", [
    ([], "name a file"),
    (["nowhere.csv"], "nowhere.csv: error: cannot be read: No such file"),
    (["in.csv", "--format", "nagios"], "--format nagios is none of csv, librenms, zabbix and prometheus"),
    (["in.csv", "--exclude", "x"], "--exclude 'x' is no address"),
    (["targets.json", "--format", "zabbix"], "it is no export of zabbix"),
])
def test_what_it_does_not_take(tmp_path, args, says):
    write(tmp_path, "in.csv", "ip\n192.0.2.1\n")
    write(tmp_path, "targets.json", [{"targets": ["192.0.2.1"]}])
    args = [tmp_path / arg if arg.endswith((".csv", ".json")) else arg for arg in args]
    done = rollcall("-c", configure(tmp_path), "import", *args)
    assert done.returncode == 2 and says in done.stderr


def test_standard_input(tmp_path):
    done = rollcall("-c", configure(tmp_path), "import", "-", stdin="ip\n192.0.2.1\nx y\n")
    assert done.stdout == '- {name: "192.0.2.1", address: "192.0.2.1"}\n'
    assert "(standard input):3:1: note: x y left out" in done.stderr


def test_twenty_thousand_devices(tmp_path):
    rows = "".join(f"sw{i},10.{i >> 8 & 255}.{i & 255}.1,c{i % 7}\n" for i in range(20000))
    found, _ = imported(tmp_path, [write(tmp_path, "in.csv", "name,ip,community\n" + rows)])
    assert len(found["devices"]) == 20000 and len(found["credentials"]) == 7
