"""What a new agent's configuration is to the programs that it is written for: real git and real nix. Neither of them
reads a setting of the machine's or of the user's."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import Hive  # noqa: E402

NIX_CONFIG = "\n".join(["experimental-features = nix-command flakes", "build-users-group =", "sandbox = false",
                        "substituters =", "flake-registry ="])
TOOL = '{ outputs = { self }: { packages.any.default = "the tool itself"; }; }'
# What agent.nix is given as flakeInputs, and what a package of it is there.
SEEN = """module: let
  made = module { };
  inherit (made._module.args) flakeInputs;
  agent = import (builtins.head made.imports) { config = { }; lib = { }; pkgs.system = "any"; inherit flakeInputs; };
in { names = builtins.attrNames flakeInputs; packages = agent.environment.systemPackages; }"""


def git(folder, *arguments):
    alone = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    ran = subprocess.run(["git", "-c", "safe.directory=*", "-C", folder, *arguments], env=alone, capture_output=True,
                         text=True)
    if ran.returncode != 0:
        raise AssertionError(f"git {' '.join(arguments)}: {ran.stderr}")
    return ran.stdout.strip()


def nix_eval(folder, expression):
    with tempfile.TemporaryDirectory(prefix="nix-") as own:
        alone = {"PATH": os.environ["PATH"], "HOME": own, "NIX_CONFIG": NIX_CONFIG, "GIT_CONFIG_COUNT": "1",
                 "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        ran = subprocess.run(["nix", "eval", "--store", f"{own}/store", "--json",
                              f"git+file://{folder}#nixosModules.default", "--apply", expression],
                             env=alone, capture_output=True, text=True)
        subprocess.run(["chmod", "-R", "u+w", own], check=True)  # a store is read-only
    if ran.returncode != 0:
        raise AssertionError(f"nix eval: {ran.stderr}")
    return json.loads(ran.stdout)


class SeededConfiguration(unittest.TestCase):
    def setUp(self):
        self.hive = self.enterContext(Hive())
        self.hive.start()
        self.hive.spawn("alice")
        self.config = self.hive.root / "agents/alice/config"

    def change(self, file, old, new):
        text = (self.config / file).read_text()
        self.assertIn(old, text)
        (self.config / file).write_text(text.replace(old, new))

    def test_whoever_commits_there_is_the_manager(self):
        self.change("agent.toml", '# model = "sonnet"', 'model = "sonnet"')
        git(self.config, "commit", "-qam", "Use another model")
        self.assertEqual(git(self.config, "log", "--format=%an <%ae>|%cn <%ce>"),
                         "\n".join(["manager <manager@hyperhive>|manager <manager@hyperhive>"] * 2))

    def test_every_input_but_the_flake_itself_reaches_agent_nix(self):
        self.assertEqual(nix_eval(self.config, SEEN), {"names": [], "packages": []})
        with tempfile.TemporaryDirectory() as tool:
            pathlib.Path(tool, "flake.nix").write_text(TOOL)
            self.change("flake.nix", '# tool.url = "github:owner/tool";', f'tool.url = "path:{tool}";')
            self.change("agent.nix", "# ripgrep", "flakeInputs.tool.packages.${pkgs.system}.default")
            git(self.config, "commit", "-qam", "Add the tool")
            self.assertEqual(nix_eval(self.config, SEEN), {"names": ["tool"], "packages": ["the tool itself"]})


if __name__ == "__main__":
    unittest.main()
