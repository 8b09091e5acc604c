// passport-qq under Passport, as published. What it gets wrong is explained in docs/clients.md.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Passport } from "passport";
import qq from "passport-qq";
import { AgentTo, withoutDoubles } from "./graph-qq-com.js";
import { app, startSandbox } from "./sandbox.js";
import { nicknames, openSite, Visitor } from "./visit.js";

let site, sandbox, passport, strategy, callback, outcome;

beforeEach(async () => {
  outcome = undefined;
  passport = new Passport();
  const session = {};
  site = await openSite(async (request, response) => {
    request.query = Object.fromEntries(new URL(request.url, "http://site").searchParams);
    request.session = session;
    const ended = (error, person) => {
      outcome = { error, person };
      response.end();
    };
    passport.authenticate("qq", ended)(request, response);
  });
  callback = `${site.address}/callback`;
  sandbox = await startSandbox(callback);
  strategy = new qq.Strategy(
    {
      clientID: app.id,
      clientSecret: app.key,
      callbackURL: callback,
      // Where the browser goes. The rest goes through the agent: /me and get_user_info have QQ's address built in.
      authorizationURL: `${sandbox.address}/oauth2.0/authorize`,
      state: true,
    },
    (_accessToken, _refreshToken, profile, done) => done(null, profile),
  );
  strategy._oauth2.setAgent(new AgentTo(sandbox.port));
  passport.use(strategy);
});

afterEach(async () => {
  site?.close();
  await sandbox?.stop();
});

/** Begins at the site, decides at the sandbox, comes back to the site; brings where that leads. */
async function signIn(decide) {
  const visitor = new Visitor();
  const authorizeUrl = await visitor.open(`${site.address}/login`);
  return visitor.open(await decide(visitor, authorizeUrl));
}

const approved = (visitor, authorizeUrl) => visitor.approve(authorizeUrl, "Alice Example");

describe("passport-qq", () => {
  test("sends the appid twice, which QQ refuses: the person has an openid and no nickname", async () => {
    await signIn(approved);
    assert.equal(outcome.error, null);
    assert.equal(outcome.person.nickname, undefined);
    // Letter by letter as QQ answered in qdsang/passport-qq#2.
    assert.deepEqual(outcome.person._json, {
      ret: 1,
      msg:
        "service codec Unmarshal: 1 error(s) decoding:\n\n" +
        "* oauth_consumer_key expected type uint64, got unconvertible type []string, " +
        `value: [${app.id} ${app.id}]`,
    });
    assert.deepEqual(await sandbox.called(), ["token", "me", "get_user_info"]);
    const [profileAsked] = (await sandbox.requests()).slice(-1);
    assert.deepEqual(profileAsked.params.oauth_consumer_key, [app.id, app.id]);
    assert.equal(outcome.person.id, await sandbox.openidOf("Alice Example", callback));
  });

  test("sends it once when its user puts back the get of the library it is made of", async () => {
    delete strategy._oauth2.get;
    await signIn(approved);
    assert.equal(outcome.person.nickname, "Alice Example");
    const [profileAsked] = (await sandbox.requests()).slice(-1);
    assert.equal(profileAsked.params.oauth_consumer_key, app.id);
  });

  for (const fault of ["code_reused", "wrong_key"]) {
    test(`ends with an error when the token is refused (${fault}), and keeps QQ's reason to itself`, async () => {
      await sandbox.plan("token", fault);
      await signIn(approved);
      assert.equal(outcome.error.message, "Failed to obtain access token");
      assert.equal(outcome.person, undefined);
      assert.deepEqual(await sandbox.called(), ["token"]);
    });
  }

  test("takes a cancellation for the begin of a sign-in and leads to QQ again", async () => {
    const leadsTo = await signIn((visitor, authorizeUrl) => visitor.cancel(authorizeUrl));
    assert.ok(leadsTo.startsWith(`${sandbox.address}/oauth2.0/authorize?`), leadsTo);
    assert.equal(outcome, undefined);
    assert.deepEqual(await sandbox.called(), []);
  });
});

describe("passport-qq, its doubles removed on the way", () => {
  let remover;

  beforeEach(async () => {
    remover = await withoutDoubles(sandbox.port);
    strategy._oauth2.setAgent(new AgentTo(remover.port));
  });

  afterEach(() => remover?.close());

  for (const nickname of nicknames) {
    test(`signs in ${nickname}`, async () => {
      await signIn((visitor, authorizeUrl) => visitor.approve(authorizeUrl, nickname));
      assert.equal(outcome.error, null);
      assert.equal(outcome.person.nickname, nickname);
      assert.equal(outcome.person._json.ret, 0);
      assert.deepEqual(await sandbox.called(), ["token", "me", "get_user_info"]);
      assert.equal(outcome.person.id, await sandbox.openidOf(nickname, callback));
    });
  }

  test("signs in when /me answers without spaces", async () => {
    await sandbox.plan("me", "jsonp_tight");
    await signIn(approved);
    assert.equal(outcome.person.nickname, "Alice Example");
    const [me] = (await sandbox.requests()).filter((request) => request.endpoint === "me");
    assert.equal(me.fault, "jsonp_tight");
  });

  test("takes no notice of a token that /me refuses: somebody without an openid is signed in", async () => {
    await sandbox.plan("me", "token_illegal");
    await signIn(approved);
    assert.equal(outcome.error, null);
    assert.equal(outcome.person.id, undefined);
    assert.equal(outcome.person._json.ret, -1);
    const [profileAsked] = (await sandbox.requests()).slice(-1);
    assert.equal(profileAsked.params.openid, "undefined");
  });

  test("takes no notice of a profile that get_user_info refuses", async () => {
    await sandbox.plan("get_user_info", "not_logged_in");
    await signIn(approved);
    assert.equal(outcome.error, null);
    assert.equal(outcome.person.nickname, undefined);
    assert.deepEqual(outcome.person._json, { ret: 1002, msg: "请先登录" });
    assert.equal(outcome.person.id, await sandbox.openidOf("Alice Example", callback));
  });
});
