// A mail server in a process of its own, for tests: tells its parent of each letter.
import { SMTPServer } from 'smtp-server';

const [user, password] = process.argv.slice(2);
const server = new SMTPServer({
  hideSTARTTLS: true,
  authOptional: user === undefined,
  allowInsecureAuth: true,
  onAuth: (auth, _session, done) => {
    if (auth.username === user && auth.password === password) done(null, { user });
    else done(new Error(`Who is ${auth.username}?`));
  },
  onRcptTo: ({ address }, _session, done) => {
    done(address.startsWith('nobody@') ? new Error(`There is no ${address}.`) : undefined);
  },
  onData: (stream, session, done) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (piece) => {
      text += piece;
    });
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      const to = rcptTo.map(({ address }) => address);
      process.send({ from: mailFrom.address, to, text });
      done();
    });
  },
});
server.on('error', () => undefined);
server.listen(0, '127.0.0.1', () => process.send({ port: server.server.address().port }));
