// Validates state machines (npm asl-validator): a JSON array of { name, definition } on stdin, { name: [problems] } on stdout.
const validate = require('asl-validator');

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => { text += chunk; });
process.stdin.on('end', () => {
  const found = {};
  for (const { name, definition } of JSON.parse(text)) {
    const { isValid, errors } = validate(definition);
    const problems = (errors ?? []).map((e) => `${e['Error code'] ?? ''} ${e.Message ?? JSON.stringify(e)}`.trim());
    found[name] = isValid || problems.length > 0 ? problems : ['invalid, no reason given'];
  }
  console.log(JSON.stringify(found));
});
