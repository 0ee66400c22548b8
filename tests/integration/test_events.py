"""Events, silences and acknowledgements through the real programs: what is written, who is called, what outlives a crash."""
import email
import email.header
import json
import os
import pwd
import shutil
import socket
import sqlite3
import stat
import subprocess
import threading
import time

import pytest

import lab
from lab import ROOT, Rollcalld, Snmpd, free_port, wait_for

FAST = "interval: 1s\ntimeout: 200ms\nretries: 0\ntries: 1\nstore: {writer: none}\n"
FIELDS = ["id", "time", "device", "object", "rule", "kind", "severity", "text", "value", "cause"]


def watch(folder, devices, program=None):
    """A daemon with `devices` {name: port}; `program` is what on_event runs, else one that keeps a list."""
    if program is None:
        script = folder / "on-event"
        script.write_text(f'#!/bin/sh\necho "$ROLLCALL_KIND $ROLLCALL_DEVICE $ROLLCALL_RULE" >> {folder}/calls\n')
        script.chmod(0o755)
        program = "./on-event"
    listed = "".join(f'- {{name: {name}, address: "127.0.0.1:{port}"}}\n' for name, port in devices.items())
    return Rollcalld(folder, listed, f"{FAST}on_event: [{program}]\n")


def free_ports(count):
    """Each another one: all are held until all are found."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def calls(folder):
    path = folder / "calls"
    return path.read_text().splitlines() if path.exists() else []


def events(daemon, *args):
    return daemon.json("events", *args)["events"]


def kinds(daemon, *args):
    return [(event["kind"], event["rule"]) for event in events(daemon, *args)]


def test_a_device_that_goes_and_comes_back(tmp_path):
    port = free_port()
    with watch(tmp_path, {"host": port}) as daemon:
        wait_for("the raise", lambda: events(daemon))
        raised = events(daemon)[0]
        assert list(raised) == FIELDS
        assert (raised["device"], raised["object"], raised["rule"]) == ("host", None, "device-down")
        assert (raised["kind"], raised["severity"], raised["id"]) == ("raise", "critical", 1)
        assert abs(raised["time"] - time.time()) < lab.PATIENCE
        assert f"127.0.0.1:{port}" in raised["text"] and raised["value"] is None
        with Snmpd(tmp_path, port=port):
            wait_for("the clear", lambda: ("clear", "device-down") in kinds(daemon))
        cleared = [event for event in events(daemon) if event["kind"] == "clear"][0]
        assert cleared["severity"] == "critical" and cleared["id"] > 1
        wait_for("both calls", lambda: calls(tmp_path)[:2] == ["raise host device-down", "clear host device-down"])
        logged = daemon.logged()
        assert "rule=device-down" in logged and "kind=clear" in logged
        text = daemon.run("events").stdout
        assert "device-down" in text and "has ended" in text
        mode = stat.S_IMODE((daemon.state / "events.db").stat().st_mode)
        assert mode == 0o640


def test_filters(tmp_path):
    with watch(tmp_path, dict(zip(["a1", "a2", "b1"], free_ports(3)))) as daemon:
        wait_for("three raises", lambda: len(events(daemon)) == 3)
        assert {event["device"] for event in events(daemon, "--device", "a*")} == {"a1", "a2"}
        assert [event["device"] for event in events(daemon, "--device", "b1")] == ["b1"]
        assert events(daemon, "--device", "nobody") == []
        assert events(daemon, "--rule", "if-*") == []
        assert len(events(daemon, "--severity", "critical", "--rule", "device-down", "--since", "-1h")) == 3
        ids = [event["id"] for event in events(daemon)]
        assert ids == sorted(ids)
        sock = daemon.folder / "run" / "status.sock"
        assert [e["id"] for e in lab.http(sock, "GET", "/api/v1/events?after=1")[1]["events"]] == ids[1:]
        assert [e["id"] for e in lab.http(sock, "GET", "/api/v1/events?limit=1")[1]["events"]] == ids[-1:]
        for query in ("severity=bad", "since=never", "after=-1", "limit=0", "limit=100000"):
            assert lab.http(sock, "GET", "/api/v1/events?" + query)[0] == 400, query
        assert "No such events" in daemon.run("events", "--device", "nobody").stdout


def test_a_silence_calls_nobody_and_what_is_left_is_told_at_its_end(tmp_path):
    port = free_port()
    with Snmpd(tmp_path, port=port) as agent, watch(tmp_path, {"host": port}) as daemon:
        daemon.wait_state("host", "up")
        assert "silence 1" in daemon.run("silence", "host", "--for", "2h", "--reason", "new disk").stdout
        listed = daemon.json("silence", "--list")["silences"]
        assert listed[0]["device"] == "host" and listed[0]["reason"] == "new disk"
        assert listed[0]["author"] == (os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name)
        assert abs(listed[0]["until"] - listed[0]["from"] - 7200) < 0.01
        assert "new disk" in daemon.run("silence", "--list").stdout
        agent.stop()
        wait_for("the raise", lambda: ("raise", "device-down") in kinds(daemon))
        assert daemon.status("host")["problems"], "it hides nothing"
        assert "raise host device-down" not in calls(tmp_path)
        daemon.kill()  # it is kept
        daemon.start()
        assert daemon.json("silence", "--list")["silences"] == listed
        daemon.wait_state("host", "down", hard=True)
        assert "raise host device-down" not in calls(tmp_path)
        assert daemon.run("silence", "--remove", "1").returncode == 0
        wait_for("the call", lambda: "raise host device-down" in calls(tmp_path))
        assert "Nothing is silenced" in daemon.run("silence", "--list").stdout
        assert daemon.run("silence", "--remove", "1").returncode == 2


def test_a_silence_of_a_parent_covers_what_is_behind_it(tmp_path):
    ports = dict(zip(["core", "leaf", "far"], free_ports(3)))
    folders = {name: tmp_path / f"agent-{name}" for name in ports}
    for folder in folders.values():
        folder.mkdir()
    daemon = watch(tmp_path, ports)
    (tmp_path / "devices.yaml").write_text("".join(
        f'- {{name: {name}, address: "127.0.0.1:{port}"{", parent: core" if name == "leaf" else ""}}}\n'
        for name, port in ports.items()))
    with Snmpd(folders["core"], port=ports["core"]), Snmpd(folders["leaf"], port=ports["leaf"]) as leaf, \
            Snmpd(folders["far"], port=ports["far"]) as far, daemon:
        for name in ports:
            daemon.wait_state(name, "up")
        assert daemon.run("silence", "core", "--for", "1h", "--reason", "x").returncode == 0
        leaf.stop()
        wait_for("the leaf's raise", lambda: ("raise", "device-down") in kinds(daemon, "--device", "leaf"))
        far.stop()
        wait_for("a call", lambda: "raise far device-down" in calls(tmp_path))
        assert "raise leaf device-down" not in calls(tmp_path)


def test_acknowledged_is_seen(tmp_path):
    port = free_port()
    with watch(tmp_path, {"host": port}) as daemon:
        wait_for("the call", lambda: calls(tmp_path) == ["raise host device-down"])
        done = daemon.run("ack", "host", "device-down", "--reason", "on my way", "--author", "kim")
        assert done.stdout == "1 problem acknowledged\n", done.stderr
        acks = daemon.json("ack", "--list")["acks"]
        assert [(a["device"], a["rule"], a["object"], a["author"]) for a in acks] == [("host", "device-down", None, "kim")]
        daemon.kill()
        daemon.start()
        assert daemon.json("ack", "--list")["acks"] == acks
        with Snmpd(tmp_path, port=port):
            wait_for("the clear", lambda: ("clear", "device-down") in kinds(daemon))
        wait_for("its end", lambda: daemon.json("ack", "--list")["acks"] == [])
        assert "clear host device-down" not in calls(tmp_path)


def test_status_and_show_say_who_has_it(tmp_path):
    ports = dict(zip(["core", "leaf", "far"], free_ports(3)))
    daemon = watch(tmp_path, ports)
    with daemon:
        for name in ports:
            daemon.wait_state(name, "down", hard=True)
        wait_for("the raises", lambda: len(events(daemon)) == 3)
        nobody = {"silenced": None, "acknowledged": None}
        assert nobody.items() <= daemon.status("core")["problems"][0].items()
        assert daemon.run("silence", "core", "--for", "2h", "--reason", "new cards", "--author", "kim").returncode == 0
        assert daemon.run("ack", "leaf", "device-down", "--reason", "on my way", "--author", "lee").returncode == 0
        until = daemon.json("silence", "--list")["silences"][0]["until"]
        since = daemon.json("ack", "--list")["acks"][0]["time"]
        silenced = {"until": until, "by": "kim", "reason": "new cards"}
        for problems in (daemon.status("core")["problems"], daemon.json("show", "core")["problems"]):
            assert problems[0]["silenced"] == silenced and problems[0]["acknowledged"] is None
        for problems in (daemon.status("leaf")["problems"], daemon.json("show", "leaf")["problems"]):
            assert problems[0]["acknowledged"] == {"by": "lee", "time": since, "reason": "on my way"}
            assert problems[0]["silenced"] is None
        done = daemon.run("status")
        assert done.returncode == 1, "something is wrong all the same"
        marks = [line.split()[:2] for line in done.stdout.splitlines() if line[:1].strip()][:3]
        assert marks == [["D", "far"], ["d", "core"], ["d", "leaf"]]
        assert "by kim: new cards" in done.stdout and "acknowledged by lee: on my way" in done.stdout
        assert "acknowledged by lee" in daemon.run("show", "leaf").stdout
        assert daemon.run("status", "--json").returncode == 1


@pytest.mark.parametrize("args, words", [
    (["silence", "host", "--for", "2h"], "say why"), (["silence", "host", "--reason", "x"], "for how long"),
    (["silence", "--for", "2h", "--reason", "x"], "name one device"),
    (["silence", "nobody", "--for", "2h", "--reason", "x"], "no device has this name"),
    (["silence", "host", "--rule", "if-dwon", "--for", "2h", "--reason", "x"], "no rule has this name"),
    (["silence", "host", "--for", "2", "--reason", "x"], "expected a duration"),
    (["silence", "host", "--for", "900d", "--reason", "x"], "expected a duration"),
    (["silence", "--remove", "x"], "expected a number"), (["silence", "--remove", "77"], "no such silence"),
    (["ack", "host", "--reason", "x"], "a rule"), (["ack", "host", "cpu"], "say why"),
    (["ack", "host", "cpu", "--reason", "x"], "no such problem"), (["events", "host"], "--device"),
    (["events", "--severity", "bad"], "info, warning or critical"), (["events", "--since", "noon"], "expected -1d"),
])
def test_mistakes_are_2_and_say_why(tmp_path_factory, mistaken, args, words):
    done = mistaken.run(*args)
    assert done.returncode == 2
    assert words in done.stderr


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory):
    with watch(tmp_path_factory.mktemp("mistakes"), {"host": free_port()}) as daemon:
        yield daemon


def test_only_control_operates(mistaken):
    run = mistaken.folder / "run"
    for path in ("/api/v1/silences?device=host&for=60&reason=x&author=y", "/api/v1/acks", "/api/v1/silences/remove?id=1"):
        assert lab.http(run / "status.sock", "POST", path)[0] == 405
    assert lab.http(run / "control.sock", "POST", "/api/v1/silences?device=host&for=60&reason=" + "x" * 600 +
                    "&author=y")[0] == 400
    assert lab.http(run / "control.sock", "GET", "/api/v1/silences")[1] == {"silences": []}


def test_without_a_daemon_is_3(tmp_path):
    (tmp_path / "rollcall.yaml").write_text("run: run\n")
    for command in (["events"], ["events", "--follow"], ["silence", "--list"], ["ack", "--list"],
                    ["silence", "x", "--for", "1h", "--reason", "x"], ["ack", "x", "cpu", "--reason", "x"]):
        assert lab.rollcall("-c", tmp_path / "rollcall.yaml", *command).returncode == 3, command


def test_a_crash_neither_loses_nor_repeats(tmp_path):
    port = free_port()
    with watch(tmp_path, {"host": port}) as daemon:
        wait_for("the raise", lambda: kinds(daemon) == [("raise", "device-down")])
        for _ in range(3):
            daemon.kill()
            daemon.start()
            daemon.wait_state("host", "down", hard=True)
            daemon.wait_polls(2)
            assert kinds(daemon) == [("raise", "device-down")]
            assert daemon.status("host")["problems"][0]["rule"] == "device-down"
        assert calls(tmp_path) == ["raise host device-down"]
        daemon.kill()
        with Snmpd(tmp_path, port=port):  # it comes back while nobody looks
            daemon.start()
            wait_for("the clear", lambda: ("clear", "device-down") in kinds(daemon))
        assert kinds(daemon)[:2] == [("raise", "device-down"), ("clear", "device-down")]


def test_a_device_that_is_taken_out_ends_its_problems(tmp_path):
    with watch(tmp_path, dict(zip(["host", "other"], free_ports(2)))) as daemon:
        wait_for("both raises", lambda: len(events(daemon)) == 2)
        daemon.stop()
        (tmp_path / "devices.yaml").write_text(f'- {{name: other, address: "127.0.0.1:{free_port()}"}}\n')
        daemon.start()
        wait_for("the end", lambda: ("clear", "device-down") in kinds(daemon, "--device", "host"))
        assert "no longer watched" in events(daemon, "--device", "host")[-1]["text"]


def test_a_damaged_log_is_set_aside(tmp_path):
    with watch(tmp_path, {"host": free_port()}) as daemon:
        wait_for("the raise", lambda: events(daemon))
        daemon.stop()
        (daemon.state / "events.db").write_bytes(b"no database at all" * 1000)
        daemon.start()
        wait_for("a raise anew", lambda: events(daemon))
        assert [path for path in daemon.state.iterdir() if ".bad-" in path.name]


def test_ten_thousand_events_are_one_answer(tmp_path):
    with watch(tmp_path, {"host": free_port()}) as daemon:
        wait_for("the raise", lambda: events(daemon))
        daemon.stop()
        with sqlite3.connect(daemon.state / "events.db") as base:
            base.executemany("INSERT INTO event VALUES (?, ?, 'host', ?, 'cpu', 0, 2, 'x', ?, NULL)",
                             [(i, int(time.time() * 1e9), f"row {i}", i / 4) for i in range(100, 12100)])
        daemon.start()
        found = [event for event in events(daemon, "--since", "-1h") if event["rule"] == "cpu"]
        assert [event["id"] for event in found] == list(range(12100 - len(found), 12100)) and len(found) > 9990
        assert all(event["value"] == event["id"] / 4 for event in found)
        assert len(events(daemon)) == 100


def test_other_programs_can_read_the_log_meanwhile(tmp_path):
    with watch(tmp_path, {"host": free_port()}) as daemon:
        wait_for("the raise", lambda: events(daemon))
        with sqlite3.connect(f"file:{daemon.state}/events.db?mode=ro", uri=True) as base:
            assert base.execute("SELECT device, rule FROM event").fetchall() == [("host", "device-down")]
            assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)


class Follower:
    def __init__(self, daemon, *args):
        self.lines, self.process = [], subprocess.Popen(
            [str(lab.BUILD / "rollcall"), "-c", str(daemon.conf), "events", "--follow", *args],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def test_follow_goes_on(tmp_path):
    port = free_port()
    with watch(tmp_path, {"host": port}) as daemon:
        wait_for("the raise", lambda: events(daemon))
        with Follower(daemon, "--json") as json_lines, Follower(daemon) as lines:
            wait_for("the first line", lambda: json_lines.lines and lines.lines)
            daemon.stop()
            with Snmpd(tmp_path, port=port):
                daemon.start()
                wait_for("the second", lambda: len(json_lines.lines) >= 2 and len(lines.lines) >= 2)
            seen = [json.loads(line) for line in json_lines.lines]
            assert [list(event) for event in seen] == [FIELDS] * len(seen)
            assert [(event["kind"], event["rule"]) for event in seen][:2] == [("raise", "device-down"), ("clear", "device-down")]
            assert "device-down: " in lines.lines[0] and "has ended" in lines.lines[1]


def test_follow_over_a_log_that_is_begun_anew(tmp_path):
    """Its numbers begin anew too, and may be beyond the last one seen by the time that somebody asks."""
    with watch(tmp_path, dict(zip("abc", free_ports(3)))) as daemon:
        wait_for("the raises", lambda: len(events(daemon)) == 3)
        with Follower(daemon, "--json") as follower:
            wait_for("the first lines", lambda: len(follower.lines) == 3)
            daemon.stop()
            for path in daemon.state.glob("events.db*"):
                path.unlink()
            daemon.start()
            wait_for("the new raises", lambda: len(events(daemon)) == 3)
            wait_for("all lines", lambda: len(follower.lines) == 6)
            daemon.stop()  # and the log stays
            daemon.start()
            daemon.wait_polls(9)
        assert [json.loads(line)["id"] for line in follower.lines] == [1, 2, 3, 1, 2, 3]


def test_follow_ends_when_nobody_reads(tmp_path):
    with watch(tmp_path, {"host": free_port()}) as daemon:
        wait_for("the raise", lambda: events(daemon))
        process = subprocess.Popen([str(lab.BUILD / "rollcall"), "-c", str(daemon.conf), "events", "--follow"],
                                   stdout=subprocess.PIPE, text=True)
        assert "device-down" in process.stdout.readline()
        process.stdout.close()  # as `| head -1` does; no further event comes
        assert process.wait(timeout=lab.PATIENCE) == 0


def test_json_is_one_line_as_it_came(tmp_path):
    with watch(tmp_path, {"host": free_port()}) as daemon:
        wait_for("the raise", lambda: events(daemon))
        for command in (["events"], ["status"], ["status", "host"], ["show", "host"]):
            out = daemon.run(*command, "--json").stdout
            assert out.endswith("}\n") and out.count("\n") == 1, command
            assert out == json.dumps(json.loads(out), separators=(",", ":"), ensure_ascii=False) + "\n"


def test_what_a_program_writes_is_logged_but_not_all(tmp_path):
    script = tmp_path / "talks"
    script.write_text("#!/bin/sh\necho called for $ROLLCALL_DEVICE\nyes | head -c 5000000\necho $? > %s/calls\n" % tmp_path)
    script.chmod(0o755)
    with watch(tmp_path, {"host": free_port()}, "./talks") as daemon:
        wait_for("the end of the program", lambda: calls(tmp_path))
        wait_for("the log", lambda: "says more than is logged" in daemon.logged())
        assert 'text="called for host"' in daemon.logged()
        assert len(daemon.logged()) < 20_000


def test_a_program_that_hangs_stops_nothing(tmp_path):
    script = tmp_path / "hangs"
    script.write_text("#!/bin/sh\nexec sleep 1000\n")
    script.chmod(0o755)
    with watch(tmp_path, {f"h{i}": port for i, port in enumerate(free_ports(40))}, "./hangs") as daemon:
        wait_for("all raises", lambda: len(events(daemon)) == 40)
        before = daemon.json("stats")["polls"]
        wait_for("more polls", lambda: daemon.json("stats")["polls"] > before + 40)
        assert daemon.stop() == 0
        assert "on_event is not called for what waits" in daemon.logged()


def test_a_program_that_is_not_there_is_told_by_check(tmp_path):
    (tmp_path / "rollcall.yaml").write_text("on_event: [bin/no-such, -x]\ndevices: []\n")
    done = lab.rollcall("-c", tmp_path / "rollcall.yaml", "check")
    assert done.returncode == 0
    assert "rollcall.yaml:1:12: warning: " in done.stderr and f"{tmp_path}/bin/no-such" in done.stderr


class Smtp(threading.Thread):
    """As much of a mail server as takes mails: each is (recipients, bytes)."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.mails = []
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rb") as lines:
                self.serve(connection, lines)

    def serve(self, connection, lines):
        say = lambda text: connection.sendall(text.encode() + b"\r\n")
        to = []
        say("220 test ESMTP")
        for line in lines:
            verb = line[:4].upper()
            if verb == b"RCPT":
                to.append(line.split(b":", 1)[1].strip().decode())
            if verb == b"DATA":
                say("354 go on")
                body = b"".join(iter(lines.readline, b".\r\n"))
                self.mails.append((to, body))
            say("221 bye" if verb == b"QUIT" else "250 ok")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the example needs curl")
def test_the_example_sends_mail(tmp_path):
    smtp, port = Smtp(), free_port()
    with watch(tmp_path, {"\uc2a4\uc704\uce58": port},
               f'{ROOT}/etc/examples/on_event-mail, ops@example.net, "smtp://127.0.0.1:{smtp.port}"') as daemon:
        wait_for("the mail", lambda: smtp.mails)
        to, body = smtp.mails[0]
        event = events(daemon)[0]
    assert to == ["<ops@example.net>"]
    assert b"\n" not in body.replace(b"\r\n", b"")
    mail = email.message_from_bytes(body)
    subject = str(email.header.make_header(email.header.decode_header(mail["Subject"])))
    assert subject.startswith("[rollcall] raise critical: \uc2a4\uc704\uce58 device-down")
    text = mail.get_payload(decode=True).decode()
    assert event["text"] in text and "\uc2a4\uc704\uce58" in text
    assert mail["Date"] and mail["Message-ID"].startswith("<1.")
