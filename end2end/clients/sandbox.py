"""A `qq-login sandbox` of a test's own, on a free port, and the person who approves there."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests

PROGRAM = os.environ.get("QQ_LOGIN") or str(Path(__file__).parents[2] / "target/release/qq-login")
APP_ID = "100000042"
APP_KEY = "the key of the sandbox's app"


class Sandbox:
    def __init__(self, callback):
        """Starts it for an app with this callback."""
        self.callback = callback
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._running = subprocess.Popen(
            [PROGRAM, "sandbox"],
            # Not in this repository, where a .env file may say otherwise.
            cwd=tempfile.gettempdir(),
            env={
                "SANDBOX_ADDR": f"127.0.0.1:{port}",
                "SANDBOX_APP_ID": APP_ID,
                "SANDBOX_APP_KEY": APP_KEY,
                "SANDBOX_CALLBACKS": callback,
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        self._wait_until_listening()

    def _wait_until_listening(self):
        said = []
        for line in self._running.stderr:
            said.append(line)
            if "the QQ sandbox is at" in line:
                return
        self.stop()
        raise RuntimeError(f"{PROGRAM} did not start: {''.join(said)}")

    def stop(self):
        self._running.terminate()
        self._running.communicate()

    def plan(self, endpoint, fault):
        """Lets the next answer of an endpoint go wrong."""
        requests.put(f"{self.address}/sandbox/faults/{endpoint}", json={"fault": fault}).raise_for_status()

    def requests(self):
        """What was asked so far: endpoint, method, parameters; the oldest first."""
        return requests.get(f"{self.address}/sandbox/requests").json()

    def called(self):
        """The endpoints that were asked so far, the authorize page left out."""
        endpoints = [request["endpoint"] for request in self.requests()]
        return [endpoint for endpoint in endpoints if endpoint != "authorize"]

    def openid_of(self, name):
        """Who the sandbox says a person is, heard without the library that is tested."""
        asked = {"response_type": "code", "client_id": APP_ID, "redirect_uri": self.callback, "state": "s"}
        authorize_url = requests.Request("GET", f"{self.address}/oauth2.0/authorize", params=asked).prepare().url
        exchanged = {
            "grant_type": "authorization_code",
            "client_id": APP_ID,
            "client_secret": APP_KEY,
            "code": approve(authorize_url, name)["code"],
            "redirect_uri": self.callback,
            "need_openid": "1",
            "fmt": "json",
        }
        return requests.get(f"{self.address}/oauth2.0/token", params=exchanged).json()["openid"]


def approve(authorize_url, name):
    """Approves as a person; brings what the callback is called with."""
    answer = requests.get(authorize_url, params={"sandbox_user": name}, allow_redirects=False)
    return callback_parameters(answer)


def cancel(authorize_url):
    """Cancels as on a phone, since on a PC QQ leads nowhere; brings what the callback is called with."""
    display, decision = {"display": "mobile"}, {"decision": "cancel"}
    answer = requests.post(authorize_url, params=display, data=decision, allow_redirects=False)
    return callback_parameters(answer)


def callback_parameters(answer):
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
