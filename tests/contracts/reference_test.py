"""What is written down is what is true: the reference pages, the commands of the CLI without a host, the guide's code."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hive import BUILD, SOURCE, Hive  # noqa: E402

C0RE = BUILD / "bin/hive-c0re"
MEND = "run `build/dev/bin/hive-c0re docs docs` and commit what it wrote"


def sections(page):
    return {line[4:] for line in page.splitlines() if line.startswith("### ")}


class ReferenceTest(unittest.TestCase):
    def test_the_committed_pages_are_those_that_the_contracts_make(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([C0RE, "docs", folder], check=True)
            for name in ("methods.md", "configuration.md", "cli.md"):
                made, kept = pathlib.Path(folder, name).read_text(), (SOURCE / "docs" / name).read_text()
                self.assertTrue(made == kept, f"docs/{name} is stale; {MEND}")

    def test_the_build_refuses_types_that_the_contracts_do_not_make(self):
        with tempfile.NamedTemporaryFile("w", suffix=".ts") as file:
            file.write((SOURCE / "sdk/web/src/wire.ts").read_text() + "export type More = string;\n")
            file.flush()
            done = subprocess.run([C0RE, "wire", "--check", file.name], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (73, ""))
        self.assertIn("is not what the contracts say", done.stderr)

    def test_the_program_knows_every_method_and_topic_of_its_plugins(self):
        with Hive() as hive:
            hive.start()
            methods = {method["name"] for method in hive.call("host.methods")["methods"]}
            topics = {topic["topic"] for topic in hive.call("host.events")["topics"]}
        described = sections((SOURCE / "docs/methods.md").read_text())
        self.assertLessEqual({"broker.send", "lifecycle.spawn", "turns.report"}, methods)
        self.assertEqual(described, methods | topics, "host/built_in_contracts.cpp lacks a contract, or names one too many")

    def test_the_guide_shows_the_template_as_it_is(self):
        guide = (SOURCE / "docs/writing-a-plugin.md").read_text()
        for name in ("hello.hpp", "entry.cpp", "hello_test.cpp"):
            self.assertIn(f"```cpp\n{(SOURCE / 'sdk/template' / name).read_text()}```\n", guide, name)

    def test_links_between_pages_lead_somewhere(self):
        for page in [SOURCE / "README.md", *(SOURCE / "docs").glob("*.md")]:
            for target in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    unittest.main()
