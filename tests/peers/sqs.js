// npm's local-aws-sqs on a free loopback port: prints `listening PORT` and ends with its standard input.
const { createSqsServer } = require('local-aws-sqs');

// Its queue addresses name the port, which it must know before it listens.
const probe = require('net').createServer().listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(async () => {
    await createSqsServer({ port, hostname: '127.0.0.1', region: 'eu-central-1', emulateQueueCreationLifecycle: false });
    console.log(`listening ${port}`);
  });
});
process.stdin.on('end', () => process.exit(0)).resume();
