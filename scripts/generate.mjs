// `npm run gen`: writes every generated file anew.
import { readArguments } from './arguments.mjs';
import { listGenerators, runGenerator } from './generators.mjs';

readArguments('npm run gen');
for (const generator of listGenerators()) {
  runGenerator(generator);
  console.log(`written: ${generator.file}`);
}
