import { MAX_FAULTS, type JsonFault } from './json-fault';
import { pointTo } from './json-pointer';

interface Frame {
  readonly pointer: string;
  /** Keys seen so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  /** The key or index that the next value stands under. */
  token: string | number;
  expectsKey: boolean;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;

/**
 * Where a key is written twice in one object, escapes resolved. Slow, with pointers; for a text
 * that JSON.parse has accepted and whose keys were counted to be too many.
 */
export function findDuplicateKeys(text: string): readonly JsonFault[] {
  const faults: JsonFault[] = [];
  const frames: Frame[] = [];
  const here = (): string => {
    const top = frames.at(-1);
    return top === undefined ? '' : pointTo(top.pointer, top.token);
  };

  for (let i = 0; i < text.length && faults.length < MAX_FAULTS; i++) {
    const char = text[i];
    const top = frames.at(-1);
    if (char === '"') {
      const literal = stringAt(text, i);
      if (top?.keys !== undefined && top.expectsKey) noteKey(top, literal, faults);
      i += literal.length - 1;
    } else if (char === '{') {
      frames.push({ pointer: here(), keys: new Set(), token: '', expectsKey: true });
    } else if (char === '[') {
      frames.push({ pointer: here(), keys: undefined, token: 0, expectsKey: false });
    } else if (char === '}' || char === ']') {
      frames.pop();
    } else if (char === ',' && top !== undefined) {
      if (typeof top.token === 'number') top.token++;
      else top.expectsKey = true;
    }
  }
  return faults;
}

function stringAt(text: string, index: number): string {
  STRING.lastIndex = index;
  return STRING.exec(text)?.[0] ?? '"';
}

function noteKey(frame: Frame, literal: string, faults: JsonFault[]): void {
  const key = JSON.parse(literal) as string;
  frame.token = key;
  frame.expectsKey = false;
  if (frame.keys?.has(key)) {
    const pointer = pointTo(frame.pointer, key);
    faults.push({ code: 'duplicate_key', pointer, message: 'the key is written twice' });
  }
  frame.keys?.add(key);
}
