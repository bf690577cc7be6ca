// A path as a key: its flags, then what its fields say one behind the other.
import { deniedCodes } from './denied.ts';
import { type Keys, type KeyTable, keyReader } from './key-table.ts';
import type { RecordFields } from './record-fields.ts';
import { bucketAccountId, field } from './record-places.ts';
import type { TrailPath } from './types.ts';

const [arn, principalId, address] = [field['userIdentity.arn'], field['userIdentity.principalId'], field.sourceIPAddress];
const [issuerArn, type, errorCode] = [field['userIdentity.sessionContext.sessionIssuer.arn'], field['userIdentity.type'], field.errorCode];
const authentication = field['additionalEventData.AuthenticationMethod'];

// pathsOfKeys reads them back in this order.
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

/** The paths that keys stand for. */
export function pathsOfKeys(keys: Keys): readonly TrailPath[] {
  const read = keyReader(keys);
  return Array.from(keys.starts, (_, number) => {
    const { first: flags, texts } = read(number);
    const [identityType, principalArn, id, accountId, invokedBy, sourceIpAddress, ...others] = texts;
    const [vpcEndpointId, vpcEndpointAccountId, awsRegion, bucket, owner, recipientAccountId, eventName] = others;
    return {
      identityType: identityType ?? null,
      principalArn: principalArn ?? null,
      principalId: id ?? null,
      accountId: accountId ?? null,
      invokedBy: invokedBy ?? null,
      sourceIpAddress: sourceIpAddress ?? null,
      vpcEndpointId: vpcEndpointId ?? null,
      vpcEndpointAccountId: vpcEndpointAccountId ?? null,
      awsRegion: awsRegion ?? null,
      bucket: bucket ?? null,
      bucketAccountId: owner ?? null,
      recipientAccountId: recipientAccountId ?? null,
      eventName: eventName ?? null,
      outcome: (flags & wasDenied) === 0 ? 'authorized' : 'denied',
      presigned: (flags & wasPresigned) !== 0,
    };
  });
}
