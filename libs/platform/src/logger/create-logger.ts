import { pino, type DestinationStream, type Level } from 'pino';
import { describeError } from './describe-error';
import { LOG_FIELDS, type LogContext } from './log-fields';
import { scrub } from './scrub';

export interface LoggerOptions {
  /** Which program writes: `standalone`, `detector`, … */
  readonly app: string;
  readonly level: Level | 'silent';
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
}

/**
 * What the whole program logs with. `error` means a person must act, `warn` that one may have to.
 * One line per batch, not per event.
 */
export interface Logger {
  debug(message: string, context?: LogContext): void;
  info(message: string, context?: LogContext): void;
  warn(message: string, context?: LogContext): void;
  error(message: string, context?: LogContext): void;
  /** A logger that adds these fields to every line. */
  with(context: LogContext): Logger;
}

const ALLOWED: ReadonlySet<string> = new Set(LOG_FIELDS);
const LIST_LENGTH_MAX = 20;

/**
 * A logger that writes JSON lines and lets only the fields of `LOG_FIELDS` through: an unknown
 * field is named under `dropped`, without its value. An error under `err` loses everything but
 * type, message, code and frames.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { app: options.app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    // Ours has been at it already, and keeps less.
    serializers: { err: (reduced: unknown) => reduced },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const sink =
    options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  return wrap((level, message, context) => {
    if (sink.isLevelEnabled(level)) sink[level](onlyAllowed(context), scrub(message));
  });
}

type Write = (level: 'debug' | 'info' | 'warn' | 'error', message: string, c: LogContext) => void;

function wrap(write: Write, fixed: LogContext = {}): Logger {
  const at = (level: Parameters<Write>[0]) => (message: string, context?: LogContext) => {
    write(level, message, { ...fixed, ...context });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (context) => wrap(write, { ...fixed, ...context }),
  };
}

function onlyAllowed(context: LogContext): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [field, value] of Object.entries(context)) {
    if (value === undefined) continue;
    if (field === 'err') line['err'] = describeError(value);
    else if (ALLOWED.has(field)) line[field] = plain(value);
    else dropped.push(field);
  }
  if (dropped.length > 0) line['dropped'] = dropped.map(scrub);
  return line;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, LIST_LENGTH_MAX).map(scalar);
  return scalar(value);
}

/** An object under an allowed name is still a payload. */
function scalar(value: unknown): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return '[dropped]';
}
