"""rollcall against Debian's snmpd: v1, v2c, IPv4, IPv6, by name; death and return; what probe says."""
import json
import socket
import subprocess
import time

import pytest

from lab import Rollcalld, Snmpd, free_port, rollcall, wait_for

FAST = "interval: 1s\ntimeout: 500ms\nretries: 1\ncredentials:\n  public: {version: 2c, community: public}\n" \
       "archive: [{step: 1s, keep: 1h}]\n"

SOURCES = ("in_octets out_octets in_ucast out_ucast in_errors out_errors in_discards out_discards in_mcast out_mcast "
           "in_bcast out_bcast up").split()


def machine_interfaces():
    return {name for _, name in socket.if_nameindex()}


@pytest.mark.parametrize("version", ["1", "2c"])
def test_a_server_is_present_with_everything_it_has(tmp_path, version):
    settings = FAST.replace("version: 2c", f"version: {version}")
    with Snmpd(tmp_path) as agent, Rollcalld(tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}',
                                             settings) as daemon:
        status = daemon.wait_state("host", "up")
        assert status["profile"] == "linux"
        assert status["problems"] == []
        wait_for("a rate of lo", lambda: daemon.row("host", "interfaces", "lo")["metrics"].get(
            "ifHCInOctets" if version == "2c" else "ifInOctets", {}).get("rate") is not None)
        show = daemon.json("show", "host")
    assert show["system"]["name"] == socket.gethostname()
    assert show["system"]["object_id"] == "1.3.6.1.4.1.8072.3.2.10"
    assert show["system"]["descr"].startswith("Linux ")
    assert {row["key"] for row in show["tables"]["interfaces"]} == machine_interfaces()
    lo = next(row for row in show["tables"]["interfaces"] if row["key"] == "lo")
    assert lo["excluded"] is True
    assert lo["metrics"]["ifOperStatus"]["text"] == "up"
    for table in ("cpu", "load", "memory", "swap", "storage"):
        assert show["tables"][table], table
    memory = show["tables"]["memory"][0]["metrics"]
    with open("/proc/meminfo") as meminfo:
        total = int(next(line for line in meminfo if line.startswith("MemTotal")).split()[1]) * 1024
    assert total in [metric["value"] for metric in memory.values()]


def test_the_files_of_an_interface_have_the_contracts_sources(tmp_path):
    with Snmpd(tmp_path) as agent, Rollcalld(tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n',
                                             FAST) as daemon:
        daemon.wait_state("host", "up")
        names = [row["key"] for row in daemon.json("show", "host")["tables"]["interfaces"] if not row.get("excluded")]
        daemon.wait_polls(3)
        assert daemon.run("flush").returncode == 0
        assert names, "this machine has no interface but lo"
        for name in names:
            info = subprocess.run(["rrdtool", "info", daemon.state / "rrd/host/interfaces" / f"{name}.rrd"],
                                  capture_output=True, text=True, check=True).stdout
            listed = [line.split("[")[1].split("]")[0] for line in info.splitlines() if line.endswith('"GAUGE"')]
            assert sorted(listed) == sorted(SOURCES)
        assert not (daemon.state / "rrd/host/interfaces/lo.rrd").exists()


@pytest.mark.parametrize("address, listen", [("[::1]:{}", "udp6:[::1]:{}"), ("localhost:{}", "udp:127.0.0.1:{}")])
def test_ipv6_and_names(tmp_path, address, listen):
    port = free_port(socket.AF_INET6, "::1") if "::" in address else free_port()
    with Snmpd(tmp_path, listen=listen.format(port), port=port), \
            Rollcalld(tmp_path, f'- {{name: host, address: "{address.format(port)}"}}\n', FAST) as daemon:
        assert daemon.wait_state("host", "up")["profile"] == "linux"


def test_an_agent_dies_and_returns(tmp_path):
    with Snmpd(tmp_path) as agent, Rollcalld(tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n',
                                             FAST + "tries: 2\n") as daemon:
        daemon.wait_state("host", "up", hard=True)
        agent.stop()
        status = daemon.wait_state("host", "down", hard=True)
        assert [problem["rule"] for problem in status["problems"]] == ["device-down"]
        assert str(agent.port) in status["problems"][0]["text"]
        assert daemon.run("status").returncode == 1
        agent.start()
        assert daemon.wait_state("host", "up", hard=True)["problems"] == []
        assert daemon.run("status").returncode == 0


