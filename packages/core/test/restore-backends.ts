/**
 * The setup of every test file of the core. It withdraws the backends that a file has registered, at the end of the file. The files
 * share processes, because a process for each file took almost half of the time of these tests, and the list of backends is the only
 * state of the core that a test changes for its whole process.
 */
import { afterAll } from 'vitest';
import { registerBackend, registeredBackends, withdrawBackend } from '../src/backends/registry.ts';

const before = registeredBackends();

afterAll(() => {
  for (const { name } of registeredBackends()) withdrawBackend(name);
  for (const backend of before) registerBackend(backend);
});
