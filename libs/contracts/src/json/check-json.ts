import type { Json, JsonObject } from '@amends/domain';
import { isForbiddenKey } from './forbidden-key';
import { MAX_FAULTS, type JsonFault, type JsonFaultCode } from './json-fault';
import type { JsonLimits } from './json-limits';
import { pointTo } from './json-pointer';
import { textFault } from './stored-text';

/**
 * All that is wrong with a value that is not (or not yet known to be) of a checked text: too deep,
 * too long, keys, numbers and texts that cannot be kept, and what JSON does not have at all.
 */
export function checkJson(value: unknown, limits: JsonLimits): readonly JsonFault[] {
  const checker = new JsonChecker(limits);
  checker.check(value, '', 0);
  return checker.faults;
}

class JsonChecker {
  readonly faults: JsonFault[] = [];
  /** Values and characters met; never more than the bytes that they would take. */
  private spent = 0;

  constructor(private readonly limits: JsonLimits) {}

  check(value: unknown, pointer: string, depth: number): void {
    if (this.faults.length >= MAX_FAULTS || !this.spend(1)) return;
    if (typeof value === 'string') this.checkText(value, pointer);
    else if (typeof value === 'number') this.checkNumber(value, pointer);
    else if (Array.isArray(value)) this.checkArray(value, pointer, depth + 1);
    else if (isPlainObject(value)) this.checkObject(value, pointer, depth + 1);
    else if (value !== null && typeof value !== 'boolean') {
      this.fault('malformed_json', pointer, 'is not a JSON value');
    }
  }

  private checkArray(items: readonly unknown[], pointer: string, depth: number): void {
    if (this.isTooDeep(depth, pointer)) return;
    if (items.length > this.limits.maxArrayItems) {
      this.fault('too_large', pointer, `has more than ${this.limits.maxArrayItems} items`);
      return;
    }
    items.forEach((item, index) => this.check(item, pointTo(pointer, index), depth));
  }

  private checkObject(object: JsonObject, pointer: string, depth: number): void {
    if (this.isTooDeep(depth, pointer)) return;
    for (const key of Object.keys(object)) {
      const at = pointTo(pointer, key);
      if (isForbiddenKey(key)) this.fault('forbidden_key', at, `the key "${key}" is not allowed`);
      this.checkText(key, at);
      this.check(object[key], at, depth);
    }
  }

  private checkText(text: string, pointer: string): void {
    const fault = textFault(text);
    if (fault !== undefined) this.fault('bad_text', pointer, fault);
    this.spend(text.length);
  }

  private checkNumber(value: number, pointer: string): void {
    const fault = numberFault(value);
    if (fault !== undefined) this.fault('bad_number', pointer, fault);
  }

  /** Bounds what never was a text: an object graph may share parts, and so be endless to walk. */
  private spend(units: number): boolean {
    const { maxBytes } = this.limits;
    if (this.spent > maxBytes) return false;
    this.spent += units;
    if (this.spent <= maxBytes) return true;
    this.fault('too_large', '', `is larger than ${maxBytes} bytes`);
    return false;
  }

  private isTooDeep(depth: number, pointer: string): boolean {
    if (depth <= this.limits.maxDepth) return false;
    this.fault('too_deep', pointer, `is nested deeper than ${this.limits.maxDepth} levels`);
    return true;
  }

  private fault(code: JsonFaultCode, pointer: string, message: string): void {
    this.faults.push({ code, pointer, message });
  }
}

/**
 * Why a number is not what was written: overflow, or an integer that a double cannot tell from its
 * neighbour.
 */
export function numberFault(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'is too large a number, or none';
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return 'is beyond 2^53 − 1, where digits are lost: send it as a string';
  }
  return undefined;
}

/** An object as JSON.parse makes them: no class, no Map, no Date. */
export function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
