// simov/grant, unmodified. docs/clients.md explains its bugs.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import grant from "grant";
import { SandboxAgent } from "./sandbox-agent.js";
import { app, startSandbox } from "./sandbox.js";
import { Browser, nicknames, startSite } from "./browser.js";

let site, sandbox, library, callback, outcome;

beforeEach(async () => {
  outcome = undefined;
  site = await startSite(async (request, response) => {
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
        // For the browser. The library's own requests go through the agent: /me and get_user_info have QQ's address built in.
        authorize_url: `${sandbox.address}/oauth2.0/authorize`,
      },
    },
    request: { agent: new SandboxAgent(sandbox.port) },
    session: { secret: "unused" },
  });
});

afterEach(async () => {
  site?.close();
  await sandbox?.stop();
});

/** Starts at the site, decides in the sandbox, returns to the site. */
async function signIn(decide) {
  const browser = new Browser();
  const authorizeUrl = await browser.open(`${site.address}/connect/qq`);
  await browser.open(await decide(browser, authorizeUrl));
}

const approved = (browser, authorizeUrl) => browser.approve(authorizeUrl, "Alice Example");

describe("grant signs in", () => {
  for (const nickname of nicknames) {
    test(nickname, async () => {
      await signIn((browser, authorizeUrl) => browser.approve(authorizeUrl, nickname));
      assert.equal(outcome.profile.ret, 0);
      assert.equal(outcome.profile.nickname, nickname);
      assert.match(outcome.access_token, /^[0-9A-F]{32}$/);
      assert.match(outcome.refresh_token, /^[0-9A-F]{32}$/);
      assert.deepEqual(await sandbox.calledEndpoints(), ["token", "me", "get_user_info"]);
      assert.equal(outcome.profile.openid, await sandbox.openidOf(nickname, callback));
    });
  }

  test("if /me responds without spaces", async () => {
    await sandbox.setFault("me", "jsonp_tight");
    await signIn(approved);
    assert.equal(outcome.profile.nickname, "Alice Example");
    const [me] = (await sandbox.requests()).filter((request) => request.endpoint === "me");
    assert.equal(me.fault, "jsonp_tight");
  });
});

describe("grant ignores", () => {
  const errors = {
    code_reused: `callback( {"error":100020,"error_description":"code is reused error"} );\n`,
    wrong_key: `callback( {"error":100009,"error_description":"client secret is illegal"} );\n`,
  };
  for (const [fault, body] of Object.entries(errors)) {
    test(`a rejected token request (${fault}) and continues without a token`, async () => {
      await sandbox.setFault("token", fault);
      await signIn(approved);
      // QQ's response, parsed as a form.
      assert.deepEqual(outcome.raw, { [body]: "" });
      await assertRequestsWithoutToken(["token", "me", "get_user_info"]);
    });
  }

  test("a cancellation and continues without a token", async () => {
    await signIn((browser, authorizeUrl) => browser.cancel(authorizeUrl));
    assert.equal(outcome.raw.usercancel, "1");
    await assertRequestsWithoutToken(["me", "get_user_info"]);
  });

  test("a token rejected by /me and continues without an openid", async () => {
    await sandbox.setFault("me", "token_illegal");
    await signIn(approved);
    assert.equal(outcome.error, undefined);
    assert.deepEqual(outcome.profile, {
      error: 100013,
      error_description: "access token is illegal",
      ret: -1,
      msg: "client request's parameters are invalid, invalid openid",
    });
    const [profileRequest] = (await sandbox.requests()).slice(-1);
    assert.equal(profileRequest.endpoint, "get_user_info");
    assert.equal(profileRequest.params.openid, undefined);
  });

  test("an error of get_user_info", async () => {
    await sandbox.setFault("get_user_info", "not_logged_in");
    await signIn(approved);
    assert.equal(outcome.error, undefined);
    const openid = await sandbox.openidOf("Alice Example", callback);
    assert.deepEqual(outcome.profile, { client_id: app.id, openid, ret: 1002, msg: "请先登录" });
  });

  async function assertRequestsWithoutToken(called) {
    assert.equal(outcome.error, undefined);
    assert.equal(outcome.access_token, undefined);
    assert.equal(outcome.profile.openid, undefined);
    assert.equal(outcome.profile.error, 100007);
    assert.deepEqual(await sandbox.calledEndpoints(), called);
    const [me, profile] = (await sandbox.requests()).slice(-2);
    assert.deepEqual(me.params, {});
    assert.deepEqual(profile.params, { oauth_consumer_key: app.id });
  }
});
