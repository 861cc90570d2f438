import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { isForbiddenKey, textFault } from '../../json';
import type { Place } from '../shape';
import { composeYaml } from './yaml-document';

/** Tags that say nothing but what the value is anyway, or ask for a text. */
const KNOWN_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/**
 * The value of a YAML 1.2 text (core schema: dates stay texts, and so does `yes`). Refused: several
 * documents, anchors and aliases (a few lines can stand for gigabytes), tags, keys written twice or
 * that are no text. What is wrong is left out of the value, so that more can be found in the rest.
 */
export function readYaml(text: string, place: Place): unknown {
  const document = composeYaml(text, place);
  return document === undefined ? undefined : readNode(document.contents, place);
}

function readNode(node: Node | null, place: Place): unknown {
  if (node === null) return null;
  if (isAlias(node)) {
    place.problem('yaml_alias', { hint: ['write_literally'] });
    return spoil(place);
  }
  const { anchor, tag } = node as { anchor?: string; tag?: string };
  if (anchor !== undefined) place.problem('yaml_alias', { hint: ['write_literally'] });
  if (tag !== undefined && !KNOWN_TAG.test(tag)) {
    place.problem('yaml_tag', { params: { tag } });
    return spoil(place);
  }
  if (isMap(node)) return readMap(node as YAMLMap<Node, Node | null>, place);
  if (isSeq(node)) {
    return node.items.map((item, index) => readNode(item as Node | null, place.at(index)));
  }
  return isScalar(node) ? readScalar(node, place) : null;
}

function spoil(place: Place): null {
  place.report.spoil(place.pointer);
  return null;
}

function readMap(map: YAMLMap<Node, Node | null>, place: Place): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const pair of map.items) {
    const key = keyOf(pair.key);
    if (key === undefined) {
      place.problem('yaml_key');
      continue;
    }
    const inner = place.at(key);
    const fault = textFault(key);
    if (isForbiddenKey(key)) inner.problem('forbidden_key');
    else if (fault !== undefined) inner.problem('bad_text', { params: { message: fault } });
    else if (Object.hasOwn(value, key)) inner.problem('duplicate_key');
    else value[key] = readNode(pair.value, inner);
  }
  return value;
}

/** Keys are texts; a plain number or `true` is taken as it is written. */
function keyOf(node: Node | null): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value, source, anchor, tag } = node as Scalar & { anchor?: string; tag?: string };
  if (anchor !== undefined || tag !== undefined) return undefined;
  return typeof value === 'string' ? value : source;
}

function readScalar(node: Scalar, place: Place): unknown {
  const { value, source = '' } = node;
  if (typeof value === 'number' && node.type === 'PLAIN' && /^[-+]?0\d+(?:\.\d*)?$/.test(source)) {
    place.report.lint(place.pointer, 'leading_zero', {
      params: { source, value },
      hint: ['quote_it'],
    });
  }
  return value;
}
