/**
 * Setup of every test file that shares its process with other files: it fails a file that leaves the process changed, because the
 * files after it would fail or, worse, pass for a wrong reason.
 */
import { afterAll } from 'vitest';

/** Functions that tests replace, each as the object that holds it and its name. @type {[object, string][]} */
const FUNCTIONS = [
  ...['Date', 'clearTimeout', 'setImmediate', 'setInterval', 'setTimeout'].map(
    (name) => /** @type {[object, string]} */ ([globalThis, name]),
  ),
  [console, 'log'],
  [console, 'error'],
  [performance, 'now'],
  [process, 'exit'],
  [process.stdout, 'write'],
  [process.stderr, 'write'],
];

/** @returns {Record<string, unknown>} what a test file must leave as it was, by a name for the message */
function stateOfProcess() {
  const functions = FUNCTIONS.map(([owner, name]) => [`${name}()`, Reflect.get(owner, name)]);
  const environment = Object.entries(process.env).map(([name, value]) => [`$${name}`, value]);
  return Object.fromEntries([...functions, ...environment, ['the working folder', process.cwd()]]);
}

const before = stateOfProcess();

afterAll(() => {
  const after = stateOfProcess();
  const names = Object.keys({ ...before, ...after });
  const changed = names.filter((name) => before[name] !== after[name]);
  if (changed.length === 0) return;
  throw new Error(
    `The tests of this file must set back what they change for the process; changed: ${changed.join(', ')}.`,
  );
});
