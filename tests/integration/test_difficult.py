"""Difficult agents: whatever they do, few packets, numbers that are right or unknown, and nobody else disturbed.

Each of the fleet's personalities is polled by the real daemon, in groups, so that of what a group's daemon counts each
counter has one that may move it. See difficult.py for how, and `build/fleet --personalities` for what they do."""
import contextlib
import dataclasses
import math

import pytest

import snmpraw
from difficult import COUNTERS, PORTS, Bench, personalities, run_all
from fleet import Fleet, FleetError
from lab import wait_for
from snmpraw import COUNTER64, GAUGE32, GET, GETBULK, GETNEXT, INTEGER, OCTETS, Raw, Reply

ALL = PORTS * len(COUNTERS)  # rates of a switch
HOST = 3 * len(COUNTERS)  # of a Linux host
CLOCK = 0.25  # by our clock instead of the agent's, and on a busy machine
# Of a clock that stands still, a second reading within a second is the same reading again.
SLOWLY = ", interval: 3s"
# A busy machine's; what any device may lack; and what a stranger asks who takes our port for that of an agent now gone.
NOISE = {"late", "duplicate", "timeout", "no_such", "pdu_type"}


@dataclasses.dataclass
class Case:
    """How many rates are known in the end of one that was so from the first packet, and of one that became so; the
    counter of `stats` that grows, and others that it may move; what is allowed beyond the rule."""
    born: tuple
    turned: tuple
    counter: str = None
    also: tuple = ()
    share: float = 0.0  # how far a rate may be off
    numbers: tuple = ()  # that rates may be beside the closed form
    readings: bool = True  # the agent's counters and gauges are the closed form
    packets: int = 0  # per interval; 0 = 1.2 times those of a good one, and 5
    contact: int = 150  # in the ten seconds before
    linux: bool = False
    big: bool = False  # replies of up to 64 KB
    settings: str = ""


def n(low, high=None):
    return (low, ALL if high is None else high)


EVERY, NONE, SOME = n(ALL), n(0, 0), n(0)
NAMES = {"counter": "names", "also": ("decode",)}

