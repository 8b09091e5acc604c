"""python-social-auth's QQ backend, as published. What it gets wrong is explained in docs/clients.md."""

import json
import unittest
from dataclasses import dataclass

from sandbox import APP_ID, APP_KEY, Sandbox, approve, cancel
from social_core.backends.qq import QQOAuth2
from social_core.exceptions import AuthResponseError
from social_core.storage import BaseStorage, NonceMixin
from social_core.strategy import BaseStrategy

CALLBACK = "http://127.0.0.1:9/complete/qq"
# What sites have to cope with.
NICKNAMES = ["Alice Example", "小明", "企鹅🐧小新👩‍💻", """<b>"Bobby"</b> & 'co' <script>"""]


class Nonces(NonceMixin):
    """The states under way."""

    kept = set()

    @classmethod
    def use(cls, server_url, timestamp, salt):
        cls.kept.add((server_url, timestamp, salt))
        return True

    @classmethod
    def consume(cls, server_url, timestamp, salt):
        known = (server_url, timestamp, salt) in cls.kept
        cls.kept.discard((server_url, timestamp, salt))
        return known


class Storage(BaseStorage):
    nonce = Nonces


class Site(BaseStrategy):
    """As much of a web framework as a sign-in needs: settings, one visitor's session, one request."""

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
class Person:
    """Who signed in, as the library tells the site."""

    uid: str
    details: dict
    response: dict


def sign_in_person(uid, details, response, **_):
    """The last step of the pipeline: where a site would look for the account."""
    return Person(uid, details, response)


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
                f"{__name__}.sign_in_person",
            ),
        }
        return QQ(Site(settings, self.session, query), redirect_uri=CALLBACK)

    def begin(self):
        """The address that the browser is sent to."""
        return self.backend({}).start()

    def sign_in(self, name="Alice Example"):
        return self.backend(approve(self.begin(), name)).complete()

    def test_signs_in_whatever_the_nickname(self):
        for nickname in NICKNAMES:
            with self.subTest(nickname):
                person = self.sign_in(nickname)
                self.assertEqual(self.sandbox.called()[-3:], ["token", "me", "get_user_info"])
                self.assertEqual(person.uid, self.sandbox.openid_of(nickname))
                self.assertEqual(person.details["username"], nickname)
                self.assertEqual(person.details["first_name"], nickname)
                self.assertEqual(person.response["ret"], 0)
                self.assertRegex(person.response["refresh_token"], "^[0-9A-F]{32}$")

    def test_posts_the_code_and_gets_the_rest(self):
        self.sign_in()
        asked = [(request["method"], request["endpoint"]) for request in self.sandbox.requests()]
        expected = [("GET", "authorize"), ("POST", "token"), ("GET", "me"), ("GET", "get_user_info")]
        self.assertEqual(asked, expected)

    def test_leaves_the_callback_unencoded(self):
        self.assertIn(f"redirect_uri={CALLBACK}&", self.begin())

    def test_ends_with_an_error_when_the_token_is_refused_and_does_not_say_why(self):
        for fault in ["code_reused", "wrong_key"]:
            with self.subTest(fault):
                self.sandbox.plan("token", fault)
                with self.assertRaises(AuthResponseError) as refused:
                    self.sign_in()
                self.assertEqual((refused.exception.code, refused.exception.claim), ("missing_claim", "access_token"))
                self.assertIsNone(refused.exception.provider_code)
                self.assertEqual(self.sandbox.called()[-1], "token")

    def test_asks_for_a_token_even_after_a_cancellation(self):
        callback = self.backend(cancel(self.begin()))
        with self.assertRaises(AuthResponseError) as refused:
            callback.complete()
        self.assertEqual((refused.exception.code, refused.exception.claim), ("missing_claim", "access_token"))
        self.assertEqual(self.sandbox.called(), ["token"])

    def test_stumbles_when_me_refuses_the_token(self):
        self.sandbox.plan("me", "token_illegal")
        # Not one of the library's own errors, which sites are told to catch.
        with self.assertRaises(KeyError) as stumbled:
            self.sign_in()
        self.assertEqual(stumbled.exception.args, ("openid",))
        self.assertEqual(self.sandbox.called(), ["token", "me"])

    def test_stumbles_when_me_answers_without_spaces(self):
        self.sandbox.plan("me", "jsonp_tight")
        with self.assertRaises(json.JSONDecodeError):
            self.sign_in()
        self.assertEqual(self.sandbox.called(), ["token", "me"])

    def test_takes_no_notice_of_a_profile_that_get_user_info_refuses(self):
        self.sandbox.plan("get_user_info", "not_logged_in")
        person = self.sign_in()
        self.assertEqual((person.response["ret"], person.response["msg"]), (1002, "请先登录"))
        self.assertEqual(person.details["username"], "")
        self.assertEqual(person.uid, self.sandbox.openid_of("Alice Example"))
