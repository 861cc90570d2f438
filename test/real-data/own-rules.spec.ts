import { join } from 'node:path';
import { parseRule } from '@amends/contracts';
import { compileRule, runRuleTests } from '@amends/domain';
import { readGallery } from '../gallery/gallery-files';

describe('the rules for samples that no shipped rule is about', () => {
  it.each(readGallery(join(__dirname, 'rules')))('$name is right and passes its tests', (file) => {
    expect(parseRule(file.text, { contentType: 'yaml' })).toMatchObject({ ok: true, lints: [] });

    const compiled = compileRule(file.document, { version: 1, calendars: new Map() });
    const { passed, failed } = runRuleTests(compiled);
    expect(failed).toBe(0);
    expect(passed).toBeGreaterThan(0);
  });
});
