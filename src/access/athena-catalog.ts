// What has to be known of workgroup and table before the query can be written.
import { type AthenaClient, GetTableMetadataCommand, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { isAwsError, isAwsErrorSaying } from '../aws/aws-error.ts';
import { identify } from '../aws/identity.ts';
import { listAccounts } from '../aws/organization.ts';
import { isRefused, readOrUnknown } from '../aws/refused.ts';
import { told } from '../aws/told.ts';
import { badInput } from '../errors.ts';
import { type TrailTable, trailTable } from './athena-table.ts';
import type { Remote } from './remote.ts';

interface Place {
  readonly client: AthenaClient;
  readonly workGroup: string;
  readonly database: string;
  readonly name: string;
}

export interface Described {
  readonly table: TrailTable;
  /** Those to name in the query; null: the table wants none named and none are asked for. */
  readonly accounts: readonly string[] | null;
  /** `BytesScannedCutoffPerQuery` of the workgroup; null: none, or not to be read. */
  readonly cutoffBytes: number | null;
}

/**
 * Reads workgroup and table, and, where each query must name accounts, which there are.
 * @throws PerimeterError (exit 2) where Athena has no such workgroup or table, or the table holds no trail
 */
export async function readTable(place: Place, remote: Remote): Promise<Described> {
  const [cutoffBytes, table] = await Promise.all([readCutoff(place, remote), readColumns(place, remote)]);
  const injected = table.partitions.some((partition) => partition.kind === 'account' && partition.required);
  const accounts = remote.accounts ?? (injected ? await everyAccount(remote) : null);
  return { table, accounts, cutoffBytes };
}

async function readCutoff({ client, workGroup }: Place, { ctx, note }: Remote): Promise<number | null> {
  try {
    const { WorkGroup } = await client.send(new GetWorkGroupCommand({ WorkGroup: workGroup }), { abortSignal: ctx.signal });
    return WorkGroup?.Configuration?.BytesScannedCutoffPerQuery ?? null;
  } catch (error) {
    if (isRefused(error)) {
      note(`The limit of workgroup ${workGroup} is not known: athena:GetWorkGroup is refused.`);
      return null;
    }
    if (isAwsErrorSaying(error, 'InvalidRequestException', 'not found')) {
      throw badInput(
        'ATHENA_WORKGROUP',
        `reading workgroup (${workGroup}): Athena has none of that name in ${ctx.aws.region}`,
        'name one that is listed in Athena’s console, such as athena://primary/DATABASE.TABLE, or its Region with --region',
        error,
      );
    }
    throw error;
  }
}

async function readColumns({ client, workGroup, database, name }: Place, { ctx }: Remote): Promise<TrailTable> {
  try {
    const input = { CatalogName: 'AwsDataCatalog', DatabaseName: database, TableName: name, WorkGroup: workGroup };
    const { TableMetadata } = await client.send(new GetTableMetadataCommand(input), { abortSignal: ctx.signal });
    const metadata = told(TableMetadata, 'GetTableMetadata', 'TableMetadata');
    const column = ({ Name, Type }: { Name?: string | undefined; Type?: string | undefined }) => ({
      name: told(Name, 'GetTableMetadata', 'Name'),
      type: Type ?? '',
    });
    return trailTable(database, name, {
      columns: told(metadata.Columns, 'GetTableMetadata', 'Columns').map(column),
      partitionKeys: (metadata.PartitionKeys ?? []).map(column),
      parameters: metadata.Parameters ?? {},
    });
  } catch (error) {
    if (!isAwsErrorSaying(error, 'MetadataException', 'not found')) throw error;
    throw badInput(
      'ATHENA_TABLE',
      `reading table (${database}.${name}): there is none in ${ctx.aws.region}`,
      'name database and table as Athena’s console lists them: athena://WORKGROUP/DATABASE.TABLE',
      error,
    );
  }
}

/** The organization's accounts; where it cannot be read, the Quilt account alone, which is said. */
async function everyAccount({ ctx, note }: Remote): Promise<readonly string[]> {
  const accounts = await readOrUnknown('organizations:ListAccounts', async () => {
    try {
      return await listAccounts(ctx);
    } catch (error) {
      if (isAwsError(error, 'AWSOrganizationsNotInUseException')) return [];
      throw error;
    }
  });
  if (accounts.known && accounts.value.length > 0) return accounts.value;
  const { accountId } = (await identify(ctx)).quilt;
  const why = accounts.known ? 'there is no organization' : `${accounts.action} is refused`;
  note(`Only the records of account ${accountId} are read: ${why}.`);
  return [accountId];
}
