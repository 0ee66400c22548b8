"""The fleet as agents of version 3: Debian's tools and a bare client hold it to RFC 3414; then rollcalld polls it."""
import itertools
import random
import subprocess

import pytest

import snmpraw3
from fleet import Fleet, FleetError, counter, fields, program
from lab import Rollcalld, wait_for
from snmpraw import GETBULK, SET
from snmpraw3 import AUTH, PRIV, REPORT, REPORTABLE, Raw3
from test_fleet_poll import check_port, devices
from test_v3 import AUTHS, PRIVS, SETTINGS, secrets

SYS_UPTIME, SYS_NAME, ENGINE_ID = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.6.3.10.2.1.1.0"
IF_HC_IN = "1.3.6.1.2.1.31.1.1.1.6.10001"
STATS = "1.3.6.1.6.3.15.1.1."  # usmStats
LEVEL, TIME, USER, ENGINE, DIGEST, DECRYPTION = (f"{STATS}{n}.0" for n in range(1, 7))
CONTEXT, HANDLER = "1.3.6.1.6.3.12.1.5.0", "1.3.6.1.6.3.11.2.1.3.0"
AUTH_PHRASE, PRIV_PHRASE = "authentic phrase", "private phrase"
# As Debian's tools call them.
THEIRS = {"AES-128": "AES"}


def user_of(auth=None, priv=None):
    """Options of a fleet."""
    options = {"user": "alice"}
    if auth:
        options.update(auth=auth, auth_passphrase=AUTH_PHRASE)
    if priv:
        options.update(priv=priv, priv_passphrase=PRIV_PHRASE)
    return options


def tool(name, fleet, device, *names, auth=None, priv=None, user="alice", auth_key=AUTH_PHRASE, priv_key=PRIV_PHRASE, more=(),
         target=None):
    words = ["-v3", "-u", user, "-l", "authPriv" if priv else "authNoPriv" if auth else "noAuthNoPriv"]
    if auth:
        words += ["-a", auth, "-A", auth_key]
    if priv:
        words += ["-x", THEIRS.get(priv, priv), "-X", priv_key]
    return subprocess.run([name, *words, "-m", "", "-On", "-Oe", "-t", "2", "-r", "0", *more,
                           target or fleet.target(device), *names],
                          capture_output=True, text=True, timeout=60, check=False)


# ---- a correct agent ----

@pytest.mark.parametrize("auth, priv", [(None, None), *itertools.product(AUTHS, PRIVS)])
def test_debian_tools_agree_on_every_level_and_algorithm(auth, priv):
    with Fleet(devices=3, seed=7, time_scale=0, ports=4, **user_of(auth, priv)) as fleet:
        done = tool("snmpget", fleet, 2, SYS_NAME, ENGINE_ID, auth=auth, priv=priv)
        assert done.stdout.splitlines() == [f'.{SYS_NAME} = STRING: "switch-00002"',
                                            f".{ENGINE_ID} = Hex-STRING: 80 00 7E D9 05 00 00 00 02 "], done.stderr
        reports = fleet.reports()
        # The tools take the time from the Report of discovery.
        assert reports.pop("usmStatsUnknownEngineIDs") == 1 and not any(reports.values())


