// Amazon Athena: queries that are started, watched, stopped and read in pages. Their rows are what somebody primed.
import type {
  GetQueryExecutionCommandInput,
  GetQueryResultsCommandInput,
  GetTableMetadataCommandInput,
  GetWorkGroupCommandInput,
  StartQueryExecutionCommandInput,
  StopQueryExecutionCommandInput,
} from '@aws-sdk/client-athena';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { type Progress, progressOf } from './progress.ts';
import { type AthenaState, type ExecutionState, emptyAthena, unprimed, type WorkGroupState } from './state.ts';

export const athenaModel: ServiceModel<World> = {
  service: 'athena',
  operations: {
    StartQueryExecution: { kind: 'write', run: start },
    StopQueryExecution: { kind: 'write', run: stop },
    GetQueryExecution: {
      kind: 'read',
      run: (world: World, input: GetQueryExecutionCommandInput, call: Call) => {
        const execution = executionOf(world, input.QueryExecutionId, call);
        const { state, reason, scannedBytes, completedAt } = progressIn(world, execution, call);
        return {
          QueryExecution: {
            QueryExecutionId: execution.id,
            Query: execution.query,
            StatementType: 'DML',
            WorkGroup: execution.workGroup,
            Status: {
              State: state,
              SubmissionDateTime: new Date(execution.submittedAt),
              ...(reason === null ? {} : { StateChangeReason: reason }),
              ...(completedAt === null ? {} : { CompletionDateTime: new Date(completedAt) }),
            },
            Statistics: { DataScannedInBytes: scannedBytes },
          },
        };
      },
    },
    GetQueryResults: { kind: 'read', run: results },
    GetWorkGroup: {
      kind: 'read',
      run: (world: World, input: GetWorkGroupCommandInput) => {
        const { name, bytesScannedCutoff } = workGroupOf(world, input.WorkGroup);
        const cutoff = bytesScannedCutoff === null ? {} : { BytesScannedCutoffPerQuery: bytesScannedCutoff };
        return { WorkGroup: { Name: name, State: 'ENABLED', Configuration: { EnforceWorkGroupConfiguration: true, ...cutoff } } };
      },
    },
    GetTableMetadata: {
      kind: 'read',
      run: (world: World, input: GetTableMetadataCommandInput) => {
        const { tables } = stateOf(world);
        const table = tables.find(({ database, name }) => database === input.DatabaseName && name === input.TableName);
        if (table === undefined)
          throw new AwsError('MetadataException', `EntityNotFoundException: Entity Not Found: ${input.DatabaseName}.${input.TableName}`);
        const shape = ({ name, type }: { name: string; type: string }) => ({ Name: name, Type: type });
        return {
          TableMetadata: {
            Name: table.name,
            TableType: 'EXTERNAL_TABLE',
            Columns: table.columns.map(shape),
            PartitionKeys: table.partitionKeys.map(shape),
            Parameters: table.parameters,
          },
        };
      },
    },
  },
};

const stateOf = (world: World): AthenaState => world.athena ?? emptyAthena();

function start(world: World, input: StartQueryExecutionCommandInput, call: Call): object {
  const { name: workGroup, outputLocation } = workGroupOf(world, input.WorkGroup);
  const query = input.QueryString ?? '';
  if (query === '' || query.length > 262_144) throw invalid('queryString must be 1 to 262144 characters long');
  if (outputLocation === null && input.ResultConfiguration?.OutputLocation === undefined) {
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  }
  const token = input.ClientRequestToken ?? null;
  if (token !== null && (token.length < 32 || token.length > 128)) throw invalid('clientRequestToken must be 32 to 128 characters long');
  world.athena ??= emptyAthena();
  const { executions, answer } = world.athena;
  const same = Object.values(executions).find(
    ({ accountId, clientRequestToken }) => token !== null && clientRequestToken === token && accountId === call.caller.accountId,
  );
  if (same !== undefined) {
    if (same.query !== query) throw invalid('Idempotent parameters do not match');
    return { QueryExecutionId: same.id };
  }
  const id = call.id('query').slice('query-'.length).padEnd(32, '0');
  const uuid = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)].join('-');
  executions[uuid] = {
    id: uuid,
    accountId: call.caller.accountId,
    workGroup,
    query,
    clientRequestToken: token,
    submittedAt: call.now,
    stoppedAt: null,
    answer: structuredClone(answer ?? unprimed),
  };
  return { QueryExecutionId: uuid };
}

function stop(world: World, input: StopQueryExecutionCommandInput, call: Call): object {
  const execution = executionOf(world, input.QueryExecutionId, call);
  if (progressIn(world, execution, call).completedAt === null) execution.stoppedAt = call.now;
  return {};
}

/** Pages of at most 1,000 rows; the first row of the first page holds the columns' names. */
function results(world: World, input: GetQueryResultsCommandInput, call: Call): object {
  const execution = executionOf(world, input.QueryExecutionId, call);
  const { state } = progressIn(world, execution, call);
  if (state !== 'SUCCEEDED') throw invalid(`Query has not yet finished. Current state: ${state}`);
  const { columns, rows } = execution.answer;
  const size = input.MaxResults ?? 1_000;
  if (size < 1 || size > 1_000) throw invalid('maxResults must be between 1 and 1000');
  const from = input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, 'base64url').toString('utf8'));
  if (!Number.isInteger(from)) throw invalid('The pagination token is not valid');
  const all = [columns, ...rows];
  const end = from + size;
  return {
    UpdateCount: 0,
    ResultSet: {
      Rows: all.slice(from, end).map((row) => ({ Data: Array.from(row, (value) => (value === null ? {} : { VarCharValue: value })) })),
      ResultSetMetadata: { ColumnInfo: columns.map((name) => ({ Name: name, Type: 'varchar' })) },
    },
    ...(end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
  };
}

function workGroupOf(world: World, name: string | undefined): WorkGroupState {
  const found = stateOf(world).workGroups.find((each) => each.name === (name ?? 'primary'));
  if (found === undefined) throw invalid(`WorkGroup ${name} is not found.`);
  return found;
}

function executionOf(world: World, id: string | undefined, call: Call): ExecutionState {
  const { executions } = stateOf(world);
  const found = id !== undefined && Object.hasOwn(executions, id) ? executions[id] : undefined;
  if (found === undefined || found.accountId !== call.caller.accountId) throw invalid(`QueryExecution ${id} was not found`);
  return found;
}

function progressIn(world: World, execution: ExecutionState, { now }: Call): Progress {
  const cutoff = stateOf(world).workGroups.find(({ name }) => name === execution.workGroup)?.bytesScannedCutoff ?? null;
  return progressOf(execution, cutoff, now);
}

const invalid = (message: string): AwsError => new AwsError('InvalidRequestException', message, 400);
