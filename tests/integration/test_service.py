"""rollcalld as a service manager sees it, and a second daemon on the same state directory."""
import fcntl
import os
import select
import signal
import socket
import subprocess
import time

import pytest

import lab
from fleet import Fleet
from lab import Rollcalld

QUIET = "store: {writer: none}\ninterval: 1s\ntimeout: 300ms\nretries: 0\n"
STORED = "interval: 1s\ntimeout: 500ms\nstore: {gather: 0s}\narchive: [{step: 1s, keep: 1h}]\n"


class Manager:
    """The service manager's end of NOTIFY_SOCKET."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.said = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def hear(self, seconds=0.0):
        """What comes within this time; without one, what is there."""
        heard, deadline = [], time.monotonic() + seconds
        while select.select([self.socket], [], [], max(0.0, deadline - time.monotonic()))[0]:
            heard.append(self.socket.recv(4096).decode())
        self.said += heard
        return heard

    def wait_for(self, text):
        lab.wait_for(f"the daemon to say {text}", lambda: self.hear() is not None and text in self.said)

    def silent_for(self, seconds):
        """True if no keep-alive comes within this time."""
        return "WATCHDOG=1" not in self.hear(seconds)

    def daemon(self, folder, devices, settings, watchdog_s=None):
        """A daemon that is told of this manager when it starts."""
        watched = {"NOTIFY_SOCKET": str(self.path)}
        if watchdog_s:
            watched["WATCHDOG_USEC"] = str(int(watchdog_s * 1e6))
        return Watched(folder, devices, settings, watched)


class Watched(Rollcalld):
    def __init__(self, folder, devices, settings, environment):
        super().__init__(folder, devices, settings)
        self.environment = environment

    def start(self):
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            super().start()
        finally:
            os.environ.clear()
            os.environ.update(before)


@pytest.fixture
def manager(tmp_path):
    with Manager(tmp_path) as heard:
        yield heard


def test_ready_status_and_stopping(tmp_path, manager):
    with Fleet(devices=3) as fleet:
        devices = "".join(f'- {{name: d{i}, address: "{fleet.target(i)}"}}\n' for i in range(3))
        with manager.daemon(tmp_path, devices, QUIET, watchdog_s=2) as daemon:
            manager.wait_for("STATUS=3 of 3 present")
            assert manager.said[0] == "READY=1"
            fleet("devices 0-0 silence")
            manager.wait_for("STATUS=2 of 3 present")
            assert "STOPPING=1" not in manager.said
            assert daemon.stop() == 0
        manager.hear()
        assert manager.said[-1] == "STOPPING=1"
        assert manager.said.count("READY=1") == 1


def test_sockets_answer_when_it_says_ready(tmp_path, manager):
    """READY comes after the sockets: who waits for it may ask at once."""
    with manager.daemon(tmp_path, "- 127.0.0.1\n", QUIET):
        manager.wait_for("READY=1")
        assert (tmp_path / "run" / "control.sock").exists()


def test_not_ready_with_a_configuration_that_is_not(tmp_path, manager):
    (tmp_path / "rollcall.yaml").write_text("interval: nonsense\n")
    done = subprocess.run([str(lab.BUILD / "rollcalld"), "-c", str(tmp_path / "rollcall.yaml")],
                          env=dict(os.environ, NOTIFY_SOCKET=str(manager.path)), capture_output=True,
                          timeout=lab.PATIENCE)
    assert done.returncode == 2
    assert manager.hear() == []


def test_a_reload_is_told_from_begin_to_end(tmp_path, manager):
    with Fleet(devices=1) as fleet, \
            manager.daemon(tmp_path, f'- {{name: a, address: "{fleet.target(0)}"}}\n', QUIET) as daemon:
        manager.wait_for("READY=1")
        for text in ("- {name: a, address: 192.0.2.1}\n", "- {name: a, adress: 192.0.2.1}\n"):  # a good one, a broken one
            manager.said.clear()
            (tmp_path / "devices.yaml").write_text(text)
            daemon.process.send_signal(signal.SIGHUP)
            manager.wait_for("READY=1")
            begun = next(said for said in manager.said if said.startswith("RELOADING=1\n"))
            assert begun.split("MONOTONIC_USEC=")[1].isdigit()
            assert manager.said.index(begun) < manager.said.index("READY=1")


def test_fed_while_work_gets_done(tmp_path, manager):
    with Fleet(devices=1) as fleet:
        with manager.daemon(tmp_path, f'- "{fleet.target(0)}"\n', QUIET, watchdog_s=1):
            for _ in range(8):
                manager.said.clear()
                manager.wait_for("WATCHDOG=1")


def test_devices_that_are_silent_are_no_reason(tmp_path, manager):
    """A poll that times out has ended: the network's trouble is not the daemon's."""
    settings = "store: {writer: none}\ninterval: 1s\ntimeout: 200ms\nretries: 0\n"
    with manager.daemon(tmp_path, f"- 127.0.0.1:{lab.free_port()}\n", settings, watchdog_s=1) as daemon:
        daemon.wait_polls(5)
        for _ in range(4):
            manager.said.clear()
            manager.wait_for("WATCHDOG=1")


class LeasedFile:
    """A file whose next opener waits: as on a file system that hangs, but one that a test can let go.

    The kernel makes an open() wait until the holder of a write lease gives it up (fcntl(2))."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        # The kernel asks for the lease by SIGIO.
        self.before = signal.signal(signal.SIGIO, signal.SIG_IGN)
        lab.wait_for("a moment without another opener", self.take)
        return self

    def take(self):
        self.fd = os.open(self.path, os.O_RDWR)
        try:
            fcntl.fcntl(self.fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            return True
        except BlockingIOError:
            os.close(self.fd)
            return False

    def __exit__(self, *_):
        os.close(self.fd)
        signal.signal(signal.SIGIO, self.before)


def test_starved_while_the_writer_hangs(tmp_path, manager):
    with Fleet(devices=1) as fleet:
        with manager.daemon(tmp_path, f'- {{name: d, address: "{fleet.target(0)}"}}\n', STORED, watchdog_s=1) as daemon:
            daemon.wait_polls(3)
            assert daemon.run("flush").returncode == 0
            files = sorted((tmp_path / "state" / "rrd" / "d").rglob("*.rrd"))
            manager.wait_for("WATCHDOG=1")
            with LeasedFile(files[0]):
                polls = daemon.json("stats")["polls"]
                lab.wait_for("the daemon to say so", lambda: "what=writer" in daemon.logged())
                manager.hear()
                assert manager.silent_for(2.5)
                daemon.wait_polls(polls + 2)  # it polls all the same
            manager.said.clear()
            manager.wait_for("WATCHDOG=1")
            lab.wait_for("the daemon to say so", lambda: "work gets done again" in daemon.logged())
            assert daemon.run("flush").returncode == 0
            assert daemon.json("stats")["samples_lost"] == 0


def test_a_daemon_that_is_stopped_says_nothing(tmp_path, manager):
    with Fleet(devices=1) as fleet:
        with manager.daemon(tmp_path, f'- "{fleet.target(0)}"\n', QUIET, watchdog_s=1) as daemon:
            manager.wait_for("WATCHDOG=1")
            daemon.process.send_signal(signal.SIGSTOP)
            try:
                manager.hear(0.2)
                assert manager.silent_for(1.0)
            finally:
                daemon.process.send_signal(signal.SIGCONT)
            manager.said.clear()
            manager.wait_for("WATCHDOG=1")


class TestStateDirectory:
    def second(self, tmp_path, run):
        conf = tmp_path / "second.yaml"
        conf.write_text(QUIET + f"state: state\nrun: {run}\ndevices: [devices.yaml]\n")
        return subprocess.run([str(lab.BUILD / "rollcalld"), "-c", str(conf)], capture_output=True, text=True,
                              timeout=lab.PATIENCE)

    def test_a_second_daemon_refuses(self, tmp_path):
        """Also with sockets of its own."""
        with Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET) as daemon:
            done = self.second(tmp_path, "run2")
            assert done.returncode == 1
            assert f"another rollcalld (pid {daemon.process.pid})" in done.stderr
            assert str(tmp_path / "state") in done.stderr
            assert daemon.run("stats").returncode == 0

    def test_a_killed_one_leaves_the_place_free(self, tmp_path):
        daemon = Rollcalld(tmp_path, "- 127.0.0.1\n", QUIET)
        daemon.start()
        daemon.kill()
        with daemon:
            assert daemon.run("stats").returncode == 0

    def test_a_place_that_cannot_be_had(self, tmp_path):
        (tmp_path / "state").write_text("a file")
        (tmp_path / "devices.yaml").write_text("- 127.0.0.1\n")
        done = self.second(tmp_path, "run")
        assert done.returncode == 1
        assert "cannot use the state directory" in done.stderr
