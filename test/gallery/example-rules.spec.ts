import { parseRule } from '@amends/contracts';
import { compileRule, runRuleTests, type RuleDocument } from '@amends/domain';
import { galleryCalendars, readGallery, RULES_FOLDER, SPEC_RULES_FOLDER } from './gallery-files';

const calendars = galleryCalendars();
const ours = readGallery(RULES_FOLDER);
const examples = readGallery(SPEC_RULES_FOLDER);

const BEYOND_THE_CONTRACT = ['made-good-late', 'phone-wait'];

function failing(document: RuleDocument) {
  const { results } = runRuleTests(compileRule(document, { version: 1, calendars }));
  return results.filter((result) => !result.ok);
}

describe('the example rules', () => {
  it.each(ours)('$name is called what its file is called', ({ name, document }) => {
    expect(document.id).toBe(name);
  });

  it.each(ours)('$name has no mistakes, and reads as it is written', ({ text, document }) => {
    expect(parseRule(text, { contentType: 'yaml' })).toMatchObject({ ok: true, document });
  });

  it.each(ours)('$name passes its own tests, of which it has at least six', ({ document }) => {
    expect(document.tests?.length).toBeGreaterThanOrEqual(6);
    expect(failing(document)).toEqual([]);
  });

  it.each(ours)('$name has a test that must not fire', ({ document }) => {
    expect(document.tests?.some((test) => test.expect.length === 0)).toBe(true);
  });

  it.each(examples)(
    '$document.id means what the contract’s example of that name means',
    (example) => {
      const { document } = example;
      const own = ours.find((file) => file.document.id === document.id)?.document;

      expect(own?.labels).toEqual(document.labels);
      expect(own?.detect).toEqual(document.detect);
      expect(own?.skip_if).toEqual(document.skip_if);
      expect(own?.pay).toEqual(document.pay);
      expect(own?.limits).toEqual(document.limits);
      expect(own?.message).toEqual(document.message);
    },
  );

  it.each(ours.filter(({ name }) => !BEYOND_THE_CONTRACT.includes(name)))(
    '$name passes the tests of the contract’s example too',
    ({ document }) => {
      const example = examples.find((file) => file.document.id === document.id)?.document;

      expect(example).toBeDefined();
      expect(failing({ ...document, tests: example?.tests ?? [] })).toEqual([]);
    },
  );
});
