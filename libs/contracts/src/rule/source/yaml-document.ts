import { Composer, Lexer, Parser, type CST, type Document } from 'yaml';
import type { Place } from '../shape';
import { measureYaml } from './measure-yaml';

/** Levels of a document; the deepest rule needs fewer. */
export const MAX_YAML_DEPTH = 32;
const MAX_ERRORS = 20;
const MAX_PROPERTIES = 100;
/** Collections open at one time while parsing; some levels take two. */
const MAX_OPEN = 4 * MAX_YAML_DEPTH;

/**
 * The one document of a text, or undefined and its mistakes reported. What nests too deeply never
 * comes to the composer, whose recursion was seen to end the process, not just to throw.
 */
export function composeYaml(text: string, place: Place): Document | undefined {
  const tokens = parse(text);
  if (tokens === undefined) return tooDeep(place);
  const { depth, properties } = measureYaml(tokens);
  if (depth > MAX_YAML_DEPTH) return tooDeep(place);
  if (properties > MAX_PROPERTIES)
    return place.problem('yaml_alias', { hint: ['write_literally'] });

  const composer = new Composer({ schema: 'core', uniqueKeys: false, merge: false });
  const documents = [...composer.compose(tokens, true)];
  const [document] = documents;
  if (document === undefined || documents.length > 1)
    return malformed('more than one document', place);
  for (const { message, pos } of document.errors.slice(0, MAX_ERRORS)) {
    malformed(`${message.split('\n', 1)[0] ?? ''} (line ${lineOf(text, pos[0])})`, place);
  }
  if (document.errors.length > 0) return undefined;
  return document.contents === null ? malformed('the text is empty', place) : document;
}

/**
 * Stops early at a text of nothing but brackets or mistakes, which would take seconds; undefined:
 * too deep.
 */
function parse(text: string): CST.Token[] | undefined {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === 'error') errors++;
    }
    if (errors > MAX_ERRORS) return tokens;
    if (parser.stack.length > MAX_OPEN) return undefined;
  }
  tokens.push(...parser.end());
  return tokens;
}

function tooDeep(place: Place): Document | undefined {
  return place.problem('too_deep', { params: { message: `more than ${MAX_YAML_DEPTH} levels` } });
}

function malformed(message: string, place: Place): Document | undefined {
  return place.problem('malformed_yaml', { params: { message } });
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
