"""The commands as people and scripts call them: exit statuses, messages, JSON, a clean end."""
import json
import re
import signal
import subprocess

import pytest

import lab
from lab import Rollcalld, Snmpd, rollcall

FAST = "interval: 1s\ntimeout: 500ms\narchive: [{step: 1s, keep: 1h}]\n"
QUIET = "store: {writer: none}\ninterval: 1s\ntimeout: 300ms\nretries: 0\n"


def test_no_daemon_is_3(tmp_path):
    (tmp_path / "rollcall.yaml").write_text("run: run\n")
    for command in (["status"], ["show", "x"], ["stats"], ["flush"]):
        done = rollcall("-c", tmp_path / "rollcall.yaml", *command)
        assert done.returncode == 3, command
        assert "no daemon answers" in done.stderr
        assert "No such file or directory" in done.stderr and "port" not in done.stderr


def test_socket_option_needs_no_configuration(tmp_path):
    done = rollcall("-s", tmp_path / "status.sock", "status")
    assert done.returncode == 3


@pytest.mark.parametrize("args, words", [
    ([], "usage:"), (["statu"], "did you mean 'status'"), (["--nonsense", "status"], "nonsense"),
    (["show"], "name one device"), (["graph", "x"], "-o"), (["graph", "x", "-o", "x.gif"], ".png or .svg"),
    (["probe"], "at least one address"), (["probe", "1.2.3.4.5", "-C", "x"], "is no IPv4 address"),
    (["probe", "x", "-C", "x", "--wait", "never"], "expected a duration"),
    (["check", "x"], "no arguments"), (["check", "--rules"], "requires an argument"), (["-c", "/nonexistent.yaml", "check"], "/nonexistent.yaml"),
])
def test_mistakes_are_2_and_say_why(args, words):
    done = rollcall(*args)
    assert done.returncode == 2
    assert words in done.stderr


def test_commands_of_later_versions_are_known():
    done = rollcall("replay")
    assert done.returncode == 2 and "not part of this version" in done.stderr


def test_help_and_version():
    assert rollcall("help").stdout == rollcall("--help").stdout
    assert "usage:" in rollcall("--help").stdout
    assert rollcall("--version").stdout.startswith("rollcall ")


def test_options_stand_before_or_after(tmp_path):
    (tmp_path / "rollcall.yaml").write_text("run: run\n")
    conf = tmp_path / "rollcall.yaml"
    assert rollcall("-c", conf, "stats").returncode == rollcall("stats", "-c", conf).returncode == 3


class TestCheck:
    def test_the_last_line_counts(self, tmp_path):
        (tmp_path / "devices.yaml").write_text("- 192.0.2.1\n- 192.0.2.2\n")
        (tmp_path / "rollcall.yaml").write_text("devices: [devices.yaml]\n")
        done = rollcall("-c", tmp_path / "rollcall.yaml", "check")
        assert done.returncode == 0, done.stderr
        assert re.match(r"2 devices, \d+ profiles, \d+ rules, ", done.stdout.splitlines()[-1])
        assert done.stdout.splitlines()[-1].endswith(" on disk")

    def test_every_mistake_is_told_with_its_place(self, tmp_path):
        (tmp_path / "devices.yaml").write_text("- {name: a, adress: 192.0.2.1}\n- {name: b, address: 192.0.2.300}\n")
        (tmp_path / "rollcall.yaml").write_text("interval: 60\ndevices: [devices.yaml]\n")
        done = rollcall("-c", tmp_path / "rollcall.yaml", "check")
        assert done.returncode == 2
        assert "rollcall.yaml:1:11: error:" in done.stderr
        assert "devices.yaml:1:13: error:" in done.stderr and "'address'" in done.stderr
        assert "devices.yaml:2:" in done.stderr

    def test_daemon_agrees(self, tmp_path):
        (tmp_path / "rollcall.yaml").write_text("interval: nonsense\n")
        bad = subprocess.run([str(lab.BUILD / "rollcalld"), "-t", "-c", str(tmp_path / "rollcall.yaml")],
                             capture_output=True, text=True)
        assert bad.returncode == 2 and "rollcall.yaml:1:" in bad.stderr
        (tmp_path / "rollcall.yaml").write_text("interval: 30s\n")
        good = subprocess.run([str(lab.BUILD / "rollcalld"), "-t", "-c", str(tmp_path / "rollcall.yaml")])
        assert good.returncode == 0