def test_a_walk_is_that_of_version_2c():
    with Fleet(devices=2, linux=1, seed=7, time_scale=0, **user_of("SHA-256", "AES-128")) as fleet:
        for device in range(2):
            old = subprocess.run(["snmpbulkwalk", "-v2c", "-cpublic", "-m", "", "-On", "-Oe", fleet.target(device), ".1"],
                                 capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
            for name in ("snmpwalk", "snmpbulkwalk"):
                lines = tool(name, fleet, device, ".1", auth="SHA-256", priv="AES-128").stdout.splitlines()
                # hrSystemDate is the only value that moves by itself.
                assert [a for a, b in itertools.zip_longest(lines, old) if a != b and ".25.1.2.0" not in (a or "")] == []
                assert len(lines) > 150


def test_over_ipv6():
    with Fleet(devices=2, ipv6=True, **user_of("SHA-512", "AES-256")) as fleet:
        done = tool("snmpget", fleet, 2, ENGINE_ID, auth="SHA-512", priv="AES-256", target=f"udp6:[::1]:{fleet.port}")
        assert done.stdout == f".{ENGINE_ID} = Hex-STRING: 80 00 7E D9 05 00 00 00 02 \n"


def test_what_is_refused_is_reported():
    with Fleet(devices=1, **user_of("SHA-256", "AES-128")) as fleet:
        good = {"auth": "SHA-256", "priv": "AES-128"}
        for change, words, name in [
                ({"user": "bob"}, "Unknown user name", "usmStatsUnknownUserNames"),
                ({"auth_key": "not the phrase"}, "Authentication failure", "usmStatsWrongDigests"),
                ({"auth": "SHA"}, "Authentication failure", "usmStatsWrongDigests"),
                ({"priv_key": "not the phrase"}, "Decryption error", "usmStatsDecryptionErrors"),
                ({"more": ("-n", "nowhere")}, "Bad context specified", "snmpUnknownContexts"),
                ({"auth": None, "priv": None}, "authorizationError", None)]:
            fleet("reset-stats")
            done = tool("snmpget", fleet, 0, SYS_NAME, **{**good, **change})
            assert done.returncode != 0 and words in done.stderr, (change, done)
            assert {key for key, count in fleet.reports().items() if count} == {"usmStatsUnknownEngineIDs", *filter(None, [name])}
    with Fleet(devices=1, **user_of("SHA-256")) as fleet:
        done = tool("snmpget", fleet, 0, SYS_NAME, auth="SHA-256", priv="AES-128")
        assert "Unsupported security level" in done.stderr and fleet.reports()["usmStatsUnsupportedSecLevels"] == 1


def test_the_report_about_time_is_believed():
    with Fleet(devices=2, **user_of("SHA", "AES-128")) as fleet:
        # Told the engine-id, the tool asks with boots and time 0, and again with those of the signed Report.
        for boots in range(2):
            done = tool("snmpget", fleet, 0, SYS_NAME, auth="SHA", priv="AES-128", more=("-e", "80007ED90500000000"))
            assert "switch-00000" in done.stdout
            reports = fleet.reports()
            assert reports.pop("usmStatsNotInTimeWindows") == boots + 1 and not any(reports.values())
            fleet("device 0 reboot")


def test_options_are_checked():
    for words, text in [(["--auth", "SHA"], "--user"), (["--user", "a", "--auth", "SHA0"], "--auth"),
                        (["--user", "a", "--auth", "SHA"], "passphrase"), (["--user", "a" * 33], "--user"),
                        (["--user", "a", "--auth", "SHA", "--auth-passphrase", "short"], "passphrase"),
                        (["--user", "a", "--priv", "DES", "--priv-passphrase", "long enough"], "--priv")]:
        done = subprocess.run([program(), *words], capture_output=True, text=True, timeout=10, check=False)
        assert done.returncode == 2 and text in done.stderr, words
    with Fleet(devices=1) as fleet, Raw3(fleet.port) as raw:
        with pytest.raises(FleetError):
            fleet("reports")
        assert raw.ask3(fleet.address(0), [], timeout=0.1) is None


# ---- message by message ----

@pytest.fixture
def fleet():
    with Fleet(devices=2, time_scale=0, seed=3, **user_of("SHA-256", "AES-128")) as running:
        yield running


@pytest.fixture
def bare():
    with Fleet(devices=2, time_scale=0, seed=3, **user_of()) as running:
        yield running


def engine(device):
    return b"\x80\0\x7e\xd9\x05" + device.to_bytes(4, "big")


def test_discovery_and_what_a_user_without_proof_gets(bare):
    with Raw3(bare.port) as raw:
        told = raw.ask3(bare.address(1), [], request_id=77, message_id=99)
        assert told.reported == ENGINE and (told.message_id, told.inner.id, told.flags) == (99, 77, 0)
        assert told.engine == told.context_engine == engine(1) and told.user == b""
        good = {"engine": engine(1), "user": b"alice"}
        reply = raw.ask3(bare.address(1), [SYS_NAME], message_id=2 ** 31 - 1, **good)
        assert reply.inner.values() == [b"switch-00001"] and reply.message_id == 2 ** 31 - 1 and reply.flags == 0
        assert raw.ask3(bare.address(0), [SYS_NAME], **good).reported == ENGINE  # it is another's
        assert raw.ask3(bare.address(1), [SYS_NAME], **{**good, "user": b"Alice"}).reported == USER
        assert raw.ask3(bare.address(1), [SYS_NAME], **good, flags=AUTH | REPORTABLE).reported == LEVEL
        assert raw.ask3(bare.address(1), [SYS_NAME], **good, context=b"x").reported == CONTEXT
        assert raw.ask3(bare.address(1), [SYS_NAME], **good, context_engine=engine(0)).reported == HANDLER
        assert raw.ask3(bare.address(1), [SYS_NAME], pdu=SET, **good).inner.status == 17
        # Not reportable: a Response comes all the same, a Report does not.
        assert raw.ask3(bare.address(1), [SYS_NAME], flags=0, **good).inner.values() == [b"switch-00001"]
        assert raw.ask3(bare.address(1), [SYS_NAME], flags=0, user=b"bob", engine=engine(1), timeout=0.1) is None


def test_sizes_are_kept():
    with Fleet(devices=1, time_scale=0, user="x" * 32) as fleet, Raw3(fleet.port) as raw:
        address, good = fleet.address(0), {"engine": engine(0), "user": b"x" * 32}
        bulk = {**good, "pdu": GETBULK, "third": 200}
        for size in range(484, 1000, 3):
            assert size - 100 < raw.ask3(address, ["1.3"], max_size=size, **bulk).size <= size
        assert 1372 < raw.ask3(address, ["1.3"], **bulk).size <= 1472
        assert raw.ask3(address, ["1.3"], max_size=483, timeout=0.1, **bulk) is None
        # No room for such a context in front of a reply.
        assert raw.ask3(address, [SYS_NAME], context=b"x" * 64, **good).reported == CONTEXT
        assert raw.ask3(address, [SYS_NAME], context=b"x" * 2000, timeout=0.1, **good) is None
        assert raw.ask3(address, [SYS_NAME], message_id=-1, timeout=0.1, **good) is None
        assert raw.ask3(address, [SYS_NAME], **good).inner.values() == [b"switch-00000"]


def test_digests_and_the_time_window(fleet):
    with Raw3(fleet.port) as raw:
        auth_key = snmpraw3.key(AUTH_PHRASE.encode(), engine(0))
        now = fleet.uptime(0)["uptime_cs"] // 100
        good = {"engine": engine(0), "user": b"alice", "flags": AUTH | REPORTABLE, "boots": 1, "time": now,
                "auth_key": auth_key}

        def ask(**change):
            return raw.ask3(fleet.address(0), [SYS_NAME], **{**good, **change})

        # Right, but with less than the user has to give.
        reply = ask()
        assert reply.inner.status == 16 and reply.flags == AUTH and reply.signed_with(auth_key)
        for away in (-150, 150):
            assert ask(time=now + away).reported is None
        for change in ({"time": now - 151}, {"time": now + 151}, {"boots": 0}, {"boots": 2}, {"boots": 0, "time": 0}):
            told = ask(**change)
            assert told.reported == TIME and told.flags == AUTH and told.signed_with(auth_key), change
            assert (told.boots, told.time) == (1, now)
        fleet("device 0 reboot")
        fleet.advance(7)
        told = ask()
        assert told.reported == TIME and (told.boots, told.time) == (2, 7)
        assert ask(boots=2, time=7).reported is None
        for mac in (bytes(24), b"", b"1" * 12, b"1" * 48):
            told = ask(boots=2, time=7, mac=mac)
            assert told.reported == DIGEST and told.flags == 0
        # Nothing is decrypted before the digest is right, and these are not encrypted at all.
        assert ask(boots=2, time=7, flags=AUTH | PRIV | REPORTABLE) is None
        assert fleet.reports()["usmStatsWrongDigests"] == 4


def test_nonsense_is_survived(bare):
    """Cut and bent messages: some are answered, none ends it (the sanitizers watch)."""
    chance = random.Random(5)
    good = snmpraw3.message(0xA0, [SYS_NAME, SYS_UPTIME], engine=engine(0), user=b"alice", context=b"ab")
    with Raw3(bare.port) as raw:
        for size in range(len(good)):
            raw.socket.sendto(good[:size], (bare.address(0), bare.port))
        for _ in range(5000):
            octets = bytearray(good)
            for _ in range(chance.randint(1, 4)):
                octets[chance.randrange(len(octets))] = chance.randrange(256)
            raw.socket.sendto(octets, (bare.address(0), bare.port))
        raw.receive_all(0.1)
        assert raw.ask3(bare.address(0), [SYS_NAME], engine=engine(0), user=b"alice").inner.values() == [b"switch-00000"]


def test_faults_bend_it_too(bare):
    good = {"engine": engine(0), "user": b"alice"}
    with Raw3(bare.port) as raw:
        def ask(fault, **more):
            bare("clear")
            bare(f"device 0 {fault}")
            return raw.ask3(bare.address(0), [SYS_NAME, SYS_UPTIME], **{**good, **more})

        assert ask("silence", timeout=0.1) is None
        assert ask("silence", engine=b"", timeout=0.1) is None  # no Report either
        assert ask("error 5 1").inner.status == 5
        assert len(ask("fewer 1").inner.varbinds) == 1
        assert ask("fewer 1", engine=b"").reported == ENGINE
        assert ask("wrong-id").inner.id != raw.next_id
        with pytest.raises(ValueError):
            ask("wrong-version")  # a message of version 1
        assert ask("stray 2").inner.pdu == 0xA2
        assert len(raw.receive_all(0.1)) == 2


def test_shared_engine_ids():
    with Fleet(devices=5, engines=2, **user_of("SHA-256", "AES-128")) as fleet, Raw3(fleet.port) as raw:
        assert [raw.ask3(fleet.address(i), []).engine for i in range(5)] == [engine(i % 2) for i in range(5)]
        for device in range(5):
            assert f"switch-0000{device}" in tool("snmpget", fleet, device, SYS_NAME, auth="SHA-256", priv="AES-128").stdout
    got = subprocess.run([program(), "--devices", "5", "--engines", "2", "--expect", "3", "-", "snmpEngineBoots"],
                         capture_output=True, text=True, timeout=10, check=True).stdout
    assert fields(got)


def test_keys_cost_little_memory():
    with Fleet(devices=50000, first="127.2.0.1", **user_of("SHA-512", "AES-256")) as fleet, Raw3(fleet.port) as raw:
        for device in (0, 49999):
            assert raw.ask3(fleet.address(device), []).engine == engine(device)
        with open(f"/proc/{fleet.process.pid}/status", encoding="ascii") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        assert peak < 64 * 1024


# ---- rollcalld polls it ----

def credentials(user="alice", auth="SHA-256", priv="AES-128"):
    return (SETTINGS + f"credentials:\n  c: {{version: 3, user: {user}, auth: {auth}, auth_key_file: a.key, "
            f"priv: {priv}, priv_key_file: p.key}}\n")


def settle(daemon, polls):
    """The statistics, so many polls later."""
    daemon.wait_polls(daemon.json("stats")["polls"] + polls)
    return daemon.json("stats")


def test_fifty_engines_and_a_restart(tmp_path):
    secrets(tmp_path)
    with Fleet(devices=50, ports=3, seed=41, **user_of("SHA-256", "AES-128")) as fleet, \
            Rollcalld(tmp_path, devices(fleet), credentials()) as daemon:
        for i in range(50):
            daemon.wait_state(f"d{i}", "up")
        before = settle(daemon, 2 * 50)
        assert before["timeouts"] == 0 and before["failures"]["security"] == 0
        fleet("reset-stats")
        fleet("device 7 reboot")
        settle(daemon, 2 * 50)
        # One resynchronisation, of which nobody hears: each request that was on its way at the time, of one turn, is
        # sent once more, and that is all.
        told = fleet.reports()["usmStatsNotInTimeWindows"]
        assert 1 <= told <= 3
        after = settle(daemon, 2 * 50)
        reports = fleet.reports()
        assert reports.pop("usmStatsNotInTimeWindows") == told and not any(reports.values())
        for name in ("retransmits", "timeouts", "rejected"):
            assert after[name] == before[name], name
        assert after["failures"]["timeout"] == after["failures"]["security"] == 0
        assert daemon.run("flush").returncode == 0
        for device in (0, 7, 8, 49):
            for port in range(3):
                check_port(fleet, daemon, device, port, at_least=3 * 12)
        # The counter itself, between two looks at the device's clock.
        low = fleet.uptime(7)["uptime_cs"]
        metric = wait_for("a newer value", lambda: newer(daemon, 7, low, fleet))
        form = dict(fleet.expect(7, "Gi1/0/1", "ifHCInOctets"), base=0)
        assert counter(form, low) <= metric <= counter(form, fleet.uptime(7)["uptime_cs"])
        assert "phrase" not in daemon.logged()


def newer(daemon, device, since, fleet):
    """A value of ifHCInOctets that was read after the uptime `since`; None while there is none."""
    value = daemon.row(f"d{device}", "interfaces", "Gi1/0/1")["metrics"]["ifHCInOctets"]["value"]
    form = dict(fleet.expect(device, "Gi1/0/1", "ifHCInOctets"), base=0)
    return value if value >= counter(form, since) else None


@pytest.mark.parametrize("fault", ["loss 10", "delay 50 100", "duplicate 50", "max-size 484", "fewer 1 prob 30", "too-big 5"])
def test_a_difficult_agent_of_version_3(tmp_path, fault):
    secrets(tmp_path)
    with Fleet(devices=2, ports=4, seed=23, **user_of("SHA-256", "AES-128")) as fleet:
        fleet(fault)
        with Rollcalld(tmp_path, devices(fleet), credentials().replace("retries: 1", "retries: 3")) as daemon:
            for i in range(2):
                daemon.wait_state(f"d{i}", "up")
                assert wait_for("four rows with rates", lambda: [
                    row for row in daemon.json("show", f"d{i}")["tables"].get("interfaces", [])
                    if row["metrics"].get("ifHCInOctets", {}).get("rate") is not None][3:])


@pytest.mark.parametrize("fault", ["garbage", "truncate 5", "flip 3", "trailing 3", "wrong-version", "wrong-pdu 160"])
def test_what_is_bent_on_its_way_is_not_believed(tmp_path, fault):
    secrets(tmp_path)
    with Fleet(devices=1, ports=2, seed=19, **user_of("SHA-256", "AES-128")) as fleet, \
            Rollcalld(tmp_path, devices(fleet), credentials()) as daemon:
        daemon.wait_state("d0", "up")
        fleet(fault)
        daemon.wait_state("d0", "down")
        stats = daemon.json("stats")
        assert sum(stats["rejected"].values()) > 0
        fleet("clear")
        daemon.wait_state("d0", "up")


def test_devices_that_share_an_engine_id_are_both_polled(tmp_path):
    secrets(tmp_path)
    with Fleet(devices=4, engines=1, ports=2, seed=43, **user_of("SHA-256", "AES-128")) as fleet, \
            Rollcalld(tmp_path, devices(fleet), credentials()) as daemon:
        for i in range(4):
            daemon.wait_state(f"d{i}", "up")
        before = settle(daemon, 8)
        fleet("device 2 reboot")
        after = settle(daemon, 16)
        for name in ("retransmits", "timeouts", "rejected"):
            assert after[name] == before[name], name
        assert after["failures"]["security"] == 0
        assert "two devices have the same engine-id" in daemon.logged()
        assert daemon.run("flush").returncode == 0
        for device in range(4):
            check_port(fleet, daemon, device, 1, at_least=12)
