export type { Draft } from './draft';
export { wrongType, type Kind } from './expected';
export { listShape } from './list-shape';
export { mapShape } from './map-shape';
export { definition, described, namedShape } from './named-shape';
export { objectShape, optional, required, type Fields } from './object-shape';
export { booleanShape, integerShape, numberShape, textShape, wordShape } from './scalar-shapes';
export { Place, type JsonSchema, type SchemaDefs, type Shape } from './shape';
