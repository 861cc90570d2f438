import { Module, type DynamicModule } from '@nestjs/common';
import { ApiModule } from '../../api/src/api.module';
import type { ApiParts } from '../../api/src/parts';
import { DetectorModule, type DetectorRuntime } from '../../detector/src/detector.module';
import { RemedyModule, type RemedyParts } from '../../remedy/src/remedy.module';

/** Everything in one process; each part has connections of its own. */
@Module({})
export class StandaloneModule {
  static forRoot(parts: {
    readonly api: ApiParts;
    readonly detector: DetectorRuntime;
    readonly remedy: RemedyParts;
  }): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        // In this order: who answers /readyz first must be able to do its work.
        RemedyModule.forRoot(parts.remedy),
        DetectorModule.forRoot(parts.detector),
        ApiModule.forRoot(parts.api),
      ],
    };
  }
}
