/** PG… variables meant for another server, and the user's language, must not reach ours. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TMPDIR', 'TEMP', 'SystemRoot'];
  const env = Object.fromEntries(
    kept.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined),
  ) as NodeJS.ProcessEnv;
  return { ...env, LC_ALL: 'C', TZ: 'UTC' };
}
