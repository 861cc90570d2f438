import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ruleJsonSchema } from '@amends/contracts';

// `npm run gen`: the schema of rule files, for editors; made from the one definition of a rule.
const [path = 'schemas/rule.json'] = process.argv.slice(2);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, `${JSON.stringify(ruleJsonSchema(), null, 2)}\n`);
