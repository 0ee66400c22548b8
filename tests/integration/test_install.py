"""make install, the whole installed tree tried out under a temporary root, and make uninstall."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import lab
from fleet import Fleet

EXPOSURE = 1.1  # of `systemd-analyze security`


def make(*args, check=True):
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "--no-print-directory", f"BUILD={os.environ.get('BUILD', 'build')}",
                           *args], cwd=lab.ROOT, capture_output=True, text=True, env=env, timeout=600)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


class Tree:
    """An installation whose paths are real: PREFIX and SYSCONFDIR lie in a temporary directory."""

    def __init__(self, root):
        self.root = root
        self.where = [f"PREFIX={root}/usr", f"SYSCONFDIR={root}/etc"]
        # `all` is built already: what is installed is what the other tests try.
        self.said = make("install", "-o", "all", *self.where).stdout

    def __truediv__(self, path):
        return self.root / path

    def run(self, *args, **kwargs):
        return subprocess.run([str(self / "usr/bin/rollcall"), *map(str, args)], capture_output=True, text=True,
                              timeout=lab.PATIENCE, cwd=self.root, **kwargs)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return Tree(tmp_path_factory.mktemp("installed"))


def test_what_is_installed(tree):
    found = files_below(tree.root)
    for path in ("usr/bin/rollcall", "usr/sbin/rollcalld", "usr/lib/systemd/system/rollcalld.service",
                 "usr/lib/sysusers.d/rollcall.conf", "usr/lib/tmpfiles.d/rollcall.conf",
                 "usr/share/rollcall/profiles/network/if.yaml", "usr/share/rollcall/profiles/base.yaml",
                 "usr/share/man/man1/rollcall.1", "usr/share/man/man5/rollcall.yaml.5",
                 "usr/share/man/man8/rollcalld.8", "usr/share/bash-completion/completions/rollcall",
                 "usr/share/zsh/site-functions/_rollcall", "usr/share/doc/rollcall/operations.md",
                 "usr/share/doc/rollcall/LICENSE", "etc/rollcall/rollcall.yaml", "etc/rollcall/devices.yaml"):
        assert path in found
    shipped = lab.ROOT / "etc"
    for kind in ("profiles", "rules"):
        assert files_below(shipped / kind) == files_below(tree / "usr/share/rollcall" / kind)
    assert files_below(lab.ROOT / "mibs") == files_below(tree / "usr/share/rollcall/mibs")
    assert (tree / "etc/rollcall").stat().st_mode & 0o777 == 0o750
    assert (tree / "etc/rollcall/rollcall.yaml").stat().st_mode & 0o777 == 0o640
    for path in found:
        mode = (tree / path).stat().st_mode
        assert mode & 0o022 == 0, path
        assert bool(mode & 0o111) == path.startswith(("usr/bin", "usr/sbin", "usr/share/doc/rollcall/examples")), path
    assert "systemctl enable --now rollcalld" in tree.said


def test_nothing_installed_names_the_source_tree_or_another_root(tree):
    for path in files_below(tree.root):
        text = (tree / path).read_bytes()
        if path.startswith(("usr/lib", "etc")):
            assert b"/usr/local" not in text, path
        if not path.startswith(("usr/bin", "usr/sbin")):
            assert str(lab.ROOT).encode() not in text, path


def test_the_sample_configuration_is_good_and_has_the_shipped_profiles_and_rules(tree):
    done = tree.run("-c", tree / "etc/rollcall/rollcall.yaml", "check")
    assert done.returncode == 0 and "error" not in done.stderr
    said = re.search(r"(\d+) devices, (\d+) profiles, (\d+) rules", done.stdout)
    assert int(said[1]) == 0
    assert int(said[2]) == len(list((lab.ROOT / "etc/profiles").rglob("*.yaml")))
    assert int(said[3]) > 0


def test_it_works_from_there(tree, tmp_path):
    """The installed daemon, command and profiles, with the variables that the unit sets."""
    env = dict(os.environ, STATE_DIRECTORY=str(tmp_path / "state"), RUNTIME_DIRECTORY=str(tmp_path / "run"))
    conf = tree / "etc/rollcall/rollcall.yaml"
    devices = tree / "etc/rollcall/devices.yaml"
    before = devices.read_text(), conf.read_text()
    with Fleet(devices=1) as fleet:
        devices.write_text(f'- {{name: sw, address: "{fleet.target(0)}"}}\n')
        conf.write_text(before[1].replace("interval: 60s", "interval: 1s"))
        with open(tmp_path / "log", "w") as log:
            daemon = subprocess.Popen([str(tree / "usr/sbin/rollcalld"), "-c", str(conf)], env=env, stdout=log,
                                      stderr=log)
        try:
            def up():
                done = tree.run("-c", conf, "status", "sw", "--json", env=env)
                return done.returncode == 0 and json.loads(done.stdout)["devices"][0]["state"] == "up"
            lab.wait_for("the device to be up", up)
            assert tree.run("-c", conf, "flush", env=env).returncode == 0
            assert list((tmp_path / "state" / "rrd" / "sw").rglob("*.rrd"))
        finally:
            daemon.terminate()
            assert daemon.wait(lab.PATIENCE) == 0
            devices.write_text(before[0])
            conf.write_text(before[1])


def test_a_second_install_keeps_the_configuration(tree):
    conf = tree / "etc/rollcall/devices.yaml"
    before = conf.read_text()
    conf.write_text("- 192.0.2.1\n")
    try:
        said = make("install", "-o", "all", *tree.where).stdout
        assert conf.read_text() == "- 192.0.2.1\n"
        assert "kept" in said
    finally:
        conf.write_text(before)


def test_staged_for_a_package(tmp_path):
    make("install", "-o", "all", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    unit = (tmp_path / "usr/lib/systemd/system/rollcalld.service").read_text()
    assert "ExecStart=/usr/sbin/rollcalld -c /etc/rollcall/rollcall.yaml\n" in unit
    for path in files_below(tmp_path):
        if path.startswith(("usr/lib", "etc")):
            assert str(tmp_path) not in (tmp_path / path).read_text(), path
    make("uninstall", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    assert files_below(tmp_path) == ["etc/rollcall/devices.yaml", "etc/rollcall/rollcall.yaml"]


class TestUnit:
    """The unit of the installed tree, whose paths are there."""

    def unit(self, tree):
        return str(tree / "usr/lib/systemd/system/rollcalld.service")

    def test_verify(self, tree):
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", self.unit(tree)], capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout + done.stderr == ""

    def test_verify_can_fail(self, tree, tmp_path):
        broken = tmp_path / "rollcalld.service"
        broken.write_text(pathlib.Path(self.unit(tree)).read_text().replace("/sbin/rollcalld", "/sbin/nothing"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(broken)], capture_output=True, text=True)
        assert "nothing" in done.stderr

    def test_exposure(self, tree):
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", self.unit(tree)],
                              capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))
        exposure = float(re.search(r"exposure level for rollcalld.service: ([\d.]+)", done.stdout)[1])
        print(f"exposure {exposure}")
        assert exposure <= EXPOSURE

    @pytest.mark.parametrize("line", [
        "Type=notify", "WatchdogSec=30", "Restart=on-failure", "User=rollcall", "Group=rollcall",
        "StateDirectory=rollcall", "StateDirectoryMode=0750", "RuntimeDirectory=rollcall", "UMask=0027",
        "NoNewPrivileges=yes", "CapabilityBoundingSet=", "AmbientCapabilities=", "ProtectSystem=strict",
        "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "PrivateUsers=yes", "PrivateMounts=yes",
        "ProtectProc=invisible", "ProcSubset=pid", "ProtectClock=yes", "ProtectHostname=yes", "ProtectKernelLogs=yes",
        "ProtectKernelModules=yes", "ProtectKernelTunables=yes", "ProtectControlGroups=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "RestrictNamespaces=yes", "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes", "LockPersonality=yes", "MemoryDenyWriteExecute=yes", "RemoveIPC=yes",
        "KeyringMode=private", "DevicePolicy=closed", "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources"])
    def test_promised(self, tree, line):
        assert line in pathlib.Path(self.unit(tree)).read_text().splitlines()

    def test_user_and_directories(self, tree):
        """systemd's own tools read the files, in a root of their own."""
        root = tree / "users"
        (root / "etc").mkdir(parents=True, exist_ok=True)
        for name, kind in (("systemd-sysusers", "sysusers.d"), ("systemd-tmpfiles", "tmpfiles.d")):
            if shutil.which(name) is None or os.geteuid() != 0:
                pytest.skip(f"{name} is not there, or not for us")
            (root / "usr/lib" / kind).mkdir(parents=True, exist_ok=True)
            text = (lab.ROOT / "etc/systemd" / f"{kind}.conf").read_text()
            (root / "usr/lib" / kind / "rollcall.conf").write_text(text)
            done = subprocess.run([name, f"--root={root}", *(["--create"] if "tmp" in name else [])], capture_output=True,
                                  text=True)
            assert done.returncode == 0, done.stderr
        assert re.search(r"^rollcall:", (root / "etc/passwd").read_text(), re.M)
        group = int(re.search(r"^rollcall:x:(\d+):", (root / "etc/group").read_text(), re.M)[1])
        made = (root / "etc/rollcall").stat()
        assert made.st_mode & 0o777 == 0o750 and made.st_uid == 0 and made.st_gid == group


