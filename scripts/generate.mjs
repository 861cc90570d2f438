// `npm run gen`: writes every generated file anew.
import { listGenerators, runGenerator } from './generators.mjs';

for (const generator of listGenerators()) {
  runGenerator(generator);
  console.log(`written: ${generator.file}`);
}
