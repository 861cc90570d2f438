import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from './parse-config';
import { describeConfigProblems } from './read-config';
import { setting } from './settings';

const schema = z.object({
  PORT: setting.port().default(3000),
  DATABASE_URL: setting.url('postgres', 'postgresql'),
  AMENDS_DATA_DIR: z.string().default('.amends'),
  AMENDS_STREAM: setting.flag().default(false),
  METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
});

describe('parseConfig', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'amends-config-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads what the schema names, and its defaults', () => {
    const env = { PORT: '8080', DATABASE_URL: 'postgres://localhost/amends', HOME: '/home/x' };

    expect(parseConfig(schema, env)).toEqual({
      ok: true,
      config: {
        PORT: 8080,
        DATABASE_URL: 'postgres://localhost/amends',
        AMENDS_DATA_DIR: '.amends',
        AMENDS_STREAM: false,
      },
    });
  });

  it('lists every problem at once, without the values', () => {
    const env = {
      PORT: '99999',
      METRICS_TOKEN: 'too-short',
      AMENDS_STREAM: 'maybe',
      AMENDS_DATADIR: '/var/lib/amends',
    };
    const parsed = parseConfig(schema, env);

    const text = parsed.ok ? '' : describeConfigProblems(parsed.problems);

    expect(text.split('\n').slice(0, -1).sort()).toEqual([
      '  - AMENDS_DATADIR: is not a setting of this program; meant: AMENDS_DATA_DIR?',
      '  - AMENDS_STREAM: must be true or false',
      '  - DATABASE_URL: is required',
      '  - METRICS_TOKEN: must have at least 16 characters',
      '  - PORT: must be a whole number from 0 to 65535',
      'Configuration: 5 problems',
    ]);
    expect(text).not.toMatch(/99999|too-short/);
  });

  it('takes an empty variable as not set', () => {
    const parsed = parseConfig(schema, { DATABASE_URL: 'postgres://h/d', PORT: '' });

    expect(parsed).toMatchObject({ ok: true, config: { PORT: 3000 } });
  });

  it('reads a secret from the file that NAME_FILE names', () => {
    const path = join(folder, 'url');
    writeFileSync(path, 'postgres://user:secret@host/amends\n');

    expect(parseConfig(schema, { DATABASE_URL_FILE: path })).toMatchObject({
      config: { DATABASE_URL: 'postgres://user:secret@host/amends' },
    });
  });

  it('wants a secret once, and from a file that is there', () => {
    const both = { DATABASE_URL: 'postgres://h/d', DATABASE_URL_FILE: '/any' };
    const absent = { DATABASE_URL_FILE: join(folder, 'absent') };

    expect(parseConfig(schema, both)).toMatchObject({
      problems: [
        { variable: 'DATABASE_URL', message: 'is set, and so is DATABASE_URL_FILE: which?' },
      ],
    });
    expect(parseConfig(schema, absent)).toMatchObject({
      problems: [{ message: 'the file named by DATABASE_URL_FILE cannot be read: ENOENT' }],
    });
  });

  it('leaves crash points and what test runs pass along alone', () => {
    const env = {
      DATABASE_URL: 'postgres://h/d',
      AMENDS_TEST_CRASH: '1',
      AMENDS_TEST_RUN: '/tmp/x',
      AMENDS_CRASH_AT: 'batch.after-fence:2',
    };

    expect(parseConfig(schema, env).ok).toBe(true);
  });
});
