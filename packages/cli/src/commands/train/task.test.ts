import { tableFromRows, type Column } from 'vinculum';
import { describe, expect, it } from 'vitest';
import { inferTask } from './task.ts';

const columnOf = (cells: readonly (string | number | boolean | null)[]): Column =>
  tableFromRows(cells.map((cell) => ({ y: cell }))).columns[0] as Column;

describe('inferTask', () => {
  it('follows the rule of the command', () => {
    expect(inferTask(columnOf(['a', 'b'])).task).toBe('classification');
    expect(inferTask(columnOf([true, null])).task).toBe('classification');
    expect(inferTask(columnOf([0, 1, 2, null])).task).toBe('classification');
    expect(inferTask(columnOf([0.5, 1])).task).toBe('regression');
    const many = (count: number): Column => columnOf(Array.from({ length: count }, (_, i) => i));
    expect(inferTask(many(20)).task).toBe('classification');
    expect(inferTask(many(21)).task).toBe('regression');
    expect(inferTask(many(21)).reason).toMatch(/more than 20 distinct integers/);
  });
});
