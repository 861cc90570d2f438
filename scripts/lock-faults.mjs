// What is wrong with a lock file: packages from elsewhere, without a hash, under another name, or with a script that
// would run at installation and that nobody has looked at.

/** Tools that read the lock file pass over what has no hash; so would npm. */
const HASH = /^sha512-[A-Za-z0-9+/]{86}==$/;
const VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?(\+[\w.]+)?$/;

/** Sentences, each naming the package. `allowed`: scripts that may run, as `allowScripts` of package.json has them. */
export function lockFaults(lock, allowed = {}) {
  if (lock.lockfileVersion !== 3) return ['it is not of version 3'];
  const faults = [];
  for (const [path, one] of Object.entries(lock.packages)) {
    if (path === '') continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const say = (what) => faults.push(`${name}: ${what}`);
    if (one.link === true) say('is a link to a folder');
    if (one.resolved !== undefined) say(`names where it comes from (${hostOf(one.resolved)})`);
    // Tools of development may carry a second version of something under another name.
    if (one.dev !== true && one.name !== undefined && one.name !== name)
      say(`is another package, ${one.name}`);
    if (!VERSION.test(one.version ?? '')) say('has no version of the registry');
    if (one.inBundle !== true && !HASH.test(one.integrity ?? '')) say('has no SHA-512');
    if (one.hasInstallScript === true && one.optional !== true && !(name in allowed)) {
      say('runs a script when it is installed: look at it, then name it in allowScripts');
    }
  }
  return faults;
}

function hostOf(address) {
  return URL.canParse(address) ? new URL(address).host || 'a file' : 'a file';
}
