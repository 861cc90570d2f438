import {
  ChangeSettings,
  Database,
  readSettings,
  settingsStem,
  type StoredSettings,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { getSettings, putSettings } from './settings.routes';

@Controller()
export class SettingsController {
  constructor(
    private readonly database: Database,
    private readonly changeSettings: ChangeSettings,
  ) {}

  @Serve(getSettings)
  async get(): Promise<Reply> {
    return reply(await readSettings(this.database));
  }

  @Serve(putSettings)
  async put(call: CallOf<typeof putSettings>): Promise<Reply> {
    const { updated_by: _, updated_at: __, ...settings } = call.body;
    return reply(await this.changeSettings.execute(settings, call.precondition, call));
  }
}

function reply({ settings, revision, updatedBy, updatedAt }: StoredSettings): Reply {
  const view = { ...settings, updated_by: updatedBy, updated_at: updatedAt };
  return ok(view, settingsStem(revision));
}
