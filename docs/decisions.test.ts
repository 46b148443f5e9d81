/** Every decision has the parts Context, Decision, Cost and Revisit, and a row in the index with its title. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('decisions/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => /^\d{4}-/.test(name));
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

test.each(FILES)('%s has its number, all four parts and a row in the index', (name) => {
  const text = read(name);
  const [, number = '', title = ''] = /^# (\d{4}): (.+)$/m.exec(text) ?? [];
  expect(name.slice(0, 4)).toBe(number);
  expect(Array.from(text.matchAll(/^## (\w+)/gm), (match) => match[1])).toEqual([
    'Context',
    'Decision',
    'Cost',
    'Revisit',
  ]);
  const row = read('README.md')
    .split('\n')
    .find((line) => line.includes(`(${name})`));
  expect(row).toContain(`| ${title} `);
});

test('no number is used twice', () => {
  expect(new Set(FILES.map((name) => name.slice(0, 4))).size).toBe(FILES.length);
});
