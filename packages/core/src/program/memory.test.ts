import { describe, expect, it } from 'vitest';
import { bytesOf, MemoryPlan } from './memory.ts';

describe('MemoryPlan', () => {
  it('places regions in order, each tensor 64-byte aligned', () => {
    const plan = new MemoryPlan(10);
    const scratch = plan.declare({
      name: 's',
      shape: ['N', 3],
      type: 'float32',
      region: 'scratch',
    });
    const parameters = plan.declare({
      name: 'p',
      shape: [5],
      type: 'float32',
      region: 'parameters',
    });
    const bytes = plan.declare({ name: 'b', shape: [7], type: 'uint8', region: 'window' });
    const more = plan.declare({ name: 'w', shape: [1], type: 'float64', region: 'window' });
    expect(plan.place()).toBe(64 + 64 + 64 + 128);
    expect([parameters, bytes, more, scratch].map((one) => one.byteOffset)).toEqual([
      0, 64, 128, 192,
    ]);
    expect(scratch.size).toBe(30);
    expect([...plan.tensors().keys()]).toEqual(['s', 'p', 'b', 'w']);
    expect(plan.tensors().get('p')).toBe(parameters);
  });

  it('places aliases inside their hosts', () => {
    const plan = new MemoryPlan(2);
    plan.declare({ name: 'first', shape: [1], type: 'float64', region: 'adjoints' });
    const host = plan.declare({ name: 'host', shape: [10], type: 'float64', region: 'adjoints' });
    const part = plan.within(host, 3, { name: 'part', shape: [2, 2] });
    const inner = plan.within(part, 1, { name: 'inner', shape: ['N'] });
    plan.place();
    expect(part.byteOffset).toBe(host.byteOffset + 24);
    expect(inner.byteOffset).toBe(part.byteOffset + 8);
    expect([part.type, part.region, part.size, inner.size]).toEqual(['float64', 'adjoints', 4, 2]);
  });

  it('has no bytes without tensors, and knows the size of each type', () => {
    expect(new MemoryPlan(1).place()).toBe(0);
    expect((['uint8', 'int32', 'uint32', 'float32', 'float64'] as const).map(bytesOf)).toEqual([
      1, 4, 4, 4, 8,
    ]);
  });

  it('refuses a second tensor of a name and an unknown name by internal errors', () => {
    const plan = new MemoryPlan(1);
    plan.declare({ name: 'a', shape: [1], type: 'uint8', region: 'window' });
    const again = (): unknown =>
      plan.declare({ name: 'a', shape: [1], type: 'uint8', region: 'window' });
    expect(again).toThrow("internal: tensor 'a' is declared twice.");
  });
});