CASES = {
    # walks
    "walk-same": Case(NONE, EVERY, "loop"),
    "walk-aba": Case(n(ALL // 2, ALL // 2), EVERY, "loop"),
    "walk-back": Case(n(ALL // 2, ALL // 2), EVERY, "loop"),
    "walk-cut": Case(n(ALL // 2, ALL // 2), EVERY),
    "walk-twisted": Case(EVERY, EVERY),
    "endless-table": Case(NONE, EVERY, "truncated", contact=20100),
    "column-end": Case(n(HOST), n(HOST), linux=True),
    # GETBULK
    "bulk-refused": Case(n(HOST), n(HOST), linux=True),
    "bulk-unknown": Case(n(HOST), n(HOST), linux=True),
    "bulk-as-next": Case(n(HOST), n(HOST), linux=True),
    "bulk-unbounded": Case(n(HOST), n(HOST), **NAMES, linux=True, big=True),
    "bulk-fragments": Case(n(HOST), n(HOST), **NAMES, linux=True, big=True),
    # lists of varbinds
    "empty-list": Case(NONE, NONE, **NAMES),
    "one-fewer": Case(SOME, n(ALL * 3 // 4), "truncated", also=("names", "decode")),
    "six-fewer": Case(SOME, SOME, "truncated", also=("names", "decode")),
    "one-more": Case(NONE, NONE, **NAMES),
    "swapped": Case(NONE, NONE, **NAMES),
    "other-oids": Case(NONE, NONE, **NAMES),
    "other-oid": Case(n(ALL - 4, ALL - 1), n(ALL // 2, ALL - 1), **NAMES, packets=10),
    # errors
    "error-index-0": Case(n(ALL - 4, ALL - 1), n(ALL - 1, ALL - 1), "refused", packets=18, contact=260),
    "error-index-negative": Case(n(ALL - 4, ALL - 1), n(ALL - 1, ALL - 1), "refused", packets=18, contact=260),
    "error-index-beyond": Case(n(ALL - 4, ALL - 1), n(ALL - 1, ALL - 1), "refused", packets=18, contact=260),
    # Even sysUpTime is blamed.
    "error-index-wrong": Case(n(0, ALL - 1), n(0, ALL - 1), "refused", packets=90, contact=1000, share=CLOCK),
    "gen-err": Case(n(ALL - 4, ALL - 1), n(ALL - 1, ALL - 1), "refused"),
    "no-such-name": Case(n(ALL - 4, ALL - 1), n(ALL - 1, ALL - 1)),
    "error-unknown": Case(NONE, NONE, "refused", packets=10, contact=240),
    "too-big": Case(EVERY, EVERY, packets=16, contact=300),
    "too-big-always": Case(NONE, NONE, "too_big", packets=20, contact=240),
    "authorization": Case(NONE, NONE, "refused"),
    # exceptions in odd places
    "view-ends-in-get": Case(n(ALL - 4, ALL - 1), n(ALL - 1, ALL - 1)),
    "no-such-in-walk": Case(EVERY, n(ALL - 1, ALL - 1)),  # the one by its 32-bit counter
    # types and values
    "text-counters": Case(EVERY, EVERY, share=CLOCK),
    "raw-counters": Case(EVERY, EVERY),
    "wrong-types": Case(SOME, SOME, share=CLOCK, readings=False),
    "other-integers": Case(EVERY, EVERY),
    "counter64-in-v1": Case(EVERY, EVERY, settings=", credential: old"),
    "null-values": Case(NONE, NONE),
    "zero-length": Case(NONE, NONE, "decode"),
    "zero-length-number": Case(n(ALL - 4, ALL - 4), n(ALL - 4, ALL - 4), "decode"),
    "negative-gauges": Case(EVERY, EVERY, "decode"),
    "negative-counters": Case(n(ALL - 4, ALL - 4), n(ALL - 4, ALL - 4), "decode"),
    "padded-numbers": Case(EVERY, EVERY),
    "wide-numbers": Case(n(ALL - 4, ALL - 4), n(ALL - 4, ALL - 4), "decode"),
    "no-names": Case(EVERY, EVERY),
    "equal-names": Case(EVERY, EVERY),
    "hostile-text": Case(EVERY, EVERY, packets=12),
    # messages
    "long-lengths": Case(EVERY, EVERY),
    "indefinite-lengths": Case(NONE, NONE, "malformed"),
    "trailing-octets": Case(NONE, NONE, "malformed"),
    "cut-short": Case(NONE, NONE, "malformed"),
    "garbage": Case(NONE, NONE, "malformed"),
    "wrong-version": Case(NONE, NONE, "version"),
    "wrong-community": Case(NONE, NONE, "community"),
    "wrong-request-id": Case(NONE, NONE, "request_id"),
    # Repeated requests have the id of the one before.
    "previous-request-id": Case(SOME, SOME, "late", also=("names", "decode", "request_id")),
    "wrong-pdu": Case(NONE, NONE, "pdu_type"),
    # datagrams
    "duplicates": Case(EVERY, EVERY, "duplicate"),
    "replies-to-nobody": Case(EVERY, EVERY, "request_id"),
    "late": Case(NONE, NONE, "late"),
    "minute-late": Case(NONE, NONE, "late"),
    "two-datagrams": Case(NONE, NONE, "malformed"),
    "big-text": Case(EVERY, EVERY, big=True),
    "huge-text": Case(EVERY, EVERY, big=True),
    "silent-when-big": Case(EVERY, SOME, "timeout", packets=16, contact=300),
    "small-replies": Case(EVERY, EVERY, packets=16, contact=300),
    "other-address": Case(NONE, NONE, "source"),
    "other-address-allowed": Case(EVERY, EVERY, settings=", accept_any_source: true"),
    "other-port": Case(NONE, NONE, "source"),
    "rate-limited": Case(EVERY, EVERY),
    "one-at-a-time": Case(EVERY, EVERY),
    "loss": Case(SOME, SOME, "timeout", packets=110, contact=300),
    # restarts, rows
    "reboot-in-walk": Case(SOME, EVERY, packets=12, contact=240),
    "renumber-told": Case(SOME, SOME, packets=16, contact=260),
    "renumber-untold": Case(SOME, SOME, packets=16, contact=260),
    "rows-vanish": Case(SOME, SOME, packets=16, contact=260),
    "restless-guard": Case(EVERY, EVERY, packets=16, contact=260),
    # counters and clocks
    "counters-leap": Case(SOME, SOME, readings=False),
    "counters-back": Case(SOME, SOME, readings=False),
    "counters-still": Case(EVERY, EVERY, numbers=(0.0,), readings=False),
    "counters-cached": Case(SOME, SOME, numbers=(0.0,), readings=False, share=4),
    "uptime-still": Case(EVERY, EVERY, share=CLOCK, settings=SLOWLY),
    "uptime-missing": Case(EVERY, EVERY, share=CLOCK),
    "uptime-double": Case(EVERY, EVERY, share=CLOCK),
    "uptime-seconds": Case(EVERY, EVERY, share=CLOCK),
    "uptime-backwards": Case(SOME, SOME, share=CLOCK),
    "uptime-double-engine": Case(EVERY, EVERY, share=CLOCK),
}


def groups():
    """Lists of personalities that may share a daemon: of one kind of fleet, and no two that move one's own counter."""
    out = []
    for name, case in CASES.items():
        moved = {case.counter, *case.also} - {None}

        def fits(group):
            return (group["kind"] == (case.linux, case.big, name == "minute-late") and len(group["names"]) < 14 and
                    case.counter not in group["moved"] and not moved & group["owned"])
        group = next((group for group in out if fits(group)), None)
        if group is None:
            group = {"kind": (case.linux, case.big, name == "minute-late"), "names": [], "owned": set(), "moved": set()}
            out.append(group)
        group["names"].append(name)
        group["owned"] |= {case.counter} - {None}
        group["moved"] |= moved
    return [group["names"] for group in out]


@pytest.fixture(scope="module")
def benches(tmp_path_factory):
    """{personality: its bench, all done}"""
    made = []
    for names in groups():
        first, options = CASES[names[0]], {"max_size": 65507 if CASES[names[0]].big else 1472}
        if first.linux:
            options["linux"] = 2 * len(names) + 2
        made.append(Bench(tmp_path_factory.mktemp("bench"), names, options,
                          device_settings={name: CASES[name].settings for name in names}))
    with contextlib.ExitStack() as ends:
        for bench in made:
            ends.callback(bench.close)
        run_all(made)
        yield {name: bench for bench in made for name in bench.names}


def count(bench, counter):
    return {**bench.stats["rejected"], **bench.stats["failures"]}[counter]


def allowed(bench, case):
    """Packets per interval."""
    good = bench.seen[bench.neighbours[0]].packets
    return case.packets or 1.2 * good + 5


def test_each_personality_has_its_case():
    assert list(personalities()) == list(CASES) and len(CASES) >= 40
    assert sorted(name for names in groups() for name in names) == sorted(CASES)


@pytest.mark.parametrize("how", ["born", "turned"])
@pytest.mark.parametrize("name", CASES)
def test_right_or_unknown(benches, name, how):
    bench, case = benches[name], CASES[name]
    number = bench.numbers[name, how]
    wrong = bench.wrong(number, share=case.share, also=case.numbers, readings=case.readings)
    if case.share == CLOCK:  # but for a moment in which the machine stood still
        assert len(wrong) <= bench.stored(number) / 3
    else:
        assert wrong == []
    low, high = getattr(case, how)
    assert low <= len(bench.known(number)) <= high
    if how == "turned":  # what was before is there
        assert bench.stored(number) > 0
    elif high == 0:
        assert bench.stored(number) == 0


@pytest.mark.parametrize("name", CASES)
def test_few_packets(benches, name):
    bench, case = benches[name], CASES[name]
    for how in ("born", "turned"):
        seen = bench.seen[bench.numbers[name, how]]
        print(f"{name} {how}: {seen.packets:.1f} packets an interval, {seen.contact} before, state {seen.state}")
        assert 0 < seen.packets <= allowed(bench, case), how
        assert seen.contact <= case.contact, how


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.counter and name != "minute-late"])
def test_it_is_counted(benches, name):
    assert count(benches[name], CASES[name].counter) >= 1


def test_nothing_else_is_counted(benches):
    for bench in set(benches.values()):
        may = NOISE | {counter for name in bench.names for counter in (CASES[name].counter, *CASES[name].also)}
        moved = {counter for table in ("rejected", "failures") for counter, value in bench.stats[table].items() if value}
        assert moved <= may, bench.names


def test_neighbours_are_not_disturbed(benches):
    for bench in set(benches.values()):
        rates = HOST if CASES[bench.names[0]].linux else ALL
        for number in bench.neighbours:
            assert bench.seen[number].state == "up"
            assert len(bench.known(number)) == rates
            assert bench.wrong(number) == []
            assert not bench.holes(number), bench.names
        assert bench.stats["samples_lost"] == 0


def test_cached_counters_are_right_in_the_mean(benches):
    bench = benches["counters-cached"]
    for number in (bench.numbers["counters-cached", how] for how in ("born", "turned")):
        for key, samples in bench.seen[number].stored.items():
            last = [sources["in_octets"] for _, sources in samples[-10:-1]]  # three refreshments
            rate, = bench.rates(number, key, "ifHCInOctets")
            assert not any(math.isnan(value) for value in last)
            assert abs(sum(last) / len(last) - rate) < 0.1 * rate


def test_a_reply_of_a_minute_ago_is_late(benches):
    """After all the others: it takes that long."""
    bench = benches["minute-late"]
    wait_for("late replies", lambda: count_of_late(bench) >= 2, patience=90)
    for how in ("born", "turned"):
        assert bench.daemon.status(f"d{bench.numbers['minute-late', how]}")["state"] != "up"


def count_of_late(bench):
    rejected = bench.daemon.json("stats")["rejected"]
    return rejected["late"] + rejected["request_id"] - bench.stats["rejected"]["late"] - bench.stats["rejected"]["request_id"]


# ---- the fleet's part: personalities are what their names say ----

IF_ENTRY, IFX_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
SYS_DESCR, SYS_UPTIME, LAST_CHANGE = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.5.0"
FIRST = 10001


@pytest.fixture(scope="module")
def agents():
    with Fleet(devices=1, ports=4, seed=7, time_scale=0, uptime=100000, max_size=65507) as fleet, Raw(fleet.port) as raw:
        yield fleet, raw


def ask(agents, name, pdu, names, **more):
    fleet, raw = agents
    fleet("clear")
    fleet(f"as {name}")
    return raw.ask(fleet.address(0), pdu, names, **more)


def test_names_of_personalities(agents):
    fleet, _ = agents
    for line in ("as nobody", "as", "device 0 as", "for 5 as late late", "device 1 as late"):
        with pytest.raises(FleetError):
            fleet(line)
    fleet("clear")
    fleet("at 100 for 5 device 0 as uptime-still")
    assert fleet("faults") == ["waiting at 100 for 5 device 0 uptime-speed 0", "waiting at 100 for 5 device 0 hide engine"]


def test_walks_and_getbulk(agents):
    column = f"{IF_ENTRY}.14"
    reply = ask(agents, "column-end", GETBULK, [column], third=6)
    assert [tag for _, tag, _ in reply.varbinds] == [snmpraw.COUNTER32] * 4 + [snmpraw.NO_SUCH_OBJECT]
    assert (ask(agents, "bulk-refused", GETBULK, [column], third=6).status, ask(agents, "bulk-refused", GETNEXT, [column]).status) == (5, 0)
    assert ask(agents, "bulk-unknown", GETBULK, [column], third=6, timeout=0.1) is None
    assert len(ask(agents, "bulk-as-next", GETBULK, [column, column], third=6).varbinds) == 2
    assert 2500 < ask(agents, "bulk-unbounded", GETBULK, [column], third=1).size <= 3000
    assert 10 < len(ask(agents, "bulk-fragments", GETBULK, ["1.3"], third=1).varbinds)
    assert ask(agents, "walk-aba", GETBULK, [column], third=5).status == 0


def test_errors_name_their_place(agents):
    names = [SYS_UPTIME, f"{IF_ENTRY}.14.{FIRST + 1}", f"{IF_ENTRY}.14.{FIRST}"]
    for name, error in (("gen-err", (5, 2)), ("no-such-name", (2, 2)), ("error-index-0", (5, 0)), ("error-index-negative", (5, -1)),
                        ("error-index-beyond", (5, 99)), ("error-index-wrong", (5, 1))):
        reply = ask(agents, name, GET, names)
        assert (reply.status, reply.index) == error
        assert ask(agents, name, GET, names[::2]).status == 0
    assert ask(agents, "authorization", GET, names).status == 16


def test_values(agents):
    def value(name, oid, **more):
        (_, tag, number), = ask(agents, name, GET, [oid], **more).varbinds
        return tag, number
    octets, errors = f"{IFX_ENTRY}.6.{FIRST}", f"{IF_ENTRY}.14.{FIRST + 1}"
    good = value("column-end", octets)
    assert good[0] == COUNTER64 and value("padded-numbers", octets) == good and value("counter64-in-v1", octets, version=0) == good
    assert value("view-ends-in-get", errors) == (snmpraw.END_OF_MIB_VIEW, b"")
    assert value("no-such-in-walk", f"{IFX_ENTRY}.6.{FIRST + 1}")[0] == snmpraw.NO_SUCH_OBJECT
    assert value("no-such-in-walk", octets) == good
    assert value("raw-counters", octets) == (OCTETS, good[1].to_bytes(8, "big"))
    assert value("zero-length", f"{IF_ENTRY}.7.{FIRST}") == (INTEGER, 0) and value("zero-length", SYS_DESCR) == (OCTETS, b"")
    assert value("negative-gauges", f"{IFX_ENTRY}.15.{FIRST}") == (GAUGE32, -10)
    assert value("wide-numbers", errors)[1] - value("column-end", errors)[1] == 2 ** 40
    assert len(value("big-text", SYS_DESCR)[1]) == 20000 and len(value("huge-text", SYS_DESCR)[1]) == 65000


def test_messages_and_datagrams(agents):
    fleet, raw = agents

    def datagrams(name, wait=0.05):
        fleet("clear")
        fleet(f"as {name}")
        raw.send(fleet.address(0), GET, [SYS_DESCR])
        return [data for _, data, _ in raw.receive_all(quiet=wait)]
    good, = datagrams("column-end")
    long, = datagrams("long-lengths")
    assert len(long) == len(good) + 4 * 11 and Reply(long).varbinds == Reply(good).varbinds  # four octets more in each element
    indefinite, = datagrams("indefinite-lengths")
    assert indefinite[:2] == b"\x30\x80" and indefinite.endswith(bytes(8))
    with pytest.raises(ValueError):
        Reply(indefinite)
    assert len(datagrams("two-datagrams")) == 2 and len(b"".join(datagrams("two-datagrams"))) == len(good)
    strays = datagrams("replies-to-nobody")
    assert len(strays) == 6 and len({Reply(data).id for data in strays}) == 6
    fleet("clear")
    fleet("as rate-limited")
    for _ in range(40):
        raw.send(fleet.address(0), GET, [SYS_DESCR])
    assert 15 <= len(raw.receive_all(quiet=0.1)) <= 30  # of two seconds, if one began in between
    fleet("clear")
    fleet("as one-at-a-time")
    for _ in range(3):
        raw.send(fleet.address(0), GET, [SYS_DESCR])
    times = [when for when, _, _ in raw.receive_all(quiet=0.15)]
    assert len(times) == 3 and times[2] - times[0] > 0.1


def test_restarts_and_rows():
    with Fleet(devices=1, ports=4, seed=7) as fleet, Raw(fleet.port) as raw:
        def got(*names):
            return raw.ask(fleet.address(0), GET, names).values()

        def boots():
            return fleet.uptime(0)["boots"]
        fleet("as reboot-in-walk")
        for turn in range(1, 7):
            raw.ask(fleet.address(0), GETNEXT, [f"{IF_ENTRY}.1"])
            got(SYS_UPTIME)
            assert boots() == 1 + turn // 3
        for name, tells in (("renumber-told", True), ("renumber-untold", False)):
            fleet("clear")
            fleet(f"as {name}")
            seen = [got(f"{IFX_ENTRY}.1.{FIRST}", LAST_CHANGE) for _ in range(9)]
            assert len({name for name, _ in seen}) >= 2 and (len({change for _, change in seen}) >= 3) == tells
        fleet("clear")
        fleet("as rows-vanish")
        assert {got(IF_NUMBER)[0] for _ in range(7)} == {3, 4}
        fleet("clear")
        fleet("as restless-guard")
        assert len({got(LAST_CHANGE)[0] for _ in range(7)}) == 7


IF_NUMBER = "1.3.6.1.2.1.2.1.0"


def test_counters_and_clocks():
    with Fleet(devices=1, ports=1, seed=7, time_scale=0, uptime=1000000) as fleet, Raw(fleet.port) as raw:
        octets, rate = f"{IFX_ENTRY}.6.{FIRST}", fleet.expect(0, "Gi1/0/1", "ifHCInOctets")["rate"]

        def steps(name, oid, n, seconds):
            fleet("clear")
            fleet(f"as {name}")
            values = []
            for _ in range(n):
                values.append(raw.ask(fleet.address(0), GET, [oid]).values()[0])
                fleet.advance(seconds)
            return [b - a for a, b in zip(values, values[1:])]
        assert sorted(set(steps("counters-leap", octets, 15, 1))) == [rate, rate + 2 ** 40]
        assert sorted(set(steps("counters-back", octets, 15, 1))) == [rate - 10 ** 11, rate]
        assert set(steps("counters-still", octets, 5, 1)) == {0}
        assert sorted(set(steps("counters-cached", octets, 9, 1))) == [0, 3 * rate]
        assert set(steps("uptime-still", SYS_UPTIME, 3, 1)) == {0}
        assert set(steps("uptime-double", SYS_UPTIME, 3, 1)) == {200}
        assert set(steps("uptime-backwards", SYS_UPTIME, 3, 1)) == {-100}
        assert set(steps("uptime-seconds", SYS_UPTIME, 3, 1)) == {1}
        fleet("clear")
        fleet("as uptime-missing")
        assert raw.ask(fleet.address(0), GET, [SYS_UPTIME]).varbinds[0][1] == snmpraw.NO_SUCH_INSTANCE
