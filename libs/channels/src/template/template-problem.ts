import type { RefusalItem } from '@amends/application';

/** One mistake in a template, with its place in the text that the pointer names. */
export type TemplateProblem = RefusalItem;
