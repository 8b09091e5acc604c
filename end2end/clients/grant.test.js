// simov/grant, as published. What it gets wrong is explained in docs/clients.md.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import grant from "grant";
import { AgentTo } from "./graph-qq-com.js";
import { app, startSandbox } from "./sandbox.js";
import { nicknames, openSite, Visitor } from "./visit.js";

let site, sandbox, library, callback, outcome;

beforeEach(async () => {
  outcome = undefined;
  site = await openSite(async (request, response) => {
    const { redirect, response: result } = await library(request, response, {});
    if (redirect) return;
    outcome = result;
    response.end();
  });
  callback = `${site.address}/connect/qq/callback`;
  sandbox = await startSandbox(callback);
  library = grant.node({
    config: {
      defaults: { origin: site.address, transport: "state", response: ["tokens", "raw", "profile"], state: true },
      qq: {
        key: app.id,
        secret: app.key,
        scope: ["get_user_info"],
        // Where the browser goes. The rest goes through the agent: /me and get_user_info have QQ's address built in.
        authorize_url: `${sandbox.address}/oauth2.0/authorize`,
      },
    },
    request: { agent: new AgentTo(sandbox.port) },
    session: { secret: "of no consequence" },
  });
});

afterEach(async () => {
  site?.close();
  await sandbox?.stop();
});

/** Begins at the site, decides at the sandbox, comes back to the site. */
async function signIn(decide) {
  const visitor = new Visitor();
  const authorizeUrl = await visitor.open(`${site.address}/connect/qq`);
  await visitor.open(await decide(visitor, authorizeUrl));
}

const approved = (visitor, authorizeUrl) => visitor.approve(authorizeUrl, "Alice Example");

describe("grant signs in", () => {
  for (const nickname of nicknames) {
    test(nickname, async () => {
      await signIn((visitor, authorizeUrl) => visitor.approve(authorizeUrl, nickname));
      assert.equal(outcome.profile.ret, 0);
      assert.equal(outcome.profile.nickname, nickname);
      assert.match(outcome.access_token, /^[0-9A-F]{32}$/);
      assert.match(outcome.refresh_token, /^[0-9A-F]{32}$/);
      assert.deepEqual(await sandbox.called(), ["token", "me", "get_user_info"]);
      assert.equal(outcome.profile.openid, await sandbox.openidOf(nickname, callback));
    });
  }

  test("when /me answers without spaces", async () => {
    await sandbox.plan("me", "jsonp_tight");
    await signIn(approved);
    assert.equal(outcome.profile.nickname, "Alice Example");
    const [me] = (await sandbox.requests()).filter((request) => request.endpoint === "me");
    assert.equal(me.fault, "jsonp_tight");
  });
});

describe("grant takes no notice", () => {
  const refusals = {
    code_reused: `callback( {"error":100020,"error_description":"code is reused error"} );\n`,
    wrong_key: `callback( {"error":100009,"error_description":"client secret is illegal"} );\n`,
  };
  for (const [fault, answer] of Object.entries(refusals)) {
    test(`of a refused token (${fault}) and asks on without one`, async () => {
      await sandbox.plan("token", fault);
      await signIn(approved);
      // QQ's answer, taken for a form.
      assert.deepEqual(outcome.raw, { [answer]: "" });
      await assertAskedWithoutToken(["token", "me", "get_user_info"]);
    });
  }

  test("of a cancellation and asks on without a token", async () => {
    await signIn((visitor, authorizeUrl) => visitor.cancel(authorizeUrl));
    assert.equal(outcome.raw.usercancel, "1");
    await assertAskedWithoutToken(["me", "get_user_info"]);
  });

  test("of a token that /me refuses and asks on without an openid", async () => {
    await sandbox.plan("me", "token_illegal");
    await signIn(approved);
    assert.equal(outcome.error, undefined);
    assert.deepEqual(outcome.profile, {
      error: 100013,
      error_description: "access token is illegal",
      ret: -1,
      msg: "client request's parameters are invalid, invalid openid",
    });
    const [profileAsked] = (await sandbox.requests()).slice(-1);
    assert.equal(profileAsked.endpoint, "get_user_info");
    assert.equal(profileAsked.params.openid, undefined);
  });

  test("of a profile that get_user_info refuses", async () => {
    await sandbox.plan("get_user_info", "not_logged_in");
    await signIn(approved);
    assert.equal(outcome.error, undefined);
    const openid = await sandbox.openidOf("Alice Example", callback);
    assert.deepEqual(outcome.profile, { client_id: app.id, openid, ret: 1002, msg: "请先登录" });
  });

  async function assertAskedWithoutToken(called) {
    assert.equal(outcome.error, undefined);
    assert.equal(outcome.access_token, undefined);
    assert.equal(outcome.profile.openid, undefined);
    assert.equal(outcome.profile.error, 100007);
    assert.deepEqual(await sandbox.called(), called);
    const [me, profile] = (await sandbox.requests()).slice(-2);
    assert.deepEqual(me.params, {});
    assert.deepEqual(profile.params, { oauth_consumer_key: app.id });
  }
});
