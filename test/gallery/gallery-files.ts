import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { CalendarDocument, RuleDocument } from '@amends/domain';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '../..');

export const RULES_FOLDER = join(ROOT, 'rules');
/** The contract's own examples, beside the project. */
export const SPEC_RULES_FOLDER = resolve(ROOT, '../shared/spec/rules');

export interface GalleryFile<T> {
  readonly name: string;
  readonly text: string;
  readonly document: T;
}

/** The YAML files of a folder as documents, unchecked. */
export function readGallery<T = RuleDocument>(folder: string): readonly GalleryFile<T>[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return { name: basename(file, '.yaml'), text, document: parse(text) as T };
    });
}

export interface GalleryCalendar extends CalendarDocument {
  readonly id: string;
  readonly source: string;
  readonly years: readonly number[];
  readonly makeup_working_days?: readonly string[];
}

export function readCalendars(): readonly GalleryFile<GalleryCalendar>[] {
  return readGallery<GalleryCalendar>(join(RULES_FOLDER, 'calendars'));
}

/** By id, as rules name them. */
export function galleryCalendars(): ReadonlyMap<string, GalleryCalendar> {
  return new Map(readCalendars().map(({ document }) => [document.id, document]));
}
