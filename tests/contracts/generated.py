"""The committed files that are made from what plugins declare, as this build makes them. `./hive generate` runs it:

    generated.py FOLDER PART...     writes the files below FOLDER that are stale and prints the name of each

The parts are `described`, which asks the built programs, and `answered`, which starts a host and asks that.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import BUILD, SOURCE, Hive  # noqa: E402

C0RE = BUILD / "bin/hive-c0re"
MEND = "run `./hive generate`, read the difference and commit it"
METHODS = "tests/contracts/methods.json"
GUIDE = "docs/writing-a-plugin.md"
QUOTED = re.compile(r"(<!-- (sdk/template/[\w./]+) -->\n```\w+\n).*?(```\n)", re.DOTALL)


def pages():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([C0RE, "docs", folder], check=True)
        return {f"docs/{page.name}": page.read_text() for page in pathlib.Path(folder).iterdir()}


def types():
    return {"sdk/web/src/wire.ts": subprocess.run([C0RE, "wire"], check=True, capture_output=True, text=True).stdout}


def guide():
    """The guide with each file of the template that it quotes as that file is."""
    def as_it_is(block):
        return block[1] + (SOURCE / block[2]).read_text() + block[3]
    return {GUIDE: QUOTED.sub(as_it_is, (SOURCE / GUIDE).read_text())}


def described():
    return {**pages(), **types(), **guide()}


def schemas(methods):
    """{method: what its callers rely on}, of what `host.methods` answers."""
    return {method["name"]: {"callers": method["callers"], "deadline_ms": method["deadline_ms"],
                             "params": method["about"]["params"], "result": method["about"]["result"],
                             "tool": method["about"].get("tool")} for method in methods}


def answered():
    with Hive() as hive:
        hive.start()
        found = schemas(hive.call("host.methods")["methods"])
    return {METHODS: json.dumps(found, indent=1, sort_keys=True) + "\n"}


PARTS = {"described": described, "answered": answered}


def stale(made, folder):
    """Names of the files below `folder` that say something else than `made`, or are not there."""
    def kept(name):
        path = pathlib.Path(folder, name)
        return path.read_text() if path.exists() else None
    return [name for name, text in sorted(made.items()) if kept(name) != text]


def main():
    folder, *parts = sys.argv[1:]
    for part in parts:
        made = PARTS[part]()
        for name in stale(made, folder):
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name])
            print(name)


if __name__ == "__main__":
    main()