class TestCheckRules:
    RULES = ('limits:\n'
             '  - {rule: filesystem, device: "nas*", row: "/backup*", warning: 95%, critical: 98%}\n'
             '  - {rule: filesystem, tag: lab, warning: none}\n'
             '  - {rule: clock, device: nas1, warning: 1m, critical: 1h}\n'
             'disable: [if-errors]\n'
             'tags:\n'
             '  access: {disable: [if-down, "if-util*"]}\n'
             'rules: [mine.yaml]\n')
    MINE = "- rule: full\n  of: storage\n  when: used_percent > 98\n  severity: critical\n  for: 2 polls\n"
    DEVICES = ("- {name: nas1, address: 192.0.2.7, tags: [lab], profile: linux}\n"
               "- {name: sw1, address: 192.0.2.8, tags: [access], profile: if, disable: device-restarted}\n"
               "- {name: any, address: 192.0.2.9}\n")

    @pytest.fixture
    def conf(self, tmp_path):
        (tmp_path / "mine.yaml").write_text(self.MINE)
        (tmp_path / "devices.yaml").write_text(self.DEVICES)
        (tmp_path / "rollcall.yaml").write_text("run: run\n" + self.RULES)
        return tmp_path / "rollcall.yaml"

    def rules(self, conf, device):
        return {rule["rule"]: rule for rule in json.loads(
            rollcall("-c", conf, "check", "--rules", device, "--json").stdout)["rules"]}

    def test_thresholds_and_where_they_are_said(self, conf):
        rules = self.rules(conf, "nas1")
        full, clock, own = rules["filesystem"], rules["clock"], rules["full"]
        assert (full["warning"], full["critical"], full["unit"]) == (None, 90, "%")
        assert full["changed"] == {"file": str(conf), "line": 4, "warning": 80, "critical": 90}
        assert full["rows"] == [{"row": "/backup*", "warning": 95, "critical": 98, "file": str(conf), "line": 3}]
        assert (clock["warning"], clock["critical"], clock["changed"]["line"], clock["for_s"]) == (60, 3600, 5, 600)
        assert (own["file"], own["line"], own["for_polls"]) == (str(conf.parent / "mine.yaml"), 1, 2)
        assert rules["cpu"]["shipped"] and rules["cpu"]["file"].endswith("/rules/server.yaml")
        assert rules["device-down"]["file"] is None and "collector-blind" not in rules

    def test_what_is_off_and_by_what(self, conf):
        rules = self.rules(conf, "sw1")
        off = {name: (rule["disabled"]["file"], rule["disabled"]["line"]) for name, rule in rules.items() if rule["disabled"]}
        assert off == {"if-errors": (str(conf), 6), "if-down": (str(conf), 8), "if-utilisation": (str(conf), 8),
                       "device-restarted": (str(conf.parent / "devices.yaml"), 2)}
        assert "filesystem" not in rules, "its profile has none"
        assert rollcall("-c", conf, "check", "--rules", "sw1").stdout.startswith("sw1  profile if, as configured\n")

    def test_as_text_on_80_columns(self, conf):
        text = rollcall("-c", conf, "check", "--rules", "nas1").stdout
        assert text.startswith("nas1  profile linux, as configured\n")
        for line in ("  filesystem        storage     \u2013 / 90 %           rollcall.yaml:4",
                     "  filesystem  /backup*  95 / 98 %    rollcall.yaml:3", "  if-errors  interfaces  rollcall.yaml:6",
                     "  full              storage     critical, 2 polls  mine.yaml:1"):
            assert line.split() in [words.split() for words in text.splitlines()], text  # widths follow the rules
        unknown = rollcall("-c", conf, "check", "--rules", "any").stdout
        assert unknown.startswith("any  profile not known: rules of all profiles\n")
        assert all(len(line) <= 80 and line == line.rstrip() for line in text.splitlines())

    def test_an_unknown_device_or_a_broken_configuration_is_2(self, conf):
        done = rollcall("-c", conf, "check", "--rules", "nas2")
        assert done.returncode == 2 and 'did you mean "nas1"?' in done.stderr and done.stdout == ""
        conf.write_text("limits: [{rule: filesystm, warning: 90%}]\n")
        done = rollcall("-c", conf, "check", "--rules", "nas1")
        assert done.returncode == 2 and "rollcall.yaml:1:" in done.stderr and done.stdout == ""

    def test_the_daemons_profile_counts(self, tmp_path):
        with Snmpd(tmp_path) as agent, Rollcalld(
                tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n', QUIET) as daemon:
            daemon.wait_state("host", "up")
            text = daemon.run("check", "--rules", "host").stdout
            assert text.startswith("host  profile linux, as the daemon has found\n")
            assert "filesystem" in text


class TestDaemon:
    def test_ends_cleanly(self, tmp_path):
        for signo in (signal.SIGTERM, signal.SIGINT):
            daemon = Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET)
            daemon.start()
            daemon.process.send_signal(signo)
            assert daemon.process.wait(timeout=lab.PATIENCE) == 0
            assert list((tmp_path / "run").iterdir()) == []

    def test_a_second_one_refuses(self, tmp_path):
        with Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET) as daemon:
            second = subprocess.run([str(lab.BUILD / "rollcalld"), "-c", str(daemon.conf)], capture_output=True,
                                    text=True, timeout=lab.PATIENCE)
            assert second.returncode != 0
            assert "another rollcalld" in second.stderr
            assert daemon.run("stats").returncode == 0

    def test_a_stale_socket_is_replaced(self, tmp_path):
        daemon = Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET)
        daemon.start()
        daemon.kill()
        assert (tmp_path / "run" / "status.sock").exists()
        with daemon:
            assert daemon.run("stats").returncode == 0

    def test_unknown_device(self, tmp_path):
        with Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET) as daemon:
            for command in ("status", "show", "flush"):
                done = daemon.run(command, "nobody")
                assert done.returncode == 2
                assert 'no device is called "nobody"' in done.stderr

    def test_stats_have_the_contracts_fields(self, tmp_path):
        with Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET) as daemon:
            stats = daemon.json("stats")
        assert set("uptime_s devices rows polls polls_late requests responses timeouts retransmits rejected values "
                   "samples_stored samples_lost rrd_opens spool_bytes lateness_ms cpu_s rss_bytes "
                   "threads".split()) <= set(stats)
        assert set(stats["lateness_ms"]) == {"p50", "p99", "max"}
        assert stats["devices"] == 1

    def test_status_keeps_the_order_of_the_configuration(self, tmp_path):
        names = ["zeta", "alpha", "mid"]
        devices = "".join(f"- {{name: {name}, address: 127.0.0.{i + 1}}}\n" for i, name in enumerate(names))
        with Rollcalld(tmp_path, devices, QUIET) as daemon:
            status = daemon.json("status")
        assert [device["name"] for device in status["devices"]] == names
        assert set(status["totals"]) == {"up", "down", "unreachable", "unknown"}
        assert sum(status["totals"].values()) == 3

    def test_the_read_only_socket_does_not_operate(self, tmp_path):
        with Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET) as daemon:
            status, answer = lab.http(tmp_path / "run" / "status.sock", "POST", "/api/v1/flush")
            assert status == 405 and "only reads" in answer["error"]
            assert daemon.run("flush").returncode == 0


