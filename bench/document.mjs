/**
 * The sections of documents that runs write. Each lies between two marks, so that a run replaces its own section and leaves
 * the words of people, and the tables of other kinds of CPU, as they are.
 */

/**
 * A document with a section between its two marks. Everything outside of them stays as it is.
 *
 * @param {string} document
 * @param {{ name: string, text: string, place?: string | undefined, command?: string }} section - `place` is the line before which a
 *   section is put that the document does not have yet; `command` writes it
 * @returns {string}
 * @throws {Error} when it has neither the marks nor the place
 */
export function withSection(document, { name, text, place, command = 'npm run bench' }) {
  const begin = `<!-- ${name}: written by ${command} -->`;
  const end = `<!-- end of ${name} -->`;
  const section = `${begin}\n\n${text.trim()}\n\n${end}`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from >= 0 && to >= 0) {
    return document.slice(0, from) + section + document.slice(to + end.length);
  }
  const at = place === undefined ? -1 : document.indexOf(place);
  if (at < 0) throw new Error(`The document has no section '${name}', and no place for it.`);
  return `${document.slice(0, at)}${section}\n\n${document.slice(at)}`;
}
