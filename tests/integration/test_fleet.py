"""The simulated fleet keeps its own promises: tests that rest on it may blame the collector."""
import os
import signal
import socket
import subprocess
import time

import pytest

import snmpraw
from fleet import Fleet, FleetError, counter, fields, program
from snmpraw import COUNTER32, COUNTER64, GET, GETBULK, GETNEXT, INTEGER, NULL, OCTETS, Raw, Reply

SYS_DESCR, SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME = (f"1.3.6.1.2.1.1.{n}.0" for n in (1, 2, 3, 5))
IF_ENTRY, IFX_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
IF_NUMBER, IF_TABLE_LAST_CHANGE = "1.3.6.1.2.1.2.1.0", "1.3.6.1.2.1.31.1.5.0"
ENGINE_BOOTS, ENGINE_TIME = "1.3.6.1.6.3.10.2.1.2.0", "1.3.6.1.6.3.10.2.1.3.0"
FIRST = 10001  # ifIndex of a switch's first port


@pytest.fixture
def fleet():
    with Fleet(devices=20, linux=4, ports=6, seed=7, time_scale=0) as running:
        yield running


@pytest.fixture
def raw(fleet):
    with Raw(fleet.port) as client:
        yield client


def tool(name, fleet, device, *arguments, version="2c"):
    done = subprocess.run([name, "-v", version, "-c", "public", "-On", "-Oe", "-m", "", "-t", "5", "-r", "1",
                           fleet.target(device), *arguments], capture_output=True, text=True, timeout=60, check=False)
    # The last line of a walk tells of its end; hrSystemDate is the only value that moves by itself.
    return [line for line in done.stdout.splitlines()
            if line.startswith(".") and "No more variables" not in line and not line.startswith(".1.3.6.1.2.1.25.1.2.0")]


def oid_key(line):
    return [int(arc) for arc in line.split(" ")[0].strip(".").split(".")]


def walk(raw, address, root, pdu=GETNEXT, **more):
    """{index: value} of a column, with a bare client that stops only at the column's end."""
    out, name = {}, root
    while True:
        reply = raw.ask(address, pdu, [name], **more)
        for name, tag, value in reply.varbinds:
            if not name.startswith(root + ".") or tag == snmpraw.END_OF_MIB_VIEW or len(out) > 1000:
                return out
            out[int(name.rsplit(".", 1)[1])] = value


# ---- a correct agent ----

def test_debian_tools_agree_on_a_walk(fleet):
    for device in (0, 19):
        bulk = tool("snmpbulkwalk", fleet, device, ".1")
        single = tool("snmpwalk", fleet, device, ".1")
        assert len(bulk) > 150 and bulk == single
        keys = [oid_key(line) for line in bulk]
        assert keys == sorted(keys) and len({tuple(key) for key in keys}) == len(keys)
        old = tool("snmpwalk", fleet, device, ".1", version="1")
        assert old == [line for line in bulk if "Counter64" not in line]


def test_each_name_of_a_walk_can_be_got(fleet, raw):
    names = [line.split(" ")[0].strip(".") for line in tool("snmpbulkwalk", fleet, 19, ".1")]
    for i in range(0, len(names), 20):
        reply = raw.ask(fleet.address(19), GET, names[i:i + 20])
        assert reply.status == 0 and [name for name, _, _ in reply.varbinds] == names[i:i + 20]
        assert all(tag < 0x80 for _, tag, _ in reply.varbinds)


def test_devices_differ_and_answer_from_their_address(fleet, raw):
    for device in range(20):
        reply = raw.ask(fleet.address(device), GET, [SYS_NAME, SYS_OBJECT_ID])
        kind, oid = ("host", "1.3.6.1.4.1.8072.3.2.10") if device >= 16 else ("switch", "1.3.6.1.4.1.32473.1.1")
        assert reply.values() == [f"{kind}-{device:05}".encode(), oid]
        assert reply.source == (fleet.address(device), fleet.port)
    assert raw.ask("127.1.0.200", GET, [SYS_NAME], timeout=0.2) is None


