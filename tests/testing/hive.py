"""A whole hive in a temporary folder, for tests that want the built programs and no fakes but the model.

    with Hive(script=DEMO) as hive:
        hive.start()
        hive.call("broker.send", {"to": "manager", "body": "hello"})
        hive.wait_for(lambda: hive.inbox("operator"))

The binaries are those of $HIVE_BINARY_DIR. Leaving the block stops host and agents and fails the test when a
process of the root is left. Standard library only.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

BUILD = pathlib.Path(os.environ.get("HIVE_BINARY_DIR", "build/dev")).resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[2]
NPM_BIN = pathlib.Path(os.environ.get("HIVE_NPM_BIN", SOURCE / "build/npm/bin"))
DEMO = SOURCE / "tests/testing/model/demo.json"
PATIENCE = 60  # seconds until a wait fails the test; no test asserts how long anything took


class CallError(Exception):
    """The host answered with an error; `code` is its name."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error.get("data", {}).get("code", str(error["code"]))


@contextlib.contextmanager
def as_user(uid, gid):
    """Connects count as `uid` and `gid` inside the block; only root may change."""
    os.setegid(gid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


class Connection:
    """Newline-delimited JSON-RPC 2.0 on a unix socket, one caller at a time."""

    def __init__(self, path, uid=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path = pathlib.Path(path)
        if uid is not None and os.geteuid() == 0:
            with as_user(uid, path.parent.stat().st_gid):
                self.socket.connect(str(path))
        else:  # through the folder's descriptor: a socket's address holds 108 bytes, a root may be longer
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                self.socket.connect(f"/proc/self/fd/{folder}/{path.name}")
            finally:
                os.close(folder)
        self.reader = self.socket.makefile("rb")
        self.last_id = 0

    def close(self):
        self.reader.close()
        self.socket.close()

    def send_line(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode() + b"\n")

    def read(self, patience=PATIENCE):
        self.socket.settimeout(patience)
        line = self.reader.readline()
        if not line:
            raise ConnectionError("the host closed the connection")
        return json.loads(line)

    def begin(self, method, params=None):
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params or {}}
        self.send_line(json.dumps(request))
        return self.last_id

    def answer(self, call_id, patience=PATIENCE):
        while True:
            reply = self.read(patience)
            if reply.get("id") == call_id:
                break
        if "error" in reply:
            raise CallError(reply["error"])
        return reply["result"]

    def call(self, method, params=None, patience=PATIENCE):
        return self.answer(self.begin(method, params), patience)


class Model:
    """The scripted Messages API on loopback."""

    def __init__(self, folder, script):
        if not isinstance(script, (str, pathlib.Path)):
            path = folder / "script.json"
            path.write_text(json.dumps(script))
            script = path
        self.port_file = folder / "model.port"
        self.log = folder / "model.jsonl"
        self.output = open(folder / "model.out", "wb")
        self.process = subprocess.Popen(
            [NPM_BIN / "node", SOURCE / "tests/testing/model/server.mjs", "--script", script, "--port-file", self.port_file,
             "--log", self.log], stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)
        wait_for(lambda: self.port_file.exists() and self.port_file.read_text().strip(), "the model's port")
        self.port = int(self.port_file.read_text())

    def requests(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.output.close()


def wait_for(condition, what="the condition", patience=PATIENCE):
    """Returns the first true value of `condition()`."""
    until = time.monotonic() + patience
    while True:
        with contextlib.suppress(ConnectionError, FileNotFoundError, ConnectionRefusedError):
            value = condition()
            if value:
                return value
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not come within {patience} s")
        time.sleep(0.02)


def cgroup_name(root):
    """Of a root's own cgroup: the FNV-1a hash of its path, as the runtime names it."""
    value = 0xcbf29ce484222325
    for byte in str(root).encode():
        value = (value ^ byte) * 0x100000001b3 % (1 << 64)
    return f"hive-{value:016x}"


def within_reach(user, program):
    """Whether that user can run the program; root asks."""
    return subprocess.run(["test", "-x", program], user=user, group=user, extra_groups=[]).returncode == 0


class Hive:
    """One root with its host. `script`: a path or a dict for the model; None: no model, no credential.
    `user`: the uid that the host runs as; only root may choose another than its own. `through`: a program with
    arguments that becomes the host."""

    def __init__(self, script=None, settings=(), config="", folder=None, user=None, through=()):
        self.owns_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="hive-e2e-")).resolve()
        os.chmod(self.folder, 0o755)
        self.root = self.folder / "root"
        self.root.mkdir(exist_ok=True)
        self.settings = list(settings)
        self.through = list(through)
        self.identity = {"user": user, "group": user, "extra_groups": []} if user else {}
        (self.root / "hive.toml").write_text(config)
        if user:
            os.chown(self.root, user, user)
            os.chown(self.root / "hive.toml", user, user)
        self.build, claude = BUILD, pathlib.Path(os.path.realpath(NPM_BIN / "claude"))
        if user and not (within_reach(user, self.build / "bin/hive-c0re") and within_reach(user, claude)):
            self.build, claude = self.copy_programs(claude)
        self.model = Model(self.folder, script) if script is not None else None
        if self.model:
            key = self.folder / "key"
            key.write_text("test-key")
            os.chown(key, user or os.geteuid(), -1)
            self.settings += [f"claude.base_url=http://127.0.0.1:{self.model.port}/{{{{name}}}}",
                              f"claude.api_key_file={key}"]
        if not any(setting.startswith("claude.command=") for setting in self.settings):
            self.settings.append(f"claude.command={claude}")
        if not any(setting.startswith("plugins.dashboard.") for setting in self.settings):
            self.settings.append("plugins.dashboard.port=0")  # tests run beside each other
        self.host = None
        self.log = open(self.folder / "serve.out", "ab")
        self.connections = threading.local()

    def copy_programs(self, claude):
        """(build, claude) in the test's own folder, for a user who may not pass to the real ones."""
        copy = self.folder / "programs"
        for part in ("bin", "lib", "libexec", "share"):
            shutil.copytree(BUILD / part, copy / part)  # what links point at, so the prompts too
        shutil.copy2(claude, copy / "claude")
        subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
        return copy, copy / "claude"

    # --- the host -------------------------------------------------------------------------------

    def start(self, environment=None):
        """Starts the host and returns when it says that it is ready."""
        command = [*self.through, self.build / "bin/hive-c0re", "serve", "--root", self.root]
        for setting in self.settings:
            command += ["--set", setting]
        self.host = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
                                     env={**os.environ, **(environment or {})}, start_new_session=True,
                                     **self.identity)
        line = self.host.stdout.readline().decode()
        if not line.startswith("ready"):
            self.host.wait(10)
            raise AssertionError(f"the host did not get ready: {line!r}\n{self.output()}")

    def start_expecting_death(self, environment):
        """Starts a host that a crash point may kill at any moment, also before it is ready."""
        with contextlib.suppress(AssertionError):
            self.start(environment)

    def kill_host(self, how=signal.SIGKILL):
        """Ends the host alone; its agents go on."""
        if self.host and self.host.poll() is None:
            self.host.send_signal(how)
        self.forget_host()

    def forget_host(self):
        if self.host:
            self.host.wait(PATIENCE)
            self.host.stdout.close()
        self.host = None
        if connection := getattr(self.connections, "operator", None):
            connection.close()
            self.connections.operator = None

    def restart(self, environment=None):
        self.kill_host()
        self.start(environment)

    def alive(self):
        return self.host is not None and self.host.poll() is None

    def output(self):
        self.log.flush()
        return (self.folder / "serve.out").read_text(errors="replace")[-4000:]

    # --- calls ----------------------------------------------------------------------------------

    def operator(self):
        return Connection(self.root / "run/host.sock")

    def agent(self, name):
        """A connection as that agent: its own socket, under its uid."""
        return Connection(self.root / f"run/agents/{name}/host.sock", self.uid_of(name))

    def uid_of(self, name):
        return (self.root / f"agents/{name}/state").stat().st_uid

    def call(self, method, params=None, patience=PATIENCE):
        """As the operator, on a connection of this thread that is opened when it is needed."""
        connection = getattr(self.connections, "operator", None)
        try:
            if connection is None:
                connection = self.connections.operator = self.operator()
            return connection.call(method, params, patience)
        except (ConnectionError, OSError):
            self.connections.operator = None
            raise ConnectionError("the host went away")

    def cli(self, *arguments, check=True):
        """Runs the CLI on this root; its standard output."""
        done = subprocess.run([self.build / "bin/hive-c0re", "--root", self.root, *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE)
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments}: exit {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout if check else done

    def messages(self, of="*", limit=500):
        """Newest first."""
        return [entry["message"] | {"state": entry["state"]}
                for entry in self.call("broker.recent", {"of": of, "limit": limit})["messages"]]

    def inbox(self, of):
        return [message for message in self.messages(of) if message["to"] == of]

    def container(self, name):
        listed = self.call("lifecycle.list")["containers"]
        return next((container for container in listed if container["name"] == name), None)

    def wait_for(self, condition, what="the condition", patience=PATIENCE):
        try:
            return wait_for(condition, what, patience)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n--- host\n{self.output()}\n--- agents\n{self.agent_output()}") from None

    def wait_until_running(self, name):
        return self.wait_for(lambda: (c := self.container(name)) and c["state"] == "running" and not c.get("pending") and c,
                             f"{name} running")

    def spawn(self, name):
        self.call("lifecycle.spawn", {"name": name})
        return self.wait_until_running(name)

    def agent_output(self):
        lines = []
        for file in sorted(self.root.glob("logs/*/*.jsonl")):
            lines += [f"{file.parent.name}: {line}" for line in file.read_text(errors="replace").splitlines()[-15:]]
        return "\n".join(lines)

    # --- processes ------------------------------------------------------------------------------

    def processes(self):
        """{pid: argv} of everything that belongs to this root, read from /proc, not from what the host says."""
        found = {}
        root = str(self.root).encode()
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            with contextlib.suppress(OSError, IndexError):
                if entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX":
                    continue
                argv = entry.joinpath("cmdline").read_bytes()
                environment = b"\0" + entry.joinpath("environ").read_bytes()
                if root in argv.split(b"\0") or b"\0HIVE_MARK=" + root + b":" in environment:
                    found[int(entry.name)] = argv.decode(errors="replace").split("\0")[:-1]
        return found

    def pids_of(self, program, name=None):
        """Pids of the root whose argv[0] ends with `program`, of the agent `name` only when it is given."""
        out = []
        for pid, argv in self.processes().items():
            if not argv or not argv[0].endswith(program):
                continue
            if name is not None:
                with contextlib.suppress(OSError):
                    environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                    if f"HIVE_NAME={name}".encode() not in environment and name not in argv:
                        continue
            out.append(pid)
        return out

    def stop(self):
        """Stops host and agents; fails when a process of the root is left, or after an orderly stop a cgroup."""
        orderly = False
        if self.alive():
            with contextlib.suppress(ConnectionError, CallError):
                self.call("host.shutdown", {"agents": True}, 120)
                orderly = True
        self.forget_host()
        wait_for(lambda: not self.processes(), f"the end of {self.processes()}", 30)
        if orderly and (left := self.cgroups()):
            raise AssertionError(f"the host and its agents ended in order and left {left}\n{self.output()}")

    def cgroups(self):
        name = cgroup_name(self.root)
        # os.walk bears that the folders of other hives go meanwhile.
        return [f"{folder}/{name}" for folder, folders, _ in os.walk("/sys/fs/cgroup") if name in folders]

    def remove_cgroups(self):
        """Those of supervisors that were killed, which the next host would have removed."""
        for record in self.root.glob("run/supervisors/*.json"):
            with contextlib.suppress(OSError, ValueError, AssertionError):
                folder = pathlib.Path(json.loads(record.read_text()).get("cgroup") or "/nonexistent")
                if not folder.is_dir():
                    continue
                wait_for(lambda: "populated 0" in (folder / "cgroup.events").read_text(), "an empty cgroup", 10)
                folder.rmdir()
                folder.parent.rmdir()

    def discard(self):
        for pid in self.processes():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.remove_cgroups()
        if self.model:
            self.model.close()
        self.log.close()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                if not self.alive() and self.processes():
                    self.start()
                self.stop()
        finally:
            self.discard()
