/**
 * Reading a preparation, classes or target scaler back from JSON of unknown origin, such as a model file:
 * every field is checked, nothing is trusted, and what does not fit is a `ModelFormatError`. The result is a
 * new record with known fields only.
 */
import { ModelFormatError } from '../errors.ts';
import { show } from '../options.ts';
import type { Label } from './labels.ts';
import { widthOf, type ColumnPreparation, type TablePreparation } from './preparation.ts';
import type { TargetScaler } from './scaling.ts';

/**
 * The preparation in a parsed JSON value.
 *
 * @param where - the public function, for messages
 * @throws {ModelFormatError} when a field is missing or wrong, or the version is unknown
 */
export function readPreparation(where: string, value: unknown): TablePreparation {
  const fields = record(where, 'preparation', value);
  if (fields.get('version') !== 1) {
    throw new ModelFormatError(
      `${where}: preparation.version must be 1; got ${show(fields.get('version'))}.`,
    );
  }
  const columns = array(where, 'preparation.columns', fields.get('columns')).map((column, index) =>
    readColumn(where, `preparation.columns[${index}]`, column),
  );
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  if (fields.get('width') !== width || width === 0) {
    throw new ModelFormatError(
      `${where}: preparation.width must be the columns' ${width}, above 0; got ${show(fields.get('width'))}.`,
    );
  }
  if (new Set(columns.map((column) => column.name)).size !== columns.length) {
    throw new ModelFormatError(`${where}: preparation.columns must have names that differ.`);
  }
  const named = boolean(where, 'preparation.named', fields.get('named'));
  return { version: 1, named, width, columns };
}

/**
 * The classes in a parsed JSON value: at least one, of one type, in ascending order.
 *
 * @throws {ModelFormatError} when they are not
 */
export function readClasses(where: string, value: unknown): Label[] {
  const list = array(where, 'classes', value);
  const classes = list.map((label, index) => {
    const fine =
      typeof label === 'string' ||
      typeof label === 'boolean' ||
      (typeof label === 'number' && Number.isFinite(label));
    const previous = index === 0 ? label : list[index - 1];
    if (
      !fine ||
      typeof label !== typeof previous ||
      (index > 0 && !((previous as Label) < label))
    ) {
      throw new ModelFormatError(
        `${where}: classes must be of one type and ascending; got ${show(label)} at index ${index}.`,
      );
    }
    return label;
  });
  if (classes.length === 0) throw new ModelFormatError(`${where}: classes must not be empty.`);
  return classes;
}

/**
 * The target scaler in a parsed JSON value.
 *
 * @throws {ModelFormatError} when it is none
 */
export function readTargetScaler(where: string, value: unknown): TargetScaler {
  const fields = record(where, 'targetScaler', value);
  const mean = array(where, 'targetScaler.mean', fields.get('mean')).map((one, index) =>
    number(where, `targetScaler.mean[${index}]`, one),
  );
  const scale = array(where, 'targetScaler.scale', fields.get('scale')).map((one, index) =>
    positive(where, `targetScaler.scale[${index}]`, one),
  );
  if (mean.length !== scale.length || mean.length === 0) {
    throw new ModelFormatError(
      `${where}: targetScaler must have as many means as scales, at least one; got ${mean.length} and ${scale.length}.`,
    );
  }
  return { mean, scale };
}

function readColumn(where: string, path: string, value: unknown): ColumnPreparation {
  const fields = record(where, path, value);
  const name = text(where, `${path}.name`, fields.get('name'));
  const kind = fields.get('kind');
  switch (kind) {
    case 'number':
    case 'boolean':
      return {
        name,
        kind,
        fill: number(where, `${path}.fill`, fields.get('fill')),
        mean: number(where, `${path}.mean`, fields.get('mean')),
        scale: positive(where, `${path}.scale`, fields.get('scale')),
      };
    case 'text':
      return {
        name,
        kind,
        categories: readCategories(where, `${path}.categories`, fields.get('categories')),
        missing: boolean(where, `${path}.missing`, fields.get('missing')),
        omitted: number(where, `${path}.omitted`, fields.get('omitted')),
      };
    case 'ignored': {
      const reason = fields.get('reason');
      if (reason === 'empty' || reason === 'identifiers') return { name, kind, reason };
      throw new ModelFormatError(
        `${where}: ${path}.reason must be 'empty' or 'identifiers'; got ${show(reason)}.`,
      );
    }
    default:
      throw new ModelFormatError(
        `${where}: ${path}.kind must be 'number', 'boolean', 'text' or 'ignored'; got ${show(kind)}.`,
      );
  }
}

function readCategories(where: string, path: string, value: unknown): string[] {
  const categories = array(where, path, value).map((one, index) =>
    text(where, `${path}[${index}]`, one),
  );
  const ascending = categories.every((one, index) => index === 0 || categories[index - 1]! < one);
  if (!ascending) throw new ModelFormatError(`${where}: ${path} must be ascending and differ.`);
  return categories;
}

/** A record as a Map of its own fields, so that no name reaches a prototype. */
function record(where: string, path: string, value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ModelFormatError(`${where}: ${path} must be an object; got ${show(value)}.`);
  }
  return new Map(Object.entries(value));
}

function array(where: string, path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new ModelFormatError(`${where}: ${path} must be an array; got ${show(value)}.`);
  }
  return value;
}

function text(where: string, path: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new ModelFormatError(`${where}: ${path} must be text; got ${show(value)}.`);
  }
  return value;
}

function boolean(where: string, path: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw new ModelFormatError(`${where}: ${path} must be true or false; got ${show(value)}.`);
  }
  return value;
}

function number(where: string, path: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ModelFormatError(`${where}: ${path} must be a finite number; got ${show(value)}.`);
  }
  return value;
}

function positive(where: string, path: string, value: unknown): number {
  const found = number(where, path, value);
  if (!(found > 0)) {
    throw new ModelFormatError(`${where}: ${path} must be above 0; got ${found}.`);
  }
  return found;
}