class TestGraph:
    def test_pictures_and_the_line_to_paste(self, tmp_path):
        with Snmpd(tmp_path) as agent, Rollcalld(
                tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}", rows: {{interfaces: {{include: "."}}}}}}\n',
                FAST) as daemon:
            daemon.wait_state("host", "up")
            daemon.wait_polls(4)
            listed = daemon.run("graph", "host", "--list").stdout.split()
            for name in ("cpu", "memory", "load", "interfaces/lo"):
                assert name in listed
            for row, picture in (("lo", "lo.png"), ("cpu", "cpu.svg"), ("memory", "memory.png"),
                                 ("interfaces/lo", "again.svg")):
                done = daemon.run("graph", "host", row, "--from", "-5m", "-o", tmp_path / picture)
                assert done.returncode == 0, done.stderr
                start = (tmp_path / picture).read_bytes()[:64]
                assert start.startswith(b"\x89PNG") if picture.endswith("png") else b"<svg" in start or b"<?xml" in start
            line = daemon.run("graph", "host", "lo", "-o", tmp_path / "pasted.png", "--command").stdout
            subprocess.run(["sh", "-c", line], check=True, stdout=subprocess.DEVNULL)
            assert (tmp_path / "pasted.png").read_bytes().startswith(b"\x89PNG")
            wrong = daemon.run("graph", "host", "nothing", "-o", tmp_path / "x.png")
            assert wrong.returncode == 2 and "cpu" in wrong.stderr
            near = daemon.run("graph", "host", "memori", "-o", tmp_path / "x.png")
            assert near.returncode == 2 and "did you mean 'memory'?" in near.stderr
            other = daemon.run("graph", "host", "cpu", "--graph", "x", "-o", tmp_path / "x.png")
            assert other.returncode == 2 and "it has: cpu" in other.stderr
            empty = daemon.run("graph", "host", "cpu", "--from", "-3d", "--to", "-2d", "-o", tmp_path / "empty.svg")
            assert empty.returncode == 0
            assert "nan" not in (tmp_path / "empty.svg").read_text()
        # and without the daemon
        assert daemon.run("graph", "host", "lo", "-o", tmp_path / "later.png").returncode == 0
        assert daemon.run("graph", "nobody", "lo", "-o", tmp_path / "x.png").returncode == 2

    def test_numbers_of_one_device_can_be_drawn(self, tmp_path):
        custom = "custom: [{name: users, oid: 1.3.6.1.2.1.25.1.5.0}, {name: pkts, oid: 1.3.6.1.2.1.4.3.0, kind: counter}]"
        with Snmpd(tmp_path) as agent, Rollcalld(
                tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}", {custom}}}\n', FAST) as daemon:
            daemon.wait_polls(3)
            listed = daemon.run("graph", "host", "--list").stdout.splitlines()
            assert "custom  users pkts" in listed
            assert listed == sorted(listed)
            for graph in ("users", "pkts"):
                done = daemon.run("graph", "host", "custom", "--graph", graph, "-o", tmp_path / "x.png")
                assert done.returncode == 0, done.stderr

    def test_a_table_without_graphs_has_one_for_each_data_source(self, tmp_path):
        (tmp_path / "mine.yaml").write_text(
            "extends: [linux]\nsysobjectid: 1.3.6.1.4.1.8072.3.2.10\nmatch: {sysdescr: .}\nmetrics:\n"
            "- group: mine\n  symbols:\n"
            "  - {OID: 1.3.6.1.2.1.25.1.6.0, name: hrSystemProcesses, kind: gauge, ds: processes}\n")
        with Snmpd(tmp_path) as agent, Rollcalld(
                tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n',
                FAST + "profiles: [mine.yaml]\n") as daemon:
            daemon.wait_polls(3)
            assert "mine  processes" in daemon.run("graph", "host", "--list").stdout.splitlines()
            done = daemon.run("graph", "host", "mine", "-o", tmp_path / "x.png")
            assert done.returncode == 0, done.stderr


