import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { dayNumber, formatInstant } from '../values/instant';
import { days, hours, localDate, minus, minutes, plus, toTimestamp } from './functions';

const TIMESTAMP = 'google.protobuf.Timestamp';
const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
};

/**
 * The engine's own versions of these read the process's time zone or take dates that do not exist,
 * so calls are renamed to ours before they are checked.
 */
const TIMESTAMP_CALL = 'rfc3339_';
const LOCAL_SUFFIX = '_in_';
const LOCAL_FIELDS: Readonly<Record<string, (local: Date) => number>> = {
  getFullYear: (local) => local.getUTCFullYear(),
  getMonth: (local) => local.getUTCMonth(),
  getDate: (local) => local.getUTCDate(),
  getDayOfMonth: (local) => local.getUTCDate() - 1,
  getDayOfWeek: (local) => local.getUTCDay(),
  getDayOfYear: dayOfYear,
  getHours: (local) => local.getUTCHours(),
  getMinutes: (local) => local.getUTCMinutes(),
  getSeconds: (local) => local.getUTCSeconds(),
  getMilliseconds: (local) => local.getUTCMilliseconds(),
};

const MACROS = ['has', 'all', 'exists', 'exists_one', 'map', 'filter'];
const REFUSED: ReadonlySet<string> = new Set(['matches', 'bind']);

const base = createBase();

/** Names of all functions and methods, to tell an unknown function from wrong arguments. */
export const functionNames: ReadonlySet<string> = new Set(
  base.getDefinitions().functions.map((definition) => definition.name),
);

/** A fresh environment with our functions and the limits of size and depth, and no variables. */
export function createEnvironment(): Environment {
  return base.clone();
}

/** The engine knows `type` as its type of types; in a rule it is the event's. */
const EVENT_TYPE = 'type of the event';

/** The name by which the engine knows a variable. */
export function engineName(name: string): string {
  return name === 'type' ? EVENT_TYPE : name;
}

/** Renames a call or a variable so that it meets ours instead of the engine's. */
export function redirect(node: ASTNode): void {
  if (node.op === 'id') (node as { args: unknown }).args = engineName(node.args);
  const args = node.args as unknown[];
  if (node.op === 'call' && args[0] === 'timestamp') args[0] = TIMESTAMP_CALL;
  if (node.op !== 'rcall' || typeof args[0] !== 'string') return;
  const count = (args[2] as unknown[]).length;
  const local = Object.hasOwn(LOCAL_FIELDS, args[0]);
  if (local && (count === 1 || args[0] === 'getDayOfYear')) args[0] += LOCAL_SUFFIX;
}

/** The name that the writer of the rule knows, in a message of the engine. */
export function publicNames(message: string): string {
  return message
    .replaceAll(TIMESTAMP_CALL, 'timestamp')
    .replaceAll(LOCAL_SUFFIX, '')
    .replaceAll(EVENT_TYPE, 'type');
}

/** The functions and methods that an expression may call, by the names that a rule knows them by. */
export const FUNCTION_NAMES: readonly string[] = [
  ...new Set([...functionNames, ...MACROS].map(publicNames)),
].filter((name) => !REFUSED.has(name));

function createBase(): Environment {
  const env = new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS });
  const sync = { async: false };
  env.registerFunction('minutes(dyn, dyn): double', minutes, sync);
  env.registerFunction('hours(dyn, dyn): double', hours, sync);
  env.registerFunction('days(dyn, dyn): double', days, sync);
  env.registerFunction('minus(dyn, dyn): map', minus, sync);
  env.registerFunction('plus(dyn, dyn): map', plus, sync);
  registerMixedArithmetic(env);
  env.registerFunction(`${TIMESTAMP_CALL}(string): ${TIMESTAMP}`, toTimestamp, sync);
  env.registerFunction(`${TIMESTAMP_CALL}(int): ${TIMESTAMP}`, fromEpochSeconds, sync);
  env.registerFunction(`${TIMESTAMP_CALL}(${TIMESTAMP}): ${TIMESTAMP}`, (t: Date) => t, sync);
  env.registerFunction(`string(${TIMESTAMP}): string`, toText, sync);
  env.registerFunction(`int(${TIMESTAMP}): int`, toEpochSeconds, sync);
  for (const [name, field] of Object.entries(LOCAL_FIELDS)) {
    const method = `${TIMESTAMP}.${name}${LOCAL_SUFFIX}`;
    const inZone = (date: Date, zone: string): bigint => BigInt(field(localDate(date, zone)));
    env.registerFunction(`${method}(string): int`, inZone, sync);
  }
  const inUtc = (date: Date): bigint => BigInt(dayOfYear(date));
  env.registerFunction(`${TIMESTAMP}.getDayOfYear${LOCAL_SUFFIX}(): int`, inUtc, sync);
  return env;
}

/** JSON numbers are doubles: an int literal beside one is a double too. */
function registerMixedArithmetic(env: Environment): void {
  const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [sign, apply] of Object.entries(operators)) {
    const mixed = (a: number | bigint, b: number | bigint): number => apply(Number(a), Number(b));
    env.registerOperator(`double ${sign} int: double`, mixed);
    env.registerOperator(`int ${sign} double: double`, mixed);
  }
}

function fromEpochSeconds(seconds: bigint): Date {
  return new Date(Number(seconds) * 1000);
}

/** CEL's `int(timestamp)`. */
function toEpochSeconds(date: Date): bigint {
  return BigInt(Math.floor(date.getTime() / 1000));
}

/** CEL's `string(timestamp)`: RFC 3339, with a fraction only where there is one. */
function toText(date: Date): string {
  return formatInstant(date.getTime()).replace('.000Z', 'Z');
}

/** Days since 1 January, from 0. */
function dayOfYear(date: Date): number {
  const year = date.getUTCFullYear();
  const today = dayNumber(year, date.getUTCMonth() + 1, date.getUTCDate());
  return today - dayNumber(year, 1, 1);
}