def test_exceptions_and_version_1_errors(fleet, raw):
    names = [SYS_NAME, "1.3.6.1.2.1.1.5.1", "1.3.6.1.2.1.99.0"]
    reply = raw.ask(fleet.address(0), GET, names)
    assert reply.status == 0
    assert [tag for _, tag, _ in reply.varbinds] == [OCTETS, snmpraw.NO_SUCH_INSTANCE, snmpraw.NO_SUCH_OBJECT]
    reply = raw.ask(fleet.address(0), GET, names, version=0)
    assert (reply.status, reply.index) == (2, 2) and [n for n, _, _ in reply.varbinds] == names
    reply = raw.ask(fleet.address(0), GET, [f"{IFX_ENTRY}.6.{FIRST}"], version=0)
    assert (reply.status, reply.index) == (2, 1)
    assert raw.ask(fleet.address(0), GETNEXT, ["2.0"]).varbinds[0][1] == snmpraw.END_OF_MIB_VIEW
    reply = raw.ask(fleet.address(0), GETNEXT, ["2.0"], version=0)
    assert (reply.status, reply.index) == (2, 1)
    assert raw.ask(fleet.address(0), GET, []).varbinds == []
    assert raw.ask(fleet.address(0), snmpraw.SET, [SYS_NAME]).status == 17


def test_getbulk_follows_rfc_3416(fleet, raw):
    reply = raw.ask(fleet.address(0), GETBULK, [SYS_DESCR[:-2], f"{IF_ENTRY}.1", f"{IF_ENTRY}.8"], second=1, third=3)
    assert [name for name, _, _ in reply.varbinds] == [SYS_DESCR] + [
        f"{IF_ENTRY}.{column}.{FIRST + row}" for row in range(3) for column in (1, 8)]
    reply = raw.ask(fleet.address(0), GETBULK, [SYS_DESCR[:-2]], second=5, third=0)
    assert len(reply.varbinds) == 1
    assert raw.ask(fleet.address(0), GETBULK, [SYS_DESCR], second=0, third=0).varbinds == []
    last = raw.ask(fleet.address(0), GETBULK, [ENGINE_TIME], second=0, third=5)
    assert [tag for _, tag, _ in last.varbinds] == [INTEGER] + [snmpraw.END_OF_MIB_VIEW]
    assert last.varbinds[0][0] == last.varbinds[1][0]
    reply = raw.ask(fleet.address(0), GETBULK, ["1.3"], second=0, third=10000)
    assert 1400 < reply.size <= 1472 and reply.status == 0


def test_too_big(fleet, raw):
    names = [f"{IF_ENTRY}.2.{FIRST}"] * 60
    reply = raw.ask(fleet.address(0), GET, names)
    assert (reply.status, reply.index, reply.varbinds) == (1, 0, [])
    reply = raw.ask(fleet.address(0), GET, names, version=0)
    assert reply.status == 1 and [name for name, _, _ in reply.varbinds] == names


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x80", b"\x00" * 40, snmpraw.message(GET, [SYS_NAME])[:-1],
                                  snmpraw.message(GET, [SYS_NAME], version=3),
                                  snmpraw.message(GET, [SYS_NAME], community=b"Public"),
                                  snmpraw.message(GETBULK, [SYS_NAME], version=0, third=5),
                                  snmpraw.message(0xA7, [SYS_NAME])])
def test_nonsense_is_not_answered(fleet, raw, data):
    raw.socket.sendto(data, (fleet.address(0), fleet.port))
    assert raw.receive(0.1) is None
    assert raw.ask(fleet.address(0), GET, [SYS_NAME]).status == 0


def test_ipv6_device():
    with Fleet(devices=3, ipv6=True) as fleet:
        got = subprocess.run(["snmpget", "-v2c", "-cpublic", "-Oqv", "-m", "", f"udp6:[::1]:{fleet.port}", SYS_NAME],
                             capture_output=True, text=True, timeout=30, check=True).stdout
        assert got == '"switch-00003"\n' and fleet.device_stats(3)[0]["requests"] == 1


def test_one_process_for_tens_of_thousands():
    with Fleet(devices=50000, first="127.2.0.1") as fleet, Raw(fleet.port) as raw:
        for device in (0, 255, 256, 49999):
            assert raw.ask(fleet.address(device), GET, [SYS_NAME]).values() == [f"switch-{device:05}".encode()]
        with open(f"/proc/{fleet.process.pid}/status", encoding="ascii") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        assert peak < 64 * 1024


