// Standard Webhooks by its own reference library (npm standardwebhooks). Stdin: { secret, sign: { id, at, body }, verify: [{ headers, body }] };
// at is seconds since 1970. Stdout: { signature, verdicts: ["genuine" or the library's refusal] }.
const { Webhook } = require('standardwebhooks');

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => { text += chunk; });
process.stdin.on('end', () => {
  const { secret, sign, verify } = JSON.parse(text);
  const webhook = new Webhook(secret);
  const verdict = ({ headers, body }) => {
    try {
      webhook.verify(body, headers);
      return 'genuine';
    } catch (error) {
      return error.message;
    }
  };
  const signature = sign ? webhook.sign(sign.id, new Date(sign.at * 1000), sign.body) : null;
  console.log(JSON.stringify({ signature, verdicts: (verify ?? []).map(verdict) }));
});
