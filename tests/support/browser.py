"""A browser's side of the operator's page: a session, requests, and the event stream. Standard library only."""
import contextlib
import http.client
import json
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


class Browser:
    """`cookie` is empty until `sign_in`. Each request is a connection of its own."""

    def __init__(self, port):
        self.port = port
        self.cookie = ""
        self.token = ""

    def request(self, verb, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"cookie": self.cookie} if self.cookie else {}
        try:
            connection.request(verb, path, body, sent | (headers or {}))
            got = connection.getresponse()
            return Answer(got.status, got.headers, got.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, body=None, **headers):
        sent = {"content-type": "application/json", "x-hive-token": self.token}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", path, body if isinstance(body, (str, bytes)) else json.dumps(body or {}), sent)

    def sign_in(self, hive):
        """By a one-time address; returns what the address showed."""
        address = hive.call("http.open")
        shown = self.get(urllib.parse.urlparse(address["url"]).path)
        self.take_cookie(shown)
        return address, shown

    def take_cookie(self, answer):
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        self.token = self.get("/api/state").json()["token"]

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
                 f"Cookie: {browser.cookie}"] + ([f"Last-Event-ID: {last}"] if last else [])
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
