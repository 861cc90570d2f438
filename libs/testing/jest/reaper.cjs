// Waits for the end of the jest run whose pipe is our standard input, then ends what is left of it.
const { cleanUp } = require('./clean-up.cjs');

process.on('SIGINT', () => undefined);
process.stdin.resume();
process.stdin.on('error', () => undefined);
process.stdin.on('close', () => void cleanUp(process.argv[2]));
