// Which names of a CloudTrail record count, and where they stand: `bucketName` counts in `requestParameters` only.

/** Each field that is kept, and where it stands in the record. */
const places = [
  'eventTime',
  'eventSource',
  'eventType',
  'eventCategory',
  'errorCode',
  'sharedEventID',
  'userIdentity.accessKeyId',
  'additionalEventData.AuthenticationMethod',
  'userIdentity.sessionContext.sessionIssuer.arn',
  'userIdentity.arn',
  'userIdentity.type',
  'userIdentity.principalId',
  'userIdentity.accountId',
  'userIdentity.invokedBy',
  'sourceIPAddress',
  'vpcEndpointId',
  'vpcEndpointAccountId',
  'awsRegion',
  'requestParameters.bucketName',
  'recipientAccountId',
  'eventName',
  'resources.type',
  'resources.accountId',
] as const;
type Place = (typeof places)[number];

/** The number of each field: its index in what `RecordFields` keeps. */
export const field = Object.fromEntries(places.map((place, index) => [place, index])) as { readonly [P in Place]: number };
/** `resources.accountId` of the first resource that is a bucket. */
export const bucketAccountId: number = places.length;
/** How many fields there are. */
export const fieldCount: number = places.length + 1;

/** An object whose members are looked at: by the length of their name, what it is called and what it leads to. */
export interface Level {
  readonly number: number;
  readonly byLength: readonly (readonly Member[] | undefined)[];
  /** The fields that stand in it or deeper: forgotten when the object comes a second time. */
  readonly fields: readonly number[];
}
export interface Member {
  readonly name: Buffer;
  /** The last four bytes of the name and the quote before it, as one number: most names differ in it. */
  readonly tail: number;
  /** The field, or -1 where it is an object or list that is looked into. */
  readonly field: number;
  readonly level: Level | null;
  readonly list: boolean;
  /** Whether its whole value is wanted too: `requestParameters` and `responseElements`, which STS's tags are in. */
  readonly raw: number;
}

/** Members of a record whose whole value is wanted. */
export const raws: readonly string[] = ['requestParameters', 'responseElements'];

let levels = 0;

function levelOf(prefix: string): Level {
  const inside = places.filter((place) => place.startsWith(prefix));
  const names = [...new Set([...inside.map((place) => place.slice(prefix.length).split('.')[0] ?? ''), ...(prefix === '' ? raws : [])])];
  const byLength: Member[][] = [];
  for (const name of names) {
    const direct = places.findIndex((place) => place === prefix + name);
    const member = {
      name: Buffer.from(name),
      tail: Buffer.from(`"${name}`).subarray(-4).readInt32LE(),
      field: direct,
      level: direct >= 0 ? null : levelOf(`${prefix}${name}.`),
      list: prefix + name === 'resources',
      raw: prefix === '' ? raws.indexOf(name) : -1,
    };
    byLength[name.length] = [...(byLength[name.length] ?? []), member];
  }
  const fields = inside.map((place) => places.indexOf(place));
  return { number: levels++, byLength, fields: prefix === 'resources.' ? [...fields, bucketAccountId] : fields };
}
/** The record itself. */
export const record: Level = levelOf('');
/** The numbers of all levels are below this. */
export const levelCount: number = levels;
