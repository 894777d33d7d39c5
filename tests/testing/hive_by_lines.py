"""A hive for tests that are not written in Python: one JSON request a line on standard input, one answer a line.

    {"id": 1, "do": "call", "with": ["broker.send", {"to": "manager", "body": "hello"}]}
    {"id": 1, "result": {"id": 7}}        or        {"id": 1, "error": "what went wrong"}

`do` is a name in KNOWN, `with` its arguments. The program's argument is JSON: the keyword arguments of `Hive`. At
the end of the input host and agents are stopped; what was left of them makes the exit code 1.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hive import DEMO, Hive, wait_for  # noqa: E402

WINDOW = 32  # calls under way at once


def send_many(hive, sender, to, bodies):
    """Each body is a message of `sender` (an agent or the operator); returns their ids in the order of `bodies`."""
    # A host that was just started opens the agents' sockets after its own.
    connection = hive.operator() if sender == "operator" else wait_for(lambda: hive.agent(sender), f"the socket of {sender}")
    ids = {}
    for start in range(0, len(bodies), WINDOW):
        calls = [connection.begin("broker.send", {"to": to, "body": body}) for body in bodies[start:start + WINDOW]]
        for _ in calls:
            reply = connection.read()
            if "error" in reply:
                raise AssertionError(f"{sender} to {to}: {reply['error']['message']}")
            ids[reply["id"]] = reply["result"]["id"]
    connection.close()
    return [ids[call] for call in sorted(ids)]


KNOWN = {"send_many": send_many} | {
    name: getattr(Hive, name) for name in ("start", "kill_host", "restart", "call", "cli", "spawn", "wait_until_running", "messages")}


def answer(hive, request):
    result = KNOWN[request["do"]](hive, *request.get("with", []))
    return {"id": request["id"], "result": result}


def main():
    options = json.loads(sys.argv[1])
    if options.get("script") == "demo":
        options["script"] = DEMO
    with Hive(**options) as hive:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                reply = answer(hive, request)
            except Exception as failure:  # noqa: BLE001: whatever it is, the test is told
                reply = {"id": request["id"], "error": f"{type(failure).__name__}: {failure}"}
            print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