class TestStatus:
    def test_one_device_in_detail(self, tmp_path):
        with Snmpd(tmp_path) as agent, Rollcalld(
                tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n- {{name: gone, address: 127.0.0.9}}\n',
                QUIET) as daemon:
            daemon.wait_state("host", "up")
            daemon.wait_state("gone", "down")
            text = daemon.run("status", "host")
            assert text.returncode == 0 and "profile      linux" in text.stdout and "gone" not in text.stdout
            down = daemon.run("status", "gone")
            assert down.returncode == 1 and "device-down" in down.stdout
            assert "device-down" in daemon.run("show", "gone").stdout
            assert daemon.json("show", "gone")["problems"][0]["rule"] == "device-down"

    def test_texts_fit_80_columns(self, tmp_path):
        name = "a name that is as long as names of devices should never be at all"
        with Snmpd(tmp_path) as agent, Rollcalld(
                tmp_path, f'- {{name: host, address: "127.0.0.1:{agent.port}"}}\n- {{name: {name}, address: 127.0.0.9}}\n',
                QUIET) as daemon:
            daemon.wait_state("host", "up")
            daemon.wait_state(name, "down")
            for command in (["status"], ["status", "host"], ["status", name], ["show", "host"], ["show", name], ["stats"]):
                for line in daemon.run(*command).stdout.splitlines():
                    assert len(line) <= 80 and line == line.rstrip(), (command, line)
