// An SMTP server for the Rust tests: nodemailer's, with TLS and authentication. Prints one line of JSON per event.
import { createInterface } from "node:readline";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

// How mails to some recipients are refused.
const refusals = { busy: [451, "4.2.0 mailbox busy"], unknown: [550, "5.1.1 no such user"] };

const print = (event) => console.log(JSON.stringify(event));

const fail = (done, [responseCode, message]) => done(Object.assign(new Error(message), { responseCode }));

function start({ port, tls, key, cert, user, password }) {
  const server = new SMTPServer({
    secure: tls === "implicit",
    disabledCommands: tls === "none" ? ["STARTTLS"] : [],
    allowInsecureAuth: tls === "none",
    key,
    cert,
    logger: false,
    onAuth(auth, _session, done) {
      const isKnown = auth.username === user && auth.password === password;
      print({ event: "auth", ok: isKnown, mechanism: auth.method });
      isKnown ? done(null, { user }) : fail(done, [535, "5.7.8 authentication failed"]);
    },
    onRcptTo({ address }, _session, done) {
      const refusal = refusals[address.split("@")[0]];
      if (!refusal) return done();
      print({ event: "refused", to: address, code: refusal[0] });
      fail(done, [refusal[0], `${refusal[1]}: ${address}`]);
    },
    async onData(stream, session, done) {
      const { subject, text, html, headers, headerLines, messageId, date, from } = await simpleParser(stream);
      print({
        event: "mail",
        to: session.envelope.rcptTo.map(({ address }) => address),
        sender: session.envelope.mailFrom.address,
        isEncrypted: session.secure,
        subject,
        text,
        html,
        from: from.text,
        messageId,
        date: date.getTime() / 1000,
        autoSubmitted: headers.get("auto-submitted"),
        contentType: headers.get("content-type").value,
        headerLines: headerLines.map(({ line }) => line),
      });
      done();
    },
  });
  // Clients that do not trust the certificate hang up.
  server.on("error", () => {});
  server.listen(port, "127.0.0.1", () => print({ event: "listening", port: server.server.address().port }));
}

// The settings are the first line of the input. The end of the input is the end of the test.
const input = createInterface({ input: process.stdin });
input.once("line", (line) => start(JSON.parse(line)));
input.once("close", () => process.exit());
