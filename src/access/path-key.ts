// A path as a key: its flags, then what its fields say one behind the other.
import { deniedCodes } from './denied.ts';
import { type Keys, type KeyTable, partsOf } from './key-table.ts';
import { bucketAccountId, field, type RecordFields } from './record-fields.ts';
import type { TrailPath } from './types.ts';

const [arn, principalId, address] = [field['userIdentity.arn'], field['userIdentity.principalId'], field.sourceIPAddress];
const [issuerArn, type, errorCode] = [field['userIdentity.sessionContext.sessionIssuer.arn'], field['userIdentity.type'], field.errorCode];
const authentication = field['additionalEventData.AuthenticationMethod'];

const inOrder = [
  ...[type, arn, principalId, field['userIdentity.accountId'], field['userIdentity.invokedBy'], address],
  ...[field.vpcEndpointId, field.vpcEndpointAccountId, field.awsRegion, field['requestParameters.bucketName'], bucketAccountId],
  ...[field.recipientAccountId, field.eventName],
];

const denied = deniedCodes.map((code) => Buffer.from(code));
const [queryString, assumedRole] = [Buffer.from('QueryString'), Buffer.from('AssumedRole')];
const [wasDenied, wasPresigned] = [1, 2];

/** Puts the key of a record's path together, to be found in `table`. `withAddress` false: as if the record had no source address. */
export function putPathKey(table: KeyTable, fields: RecordFields, withAddress: boolean): void {
  let flags = 0;
  if (fields.has(errorCode) && denied.some((code) => fields.is(errorCode, code))) flags |= wasDenied;
  if (fields.is(authentication, queryString)) flags |= wasPresigned;
  table.begin(flags);
  const { view } = fields;
  for (const index of inOrder) {
    const taken = index === arn && fields.has(issuerArn) ? issuerArn : index;
    const start = fields.start(taken);
    if (start < 0 || (index === address && !withAddress)) table.addNone();
    else table.add(view, start, index === principalId ? withoutSession(fields, start) : fields.length(taken));
  }
}

/** The length of a `principalId` without its session's name: what an assumed role's has from the colon on. */
function withoutSession(fields: RecordFields, start: number): number {
  const length = fields.length(principalId);
  const { bytes } = fields;
  const role = bytes[start] === 0x41 && bytes[start + 1] === 0x52 && bytes[start + 2] === 0x4f && bytes[start + 3] === 0x41 && length >= 4;
  if (!role && !fields.is(type, assumedRole)) return length;
  for (let i = 0; i < length; i++) if (bytes[start + i] === 0x3a) return i;
  return length;
}

/** The path that a key stands for. */
export function pathOfKey(keys: Keys, number: number): TrailPath {
  const { first: flags, texts } = partsOf(keys, number);
  const text = (index: number): string | null => texts[inOrder.indexOf(index)] ?? null;
  return {
    identityType: text(type),
    principalArn: text(arn),
    principalId: text(principalId),
    accountId: text(field['userIdentity.accountId']),
    invokedBy: text(field['userIdentity.invokedBy']),
    sourceIpAddress: text(address),
    vpcEndpointId: text(field.vpcEndpointId),
    vpcEndpointAccountId: text(field.vpcEndpointAccountId),
    awsRegion: text(field.awsRegion),
    bucket: text(field['requestParameters.bucketName']),
    bucketAccountId: text(bucketAccountId),
    recipientAccountId: text(field.recipientAccountId),
    eventName: text(field.eventName),
    outcome: (flags & wasDenied) === 0 ? 'authorized' : 'denied',
    presigned: (flags & wasPresigned) !== 0,
  };
}
