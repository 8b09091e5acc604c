// passport-qq under Passport, unmodified. docs/clients.md explains its bugs.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Passport } from "passport";
import qq from "passport-qq";
import { SandboxAgent, startDeduplicatingProxy } from "./sandbox-agent.js";
import { app, startSandbox } from "./sandbox.js";
import { Browser, nicknames, startSite } from "./browser.js";

let site, sandbox, passport, strategy, callback, outcome;

beforeEach(async () => {
  outcome = undefined;
  passport = new Passport();
  const session = {};
  site = await startSite(async (request, response) => {
    request.query = Object.fromEntries(new URL(request.url, "http://site").searchParams);
    request.session = session;
    const done = (error, user) => {
      outcome = { error, user };
      response.end();
    };
    passport.authenticate("qq", done)(request, response);
  });
  callback = `${site.address}/callback`;
  sandbox = await startSandbox(callback);
  strategy = new qq.Strategy(
    {
      clientID: app.id,
      clientSecret: app.key,
      callbackURL: callback,
      // For the browser. The library's own requests go through the agent: /me and get_user_info have QQ's address built in.
      authorizationURL: `${sandbox.address}/oauth2.0/authorize`,
      state: true,
    },
    (_accessToken, _refreshToken, profile, done) => done(null, profile),
  );
  strategy._oauth2.setAgent(new SandboxAgent(sandbox.port));
  passport.use(strategy);
});

afterEach(async () => {
  site?.close();
  await sandbox?.stop();
});

/** Starts at the site, decides in the sandbox, returns to the site; returns its redirect target. */
async function signIn(decide) {
  const browser = new Browser();
  const authorizeUrl = await browser.open(`${site.address}/login`);
  return browser.open(await decide(browser, authorizeUrl));
}

const approved = (browser, authorizeUrl) => browser.approve(authorizeUrl, "Alice Example");

describe("passport-qq", () => {
  test("sends the app ID twice, which QQ rejects: the user has an openid and no nickname", async () => {
    await signIn(approved);
    assert.equal(outcome.error, null);
    assert.equal(outcome.user.nickname, undefined);
    // QQ's exact response, as reported in qdsang/passport-qq#2.
    assert.deepEqual(outcome.user._json, {
      ret: 1,
      msg:
        "service codec Unmarshal: 1 error(s) decoding:\n\n" +
        "* oauth_consumer_key expected type uint64, got unconvertible type []string, " +
        `value: [${app.id} ${app.id}]`,
    });
    assert.deepEqual(await sandbox.calledEndpoints(), ["token", "me", "get_user_info"]);
    const [profileRequest] = (await sandbox.requests()).slice(-1);
    assert.deepEqual(profileRequest.params.oauth_consumer_key, [app.id, app.id]);
    assert.equal(outcome.user.id, await sandbox.openidOf("Alice Example", callback));
  });

  test("sends it once with the `get` of its base library", async () => {
    delete strategy._oauth2.get;
    await signIn(approved);
    assert.equal(outcome.user.nickname, "Alice Example");
    const [profileRequest] = (await sandbox.requests()).slice(-1);
    assert.equal(profileRequest.params.oauth_consumer_key, app.id);
  });

  for (const fault of ["code_reused", "wrong_key"]) {
    test(`fails if the token request is rejected (${fault}), and hides QQ's reason`, async () => {
      await sandbox.setFault("token", fault);
      await signIn(approved);
      assert.equal(outcome.error.message, "Failed to obtain access token");
      assert.equal(outcome.user, undefined);
      assert.deepEqual(await sandbox.calledEndpoints(), ["token"]);
    });
  }

  test("treats a cancellation as a new sign-in and redirects to QQ again", async () => {
    const target = await signIn((browser, authorizeUrl) => browser.cancel(authorizeUrl));
    assert.ok(target.startsWith(`${sandbox.address}/oauth2.0/authorize?`), target);
    assert.equal(outcome, undefined);
    assert.deepEqual(await sandbox.calledEndpoints(), []);
  });
});

describe("passport-qq behind a proxy that removes repeated parameters", () => {
  let proxy;

  beforeEach(async () => {
    proxy = await startDeduplicatingProxy(sandbox.port);
    strategy._oauth2.setAgent(new SandboxAgent(proxy.port));
  });

  afterEach(() => proxy?.close());

  for (const nickname of nicknames) {
    test(`signs in ${nickname}`, async () => {
      await signIn((browser, authorizeUrl) => browser.approve(authorizeUrl, nickname));
      assert.equal(outcome.error, null);
      assert.equal(outcome.user.nickname, nickname);
      assert.equal(outcome.user._json.ret, 0);
      assert.deepEqual(await sandbox.calledEndpoints(), ["token", "me", "get_user_info"]);
      assert.equal(outcome.user.id, await sandbox.openidOf(nickname, callback));
    });
  }

  test("signs in if /me responds without spaces", async () => {
    await sandbox.setFault("me", "jsonp_tight");
    await signIn(approved);
    assert.equal(outcome.user.nickname, "Alice Example");
    const [me] = (await sandbox.requests()).filter((request) => request.endpoint === "me");
    assert.equal(me.fault, "jsonp_tight");
  });

  test("ignores a token rejected by /me: a user without an openid is signed in", async () => {
    await sandbox.setFault("me", "token_illegal");
    await signIn(approved);
    assert.equal(outcome.error, null);
    assert.equal(outcome.user.id, undefined);
    assert.equal(outcome.user._json.ret, -1);
    const [profileRequest] = (await sandbox.requests()).slice(-1);
    assert.equal(profileRequest.params.openid, "undefined");
  });

  test("ignores an error of get_user_info", async () => {
    await sandbox.setFault("get_user_info", "not_logged_in");
    await signIn(approved);
    assert.equal(outcome.error, null);
    assert.equal(outcome.user.nickname, undefined);
    assert.deepEqual(outcome.user._json, { ret: 1002, msg: "请先登录" });
    assert.equal(outcome.user.id, await sandbox.openidOf("Alice Example", callback));
  });
});
