export { LANGUAGE_TAGS, pickLanguage, type Language, type Text } from './language';
export { makeProblem, problemItems, type ProblemDetails, type TextItem } from './make-problem';
export { PROBLEM_CONTENT_TYPE, type Problem, type ProblemItem } from './problem';
export { PROBLEMS, type ProblemCode, type ProblemKind } from './problem-catalogue';
