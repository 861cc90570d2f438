import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiConfig } from '../../api/src/api-config';
import { detectorConfig } from '../../detector/src/detector-config';
import { RemedyConfig } from '../../remedy/src/remedy-config';
import { standaloneConfig } from './config';

const LINES = readFileSync(join(__dirname, '../../../.env.example'), 'utf8').split('\n');
const SCHEMAS = [standaloneConfig.shape, apiConfig.shape, detectorConfig.shape, RemedyConfig.shape];

const shown = LINES.flatMap((line, index) => {
  const [, name = '', value = ''] = /^#([A-Z][A-Z_]*)=(.*)$/.exec(line) ?? [];
  return name === '' ? [] : [{ name, value, above: LINES[index - 1] ?? '' }];
});

/** What each program that has the setting makes of the text; of no text, its default. */
function readings(name: string, text: string | undefined) {
  return SCHEMAS.map((shape) => Object.entries(shape).find(([own]) => own === name)?.[1])
    .filter((schema) => schema !== undefined)
    .map((schema) => schema.safeParse(text));
}

describe('.env.example', () => {
  it('names every setting of the four programs, and nothing else, once', () => {
    const settings = new Set(SCHEMAS.flatMap((shape) => Object.keys(shape)));

    expect(shown.map(({ name }) => name).sort()).toEqual([...settings].sort());
  });

  it.each(shown)('says what $name means', ({ above }) => {
    expect(above).toMatch(/^# [^-].*\.$/);
  });

  it.each(shown)('shows a value of $name that every program takes', ({ name, value }) => {
    for (const reading of readings(name, value)) expect(reading.success).toBe(true);
  });

  it.each(shown)('shows the default of $name where there is one', ({ name, value }) => {
    const [byDefault] = readings(name, undefined);
    const [asShown] = readings(name, value);
    const isSet = byDefault?.success === true && byDefault.data !== undefined;

    expect(isSet ? byDefault.data : asShown?.data).toEqual(asShown?.data);
  });
});

describe('docs/operating.md', () => {
  const text = readFileSync(join(__dirname, '../../../docs/operating.md'), 'utf8');
  /** `A`, `_B` stands for A with another last part. */
  const isNamed = (name: string): boolean =>
    text.includes(`\`${name}\``) || text.includes(`\`_${name.split('_').at(-1) ?? ''}\``);

  it.each(shown)('explains $name', ({ name }) => {
    expect(isNamed(name)).toBe(true);
  });
});
