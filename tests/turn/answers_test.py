"""What a tool answers reaches the model in one piece, through the real harness and CLI, or is known not to have."""
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from harness import Harness, rule  # noqa: E402

RECV = "mcp__hyperhive__recv"
LONGEST = 59_600  # of a message, so that the whole answer has 60,000 characters at most
# A CLI that does not know what a tool asks for: the server's answer reaches it under another name.
DEAF = """#!{python}
import json, os, sys
path = sys.argv[sys.argv.index("--mcp-config") + 1]
config = json.load(open(path))
server = config["mcpServers"]["hyperhive"]
renamed = '"$0" "$@" | sed -u s,anthropic/maxResultSizeChars,nobody/maxResultSizeChars,'
server.update(command="/bin/sh", args=["-c", renamed, server["command"], *server["args"]])
json.dump(config, open(path, "w"))
os.execv({claude!r}, [{claude!r}, *sys.argv[1:]])
"""
DENSE = "".join(random.Random(7).choices("0123456789abcdef:;-_/", k=LONGEST))  # nearly a token each


def answers(alice):
    """What the model was given for the uses of its tools."""
    texts = []
    for request in alice.model.requests():
        for message in request.get("body", {}).get("messages", []):
            for block in message["content"] if isinstance(message["content"], list) else []:
                if block.get("type") == "tool_result":
                    content = block["content"]
                    texts.append(content if isinstance(content, str) else "".join(part.get("text", "") for part in content))
    return texts


class Answers(unittest.TestCase):
    def turn(self, body, claude=None):
        """A turn that takes `body` with recv; ends when it has ended."""
        alice = Harness([rule("hello", {"delay_ms": 2000, "tool": RECV, "input": {}}, {"text": "Done."})])
        self.addCleanup(alice.__exit__, None)
        alice.start(claude=claude or alice.claude)
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.leased, "the turn")
        alice.host.post(body, sender="bob", kind="agent")
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
        return alice

    def test_sixty_thousand_characters_reach_the_model_in_one_piece(self):
        for name, body in {"prose": "It is well. " * (LONGEST // 12), "dense": DENSE}.items():
            with self.subTest(text=name):
                alice = self.turn(body)
                self.assertTrue([text for text in answers(alice) if body in text], [text[:200] for text in answers(alice)])
                self.assertEqual(alice.host.ends, [{"turn": 1, "ok": True, "unseen": []}])
                self.assertEqual(len(alice.host.settled), 2)

    def test_what_is_moved_to_a_file_all_the_same_is_unseen_and_comes_again(self):
        with tempfile.TemporaryDirectory(prefix="hive-deaf-") as folder:
            deaf = pathlib.Path(folder, "claude")
            deaf.write_text(DEAF.format(python=sys.executable, claude=Harness.claude))
            deaf.chmod(0o755)
            alice = self.turn(DENSE, claude=deaf)
            self.assertEqual([text[:200] for text in answers(alice) if DENSE in text], [])
            self.assertTrue([text for text in answers(alice) if "saved to" in text], [text[:200] for text in answers(alice)])
            self.assertEqual(len(alice.host.ends[0]["unseen"]), 1)
            alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the message settled by the turn that showed it")
            self.assertTrue([prompt for prompt in alice.prompts() if DENSE in prompt])


if __name__ == "__main__":
    unittest.main()
