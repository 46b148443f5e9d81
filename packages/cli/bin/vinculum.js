#!/usr/bin/env node
// The committed target of the command `vinculum`: npm links only files that exist at install time, so this one stands in
// the repository and imports the build. What keeps the build from being loaded is said in one line, without a stack.
try {
  await import('../dist/main.js');
} catch (error) {
  const hints = {
    EMFILE: 'too many files are open; allow this process more of them: ulimit -n 1024',
    ENFILE: 'too many files are open on this machine; close some programs',
    ERR_MODULE_NOT_FOUND:
      'a file is missing, which npm run build makes in a clone, or too many are open: ulimit -n 1024',
  };
  const { code = '', message } = error instanceof Error ? error : { message: String(error) };
  process.stderr.write(`error: the command could not be loaded; ${message.split('\n')[0]}.\n`);
  const mixed =
    'the packages of vinculum must be of one version; in a clone, npm run build makes them so';
  const hint = error instanceof SyntaxError ? mixed : hints[code];
  if (hint !== undefined) process.stderr.write(`hint: ${hint}\n`);
  process.exitCode = 1;
}
