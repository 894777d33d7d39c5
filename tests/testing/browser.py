"""A browser's side of the operator's page: a session, requests, and the event stream. Standard library only."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import time
import urllib.parse

PATIENCE = 120  # seconds that a stream may bring nothing


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


def mac(key, text):
    """HMAC-SHA-256 as base64url without padding: keys, proofs and tokens of sessions are such texts (docs/web.md)."""
    made = hmac.digest(key.encode(), text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def code_of(address):
    """(path, code) of a one-time address: what goes to the host, and what does not."""
    parts = urllib.parse.urlparse(address["url"])
    return parts.path, parts.fragment


class Browser:
    """A stranger until `sign_in`. Each request is a connection of its own; like a page, one that is refused for want of
    a session is asked once more with a new token."""

    def __init__(self, port):
        self.port = port
        self.session = self.key = None
        self.token = ""

    def request(self, verb, path, body=None, headers=None):
        answer = self.ask(verb, path, body, {"x-hive-token": self.token} | (headers or {}))
        own = "x-hive-token" not in (headers or {})
        if answer.status == 401 and own and self.session and self.renew():
            answer = self.ask(verb, path, body, {"x-hive-token": self.token} | (headers or {}))
        return answer

    def ask(self, verb, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(verb, path, body, {name: value for name, value in headers.items() if value is not None})
            got = connection.getresponse()
            return Answer(got.status, got.headers, got.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, body=None, **headers):
        sent = {"content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", path, body if isinstance(body, (str, bytes)) else json.dumps(body or {}), sent)

    def sign_in(self, hive):
        """By a one-time address; returns it and what it was answered with."""
        address = hive.call("http.open")
        return address, self.enrol(address)

    def enrol(self, address):
        (path, code), nonce = code_of(address), secrets.token_urlsafe(16)
        name = path.rsplit("/", 1)[1]
        answer = self.post(path, {"nonce": nonce, "proof": mac(code, f"hive open browser {name} {nonce}")})
        if answer.status == 200:
            self.keep(answer.json(), code, name, nonce)
        return answer

    def keep(self, begun, secret, name, nonce):
        """The session that the host began, once it has shown that it knows the secret."""
        session, own = begun["session"], begun["nonce"]
        if begun["proof"] != mac(secret, f"hive open host {name} {nonce} {own} {session}"):
            raise AssertionError("what answers does not know the secret")
        self.session, self.key = session, mac(secret, f"hive session {nonce} {own} {session}")
        self.renew()

    def greet(self, nonce):
        """The host's half of a token."""
        return self.ask("POST", "/session", json.dumps({"session": self.session, "nonce": nonce}),
                        {"content-type": "application/json"})

    def renew(self):
        """A new token, from a new proof of both; an empty one when the host knows no such session."""
        nonce = secrets.token_urlsafe(16)
        answer = self.greet(nonce)
        self.token = ""
        if answer.status == 200:
            own = answer.json()["nonce"]
            if answer.json()["proof"] != mac(self.key, f"hive host {self.session} {nonce} {own}"):
                raise AssertionError("what answers does not have the session's key")
            self.token = f"{self.session}.{nonce}.{own}." + mac(self.key, f"hive token {self.session} {nonce} {own}")
        return self.token

    def state(self):
        return self.get("/api/state").json()

    def stream(self, topics, last=None, receive_buffer=None):
        return Stream(self, topics, last, receive_buffer)


def signed_in(hive):
    browser = Browser(port_of(hive))
    browser.sign_in(hive)
    return browser


def port_of(hive):
    return urllib.parse.urlparse(hive.call("http.open")["url"]).port


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stream:
    """One event stream; iterating gives (id, event, data) until it ends or brings nothing for long.
    Opened when the constructor returns."""

    def __init__(self, browser, topics, last=None, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", browser.port))
        lines = [f"GET /dashboard/stream?topics={','.join(topics)} HTTP/1.1", f"Host: 127.0.0.1:{browser.port}",
                 f"x-hive-token: {browser.renew()}"] + ([f"Last-Event-ID: {last}"] if last else [])
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.reader = self.socket.makefile("rb")
        self.status = int(self.reader.readline().split()[1])
        while self.reader.readline().strip():
            pass
        self.last = last

    def __iter__(self):
        frame, heard = {}, time.monotonic()
        with contextlib.suppress(ConnectionError, TimeoutError):
            for line in self.reader:
                line = line.decode().rstrip("\n")
                if line.startswith(":"):  # a sign of life and nothing else
                    if time.monotonic() > heard + PATIENCE:
                        return
                    continue
                if line:
                    name, _, value = line.partition(": ")
                    frame[name] = value
                elif frame:
                    self.last = frame.get("id", self.last)
                    yield frame.get("id"), frame["event"], json.loads(frame["data"])
                    frame, heard = {}, time.monotonic()

    def next(self):
        return next(iter(self))

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.reader.close()
        self.socket.close()