class TestCompletion:
    def bash(self, tree, *words):
        """What bash offers for the last of the words."""
        script = (f"source {tree / 'usr/share/bash-completion/completions/rollcall'}\n"
                  f"COMP_WORDS=(rollcall {' '.join(repr(word) for word in words)}); COMP_CWORD={len(words)}\n"
                  "_rollcall; printf '%s\\n' \"${COMPREPLY[@]}\"\n")
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True,
                              env=dict(os.environ, PATH=f"{tree / 'usr/bin'}:{os.environ['PATH']}"))
        assert done.stderr == ""
        return done.stdout.split()

    def test_commands_and_options(self, tree):
        assert self.bash(tree, "sta") == ["stats", "status"]
        assert self.bash(tree, "graph", "--wi") == ["--width"]
        assert self.bash(tree, "-c", "x.yaml", "pro") == ["probe"]
        assert self.bash(tree, "graph", "--width", "") == []

    def test_devices(self, tree, tmp_path):
        with lab.Rollcalld(tmp_path, "- {name: alpha, address: 127.0.0.1:9}\n- {name: beta, address: 127.0.0.2:9}\n",
                           "store: {writer: none}\n") as daemon:
            assert self.bash(tree, "-c", str(daemon.conf), "show", "") == ["alpha", "beta"]
            assert self.bash(tree, "-c", str(daemon.conf), "show", "b") == ["beta"]
        assert self.bash(tree, "-c", str(daemon.conf), "show", "") == []


def test_uninstall_leaves_what_is_not_ours(tree):
    make("uninstall", *tree.where)
    left = [path for path in files_below(tree.root) if not path.startswith("users/")]
    assert left == ["etc/rollcall/devices.yaml", "etc/rollcall/rollcall.yaml"]
