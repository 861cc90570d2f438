import type { CapturedPayment, PayoutAnswer, PayoutInquiry } from '@amends/application';
import { readMoney, roundMoney } from '@amends/domain';
import type { HttpAnswer } from './http-request';

/** 4xx that say "not now": whether the payout went through earlier, they do not say. */
const NOT_NOW = [408, 409, 425, 429];
const TEXT_LENGTH_MAX = 200;
/** What a payout of ours that went through earlier may itself be the reason of. */
const MAYBE_OURS = [
  'charge_already_refunded',
  'amount_too_large',
  'too_many_refunds',
  'refund_too_soon',
];
/** Reasons that pass, and what they lie with. */
const PASSING: Readonly<Record<string, 'payment' | 'account'>> = {
  refund_too_soon: 'payment',
  insufficient_balance: 'account',
};

interface Said {
  readonly status: string | undefined;
  readonly reference: string | null;
  readonly arrives: string | null;
  readonly code: string | undefined;
}

/**
 * What an answer proves. A refusal proves that nothing has moved only if it is the first answer to
 * this key, or says so in its body: after a time-out, "already refunded" or "not let in" may hide a
 * payout that went through.
 */
export function readAnswer(answer: HttpAnswer, isResend: boolean): PayoutAnswer {
  if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
  const { status } = answer;
  const said = readBody(answer.body);
  const statement = readStatement(said, status);
  if (isResend && statement?.kind === 'rejected' && MAYBE_OURS.includes(statement.code)) {
    return { kind: 'unknown', reason: `${statement.code} to a repeat` };
  }
  if (status >= 200 && status < 300) {
    return statement ?? accepted(said, false);
  }
  if (status >= 400 && status < 500 && !NOT_NOW.includes(status)) {
    if (statement?.kind === 'rejected' || !isResend) return rejected(said, status);
    return { kind: 'unknown', reason: `HTTP ${String(status)} to a repeat` };
  }
  const retryAfterMs = readRetryAfterMs(answer.retryAfter);
  return {
    kind: 'unknown',
    reason: `HTTP ${String(status)}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** What the answer to a question proves: 404, or `not_found`, is that it knows no such key. */
export function readInquiry(answer: HttpAnswer): PayoutInquiry {
  if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
  const { status } = answer;
  if (status === 404) return { kind: 'not_found' };
  if (status < 200 || status >= 300) {
    return { kind: 'unknown', reason: `HTTP ${String(status)}` };
  }
  const said = readBody(answer.body);
  if (said.status === 'not_found') return { kind: 'not_found' };
  // Silence about the state is no state: an empty 200 may come from anything in between.
  return (
    readStatement(said, status) ?? { kind: 'unknown', reason: 'it does not say how it stands' }
  );
}

/** Whether it says success, and that this request has changed nothing (`"changed": false`). */
export function isUnchanged(answer: HttpAnswer): boolean {
  return answer.kind === 'answer' && parse(answer.body)['changed'] === false;
}

/** What it says was captured: `{"captured": {"value", "currency"}}`; 404: it knows no such payment. */
export function readCaptured(answer: HttpAnswer): CapturedPayment {
  if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
  if (answer.status === 404) return { kind: 'not_found' };
  const money = answer.status === 200 ? readMoney(parse(answer.body)['captured']) : undefined;
  if (money === undefined) return { kind: 'unknown', reason: `HTTP ${String(answer.status)}` };
  return { kind: 'captured', money: roundMoney(money) };
}

function readStatement(
  said: Said,
  status: number,
): Extract<PayoutAnswer, { kind: 'accepted' | 'rejected' }> | undefined {
  switch (said.status) {
    case 'succeeded':
    case 'accepted':
      return accepted(said, false);
    case 'pending':
      return accepted(said, true);
    case 'failed':
    case 'rejected':
      return rejected(said, status);
    default:
      return undefined;
  }
}

function accepted(said: Said, isPending: boolean): Extract<PayoutAnswer, { kind: 'accepted' }> {
  const { reference, arrives } = said;
  return { kind: 'accepted', providerRef: reference, arrives, isPending };
}

function rejected(said: Said, status: number): Extract<PayoutAnswer, { kind: 'rejected' }> {
  const code = said.code ?? `http_${String(status)}`;
  const passes = PASSING[code];
  const proof = `HTTP ${String(status)}`;
  return { kind: 'rejected', code, proof, ...(passes !== undefined && { passes }) };
}

function readBody(body: string | undefined): Said {
  const json = parse(body);
  return {
    status: textOf(json['status'])?.toLowerCase(),
    reference: textOf(json['reference']) ?? null,
    arrives: textOf(json['arrives']) ?? null,
    code: textOf(json['code']),
  };
}

function parse(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body ?? '');
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  // NUL does not fit a text column, and nothing of theirs may break a log line.
  return value.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, TEXT_LENGTH_MAX);
}

/** Seconds, or an HTTP date, as milliseconds from now. */
function readRetryAfterMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}
