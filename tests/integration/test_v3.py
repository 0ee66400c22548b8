"""SNMPv3 against Debian's snmpd: every level and algorithm that both know, restarts, what is refused, who lies."""
import itertools
import socket
import stat
import threading

from lab import Rollcalld, Snmpd, free_port, wait_for

AUTHS = ("MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIVS = (None, "DES", "AES-128", "AES-192", "AES-256", "AES-192-C", "AES-256-C")
SETTINGS = "interval: 1s\ntimeout: 700ms\nretries: 1\ntries: 2\nstore: {gather: 0s}\narchive: [{step: 1s, keep: 1h}]\n"
# As snmpd.conf(5) calls them.
THEIRS = {"AES-128": "AES", "AES-192-C": "AES-192-C", "AES-256-C": "AES-256-C"}


def secrets(folder):
    for name, text in (("a.key", "authentic phrase"), ("p.key", "private phrase"), ("wrong.key", "not the phrase")):
        path = folder / name
        path.write_text(text + "\n")
        path.chmod(0o600)


def level(auth, priv):
    return "priv" if priv else "auth" if auth else "noauth"


def create(user, auth, priv):
    words = [f"createUser {user}"]
    if auth:
        words.append(f'{auth} "authentic phrase"')
    if priv:
        words.append(f'{THEIRS.get(priv, priv)} "private phrase"')
    return " ".join(words) + f"\nrouser {user} {level(auth, priv)}\n"


def credential(user, auth=None, priv=None, auth_key="a.key", priv_key="p.key", **more):
    words = [f"version: 3, user: {user}"]
    if auth:
        words.append(f"auth: {auth}, auth_key_file: {auth_key}")
    if priv:
        words.append(f"priv: {priv}, priv_key_file: {priv_key}")
    words += [f"{key}: {value}" for key, value in more.items()]
    return "{" + ", ".join(words) + "}"


def settings(credentials, more=""):
    return SETTINGS + more + "credentials:\n" + "".join(f"  {name}: {text}\n" for name, text in credentials.items())


def wait_all(daemon, names, present=True):
    def so():
        states = {device["name"]: device["state"] for device in daemon.json("status", "--all")["devices"]}
        return all((states[name] == "up") == present for name in names)
    wait_for(f"{len(names)} devices to be {'up' if present else 'away'}", so)


def test_every_level_and_algorithm_restarted_in_between(tmp_path):
    pairs = [(None, None), *itertools.product(AUTHS, PRIVS)]
    users = {f"u{i}": pair for i, pair in enumerate(pairs)}
    port = free_port()
    addresses = {user: f"127.0.1.{i + 1}" for i, user in enumerate(users)}
    conf = "".join(create(user, *pair) for user, pair in users.items())
    listen = ",".join(f"udp:{address}:{port}" for address in addresses.values())
    secrets(tmp_path)
    devices = "".join(f'- {{name: {user}, address: "{addresses[user]}:{port}", credential: {user}}}\n' for user in users)
    credentials = {user: credential(user, *pair) for user, pair in users.items()}
    with Snmpd(tmp_path, conf, listen=listen) as snmpd, Rollcalld(tmp_path, devices, settings(credentials)) as daemon:
        wait_all(daemon, users)
        before = daemon.json("stats")
        assert before["timeouts"] == 0
        snmpd.stop()
        wait_all(daemon, users, present=False)
        snmpd.start()
        wait_all(daemon, users)
        # Silent: nobody is told but of the restart; and nothing is asked in vain any more.
        settled = daemon.json("stats")
        daemon.wait_polls(settled["polls"] + 3 * len(users))
        after = daemon.json("stats")
        assert after["timeouts"] == settled["timeouts"] and after["failures"]["security"] == settled["failures"]["security"]
        for user in users:
            row = daemon.json("show", user)["tables"]["interfaces"][0]
            assert row["metrics"]["ifHCInOctets"]["value"] is not None
        # One agent under many names.
        assert "two devices have the same engine-id" in daemon.logged()
        assert "phrase" not in daemon.logged()


def test_over_ipv6(tmp_path):
    port = free_port(socket.AF_INET6, "::1")
    secrets(tmp_path)
    conf = create("six", "SHA-256", "AES-128")
    with Snmpd(tmp_path, conf, listen=f"udp6:[::1]:{port}"), \
            Rollcalld(tmp_path, f'- {{name: six, address: "[::1]:{port}"}}\n',
                      settings({"six": credential("six", "SHA-256", "AES-128")})) as daemon:
        daemon.wait_state("six", "up")
        done = daemon.run("probe", f"[::1]:{port}", "--credential", "six", "--json")
        assert done.returncode == 0 and '"interfaces"' in done.stdout, done.stderr


WRONG = {
    "user": (credential("nobody", "SHA-256", "AES-128"), "unknown user"),
    "auth": (credential("good", "SHA-256", "AES-128", auth_key="wrong.key"), "wrong authentication key"),
    "algorithm": (credential("good", "SHA", "AES-128"), "wrong authentication key"),
    "priv": (credential("good", "SHA-256", "AES-128", priv_key="wrong.key"), "privacy key"),
    "level": (credential("half", "SHA-256", "AES-128"), "unsupported security level"),
    "context": (credential("half", "SHA-256", context="nowhere"), "context"),
}


def test_what_is_refused_has_its_own_words(tmp_path):
    port = free_port()
    addresses = {name: f"127.0.2.{i + 1}" for i, name in enumerate(WRONG)}
    listen = ",".join(f"udp:{address}:{port}" for address in addresses.values())
    conf = create("good", "SHA-256", "AES-128") + create("half", "SHA-256", None)
    secrets(tmp_path)
    devices = "".join(f'- {{name: {name}, address: "{addresses[name]}:{port}", credential: {name}}}\n' for name in WRONG)
    with Snmpd(tmp_path, conf, listen=listen), \
            Rollcalld(tmp_path, devices, settings({name: text for name, (text, _) in WRONG.items()})) as daemon:
        for name, (_, words) in WRONG.items():
            down = daemon.wait_state(name, "down", hard=True)
            assert words in down["problems"][0]["text"], down
            probed = daemon.run("probe", f"{addresses[name]}:{port}", "--credential", name)
            assert probed.returncode == 1 and words in " ".join((probed.stdout + probed.stderr).split()), probed


def test_keys_are_kept_and_may_be_damaged(tmp_path):
    port = free_port()
    secrets(tmp_path)
    conf = create("kept", "SHA-256", "AES-256-C")
    with Snmpd(tmp_path, conf, port=port):
        daemon = Rollcalld(tmp_path, f"- {{name: kept, address: 127.0.0.1:{port}}}\n",
                           settings({"kept": credential("kept", "SHA-256", "AES-256-C")}))
        keys = tmp_path / "state" / "usm.keys"
        with daemon:
            daemon.wait_state("kept", "up")
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        octets = keys.read_bytes()
        assert b"phrase" not in octets
        with daemon:
            daemon.wait_state("kept", "up")
        assert not keys.with_suffix(".keys.bad").exists()
        keys.write_bytes(octets[:-3] + bytes(3))
        with daemon:
            daemon.wait_state("kept", "up")
            assert keys.with_suffix(".keys.bad").exists()
            assert "damaged" in daemon.logged()


def element(tag, content):
    size = bytes([len(content)]) if len(content) < 128 else bytes([0x82]) + len(content).to_bytes(2, "big")
    return bytes([tag]) + size + content


def content_at(octets, at):
    """Tag, where the content begins, where it ends."""
    size, begin = octets[at + 1], at + 2
    if size & 0x80:
        begin, size = at + 2 + (size & 0x7F), int.from_bytes(octets[at + 2:at + 2 + (size & 0x7F)], "big")
    return octets[at], begin, begin + size


def message_id(octets):
    _, at, _ = content_at(octets, 0)
    _, _, at = content_at(octets, at)            # msgVersion
    _, at, _ = content_at(octets, at)            # msgGlobalData
    _, begin, end = content_at(octets, at)
    return octets[begin:end]


def report(identity, oid, engine=b"\x80\x00\x1f\x88\x04lies"):
    """A Report that nobody has signed."""
    zero = element(2, b"\0")
    binding = element(0x30, element(6, oid + b"\0") + element(0x41, b"\x01"))
    pdu = element(0xA8, element(2, b"\0") + zero + zero + element(0x30, binding))
    scoped = element(0x30, element(4, engine) + element(4, b"") + pdu)
    parameters = element(0x30, element(4, engine) + element(2, b"\x7f\0\0\0") + element(2, b"\x7f\0\0\0") + element(4, b"") * 3)
    header = element(0x30, element(2, identity) + element(2, b"\x40\x00") + element(4, b"\0") + element(2, b"\x03"))
    return element(0x30, element(2, b"\x03") + header + element(4, parameters) + scoped)


class Liar(threading.Thread):
    """Stands before an agent: answers each signed request with Reports of its own first, then with the agent's answer."""

    OBJECTS = [bytes([0x2B, 6, 1, 6, 3, 15, 1, 1, n]) for n in (1, 2, 3, 4, 5, 6)] + [bytes([0x2B, 6, 1, 6, 3, 12, 1, 5])]

    def __init__(self, agent):
        super().__init__(daemon=True)
        self.agent = agent
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.port = self.front.getsockname()[1]
        self.lies = 0

    def run(self):
        back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        back.settimeout(2)
        while True:
            try:
                octets, asker = self.front.recvfrom(65535)
            except OSError:
                return
            if b"liar" in octets:  # the user's name: not the probe of discovery
                for oid in self.OBJECTS:
                    self.front.sendto(report(message_id(octets), oid), asker)
                    self.lies += 1
            back.sendto(octets, ("127.0.0.1", self.agent))
            try:
                self.front.sendto(back.recv(65535), asker)
            except TimeoutError:
                pass


def test_reports_that_nobody_signed_end_nothing(tmp_path):
    port = free_port()
    secrets(tmp_path)
    with Snmpd(tmp_path, create("liar", "SHA-256", "AES-128"), port=port):
        liar = Liar(port)
        liar.start()
        with Rollcalld(tmp_path, f"- {{name: d, address: 127.0.0.1:{liar.port}}}\n",
                       settings({"c": credential("liar", "SHA-256", "AES-128")})) as daemon:
            daemon.wait_state("d", "up", hard=True)
            before = daemon.json("stats")
            daemon.wait_polls(before["polls"] + 5)
            after = daemon.json("stats")
            assert after["rejected"]["report"] - before["rejected"]["report"] >= 5 * len(Liar.OBJECTS)
            assert after["timeouts"] == 0 and after["retransmits"] == 0 and after["failures"]["security"] == 0
            assert daemon.status("d")["state"] == "up"
        liar.front.close()


def test_a_dead_agent_keeps_nobody_waiting(tmp_path):
    """Discovery is a request like any other: one packet an interval to who is silent, and the loop goes on."""
    port, nobody = free_port(), free_port()
    secrets(tmp_path)
    dead = "".join(f'- {{name: dead{i}, address: "127.0.3.{i + 1}:{nobody}"}}\n' for i in range(20))
    holes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
    for i, hole in enumerate(holes):  # so that nothing refuses
        hole.bind((f"127.0.3.{i + 1}", nobody))
    with Snmpd(tmp_path, create("alive", "SHA-256", "AES-128"), port=port), \
            Rollcalld(tmp_path, f"- {{name: alive, address: 127.0.0.1:{port}}}\n" + dead,
                      settings({"c": credential("alive", "SHA-256", "AES-128")})) as daemon:
        for i in range(20):
            daemon.wait_state(f"dead{i}", "down", hard=True)
        assert daemon.status("alive")["state"] == "up"
        before = daemon.json("stats")
        daemon.wait_polls(before["polls"] + 60)
        after = daemon.json("stats")
        assert after["retransmits"] == before["retransmits"]
        assert after["timeouts"] - before["timeouts"] <= after["polls"] - before["polls"]
    for hole in holes:
        hole.close()


def test_another_passphrase_in_the_same_file(tmp_path):
    """A reload reads the files again; what was derived from the old content is nobody's."""
    port = free_port()
    secrets(tmp_path)
    addresses = {"a": f"127.0.4.1:{port}", "b": f"127.0.4.2:{port}"}
    devices = "".join(f'- {{name: {name}, address: "{address}", credential: {name}}}\n' for name, address in addresses.items())
    listen = ",".join(f"udp:{address}" for address in addresses.values())
    credentials = {"a": credential("u", "SHA-256", "AES-256-C"),
                   "b": credential("u", "SHA-256", "AES-256-C", auth_key="wrong.key")}
    with Snmpd(tmp_path, create("u", "SHA-256", "AES-256-C"), listen=listen), \
            Rollcalld(tmp_path, devices, settings(credentials)) as daemon:
        daemon.wait_state("a", "up")
        assert "wrong authentication key" in daemon.wait_state("b", "down", hard=True)["problems"][0]["text"]
        (tmp_path / "wrong.key").write_text("authentic phrase\n")
        assert "1 changed, 1 as before" in daemon.run("reload").stdout
        daemon.wait_state("b", "up", hard=True)
        (tmp_path / "a.key").write_text("no longer the phrase\n")
        assert "1 changed, 1 as before" in daemon.run("reload").stdout
        assert "wrong authentication key" in daemon.wait_state("a", "down", hard=True)["problems"][0]["text"]
        assert daemon.status("b")["state"] == "up"
        assert "authentic phrase" not in daemon.logged() and "longer the phrase" not in daemon.logged()
