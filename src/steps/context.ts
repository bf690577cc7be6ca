// What a step is given: the engine's context and the AWS clients. No terminal, no flags, no dry run.
import type { AwsContext } from '../aws/context.ts';
import type { EngineContext } from '../engine/types.ts';

export type StepContext = EngineContext & AwsContext;
