import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compileRule, runRuleTests } from '@amends/domain';
import { parseRule } from './parse-rule';

const cal = (n: string) => parse(readFileSync(join(__dirname, '../../../../rules/calendars', n + '.yaml'), 'utf8'));
const calendars = new Map<string, any>([
  ['uk-working-days', cal('uk-working-days')],
  ['office', { time_zone: 'Europe/Berlin', working_days: [1, 2, 3, 4, 5], holidays: [], hours: { from: '09:00', to: '17:00' } }],
  ['sh', { time_zone: 'Asia/Shanghai', working_days: [1, 2, 3, 4, 5], holidays: [] }],
]);
const E = (at: string, type: string, data: any = {}, x: any = {}) => ({ at, type, customerid: 'c', ...x, ...(x.customerid === null ? { customerid: undefined } : {}), data: { k: 'k', ...data } });
const credit = { as: 'credit', amount: { fixed: '5.00 EUR' } };
const P = '5.00 EUR';
const m = (value: string, currency = 'EUR') => ({ value, currency });
type Case = [string, any, any, any[], any[], any?, string?];
const D = (x: any = {}) => ({ type: 'deadline', start: 's', expect: 'x', by: 'data.k', due: '2h', ...x });
const V = (x: any = {}) => ({ type: 'event', event: 'e', by: 'data.k', ...x });
const W = (x: any = {}) => ({ type: 'window', event: 'e', by: 'data.k', over: '10h', measure: 'count', is: { gte: 2 }, ...x });
const Q = (x: any = {}) => ({ type: 'sequence', steps: ['a', 'b'], by: 'data.k', within: '10h', ...x });
const where = (w: any, data: any, yes: boolean, lets?: any): Case => [`where ${JSON.stringify(w)} ${JSON.stringify(data)}`, V({ where: w, ...(lets ? { let: lets } : {}) }), credit, [E('1h', 'e', data)], yes ? [{ customer: 'c', pay: P }] : []];
const pays = (name: string, pay: any, data: any, out: string | null, lets?: any, extra?: any): Case => [`pay ${name}`, V(lets ? { let: lets } : {}), { as: 'credit', ...pay }, [E('1h', 'e', data)], out === null ? [] : [{ pay: out }], extra];

declare const process: any;
const cases: Case[] = eval(readFileSync(process.env.PROBES, 'utf8'));
const reject = (globalThis as any).REJECT ?? [];
test('probe', () => {
  const out: string[] = [];
  for (const [name, detect, pay, events, expect, extra, until] of cases) {
    const doc = JSON.parse(JSON.stringify({ kind: 'Rule', id: 'p', title: 'p', labels: { team: 'a' }, detect, pay, ...(extra ?? {}), tests: [{ name: 't', events, until: until ?? '200d', expect }] }));
    const parsed = parseRule(doc, { contentType: 'json' });
    if (!parsed.ok) { out.push(`REJECTED ${name}: ${JSON.stringify(parsed.problems)}`); continue; }
    try {
      const r = runRuleTests(compileRule(parsed.document, { version: 1, calendars })).results[0]!;
      if (!r.ok) out.push(`WRONG ${name}\n   missing ${JSON.stringify(r.missing)}\n   unexpected ${JSON.stringify(r.unexpected)}`);
    } catch (e) { out.push(`CRASH ${name} ${(e as Error).stack}`); }
  }
  console.log(`${cases.length} cases\n` + out.join('\n'));
});
void [E, credit, P, m, D, V, W, Q, where, pays];
