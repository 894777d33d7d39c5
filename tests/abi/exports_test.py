"""What built plugins export: the descriptor and nothing else, so that two of them can never meet in a symbol."""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import BUILD  # noqa: E402


class ExportsTest(unittest.TestCase):
    def test_a_plugin_exports_its_descriptor_alone(self):
        plugins = [*(BUILD / "lib/hyperhive/plugins").glob("*.so"), *(BUILD / "tests/plugins").glob("*.so")]
        self.assertIn("broker.so", [plugin.name for plugin in plugins])
        for plugin in plugins:
            listed = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", plugin], check=True,
                                    capture_output=True, text=True).stdout.splitlines()
            self.assertEqual([line.split()[0] for line in listed], ["hive_plugin_v1"], plugin)


if __name__ == "__main__":
    unittest.main()
