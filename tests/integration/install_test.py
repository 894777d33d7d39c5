"""`cmake --install`: the installed programs find each other, their plugins and prompts, and run an agent."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
import hive as support  # noqa: E402


class InstallTest(unittest.TestCase):
    def setUp(self):
        # Agents' users must be able to run what lies here.
        self.prefix = pathlib.Path(tempfile.mkdtemp(prefix="hive-install-"))
        self.prefix.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.prefix)

    def test_an_installed_hive_answers_a_message(self):
        subprocess.run(["cmake", "--install", support.BUILD, "--prefix", self.prefix], check=True,
                       stdout=subprocess.DEVNULL)
        for part in ("include/hive/sqlite/outbox.hpp", "lib/libhive_sqlite.a", "lib/libhive_sdk.a"):
            self.assertTrue((self.prefix / part).is_file(), part)
        support.BUILD = self.prefix  # whatever this process starts from here on is the installed program
        with support.Hive(script=support.DEMO) as hive:
            hive.start()
            listed = hive.call("host.plugins")["plugins"]
            self.assertEqual({plugin["state"] for plugin in listed}, {"running"}, listed)
            self.assertTrue(any(plugin["file"].startswith(str(self.prefix)) for plugin in listed), listed)
            hive.cli("send", "manager", "hello")
            self.assertIn("You wrote: hello", hive.cli("inbox", "--wait", "50"))


if __name__ == "__main__":
    unittest.main()
