"""What bench and soak share: a fleet and a daemon below build/, and what is read off them while they run."""
import contextlib
import os
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from fleet import Fleet  # noqa: E402
from lab import BUILD, Rollcalld, http, wait_for  # noqa: E402

__all__ = ["BUILD", "Fleet", "descriptors", "folder", "http", "rig", "say", "stats", "wait_for", "wait_rows"]


def say(text):
    """Progress, apart from the result."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def folder(name):
    """An empty folder below build/ of this run's own, gone afterwards unless something went wrong."""
    path = BUILD / f"{name}-{os.getpid()}"
    path.mkdir(parents=True)
    yield path
    shutil.rmtree(path)


def roll(fleet):
    return "".join(f'- {{name: d{i}, address: "{fleet.target(i)}"}}\n' for i in range(fleet.devices))


@contextlib.contextmanager
def rig(path, settings, before=(), **options):
    """A fleet of `options`, bent by the fault lines `before`, and a daemon that polls it."""
    with Fleet(**options) as fleet:
        for line in before:
            fleet(line)
        with Rollcalld(path, roll(fleet), settings) as daemon:
            yield fleet, daemon


def stats(daemon):
    """GET /api/v1/stats, with the moment at which it was read as "at"."""
    status, answer = http(daemon.folder / "run" / "status.sock", "GET", "/api/v1/stats")
    assert status == 200, answer
    return dict(answer, at=time.monotonic())


def wait_rows(daemon, rows, patience):
    """Until the daemon knows so many rows and, a cycle later, polls no device for the first time."""
    wait_for(f"{rows} rows", lambda: stats(daemon)["rows"] >= rows, patience)


def descriptors(daemon):
    """How many the daemon has open, RRD files and the connections of whoever asks left out: of several
    counts the least."""
    state = str(daemon.state.resolve())
    counts = []
    for _ in range(5):
        count = 0
        fds = pathlib.Path(f"/proc/{daemon.process.pid}/fd")
        for fd in fds.iterdir():
            with contextlib.suppress(OSError):
                count += not os.readlink(fd).startswith(state + "/rrd/")
        counts.append(count)
        time.sleep(0.1)
    return min(counts)
