"""Starts `qq-login sandbox` for one test, on a free port, and approves or cancels there."""

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
        """Starts the sandbox for an app with this callback."""
        self.callback = callback
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._running = subprocess.Popen(
            [PROGRAM, "sandbox"],
            # Outside this repository, whose .env file could change the configuration.
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
        lines = []
        for line in self._running.stderr:
            lines.append(line)
            if "serving the QQ sandbox" in line:
                return
        self.stop()
        raise RuntimeError(f"{PROGRAM} did not start: {''.join(lines)}")

    def stop(self):
        self._running.terminate()
        self._running.communicate()

    def set_fault(self, endpoint, fault):
        """Applies a fault to the next response of an endpoint."""
        requests.put(f"{self.address}/sandbox/faults/{endpoint}", json={"fault": fault}).raise_for_status()

    def requests(self):
        """The requests so far, oldest first: endpoint, method, parameters."""
        return requests.get(f"{self.address}/sandbox/requests").json()

    def called_endpoints(self):
        """The endpoints called so far, without the authorize page."""
        endpoints = [request["endpoint"] for request in self.requests()]
        return [endpoint for endpoint in endpoints if endpoint != "authorize"]

    def openid_of(self, name):
        """The openid of a user, obtained without the library under test."""
        authorize_params = {"response_type": "code", "client_id": APP_ID, "redirect_uri": self.callback, "state": "s"}
        authorize_url = requests.Request("GET", f"{self.address}/oauth2.0/authorize", params=authorize_params).prepare().url
        token_params = {
            "grant_type": "authorization_code",
            "client_id": APP_ID,
            "client_secret": APP_KEY,
            "code": approve(authorize_url, name)["code"],
            "redirect_uri": self.callback,
            "need_openid": "1",
            "fmt": "json",
        }
        return requests.get(f"{self.address}/oauth2.0/token", params=token_params).json()["openid"]


def approve(authorize_url, name):
    """Approves and returns the parameters of the callback."""
    response = requests.get(authorize_url, params={"sandbox_user": name}, allow_redirects=False)
    return callback_parameters(response)


def cancel(authorize_url):
    """Cancels and returns the parameters of the callback. Uses the mobile page: on a PC, QQ does not redirect."""
    display, decision = {"display": "mobile"}, {"decision": "cancel"}
    response = requests.post(authorize_url, params=display, data=decision, allow_redirects=False)
    return callback_parameters(response)


def callback_parameters(response):
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
