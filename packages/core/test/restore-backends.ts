/**
 * Setup of every test file of the core: what a file registers as a backend is withdrawn at its end. The files share processes,
 * because a process for each took almost half of the time of these tests, and the list of backends is the one thing in the core
 * that a test changes for the whole process.
 */
import { afterAll } from 'vitest';
import { registerBackend, registeredBackends, withdrawBackend } from '../src/backends/registry.ts';

const before = registeredBackends();

afterAll(() => {
  for (const { name } of registeredBackends()) withdrawBackend(name);
  for (const backend of before) registerBackend(backend);
});
