import type { RuleMessage } from '@amends/domain';
import { booleanShape, listShape, objectShape, optional, required, textShape } from '../shape';
import { BOUNDS } from './bounds';
import { slugShape } from './names';

const channelShape = textShape({
  description: 'A channel, such as email or sms.',
  maxLength: 32,
  pattern: { regex: /^[a-z][a-z0-9_-]*$/, code: 'bad_name', param: 'name' },
  examples: ['email', 'sms'],
});

export const messageShape = objectShape<RuleMessage>(
  {
    template: required(slugShape('The template.')),
    channels: required(
      listShape(channelShape, {
        description: 'Channels in order of preference.',
        min: 1,
        max: BOUNDS.channels,
        unique: { of: (channel) => channel, code: 'duplicate_entry' },
      }),
    ),
    urgent: optional(booleanShape('Passes quiet hours and frequency caps.')),
  },
  { description: 'What we say, after the money has moved.' },
);
