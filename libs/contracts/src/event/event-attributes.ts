import { isJsonContentType } from './content-type';
import {
  MAX_ATTRIBUTE_LENGTH,
  MAX_CUSTOMER_ID_LENGTH,
  MAX_EXTENSION_NAME_LENGTH,
} from './event-limits';

/** Says what is wrong with an attribute's value; undefined: nothing. */
type Check = (value: unknown) => string | undefined;

// CloudEvents 1.0, "String": neither C0 nor C1 control characters.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const EXTENSION_NAME = new RegExp(`^[a-z0-9]{1,${MAX_EXTENSION_NAME_LENGTH}}$`);

const text: (maxLength: number) => Check = (maxLength) => (value) => {
  if (typeof value !== 'string') return 'must be a string';
  if (value === '') return 'must not be empty';
  if (value.length > maxLength) return `must not be longer than ${maxLength} characters`;
  return CONTROL.test(value) ? 'must not contain control characters' : undefined;
};

const attribute = text(MAX_ATTRIBUTE_LENGTH);

const KNOWN: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['id', attribute],
  ['source', attribute],
  ['type', attribute],
  ['subject', attribute],
  ['customerid', text(MAX_CUSTOMER_ID_LENGTH)],
  ['dataschema', attribute],
  ['datacontenttype', (value) => attribute(value) ?? contentTypeFault(value)],
]);

/** What is wrong with one attribute beside `specversion` and `time`, name and value. */
export function attributeFault(name: string, value: unknown): string | undefined {
  const known = KNOWN.get(name);
  return known ? known(value) : extensionFault(name, value);
}

function extensionFault(name: string, value: unknown): string | undefined {
  if (!EXTENSION_NAME.test(name)) {
    return 'is no attribute name: 1 to 20 lower-case letters and digits; all else belongs in data';
  }
  // A CloudEvents attribute is a scalar: what has structure belongs in data.
  return typeof value === 'object' ? 'must be a string, a number or a boolean' : undefined;
}

function contentTypeFault(value: unknown): string | undefined {
  return isJsonContentType(String(value)) ? undefined : 'must be JSON: application/json or …+json';
}
