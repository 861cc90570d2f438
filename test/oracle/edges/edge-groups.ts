import { deadlineEdges } from './deadline-edges';
import type { EdgeCase } from './edge-case';
import { eventEdges } from './event-edges';
import { payEdges } from './pay-edges';
import { sequenceEdges } from './sequence-edges';
import { windowEdges } from './window-edges';

/** All hand-made cases, by what they are about. */
export const edgeGroups: [string, EdgeCase[]][] = [
  ['deadline', deadlineEdges],
  ['window', windowEdges],
  ['sequence', sequenceEdges],
  ['event', eventEdges],
  ['pay and limits', payEdges],
];
