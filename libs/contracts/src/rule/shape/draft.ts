type Scalar = string | number | boolean | bigint | null | undefined;

/**
 * What is left of a `T` when everything wrong in it was left out, so that the checks that look
 * across the document can run on the rest. Places in lists stay; free maps (labels, conditions,
 * facts) lose entries.
 */
export type Draft<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? readonly (Draft<Item> | undefined)[]
    : string extends keyof T
      ? T
      : { readonly [Key in keyof T]?: Draft<T[Key]> | undefined };
