// Chat as others built it, on a free loopback port: a Slack that keeps its documented limits, an irccat and CKI's chat bot. With a port as argument, irccat's
// lines go to a real IRC server there. With "trouble", every fourth request is answered 429 and every seventh 503. Prints { port }, then each message taken.
const http = require('http');
const net = require('net');

const ircPort = Number(process.argv[2] || 0);
const hasTrouble = process.argv[3] === 'trouble';
const token = 'Bearer right';
let requests = 0;
let lastSlack = 0;

const COLOURS = { RED: '\u000304', GREEN: '\u000303', BOLD: '\u0002', NORMAL: '\u000f' };

function slackError(message) {
  const blocks = message.blocks ?? [];
  if (!message.text && blocks.length === 0) return [400, 'no_text'];
  if ((message.text ?? '').length > 40000) return [400, 'msg_too_long'];
  if (!Array.isArray(blocks) || blocks.length > 50) return [400, 'invalid_blocks'];
  let total = 0;
  for (const block of blocks) {
    const texts = block.type === 'context' ? block.elements : [block.text];
    if (!['header', 'section', 'context'].includes(block.type) || !Array.isArray(texts) || texts.length > 10) return [400, 'invalid_blocks'];
    for (const text of texts) {
      const most = block.type === 'header' ? 150 : 3000;
      if (typeof text?.text !== 'string' || text.text.length === 0 || text.text.length > most) return [400, 'invalid_blocks'];
      if (block.type === 'header' && text.type !== 'plain_text') return [400, 'invalid_blocks'];
      total += text.text.length;
    }
  }
  return total > 13200 ? [400, 'msg_blocks_too_long'] : null;
}

function slack(request, body) {
  const isMethod = request.url === '/api/chat.postMessage';
  const no = (status, word) => (isMethod && status < 429 ? [200, JSON.stringify({ ok: false, error: word })] : [status, word]);
  if (isMethod && request.headers.authorization !== token) return no(403, 'invalid_auth');
  if (!isMethod && request.url === '/services/T/B/archived') return [410, 'channel_is_archived'];
  if (!isMethod && request.url !== '/services/T/B/right') return [404, 'no_service'];
  // A little tolerance for the way here.
  if (Date.now() - lastSlack < 900) return [429, 'rate_limited'];
  let message;
  try {
    message = JSON.parse(body);
  } catch {
    return no(400, 'invalid_payload');
  }
  if (isMethod && message.channel !== 'C1') return no(404, 'channel_not_found');
  const error = slackError(message);
  if (error) return no(...error);
  lastSlack = Date.now();
  console.log(JSON.stringify({ slack: message }));
  return isMethod ? [200, JSON.stringify({ ok: true, channel: 'C1', ts: `${requests}.0001` })] : [200, 'ok'];
}

// irccat: a leading # or @ names recipients, a leading % is a command, %NAME is a colour, each line of the body is a line of its own.
function irccat(line) {
  const coloured = line.replace(/%([A-Z]+)/g, (all, name) => COLOURS[name] ?? all);
  const command = /^%TOPIC (#\S+) (.*)$/.exec(line);
  if (command) return `TOPIC ${command[1]} :${command[2]}`;
  const [to, ...words] = coloured.split(' ');
  return /^[#@]/.test(to) ? to.split(',').map((t) => `PRIVMSG ${t.replace(/^@/, '')} :${words.join(' ')}`).join('\r\n') : `PRIVMSG #kernel :${coloured}`;
}

let irc = null;
function toIrc(body) {
  const lines = body.split(/\r?\n/).filter((l) => l.length > 0);
  for (const line of lines) irc?.write(`${irccat(line)}\r\n`);
  console.log(JSON.stringify({ lines }));
}

function answer(request, body) {
  requests += 1;
  if (hasTrouble && requests % 4 === 0) return [429, 'rate_limited'];
  if (hasTrouble && requests % 7 === 0) return [503, 'out for lunch'];
  if (request.url === '/send') {
    if (request.headers.authorization && request.headers.authorization !== token) return [401, 'Unauthorized'];
    toIrc(body);
    return [200, 'OK'];
  }
  if (request.url === '/message') {
    toIrc(JSON.parse(body).message);
    return [200, ''];
  }
  return slack(request, body);
}

const server = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    const [status, text] = answer(request, body);
    response.writeHead(status, status === 429 ? { 'Retry-After': '1' } : {});
    response.end(text);
  });
});

function listen() {
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
}

if (ircPort === 0) {
  listen();
} else {
  irc = net.connect(ircPort, '127.0.0.1', () => irc.write('NICK cki\r\nUSER cki 0 * :cki\r\n'));
  let rest = '';
  irc.setEncoding('utf8');
  irc.on('data', (chunk) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith('PING')) irc.write(line.replace('PING', 'PONG') + '\r\n');
      if (/^:\S+ 001 /.test(line)) irc.write('JOIN #kernel\r\nJOIN #other\r\n');
      if (/^:\S+ 366 cki #other /.test(line)) listen();
    }
  });
}
process.stdin.on('end', () => process.exit(0)).resume();
