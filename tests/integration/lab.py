"""The bench on which the real programs are tried: Debian's snmpd, rollcalld, rollcall.

Everything listens on free loopback ports and lives in the test's temporary directory; leaving a `with`
ends what it started."""
import http.client as http_client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("BUILD", "build")).resolve()
PATIENCE = 30 if "asan" not in str(BUILD) else 90  # seconds; only a hang takes that long


def free_port(family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def wait_for(what, probe, patience=PATIENCE):
    """The first true answer of probe(); for things that happen in another process."""
    deadline = time.monotonic() + patience
    while True:
        answer = probe()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {patience} s in vain for {what}"
        time.sleep(0.05)


def rollcall(*args, stdin=None, env=None):
    """One run of the command line: status, stdout and stderr as text."""
    return subprocess.run([str(BUILD / "rollcall"), *map(str, args)], capture_output=True, text=True,
                          input=stdin, timeout=PATIENCE, env=env)


def http(path, method, target):
    """One request on a unix socket: (status, JSON)."""
    connection = http_client.HTTPConnection("rollcalld", timeout=PATIENCE)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.sock.connect(str(path))
    connection.request(method, target)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


class Snmpd:
    """Debian's agent as a process of its own, with its own configuration and persistent directory."""

    def __init__(self, folder, conf="rocommunity public default\nrocommunity6 public default\n", listen=None, port=None):
        self.folder = pathlib.Path(folder) / "snmpd"
        self.folder.mkdir(exist_ok=True)
        self.port = port or free_port()
        self.listen = listen or f"udp:127.0.0.1:{self.port}"
        self.conf = conf
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        conf = self.folder / "snmpd.conf"
        conf.write_text(f"agentAddress {self.listen}\n{self.conf}")
        env = dict(os.environ, SNMP_PERSISTENT_DIR=str(self.folder / "persistent"), MIBS="")
        program = shutil.which("snmpd", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, "-f", "-Lf", str(self.folder / "log"), "-C", "-c", str(conf),
                                         "-I", "-smux"], env=env, stdin=subprocess.DEVNULL)
        wait_for("snmpd to listen", lambda: "NET-SNMP version" in self.log())

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)
            self.process = None
            (self.folder / "log").unlink()

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""


class Rollcalld:
    """The daemon with its files in one folder."""

    def __init__(self, folder, devices, settings=""):
        self.folder = pathlib.Path(folder)
        self.conf = self.folder / "rollcall.yaml"
        self.state = self.folder / "state"
        self.conf.write_text(settings + "\nstate: state\nrun: run\n")
        self.conf.chmod(0o640)
        (self.folder / "devices.yaml").write_text(devices)
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process:
            self.stop()

    def start(self):
        self.log = open(self.folder / "rollcalld.log", "a+")
        self.process = subprocess.Popen([str(BUILD / "rollcalld"), "-c", str(self.conf)], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        wait_for("rollcalld to answer", self.answers)

    def answers(self):
        assert self.process.poll() is None, f"rollcalld ended:\n{self.logged()}"
        return (self.folder / "run" / "status.sock").exists() and self.run("stats", "--json").returncode == 0

    def stop(self):
        """SIGTERM; the exit status."""
        self.process.terminate()
        status = self.process.wait(timeout=PATIENCE)
        self.process = None
        return status

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=PATIENCE)
        self.process = None

    def logged(self):
        return (self.folder / "rollcalld.log").read_text()

    def run(self, *args, **kwargs):
        return rollcall("-c", self.conf, *args, **kwargs)

    def json(self, *args):
        done = self.run(*args, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def status(self, device):
        return self.json("status", device)["devices"][0]

    def wait_state(self, device, state, hard=None):
        def there():
            now = self.status(device)
            return now if now["state"] == state and hard in (None, now["hard"]) else None
        return wait_for(f"{device} to be {state}", there)

    def wait_polls(self, count):
        return wait_for(f"{count} polls", lambda: self.json("stats")["polls"] >= count)

    def row(self, device, table, key):
        rows = self.json("show", device)["tables"].get(table, [])
        return next((row for row in rows if row["key"] == key), None)
