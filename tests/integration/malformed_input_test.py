"""Hostile bytes on every socket of the host: each is answered by an error or ends the connection; nothing dies."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import CallError, Connection, Hive, wait_for  # noqa: E402

REQUEST = {"jsonrpc": "2.0", "id": 1, "method": "methods.list", "params": {}}
MIB = 1 << 20


def line(**members):
    return json.dumps(REQUEST | members).encode()


# What is sent, and the names of the errors that may come back.
LINES = {
    "no JSON": (b"hello", {"invalid_params"}),
    "half an object": (b'{"jsonrpc":"2.0"', {"invalid_params"}),
    "two values": (b"{} {}", {"invalid_params"}),
    "an array": (b"[" + line() + b"]", {"invalid_params"}),
    "a number": (b"42", {"invalid_params"}),
    "null": (b"null", {"invalid_params"}),
    "invalid UTF-8": (b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}', {"invalid_params"}),
    "a NUL byte": (b'{"jsonrpc":"2.0","id":1,"method":"a\x00b"}', {"invalid_params"}),
    "an escape byte": (b'{"jsonrpc":"2.0","id":1,"method":"a\x1bb"}', {"invalid_params"}),
    "1,000 brackets": (b"[" * 1000 + b"]" * 1000, {"invalid_params"}),
    "deep params": (line(params="X").replace(b'"X"', b'{"a":' * 40 + b"1" + b"}" * 40), {"invalid_params"}),
    "no version": (b'{"id":1,"method":"methods.list"}', {"invalid_params"}),
    "another version": (line(jsonrpc="1.0"), {"invalid_params"}),
    "an unknown member": (line(extra=1), {"invalid_params"}),
    "a repeated member": (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"methods.list"}', {"invalid_params"}),
    "an object as id": (line(id={"a": 1}), {"invalid_params"}),
    "a method that is no text": (line(method=5), {"invalid_params"}),
    "an empty method": (line(method=""), {"invalid_params", "method_not_found"}),
    "a long method": (line(method="m" * 100_000), {"invalid_params", "method_not_found", "too_large"}),
    "an unknown method": (line(method="no.such"), {"method_not_found"}),
    "params that are text": (line(params="x"), {"invalid_params"}),
    "params with unknown members": (line(params={"a": 1}), {"invalid_params"}),
    "a huge number": (line(id=2, params={"a": 1e300}), {"invalid_params"}),
    "a line of 2 MiB": (b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * (2 * MIB) + b'"}', {"too_large"}),
    "bad topics": (line(method="events.subscribe", params={"topics": 5}), {"invalid_params"}),
    "an unknown topic": (line(method="events.subscribe", params={"topics": ["no.such"]}), {"not_found", "forbidden", "invalid_params"}),
}


# AddressSanitizer keeps freed memory, 256 MiB of it by default, which would be counted as the host's.
FREED_IS_FREE = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}


class MalformedInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hive = Hive()
        cls.hive.start(FREED_IS_FREE)
        cls.hive.wait_until_running("manager")

    @classmethod
    def tearDownClass(cls):
        cls.hive.__exit__(None, None, None)

    def sockets(self):
        return {"operator": self.hive.operator, "manager": lambda: self.hive.agent("manager")}

    def error_of(self, connection, bytes_):
        connection.send_line(bytes_ + b"\n")
        reply = connection.read()
        self.assertIn("error", reply)
        self.assertTrue(reply["error"]["message"])
        return reply["error"]["data"]["code"]

    def assert_serves(self, connection):
        self.assertTrue(connection.call("methods.list")["methods"])

    def test_a_bad_line_is_answered_and_the_connection_stays(self):
        for who, connect in self.sockets().items():
            connection = connect()
            for what, (bytes_, codes) in LINES.items():
                with self.subTest(socket=who, line=what):
                    self.assertIn(self.error_of(connection, bytes_), codes)
                    connection.last_id += 1_000
                    self.assert_serves(connection)
            connection.close()

    def test_empty_lines_and_notifications_are_not_answered(self):
        connection = self.hive.operator()
        connection.send_line(b"\n\n\r\n" + b'{"jsonrpc":"2.0","method":"methods.list"}\n')
        connection.send_line(b'{"jsonrpc":"2.0","method":"$/cancel","params":{"id":77}}\n')
        connection.send_line(b'{"jsonrpc":"2.0","method":"$/cancel","params":"x"}\n')
        self.assert_serves(connection)
        connection.close()

    def test_a_line_in_single_bytes_is_one_line(self):
        connection = self.hive.operator()
        for byte in line(id=9) + b"\n":
            connection.send_line(bytes([byte]))
        self.assertEqual(connection.read()["id"], 9)
        connection.close()

    def test_more_calls_than_the_limit_are_refused_one_by_one(self):
        with_turn = self.hive.agent("manager")
        try:
            with_turn.call("broker.turn_begin")
            for number in range(100):
                with_turn.send_line(json.dumps(REQUEST | {"id": 1000 + number, "method": "broker.recv", "params": {"wait_seconds": 100}}))
            replies = [with_turn.read() for _ in range(36)]
            # A recv that found the note of the manager's start is answered at once and leaves room for another.
            refused = [reply["error"]["data"]["code"] for reply in replies if "error" in reply]
            self.assertGreater(len(refused), 30)
            self.assertEqual(set(refused), {"busy"})
        finally:
            with_turn.close()

    def test_more_connections_than_the_limit_are_turned_away(self):
        held = [self.hive.operator() for _ in range(40)]
        served = 0
        for connection in held:
            try:
                connection.call("host.info")
                served += 1
            except (CallError, ConnectionError, OSError):
                pass
        for connection in held:
            connection.close()
        self.assertGreater(served, 0)
        self.assertLessEqual(served, 32)
        wait_for(lambda: self.info_again(), "a free connection")

    def info_again(self):
        connection = self.hive.operator()
        try:
            return connection.call("host.info")
        finally:
            connection.close()

    def test_a_client_that_reads_nothing_costs_nobody_anything(self):
        before = self.info_again()["memory_kb"]
        silent = self.hive.operator()
        silent.socket.settimeout(2)
        lines = b"".join(json.dumps(REQUEST | {"id": number, "method": "host.info"}).encode() + b"\n" for number in range(200_000))
        sent = 0
        with self.assertRaises(TimeoutError, msg="the host reads on though nobody takes its answers"):
            while sent < len(lines):
                sent += silent.socket.send(lines[sent:sent + 4096])
        self.assertLess(self.info_again()["memory_kb"] - before, 32 * 1024)
        agent = self.hive.agent("manager")
        self.assert_serves(agent)
        agent.close()
        # Nothing was lost meanwhile: once it reads, each line that the host has had whole is answered, once.
        whole = lines.count(b"\n", 0, sent)
        self.assertEqual(sorted(silent.read()["id"] for _ in range(whole)), list(range(whole)))
        silent.send_line(lines[sent:lines.index(b"\n", sent) + 1])
        self.assertEqual(silent.read()["id"], whole)
        silent.close()

    def test_another_users_connection_is_turned_away(self):
        if os.geteuid() != 0:
            self.skipTest("skipped: only root can connect as another user")
        for socket_ in ("run/host.sock", "run/agents/manager/host.sock"):
            with self.assertRaises((OSError, ConnectionError)):
                Connection(self.hive.root / socket_, uid=65534).call("methods.list")

    def test_the_host_lives_and_says_so(self):
        self.assertTrue(self.info_again()["pid"])
        self.assertTrue(self.hive.alive())


if __name__ == "__main__":
    unittest.main()
