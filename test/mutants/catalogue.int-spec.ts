import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTestDatabase } from '@amends/testing';
import { CATALOGUE } from './catalogue';
import { patchedFiles } from './patch';
import { ROOT, TEMPLATE } from './scratch-tree';

const MUTANTS = Object.values(CATALOGUE).flat();

describe('the mutants of guards', () => {
  const database = useTestDatabase();

  it('have names of their own, as have their groups', () => {
    const names = [...Object.keys(CATALOGUE), ...MUTANTS.map(({ name }) => name)];

    expect(new Set(names).size).toBe(names.length);
  });

  it.each(MUTANTS)(
    '$name: what it takes out is in the sources, and its test is there',
    (mutant) => {
      const { damage = [], spec, test } = mutant;

      expect(patchedFiles(ROOT, mutant).size + damage.length).toBeGreaterThan(0);
      expect(readFileSync(join(ROOT, spec), 'utf8')).toContain(test);
      // What jest puts into a name does not stand in the file.
      expect(test).not.toMatch(/%[sjd]/);
    },
  );

  it('statements are added where the database has been migrated', () => {
    const patches = [{ ...TEMPLATE, replace: '' }];

    expect(patchedFiles(ROOT, { name: 'damage', patches }).size).toBe(1);
  });

  it.each(MUTANTS.filter(({ damage = [] }) => damage.length > 0))(
    '$name: what it takes out of the schema is there',
    async ({ damage = [] }) => {
      const client = await database().pool.connect();
      try {
        await client.query('begin');
        for (const statement of damage) {
          await expect(client.query(statement)).resolves.toBeDefined();
        }
        await client.query('rollback');
      } finally {
        client.release();
      }
    },
  );
});
