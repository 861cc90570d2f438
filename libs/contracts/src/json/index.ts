export { checkJson, isJsonObject, isPlainObject } from './check-json';
export { encodeText } from './encode-text';
export type { JsonFault, JsonFaultCode } from './json-fault';
export { DOCUMENT_LIMITS, type JsonLimits } from './json-limits';
export { isForbiddenKey } from './forbidden-key';
export { pointTo } from './json-pointer';
export { textFault } from './stored-text';
export { parseJsonStrict, type ParsedJson } from './parse-json-strict';
