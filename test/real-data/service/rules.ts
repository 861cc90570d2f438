import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RuleDocument } from '@amends/domain';
import { parse } from 'yaml';
import type { Rest } from './rest';

const EXAMPLES = resolve(__dirname, '../../../rules');
const OWN = resolve(__dirname, '../rules');

/** One of the rules that ship with the project. */
export function exampleRule(id: string): RuleDocument {
  return readRule(EXAMPLES, id);
}

/** A rule of these specs, for a sample that no shipped rule is about. */
export function ownRule(id: string): RuleDocument {
  return readRule(OWN, id);
}

/** Saves the rule and rolls it out live, to everybody. */
export async function goLive(rest: Rest, rule: RuleDocument): Promise<void> {
  const path = `/v1/rules/${rule.id}`;
  await rest.put(path, rule);
  const { version } = await rest.get<{ version: number }>(path);
  await rest.put(`${path}/rollout`, { live: { version, percent: 100 } });
}

function readRule(folder: string, id: string): RuleDocument {
  return parse(readFileSync(resolve(folder, `${id}.yaml`), 'utf8')) as RuleDocument;
}
