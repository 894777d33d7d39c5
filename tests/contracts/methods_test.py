"""Every method of every plugin: its schema is the one that was agreed on, each kind of caller is let in or refused as
the contract says, and params that lack a member, or have one of no contract, are refused by its name."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
import generated  # noqa: E402
from hive import SOURCE, CallError, Hive  # noqa: E402


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
        found, agreed = generated.schemas(self.methods), json.loads((SOURCE / generated.METHODS).read_text())
        self.assertEqual(sorted(found), sorted(agreed), f"{generated.METHODS} is stale; {generated.MEND}")
        for name, contract in found.items():
            self.assertEqual(contract, agreed[name], f"{name}: its contract changed; {generated.MEND}")


if __name__ == "__main__":
    unittest.main()
