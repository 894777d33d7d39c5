"""The README's command lines, word for word, but for where: the built programs and a root of the test's own."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from browser import free_port  # noqa: E402
from hive import BUILD, NPM_BIN, SOURCE  # noqa: E402

PATIENCE = 560  # seconds; only a hang takes so long
ORDINARY = 65_533  # a uid of nobody's


def tour():
    block = re.search(r"^## The same on the command line\n+```sh\n(.*?)^```$", (SOURCE / "README.md").read_text(), re.M | re.S)
    return block.group(1)


def processes_with(text):
    """Pids with that text among their words or in their environment."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(text).encode() in (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


class TourTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hive-tour-"))
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.root = self.folder / "root"
        self.environment = os.environ | {"HIVE_PRESET": BUILD.name, "HYPERHIVE_ROOT": str(self.root)}

    def bash(self, script):
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=SOURCE, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)

    def test_the_readmes_tour_works_as_written(self):
        if not (BUILD / "CMakeCache.txt").exists() or BUILD.parent != SOURCE / "build":
            self.skipTest("the build is not one of this source's presets")
        script = tour()
        self.assertIn("./hive up --demo --detach", script)
        self.assertIn("build/release/bin", script)
        script = script.replace("build/release/bin", f"build/{BUILD.name}/bin")
        script = re.sub(r"^\./hive (up|down)", rf"./hive \1 --root {self.root}", script, flags=re.M)
        script = script.replace("./hive up", f"./hive up --port {free_port()}")  # other tests run beside this one
        script = re.sub(r"--wait( \d+)?", f"--wait {PATIENCE}", script)
        self.addCleanup(self.bash, f"./hive down --root {self.root}")
        ran = self.bash(script)
        self.assertEqual(ran.returncode, 0, f"{ran.stdout}\n{ran.stderr}")
        for said in ("alice and bob are there", "Hello, I am the manager of this hive. You wrote: hello",
                     "My report: /agents/alice/state/report.md", "| 1900 | no   | a century that 400 does not divide |",
                     "I passed it on to carol.", "carol says: Here is carol", "carol was created and started.",
                     "carol was stopped.", "carol was started.", "carol was destroyed."):
            self.assertIn(said, ran.stdout)
        self.assertIn("no process, mount or cgroup of", ran.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "who is not root walks the whole tour so")
    def test_the_demo_works_for_an_ordinary_user(self):
        copy = self.copy_for(ORDINARY)
        self.addCleanup(self.as_ordinary_user, copy, "./hive down")
        started = self.as_ordinary_user(copy, "./hive up --detach --demo")
        self.assertEqual(started.returncode, 0, started.stderr)
        self.assertNotIn("are missing", started.stderr)
        asked = self.as_ordinary_user(copy, f"""cd build/{BUILD.name}/bin
                                                ./hive-c0re inbox --wait {PATIENCE}
                                                ./hive-c0re send manager hello
                                                ./hive-c0re inbox --wait {PATIENCE} --with manager""")
        self.assertEqual(asked.returncode, 0, asked.stderr)
        self.assertIn("Hello, I am the manager of this hive. You wrote: hello", asked.stdout)
        self.assertEqual({path.lstat().st_uid for path in (copy / ".hive").rglob("*")}, {ORDINARY})
        stopped = self.as_ordinary_user(copy, "./hive down")
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        self.assertIn("no process, mount or cgroup of", stopped.stderr)
        self.assertEqual(processes_with(copy), [])

    def copy_for(self, user):
        """A tree of that user's in which everything is installed and built: all that is left to do is to run it."""
        copy = self.folder / "copy"
        for part in ("tests/npm", "tests/testing/model"):
            shutil.copytree(SOURCE / part, copy / part)
        shutil.copy2(SOURCE / "hive", copy)
        for part in ("bin", "lib", "libexec", "share"):
            shutil.copytree(BUILD / part, copy / "build" / BUILD.name / part)
        (copy / "build" / BUILD.name / "build.ninja").touch()
        shutil.copytree(NPM_BIN, copy / "build/npm/bin")
        shutil.copy2(NPM_BIN.parent / "installed", copy / "build/npm")
        (copy / "tools").mkdir()
        (copy / "tools/ninja").write_text("#!/bin/sh\nexit 0\n")
        (copy / "tools/ninja").chmod(0o755)
        subprocess.run(["chown", "-R", f"{user}:{user}", copy], check=True)
        return copy

    def as_ordinary_user(self, copy, script):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HIVE_", "HYPERHIVE_"))}
        own = {"HIVE_PRESET": BUILD.name, "HOME": str(copy), "HYPERHIVE_ROOT": str(copy / ".hive"),
               "PATH": f"{copy}/tools:{os.environ['PATH']}"}
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=copy, env=kept | own, user=ORDINARY,
                              group=ORDINARY, extra_groups=[], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE)


if __name__ == "__main__":
    unittest.main()
