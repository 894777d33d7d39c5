"""What is written down is what is true: the reference pages, the commands of the CLI without a host, the guide's code."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
import generated  # noqa: E402
from generated import C0RE  # noqa: E402
from hive import SOURCE, Hive  # noqa: E402


def sections(page):
    return {line[4:] for line in page.splitlines() if line.startswith("### ")}


class ReferenceTest(unittest.TestCase):
    def test_the_committed_files_are_those_that_the_contracts_make(self):
        made = generated.described()
        self.assertLessEqual({"docs/cli.md", "docs/methods.md", "docs/configuration.md", "sdk/web/src/wire.ts"}, set(made))
        self.assertEqual(generated.stale(made, SOURCE), [], f"these are stale; {generated.MEND}")

    def test_the_generator_writes_what_is_stale_and_names_it(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in generated.described().items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            page = pathlib.Path(folder, "docs/cli.md")
            good = page.read_text()
            page.write_text(good + "more\n")
            pathlib.Path(folder, "sdk/web/src/wire.ts").unlink()
            run = [sys.executable, generated.__file__, folder, "described"]
            said = [subprocess.run(run, check=True, capture_output=True, text=True).stdout for _ in range(2)]
            self.assertEqual(said, ["docs/cli.md\nsdk/web/src/wire.ts\n", ""])
            self.assertEqual(page.read_text(), good)

    def test_the_build_refuses_types_that_the_contracts_do_not_make(self):
        with tempfile.NamedTemporaryFile("w", suffix=".ts") as file:
            file.write((SOURCE / "sdk/web/src/wire.ts").read_text() + "export type More = string;\n")
            file.flush()
            done = subprocess.run([C0RE, "wire", "--check", file.name], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (73, ""))
        self.assertIn("is not what the contracts say; run `./hive generate`", done.stderr)

    def test_the_program_knows_every_method_and_topic_of_its_plugins(self):
        with Hive() as hive:
            hive.start()
            methods = {method["name"] for method in hive.call("host.methods")["methods"]}
            topics = {topic["topic"] for topic in hive.call("host.events")["topics"]}
        described = sections((SOURCE / "docs/methods.md").read_text())
        self.assertLessEqual({"broker.send", "lifecycle.spawn", "turns.report"}, methods)
        self.assertEqual(described, methods | topics, "host/built_in_contracts.cpp lacks a contract, or names one too many")

    def test_the_guide_quotes_every_source_of_the_template(self):
        quoted = {name for _, name, _ in generated.QUOTED.findall((SOURCE / generated.GUIDE).read_text())}
        self.assertEqual(quoted, {f"sdk/template/{name}" for name in ("hello.hpp", "entry.cpp", "hello_test.cpp", "web/panel.tsx")})

    def test_links_between_pages_lead_somewhere(self):
        for page in [*SOURCE.glob("*.md"), *(SOURCE / "docs").glob("*.md")]:
            for target in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    unittest.main()