def test_a_restart_gives_no_spike(tmp_path):
    with Snmpd(tmp_path) as agent, Rollcalld(tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n',
                                             FAST) as daemon:
        daemon.wait_state("host", "up")
        wait_for("a rate", lambda: daemon.row("host", "interfaces", "lo")["metrics"]["ifHCInOctets"]["rate"] is not None)
        agent.stop()
        agent.start()
        daemon.wait_state("host", "up")
        wait_for("a rate after the restart",
                 lambda: daemon.row("host", "interfaces", "lo")["metrics"]["ifHCInOctets"]["state"] == "ok")
        for metric in daemon.row("host", "interfaces", "lo")["metrics"].values():
            assert metric["rate"] is None or 0 <= metric["rate"] < 1e9


class TestProbe:
    def test_without_daemon_and_configuration(self, tmp_path):
        with Snmpd(tmp_path) as agent:
            done = rollcall("probe", f"127.0.0.1:{agent.port}", "-C", "public", "--wait", "1s", "--json")
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1
        show = json.loads(done.stdout)
        assert show["profile"] == "linux"
        assert show["profile_reason"]
        lo = next(row for row in show["tables"]["interfaces"] if row["key"] == "lo")
        assert lo["metrics"]["ifHCInOctets"]["rate"] is not None

    def test_community_from_standard_input(self, tmp_path):
        with Snmpd(tmp_path) as agent:
            done = rollcall("-C", "-", "probe", f"127.0.0.1:{agent.port}", "--wait", "0", "--json", stdin="public\n")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["state"] == "up"

    def test_several_addresses_give_a_line_each(self, tmp_path):
        with Snmpd(tmp_path) as agent:
            address = f"127.0.0.1:{agent.port}"
            done = rollcall("probe", address, address, "-C", "public", "--wait", "0", "--json")
        assert [json.loads(line)["state"] for line in done.stdout.splitlines()] == ["up", "up"]

    def test_wrong_community_says_what_looks_alike(self, tmp_path):
        with Snmpd(tmp_path) as agent, open(tmp_path / "rollcall.yaml", "w") as conf:
            conf.write("timeout: 200ms\nretries: 0\n")
            conf.close()
            done = rollcall("-c", tmp_path / "rollcall.yaml", "probe", f"127.0.0.1:{agent.port}", "-C", "wrong")
        assert done.returncode == 1
        for word in ("community", "access list", "down"):
            assert word in done.stdout

    def test_nothing_listens(self):
        done = rollcall("probe", f"127.0.0.1:{free_port()}", "-C", "public")
        assert done.returncode == 1
        assert "nothing listens" in done.stdout

    def test_host_name_unknown(self):
        done = rollcall("probe", "no-such-host.invalid", "-C", "public", "--json")
        assert done.returncode == 1
        show = json.loads(done.stdout)
        assert show["failure"] == "resolve"
        assert show["state"] == "down"

    def test_a_view_that_hides_the_interfaces(self, tmp_path):
        view = "view systemonly included .1.3.6.1.2.1.1\nview systemonly included .1.3.6.1.2.1.25.1\n" \
               "rocommunity public default -V systemonly\n"
        with Snmpd(tmp_path, view) as agent:
            done = rollcall("probe", f"127.0.0.1:{agent.port}", "-C", "public", "--wait", "0")
        assert done.returncode == 0
        assert "view   systemonly  included   .1" in done.stdout

    def test_the_community_is_not_in_the_list_of_processes(self):
        port = free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", port))
            import lab
            probe = subprocess.Popen([str(lab.BUILD / "rollcall"), "probe", f"127.0.0.1:{port}", "-C", "canary7"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                silent.settimeout(lab.PATIENCE)
                assert b"canary7" in silent.recv(2000)
                with open(f"/proc/{probe.pid}/cmdline", "rb") as cmdline:
                    assert b"canary7" not in cmdline.read()
            finally:
                probe.kill()
                probe.wait()


def test_death_is_told_in_time(tmp_path):
    with Snmpd(tmp_path) as agent, Rollcalld(tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n',
                                             FAST) as daemon:
        daemon.wait_state("host", "up", hard=True)
        agent.stop()
        stopped = time.time()
        since = daemon.wait_state("host", "down")["since"]
        # interval + (retries + 1) x timeout + 1 s, and what the machine adds under load
        assert since - stopped <= 1 + 2 * 0.5 + 1 + 2
