"""Every method of every plugin: its schema is the one that was agreed on, each kind of caller is let in or refused as
the contract says, and params that lack a member, or have one of no contract, are refused by its name.

    HIVE_UPDATE_GOLDEN=1 methods_test.py     writes methods.json anew; read its difference before you commit it
"""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hive import CallError, Hive  # noqa: E402

GOLDEN = pathlib.Path(__file__).with_name("methods.json")


class Methods(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hive = Hive()
        cls.hive.start()
        cls.hive.wait_until_running("manager")
        cls.hive.spawn("alice")
        cls.methods = cls.hive.call("host.methods")["methods"]
        cls.callers = {"operator": cls.hive.operator(), "manager": cls.hive.agent("manager"), "agent": cls.hive.agent("alice")}

    @classmethod
    def tearDownClass(cls):
        for connection in cls.callers.values():
            connection.close()
        cls.hive.__exit__(None, None, None)

    def refusal_of(self, caller, method):
        try:
            self.callers[caller].call(method, {"no_such_member": 1})
        except CallError as error:
            return error
        return None

    def test_each_caller_is_let_in_or_refused_as_the_contract_says(self):
        self.assertGreater(len(self.methods), 40)
        for method in self.methods:
            for caller in self.callers:
                with self.subTest(method=method["name"], caller=caller):
                    refusal = self.refusal_of(caller, method["name"])
                    self.assertIsNotNone(refusal, "params of no contract were taken")
                    if caller in method["callers"]:
                        self.assertEqual(refusal.code, "invalid_params")
                        self.assertRegex(str(refusal), r"^(no_such_member: wanted no such member|\w+: is required)")
                    else:
                        self.assertEqual(refusal.code, "forbidden")

    def test_each_caller_is_told_of_its_own_methods_alone(self):
        for caller, connection in self.callers.items():
            told = {method["name"] for method in connection.call("methods.list")["methods"]}
            self.assertEqual(told, {method["name"] for method in self.methods if caller in method["callers"]}, caller)

    def test_the_schemas_are_those_that_were_agreed_on(self):
        found = {method["name"]: {"callers": method["callers"], "deadline_ms": method["deadline_ms"],
                                  "params": method["about"]["params"], "result": method["about"]["result"],
                                  "tool": method["about"].get("tool")} for method in self.methods}
        if os.environ.get("HIVE_UPDATE_GOLDEN"):
            GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
        agreed = json.loads(GOLDEN.read_text())
        self.assertEqual(sorted(found), sorted(agreed))
        for name, contract in found.items():
            self.assertEqual(contract, agreed[name], f"{name}: its contract changed; see this file's first lines")


if __name__ == "__main__":
    unittest.main()
