/** What the texts of a model file say of the columns that the model predicts. */
import type { KnownKind } from '@vinculum/io';
import { isRecord } from 'vinculum/internal';

/** The names of several targets in a text of the file. */
export function namesIn(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed.map(String) : undefined;
}

export function nameIn(name: string | undefined): string[] {
  return name === undefined ? [] : [name];
}

/** The readings in a text of the file: one, or a list with null for a target whose numbers are plain. */
export function readingsIn(text: string | undefined): (KnownKind | undefined)[] {
  if (text === undefined) return [];
  const parsed: unknown = JSON.parse(text);
  return (Array.isArray(parsed) ? parsed : [parsed]).map(readingIn);
}

/** What is no reading says nothing. */
function readingIn(parsed: unknown): KnownKind | undefined {
  if (!isRecord(parsed)) return undefined;
  const { unit, decimal } = parsed as Record<string, unknown>;
  return {
    kind: 'number',
    ...(typeof unit === 'string' ? { unit } : {}),
    ...(decimal === ',' || decimal === '.' ? { decimal } : {}),
  };
}
