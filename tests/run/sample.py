#!/usr/bin/python3
"""`make run`: a sample device (Debian's snmpd as a process of its own), rollcalld polling it, and its status.

Ctrl-C ends all of it; with ONCE=1 it ends by itself after a few polls with a status and a graph.
Everything it makes lies below build/run/."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("BUILD", "build")).resolve()
RUN = BUILD / "run"
INTERVAL = 5  # seconds; the agent keeps its counters that long
POLLS_OF_ONCE = 7
PATIENCE = 50  # seconds that ONCE=1 may take

SNMPD_CONF = """\
agentAddress udp:127.0.0.1:{port}
rocommunity public 127.0.0.1
sysLocation this machine
sysContact root@localhost
sysServices 72
includeAllDisks 10%
"""

ROLLCALL_YAML = """\
# Written by `make run`: one sample device, polled every {interval} seconds.
interval: {interval}s
timeout: 1s
credentials:
  public: {{version: 2c, community: public}}
devices: [devices.yaml]
state: state
run: sockets
archive:
  - {{step: {interval}s, keep: 1h}}
  - {{step: 1m, keep: 2d}}
"""


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_agent(port):
    (RUN / "snmpd").mkdir(mode=0o700)
    conf = RUN / "snmpd" / "snmpd.conf"
    conf.write_text(SNMPD_CONF.format(port=port))
    env = dict(os.environ, SNMP_PERSISTENT_DIR=str(RUN / "snmpd" / "persistent"), MIBS="")
    snmpd = shutil.which("snmpd", path=os.environ.get("PATH", "") + ":/usr/sbin")
    return subprocess.Popen(
        [snmpd, "-f", "-Lf", str(RUN / "snmpd" / "log"), "-C", "-c", str(conf), "-I", "-smux"],
        env=env, stdin=subprocess.DEVNULL, start_new_session=True)


def start_daemon(port):
    (RUN / "rollcall.yaml").write_text(ROLLCALL_YAML.format(interval=INTERVAL))
    (RUN / "rollcall.yaml").chmod(0o640)
    (RUN / "devices.yaml").write_text(f'- {{name: sample, address: "127.0.0.1:{port}"}}\n')
    log = open(RUN / "rollcalld.log", "w")
    return subprocess.Popen([BUILD / "rollcalld", "-c", RUN / "rollcall.yaml"], stdout=log, stderr=log,
                            stdin=subprocess.DEVNULL, start_new_session=True)


def rollcall(*args, **kwargs):
    return subprocess.run([BUILD / "rollcall", "-c", RUN / "rollcall.yaml", *args], **kwargs)


def polls():
    done = rollcall("stats", "--json", capture_output=True, text=True)
    return json.loads(done.stdout)["polls"] if done.returncode == 0 else -1


def ended(processes):
    for name, process in processes.items():
        if process.poll() is not None:
            print(f"{name} ended by itself (status {process.returncode}); see {RUN}", file=sys.stderr)
            return True
    return False


def draw():
    picture = RUN / "sample-cpu.png"
    done = rollcall("graph", "sample", "cpu", "--from", "-2m", "-o", str(picture))
    if done.returncode == 0:
        print(f"\nA graph of the processor: {picture.relative_to(ROOT)}")
    return done.returncode


def once(processes):
    deadline = time.monotonic() + PATIENCE
    count = -1
    while count < POLLS_OF_ONCE:
        if ended(processes) or time.monotonic() > deadline:
            print(f"only {count} polls in {PATIENCE} s; see {RUN / 'rollcalld.log'}", file=sys.stderr)
            return 1
        time.sleep(0.5)
        before, count = count, polls()
        if count > before and count > 0:
            print(f"poll {count} of {POLLS_OF_ONCE}", flush=True)
    print()
    status = rollcall("status").returncode
    return draw() or status


def watch(processes):
    while not ended(processes):
        time.sleep(INTERVAL)
        if sys.stdout.isatty():
            print("\033[H\033[2J", end="")
        rollcall("status")
        print(f"\nPolled every {INTERVAL} s; Ctrl-C ends it. In another terminal:\n"
              f"  {BUILD.relative_to(ROOT)}/rollcall -c {(RUN / 'rollcall.yaml').relative_to(ROOT)} show sample",
              flush=True)
    return 1


def interrupted(_signo, _frame):
    raise KeyboardInterrupt


def main():
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(parents=True)
    signal.signal(signal.SIGTERM, interrupted)
    processes = {}
    port = free_port()
    try:
        processes["snmpd"] = start_agent(port)
        processes["rollcalld"] = start_daemon(port)
        print(f"Sample device: snmpd at 127.0.0.1:{port}. Everything is below {RUN.relative_to(ROOT)}/.", flush=True)
        return once(processes) if os.environ.get("ONCE") else watch(processes)
    except KeyboardInterrupt:
        print()
        return 0
    finally:
        for process in reversed(processes.values()):
            process.terminate()
        for process in processes.values():
            process.wait(timeout=10)


if __name__ == "__main__":
    sys.exit(main())
