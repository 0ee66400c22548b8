"""What a polled value costs in instructions, counted by callgrind: the same on every machine, however busy.

A margin above what was measured last. Who makes it cheaper lowers MEASURED; who must exceed it says why."""
import re
import shutil
import subprocess

import pytest

from fleet import Fleet
from lab import BUILD, Rollcalld, http, wait_for

DEVICES, PORTS = 30, 48
MEASURED = 1830  # instructions a value: asked for, decoded, rated, judged
MARGIN = 1.1
SETTINGS = "interval: 2s\ntimeout: 900ms\nstore: {writer: none}\n"


class Counted(Rollcalld):
    """The daemon under callgrind."""

    def start(self):
        self.out = self.folder / "callgrind.out"
        self.log = open(self.folder / "rollcalld.log", "a+")
        self.process = subprocess.Popen(["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.out}",
                                         str((BUILD / "rollcalld").resolve()), "-c", str(self.conf)],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        wait_for("rollcalld to answer", self.answers)

    def values(self):
        status, answer = http(self.folder / "run" / "status.sock", "GET", "/api/v1/stats")
        assert status == 200
        return answer

    def counted(self):
        """Instructions so far."""
        self.control("--dump")
        dumps = sorted(self.folder.glob("callgrind.out.*"), key=lambda path: int(path.suffix[1:]))
        total = 0
        for path in dumps:
            total += sum(int(n) for n in re.findall(r"^(?:totals|summary): (\d+)", path.read_text(), re.M)[:1])
        return total

    def control(self, what):
        subprocess.run(["callgrind_control", what, str(self.process.pid)], check=True, capture_output=True)


@pytest.mark.skipif("asan" in str(BUILD), reason="sanitizers have instructions of their own")
def test_instructions_a_value(tmp_path):
    assert shutil.which("valgrind"), "valgrind is one of the packages of make check"
    with Fleet(devices=DEVICES, ports=PORTS, seed=1) as fleet:
        roll = "".join(f'- {{name: d{i}, address: "{fleet.target(i)}"}}\n' for i in range(DEVICES))
        with Counted(tmp_path, roll, SETTINGS) as daemon:
            wait_for("all rows", lambda: daemon.values()["rows"] >= DEVICES * PORTS)
            known = daemon.values()["polls"]
            wait_for("two more cycles", lambda: daemon.values()["polls"] >= known + 2 * DEVICES)
            before, first = daemon.counted(), daemon.values()
            wait_for("three cycles", lambda: daemon.values()["polls"] >= first["polls"] + 3 * DEVICES)
            after, last = daemon.counted(), daemon.values()
    each = (after - before) / (last["values"] - first["values"])
    print(f"{each:.0f} instructions a value")
    assert each <= MEASURED * MARGIN