def test_ends_with_its_stdin_and_on_sigterm():
    for end in (lambda p: p.stdin.close(), lambda p: p.send_signal(signal.SIGTERM), lambda p: p.communicate("quit\n")):
        process = subprocess.Popen([program(), "--stdin-control"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        end(process)
        assert process.wait(10) == 0
        process.stdin.close()
        process.stdout.close()


def test_bad_lines_are_named(fleet, tmp_path):
    for line in ("frobnicate", "loss x", "at soon silence", "devices 5-99 silence", "hide nothing", "hide",
                 "silence 5", "delay 1 2 3", "expect 0 Gi1/0/99 ifInOctets", "stats 99"):
        with pytest.raises(FleetError):
            fleet(line)
    plan = tmp_path / "plan"
    plan.write_text("# fine\n\nsilence\nloss many\n")
    done = subprocess.run([program(), "--plan", plan], capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 1 and f"{plan}:4: bad argument: many" in done.stderr


# ---- the closed form ----

COUNTERS = {f"{IF_ENTRY}.10": "ifInOctets", f"{IF_ENTRY}.14": "ifInErrors", f"{IF_ENTRY}.19": "ifOutDiscards",
            f"{IFX_ENTRY}.6": "ifHCInOctets", f"{IFX_ENTRY}.10": "ifHCOutOctets", f"{IFX_ENTRY}.11": "ifHCOutUcastPkts"}


def check_ports(fleet, raw, device, since_cs=0, based=True):
    names = walk(raw, fleet.address(device), f"{IFX_ENTRY}.1")
    assert names
    for index, name in names.items():
        reply = raw.ask(fleet.address(device), GET, [SYS_UPTIME, *(f"{column}.{index}" for column in COUNTERS)])
        uptime = fleet.uptime(device)["uptime_cs"]
        assert reply.values()[0] == uptime % 2 ** 32
        for (_, tag, value), column in zip(reply.varbinds[1:], COUNTERS.values()):
            form = fleet.expect(device, name.decode(), column)
            assert tag == (COUNTER64 if form["bits"] == 64 else COUNTER32)
            assert value == counter({**form, "base": form["base"] if based else 0}, uptime - since_cs), (name, column)


def test_counters_are_their_closed_form(fleet, raw):
    for seconds in (0, 0.07, 61, 86400, 400 * 86400, 200 * 86400):
        fleet.advance(seconds)
        check_ports(fleet, raw, 3)
        check_ports(fleet, raw, 18)


def test_time_moves_as_told():
    with Fleet(time_scale=1000, uptime=0) as fleet, Raw(fleet.port) as raw:
        began = time.monotonic()
        first = raw.ask(fleet.address(0), GET, [SYS_UPTIME]).values()[0]
        between = time.monotonic()
        time.sleep(0.2)
        slept = time.monotonic()
        moved = raw.ask(fleet.address(0), GET, [SYS_UPTIME]).values()[0] - first
        # A thousand times as fast as ours, in hundredths; the first reading is from before `between`. The fleet reads its clock
        # once for all that has come: a busy machine may put some ms between that and the answer.
        assert (slept - between) * 1000 * 100 - 2000 <= moved <= (time.monotonic() - began) * 1000 * 100 + 100
    with Fleet(uptime=42949672) as fleet, Raw(fleet.port) as raw:  # sysUpTime wraps, snmpEngineTime does not
        assert raw.ask(fleet.address(0), GET, [SYS_UPTIME]).values()[0] > 2 ** 32 - 200
        fleet.advance(10)
        uptime, boots, seconds = raw.ask(fleet.address(0), GET, [SYS_UPTIME, ENGINE_BOOTS, ENGINE_TIME]).values()
        assert uptime < 2000 and boots == 1 and seconds >= 42949682


def test_expect_without_a_running_fleet(fleet):
    arguments = ["--devices", "20", "--linux", "4", "--ports", "6", "--seed", "7"]
    for query in ((3, "Gi1/0/2", "ifHCInOctets"), (17, "-", "ssCpuRawIdle"), (17, "sda", "diskIOReads"),
                  (17, "/home", "hrStorageUsed"), (17, "196609", "hrProcessorLoad")):
        got = subprocess.run([program(), *arguments, "--expect", *map(str, query)], capture_output=True, text=True,
                             timeout=10, check=True).stdout
        assert fields(got) == fleet.expect(*query)
    assert fleet.expect(3, "Gi1/0/2", "ifHCInOctets") != fleet.expect(3, "Gi1/0/3", "ifHCInOctets")
    idle = fleet.expect(17, "-", "ssCpuRawIdle")["rate"]
    modes = ("User", "Nice", "System", "Wait", "Interrupt", "SoftIRQ", "Steal")
    assert idle + sum(fleet.expect(17, "-", f"ssCpuRaw{mode}")["rate"] for mode in modes) == 400


def test_narrow_ports_have_no_64_bit_counters():
    with Fleet(ports=9, narrow=3) as fleet, Raw(fleet.port) as raw:
        assert list(walk(raw, fleet.address(0), f"{IFX_ENTRY}.6")) == [FIRST + n for n in (0, 1, 3, 4, 6, 7)]
        assert len(walk(raw, fleet.address(0), f"{IF_ENTRY}.10")) == 9
        reply = raw.ask(fleet.address(0), GET, [f"{IFX_ENTRY}.6.{FIRST + 2}", f"{IFX_ENTRY}.15.{FIRST + 2}"])
        assert reply.varbinds[0][1] == snmpraw.NO_SUCH_INSTANCE and reply.values()[1] == 100


# ---- events ----

def test_reboot(fleet, raw):
    fleet("device 3 add-port")
    assert raw.ask(fleet.address(3), GET, [IF_TABLE_LAST_CHANGE]).values() != [0]
    fleet("device 3 reboot")
    assert raw.ask(fleet.address(3), GET, [IF_TABLE_LAST_CHANGE]).values() == [0]
    assert fleet.uptime(3) == {"device": 3, "uptime_cs": 0, "boots": 2}
    fleet.advance(5)
    assert raw.ask(fleet.address(3), GET, [SYS_UPTIME, ENGINE_BOOTS, ENGINE_TIME]).values() == [500, 2, 5]
    check_ports(fleet, raw, 3, based=False)
    check_ports(fleet, raw, 4)


def test_reboot_with_down_time(fleet, raw):
    fleet("device 3 for 0.7 reboot")
    assert raw.ask(fleet.address(3), GET, [SYS_NAME], timeout=0.1) is None
    deadline = time.monotonic() + 5
    while raw.ask(fleet.address(3), GET, [SYS_NAME], timeout=0.05) is None:
        assert time.monotonic() < deadline
    assert fleet.uptime(3)["boots"] == 2


@pytest.mark.parametrize("how", ["renumber", "renumber-quiet", "reboot-renumber"])
def test_renumbering_moves_rows_but_no_identity(fleet, raw, how):
    address = fleet.address(3)
    for _ in range(5):
        before = walk(raw, address, f"{IFX_ENTRY}.1")
        changed = raw.ask(address, GET, [IF_TABLE_LAST_CHANGE]).values()[0]
        fleet.advance(1)
        fleet(f"device 3 {how}")
        after = walk(raw, address, f"{IFX_ENTRY}.1")
        assert before != after and sorted(before.values()) == sorted(after.values())
        assert before.keys() == after.keys()
        assert (raw.ask(address, GET, [IF_TABLE_LAST_CHANGE]).values()[0] != changed) == (how == "renumber")
        check_ports(fleet, raw, 3, based=how != "reboot-renumber")


def test_each_renumbering_changes_the_order():
    with Fleet(ports=2) as fleet, Raw(fleet.port) as raw:
        names = [f"{IFX_ENTRY}.1.{FIRST}"]
        for _ in range(20):
            before = raw.ask(fleet.address(0), GET, names).values()
            fleet("renumber")
            assert raw.ask(fleet.address(0), GET, names).values() != before
    with Fleet(ports=1) as fleet:
        fleet("renumber")


def test_ports_come_and_go(fleet, raw):
    address = fleet.address(3)
    fleet("device 3 remove-port port 2")
    assert list(walk(raw, address, f"{IFX_ENTRY}.1")) == [FIRST + n for n in (0, 1, 3, 4, 5)]
    assert raw.ask(address, GET, [IF_NUMBER, f"{IF_ENTRY}.1.{FIRST + 2}"]).varbinds[1][1] == snmpraw.NO_SUCH_INSTANCE
    fleet("device 3 add-port 2")
    assert raw.ask(address, GET, [IF_NUMBER]).values() == [7]
    assert len(walk(raw, address, f"{IF_ENTRY}.2", GETBULK, third=20)) == 7
    fleet("device 3 renumber")
    assert len(walk(raw, address, f"{IF_ENTRY}.2")) == 7
    check_ports(fleet, raw, 3)


def test_counter_events(fleet, raw):
    address, column = fleet.address(3), f"{IFX_ENTRY}.6.{FIRST + 1}"
    rate = fleet.expect(3, "Gi1/0/2", "ifHCInOctets")["rate"]
    fleet("device 3 discontinuity port 1")
    told = fleet.uptime(3)["uptime_cs"]
    fleet.advance(10)
    assert raw.ask(address, GET, [column, f"{IFX_ENTRY}.19.{FIRST + 1}"]).values() == [rate * 10, told % 2 ** 32]
    fleet("device 3 counter-reset port 1")
    fleet.advance(1)
    assert raw.ask(address, GET, [column, f"{IFX_ENTRY}.19.{FIRST + 1}"]).values() == [rate, told % 2 ** 32]
    fleet("device 3 counter-reset")
    fleet.advance(2)
    check_ports(fleet, raw, 3, since_cs=fleet.uptime(3)["uptime_cs"] - 200, based=False)


def test_port_states(fleet, raw):
    address = fleet.address(3)
    states = [f"{IF_ENTRY}.{column}.{FIRST + 1}" for column in (7, 8, 9)]
    assert raw.ask(address, GET, states).values() == [1, 1, 0]
    fleet("device 3 port-down port 1")
    assert raw.ask(address, GET, states).values()[:2] == [1, 2] and raw.ask(address, GET, states).values()[2] > 0
    fleet("device 3 port-disable port 1")
    assert raw.ask(address, GET, states).values()[:2] == [2, 2]
    assert raw.ask(address, GET, [f"{IF_ENTRY}.8.{FIRST}"]).values() == [1]
    fleet("device 3 rename-port port 1")
    assert raw.ask(address, GET, [f"{IFX_ENTRY}.1.{FIRST + 1}"]).values() == [b"Gi1/0/2.r1"]


# ---- effects ----

def test_silence_ends_and_is_counted(fleet, raw):
    fleet("devices 2-3 for 0.7 silence")
    for device in (2, 3):
        assert raw.ask(fleet.address(device), GET, [SYS_NAME], timeout=0.05) is None
    assert raw.ask(fleet.address(4), GET, [SYS_NAME]).status == 0
    stats = fleet.device_stats(2, 4)
    assert [(s["requests"], s["replies"]) for s in stats] == [(1, 0), (1, 0), (1, 1)]
    deadline = time.monotonic() + 5
    while raw.ask(fleet.address(2), GET, [SYS_NAME], timeout=0.05) is None:
        assert time.monotonic() < deadline
    assert fleet("faults") == []


def test_loss_is_as_large_as_told_and_repeats_with_the_seed():
    patterns = []
    for seed in (5, 5, 6):
        with Fleet(seed=seed) as fleet, Raw(fleet.port) as raw:
            fleet("loss 10")
            ids, got = [], set()
            for _ in range(20):  # in portions that a socket's buffer holds
                ids += [raw.send(fleet.address(0), GET, [SYS_NAME]) for _ in range(50)]
                got |= {Reply(data).id for _, data, _ in raw.receive_all(quiet=0.01)}
            got |= {Reply(data).id for _, data, _ in raw.receive_all()}
            patterns.append([number in got for number in ids])
    assert patterns[0] == patterns[1] != patterns[2]
    assert 60 < patterns[0].count(False) < 140


def test_delay_duplicates_and_reordering(fleet, raw):
    fleet("device 0 delay 150")
    began = time.monotonic()
    assert raw.ask(fleet.address(0), GET, [SYS_NAME]).status == 0 and time.monotonic() - began >= 0.15
    fleet("device 1 duplicate 100")
    raw.send(fleet.address(1), GET, [SYS_NAME])
    first, second = raw.receive_all()
    assert first[1:] == second[1:]
    fleet("device 2 reorder 50 40")
    ids = [raw.send(fleet.address(2), GET, [SYS_NAME]) for _ in range(100)]
    got = [Reply(data).id for _, data, _ in raw.receive_all()]
    assert got != ids and sorted(got) == sorted(ids)
    assert fleet.device_stats(2)[0]["waiting_peak"] > 5


def test_an_effect_strikes_as_often_as_told(fleet, raw):
    fleet("device 0 wrong-id prob 60")
    struck = 0
    for _ in range(200):
        struck += raw.ask(fleet.address(0), GET, [SYS_NAME]).id != raw.next_id
    assert 90 < struck < 150


def ask(fleet, raw, fault, pdu=GET, names=(SYS_NAME, SYS_UPTIME), **more):
    fleet("clear")
    fleet(f"device 0 {fault}")
    return raw.ask(fleet.address(0), pdu, list(names), **more)


def test_wrong_headers(fleet, raw):
    assert ask(fleet, raw, "wrong-id").id == raw.next_id ^ 1
    assert ask(fleet, raw, "old-id").id == raw.next_id - 1
    assert ask(fleet, raw, "wrong-community").community == b"other"
    assert ask(fleet, raw, "wrong-version").version == 0
    assert ask(fleet, raw, "wrong-pdu 168").pdu == 168
    assert ask(fleet, raw, "wrong-source 2").source == (fleet.address(2), fleet.port)
    address, port = ask(fleet, raw, "wrong-port").source
    assert address == fleet.address(0) and port != fleet.port
    reply = ask(fleet, raw, "error 2 99")
    assert (reply.status, reply.index, len(reply.varbinds)) == (2, 99, 2)
    assert ask(fleet, raw, "error").status == 5


def test_wrong_lists_and_values(fleet, raw):
    names = [SYS_NAME, SYS_UPTIME]
    assert [n for n, _, _ in ask(fleet, raw, "fewer 1").varbinds] == names[:1]
    assert [n for n, _, _ in ask(fleet, raw, "extra 2").varbinds] == names + [SYS_DESCR] * 2
    assert [n for n, _, _ in ask(fleet, raw, "swapped").varbinds] == names[::-1]
    assert ask(fleet, raw, "empty").varbinds == []
    assert [n for n, _, _ in ask(fleet, raw, "other-oids").varbinds] == [name + ".0" for name in names]
    assert [t for _, t, _ in ask(fleet, raw, "null-values").varbinds] == [NULL, NULL]
    assert [t for _, t, _ in ask(fleet, raw, "text-values").varbinds] == [OCTETS, OCTETS]
    assert [t for _, t, _ in ask(fleet, raw, "wrong-types").varbinds] == [COUNTER32, OCTETS]
    assert ask(fleet, raw, "other-integers").varbinds[1][1] in (INTEGER, COUNTER64)
    assert [t for _, t, _ in ask(fleet, raw, "no-such").varbinds] == [snmpraw.NO_SUCH_INSTANCE] * 2
    assert ask(fleet, raw, "hostile-text").values()[0] != b"switch-00000"
    assert ask(fleet, raw, "names 1", names=[f"{IFX_ENTRY}.1.{FIRST}"]).values() == [b""]
    assert ask(fleet, raw, "hide if,ifx", names=[IF_NUMBER]).varbinds[0][1] == snmpraw.NO_SUCH_OBJECT


def test_sizes(fleet, raw):
    assert ask(fleet, raw, "too-big 3", names=[SYS_NAME] * 4).status == 1
    assert ask(fleet, raw, "too-big 3", names=[SYS_NAME] * 3).status == 0
    assert ask(fleet, raw, "too-big 3", GETBULK, ["1.3"], third=4).status == 1
    assert 400 < ask(fleet, raw, "max-size 484", GETBULK, ["1.3"], third=100).size <= 484
    assert ask(fleet, raw, "silent-above 200", GETBULK, ["1.3"], third=100, timeout=0.1) is None
    assert ask(fleet, raw, "silent-above 200").status == 0


def test_broken_octets(fleet, raw):
    whole = len(snmpraw.message(GET, [])) + 50

    def octets(fault):
        fleet("clear")
        fleet(f"device 0 {fault}")
        raw.send(fleet.address(0), GET, [SYS_NAME])
        return raw.receive()[0]

    good = octets("delay 0")
    for fault in ("truncate", "truncate 3", "garbage", "flip 3", "trailing 9"):
        assert octets(fault)[10:] != good[10:], fault
    assert len(octets("truncate 3")) == len(good) - 3 and len(octets("trailing 9")) == len(good) + 9
    assert len(good) < whole
    for _ in range(200):
        with pytest.raises(ValueError):
            Reply(octets("truncate"))


def test_broken_walks(fleet, raw):
    address, column = fleet.address(0), f"{IF_ENTRY}.1"

    def steps(fault, n=6):
        fleet("clear")
        fleet(f"device 0 {fault}")
        name, out = column, []
        for _ in range(n):
            name, tag, _ = raw.ask(address, GETNEXT, [name]).varbinds[0]
            out.append(name if tag < 0x80 else None)
        bulk = raw.ask(address, GETBULK, [column], third=n)
        assert [name if tag < 0x80 else None for name, tag, _ in bulk.varbinds][:2] == out[:2]
        return out

    a, b = f"{column}.{FIRST}", f"{column}.{FIRST + 1}"
    assert steps("walk-loop 2") == [a, b, a, b, a, b]
    assert steps("walk-same") == [column] * 6
    assert steps("walk-back 2")[:3] == [a, b, SYS_DESCR]
    assert steps("walk-cut 2")[:3] == [a, b, None]
    assert steps("walk-twisted")[:4] == [b, a, f"{column}.{FIRST + 3}", f"{column}.{FIRST + 2}"]
    assert steps("endless", 50)[-1] == f"{column}.{FIRST + 49}"
    reply = raw.ask(address, GETBULK, [f"{IFX_ENTRY}.6.4000000000"], third=5)
    assert reply.varbinds[-1][0] == f"{IFX_ENTRY}.6.4000000005" and reply.varbinds[-1][1] == COUNTER64


def test_plan_and_socket_and_trace(tmp_path):
    plan, path, trace = tmp_path / "plan", tmp_path / "control", tmp_path / "trace"
    plan.write_text("devices 0-1 silence   # from the start\nat 3600 all reboot\n")
    with Fleet(devices=3, plan=plan, control=path, trace=trace) as fleet, Raw(fleet.port) as raw:
        assert raw.ask(fleet.address(0), GET, [SYS_NAME], timeout=0.05) is None
        assert raw.ask(fleet.address(2), GET, [SYS_NAME]).status == 0
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"faults\nclear\n")
            answer = b""
            while answer.count(b"ok\n") < 2:
                answer += client.recv(4096)
        assert answer == (b"active devices 0-1 silence   \nwaiting at 3600 all reboot\nok\nok\n")
        assert raw.ask(fleet.address(0), GET, [SYS_NAME]).status == 0
        assert [fields(line)["device"] for line in trace.read_text().splitlines()] == [0, 2, 0]
        fleet("reset-stats")
        assert fleet.stats()["requests"] == 0
    assert not path.exists()


# ---- what it costs ----

@pytest.mark.skipif("asan" in os.environ.get("BUILD", ""), reason="sanitizers are no measure")
def test_cost():
    with Fleet(devices=100, ports=48) as fleet, Raw(fleet.port) as raw:
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        names = [f"{column}.{FIRST + row}" for row in range(10) for column in COUNTERS]
        request, got = snmpraw.message(GET, names), 0
        before = fleet.stats()
        for turn in range(20):
            for device in range(100):
                raw.socket.sendto(request, (fleet.address(device), fleet.port))
                while turn + device > 20 and got < turn * 100 + device - 20 and raw.receive(1):
                    got += 1
        raw.receive_all()
        after = fleet.stats()
        cpu = sum(after[key] - before[key] for key in ("user_us", "system_us"))
        varbinds = after["varbinds"] - before["varbinds"]
        assert varbinds == 2000 * len(names)
        print(f"{varbinds} varbinds in {cpu / 1000:.0f} ms of CPU: {cpu / varbinds:.2f} us a varbind, "
              f"{cpu / (after['requests'] - before['requests']):.1f} us a PDU of {len(names)}")
        assert cpu / varbinds < 5  # 100,000 in half a second
