"""python-social-auth's QQ backend, unmodified. docs/clients.md explains its bugs."""

import json
import unittest
from dataclasses import dataclass

from sandbox import APP_ID, APP_KEY, Sandbox, approve, cancel
from social_core.backends.qq import QQOAuth2
from social_core.exceptions import AuthResponseError
from social_core.storage import BaseStorage, NonceMixin
from social_core.strategy import BaseStrategy

CALLBACK = "http://127.0.0.1:9/complete/qq"
# Nicknames that a site must handle.
NICKNAMES = ["Alice Example", "小明", "企鹅🐧小新👩‍💻", """<b>"Bobby"</b> & 'co' <script>"""]


class Nonces(NonceMixin):
    """Pending states."""

    pending = set()

    @classmethod
    def use(cls, server_url, timestamp, salt):
        cls.pending.add((server_url, timestamp, salt))
        return True

    @classmethod
    def consume(cls, server_url, timestamp, salt):
        known = (server_url, timestamp, salt) in cls.pending
        cls.pending.discard((server_url, timestamp, salt))
        return known


class Storage(BaseStorage):
    nonce = Nonces


class Site(BaseStrategy):
    """A minimal web framework: settings, one session, one request."""

    def __init__(self, settings, session, query):
        self.settings = settings
        self.session = session
        self.query = query
        super().__init__(Storage)

    def get_setting(self, name):
        return self.settings[name]

    def get_request_data(self, merge=True):
        return self.query

    def build_absolute_uri(self, path=None):
        return path

    def redirect(self, url):
        return url

    def session_get(self, name, default=None):
        return self.session.get(name, default)

    def session_set(self, name, value):
        self.session[name] = value

    def session_pop(self, name):
        return self.session.pop(name, None)


@dataclass
class User:
    """The signed-in user, as reported by the library."""

    uid: str
    details: dict
    response: dict


def sign_in_user(uid, details, response, **_):
    """The last step of the pipeline: where a site would look for the account."""
    return User(uid, details, response)


class SocialAuthCore(unittest.TestCase):
    def setUp(self):
        self.sandbox = Sandbox(CALLBACK)
        self.addCleanup(self.sandbox.stop)
        self.session = {}

    def backend(self, query):
        graph = self.sandbox.address

        class QQ(QQOAuth2):
            """get_user_info has QQ's address built in, so the requests themselves are led elsewhere."""

            def request(self, url, **how):
                return super().request(url.replace("https://graph.qq.com", graph, 1), **how)

        settings = {
            "SOCIAL_AUTH_QQ_KEY": APP_ID,
            "SOCIAL_AUTH_QQ_SECRET": APP_KEY,
            "SOCIAL_AUTH_QQ_AUTHORIZATION_URL": f"{graph}/oauth2.0/authorize",
            "SOCIAL_AUTH_PIPELINE": (
                "social_core.pipeline.social_auth.social_details",
                "social_core.pipeline.social_auth.social_uid",
                f"{__name__}.sign_in_user",
            ),
        }
        return QQ(Site(settings, self.session, query), redirect_uri=CALLBACK)

    def start(self):
        """Returns the authorization URL."""
        return self.backend({}).start()

    def sign_in(self, name="Alice Example"):
        return self.backend(approve(self.start(), name)).complete()

    def test_signs_in_with_any_nickname(self):
        for nickname in NICKNAMES:
            with self.subTest(nickname):
                user = self.sign_in(nickname)
                self.assertEqual(self.sandbox.called_endpoints()[-3:], ["token", "me", "get_user_info"])
                self.assertEqual(user.uid, self.sandbox.openid_of(nickname))
                self.assertEqual(user.details["username"], nickname)
                self.assertEqual(user.details["first_name"], nickname)
                self.assertEqual(user.response["ret"], 0)
                self.assertRegex(user.response["refresh_token"], "^[0-9A-F]{32}$")

    def test_uses_post_for_the_code_and_get_for_the_rest(self):
        self.sign_in()
        calls = [(request["method"], request["endpoint"]) for request in self.sandbox.requests()]
        expected = [("GET", "authorize"), ("POST", "token"), ("GET", "me"), ("GET", "get_user_info")]
        self.assertEqual(calls, expected)

    def test_does_not_encode_the_callback(self):
        self.assertIn(f"redirect_uri={CALLBACK}&", self.start())

    def test_fails_if_the_token_request_is_rejected_and_hides_the_reason(self):
        for fault in ["code_reused", "wrong_key"]:
            with self.subTest(fault):
                self.sandbox.set_fault("token", fault)
                with self.assertRaises(AuthResponseError) as raised:
                    self.sign_in()
                self.assertEqual((raised.exception.code, raised.exception.claim), ("missing_claim", "access_token"))
                self.assertIsNone(raised.exception.provider_code)
                self.assertEqual(self.sandbox.called_endpoints()[-1], "token")

    def test_requests_a_token_after_a_cancellation(self):
        callback = self.backend(cancel(self.start()))
        with self.assertRaises(AuthResponseError) as raised:
            callback.complete()
        self.assertEqual((raised.exception.code, raised.exception.claim), ("missing_claim", "access_token"))
        self.assertEqual(self.sandbox.called_endpoints(), ["token"])

    def test_raises_key_error_if_me_rejects_the_token(self):
        self.sandbox.set_fault("me", "token_illegal")
        # Not one of the library's documented errors.
        with self.assertRaises(KeyError) as raised:
            self.sign_in()
        self.assertEqual(raised.exception.args, ("openid",))
        self.assertEqual(self.sandbox.called_endpoints(), ["token", "me"])

    def test_raises_json_error_if_me_responds_without_spaces(self):
        self.sandbox.set_fault("me", "jsonp_tight")
        with self.assertRaises(json.JSONDecodeError):
            self.sign_in()
        self.assertEqual(self.sandbox.called_endpoints(), ["token", "me"])

    def test_ignores_an_error_of_get_user_info(self):
        self.sandbox.set_fault("get_user_info", "not_logged_in")
        user = self.sign_in()
        self.assertEqual((user.response["ret"], user.response["msg"]), (1002, "请先登录"))
        self.assertEqual(user.details["username"], "")
        self.assertEqual(user.uid, self.sandbox.openid_of("Alice Example"))
