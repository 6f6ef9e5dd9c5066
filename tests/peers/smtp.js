// A real SMTP server (npm smtp-server) on a free loopback port. Prints one JSON line when it listens and one for each mail it took.
// argv[2], JSON, all optional: key and cert (files in PEM: it offers STARTTLS), refuseData (answers to the first mails, e.g. [451, 552]).
// Recipients called never@ are refused for good, those called later@ for now.
const fs = require('fs');
const { SMTPServer } = require('smtp-server');

const options = JSON.parse(process.argv[2] || '{}');
const refuseData = options.refuseData || [];

function no(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

const server = new SMTPServer({
  authOptional: true,
  logger: false,
  ...(options.cert
    ? { key: fs.readFileSync(options.key), cert: fs.readFileSync(options.cert) }
    : { disabledCommands: ['STARTTLS'] }),
  onRcptTo(address, session, callback) {
    if (address.address.startsWith('never@')) return callback(no(550, 'no such user'));
    if (address.address.startsWith('later@')) return callback(no(451, 'come back later'));
    return callback();
  },
  onData(stream, session, callback) {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => { text += chunk; });
    stream.on('end', () => {
      const code = refuseData.shift();
      if (code) return callback(no(code, 'not now'));
      console.log(JSON.stringify({
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((to) => to.address),
        message: text,
        secure: session.secure,
      }));
      return callback();
    });
  },
});
server.listen(0, '127.0.0.1', function listening() {
  console.log(JSON.stringify({ port: this.address().port }));
});
process.stdin.on('end', () => process.exit(0)).resume();
