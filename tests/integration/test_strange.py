"""One strange device never costs the others anything: thirty good ones are polled alone, and thirty beside as many strange
ones of all kinds. What is known of the good ones, and what is asked of them, is the same."""
import contextlib
import math

import pytest

from difficult import COUNTERS, PORTS, Bench, personalities, run_all
from fleet import Fleet
from lab import Rollcalld

GOOD = 30
STEP = 2  # seconds
STRANGE = (
    "walk-same", "walk-aba", "walk-twisted", "endless-table", "bulk-unknown", "bulk-unbounded", "empty-list", "six-fewer",
    "one-more", "error-index-wrong", "too-big-always", "authorization", "wrong-types", "null-values", "zero-length",
    "negative-counters", "wide-numbers", "no-names", "equal-names", "hostile-text", "garbage", "replies-to-nobody", "late",
    "huge-text", "loss", "rate-limited", "renumber-untold", "reboot-in-walk", "counters-leap", "uptime-missing",
)
# Slower than the bench's, so that a busy machine makes no difference between the two.
SETTINGS = "interval: 2s\ntimeout: 400ms\nretries: 1\ntries: 2\narchive: [{step: 2s, keep: 1h}]\ncredential: public\n" \
           "credentials:\n  public: {version: 2c, community: public}\n"


class Neighbourhood(Bench):
    """Devices 0 to 29 are strange, where they are polled at all; 30 to 59 are good."""

    def __init__(self, folder, strange):
        super().__init__(folder, STRANGE, {"devices": len(STRANGE) + GOOD, "max_size": 65507})
        self.neighbours = list(range(len(STRANGE), len(STRANGE) + GOOD))
        self.polled = range(0 if strange else len(STRANGE), len(STRANGE) + GOOD)
        self.numbers = {(name, "turned"): number for number, name in enumerate(STRANGE)}

    def devices(self):
        return "".join(f'- {{name: d{number}, address: "{self.fleet.target(number)}"}}\n' for number in self.polled)

    def open(self):
        self.fleet = self.ends.enter_context(Fleet(**self.options))
        for number, name in enumerate(STRANGE):
            self.fleet(f"device {number} as {name}")
        self.daemon = self.ends.enter_context(Rollcalld(self.folder, self.devices(), SETTINGS))

    def wholes(self, number):
        """Steps of which everything is stored, after the first one, in the file that has fewest; none is missing between."""
        out = []
        for samples in self.seen[number].stored.values():
            times = [when for when, sources in samples[1:] if not any(math.isnan(sources[name]) for name in COUNTERS.values())]
            assert times == list(range(times[0], times[-1] + 1, STEP))
            out.append(len(times))
        return min(out)

    def look(self, number, packets, contact):
        return super().look(number, packets, contact) if number in self.polled else None


@pytest.fixture(scope="module")
def alone_and_beside(tmp_path_factory):
    """Both at the same time: what else the machine does is the same for both."""
    out = [Neighbourhood(tmp_path_factory.mktemp("strange"), strange) for strange in (False, True)]
    with contextlib.ExitStack() as ends:
        for bench in out:
            ends.callback(bench.close)
        run_all(out)
        yield out


def test_the_list_is_of_the_fleets(alone_and_beside):
    assert len(set(STRANGE)) == 30 and set(STRANGE) <= set(personalities())


def test_the_good_are_as_well_known(alone_and_beside):
    for bench in alone_and_beside:
        for number in bench.neighbours:
            assert bench.seen[number].state == "up"
            assert bench.wrong(number) == []
            assert len(bench.known(number)) == PORTS * len(COUNTERS)
            assert bench.wholes(number) > 5
        assert bench.stats["samples_lost"] == 0


def test_the_good_are_asked_as_much(alone_and_beside):
    alone, beside = ([bench.seen[number].packets for number in bench.neighbours] for bench in alone_and_beside)
    assert 0.8 < sum(beside) / sum(alone) < 1.25
    # One turn more or less within the time that was looked at.
    assert all(b <= 1.6 * a for a, b in zip(alone, beside))
    first, then = (sum(bench.seen[number].contact for number in bench.neighbours) for bench in alone_and_beside)
    assert 0.7 < then / first < 1.4


def test_the_good_are_as_punctual(alone_and_beside):
    alone, beside = (bench.stats for bench in alone_and_beside)
    print({name: (alone[name], beside[name]) for name in ("polls", "polls_late", "lateness_ms", "cpu_s", "rss_bytes")})
    # The strange ones' own polls are among them; some take longer than an interval.
    assert beside["polls_late"] - alone["polls_late"] <= beside["polls"] * 0.1
    assert beside["lateness_ms"]["p50"] <= max(4 * alone["lateness_ms"]["p50"], 0.02 * STEP * 1000)


def test_no_storm_of_events(alone_and_beside):
    _, beside = alone_and_beside
    assert beside.log.count(" warn ") <= 10 * len(STRANGE)
