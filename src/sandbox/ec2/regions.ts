// What AWS brings along in a Region: its zones, its endpoint services and the prefix lists of the gateway services.

interface RegionInfo {
  readonly short: string;
  readonly zones: string;
}

const regions: { readonly [region: string]: RegionInfo } = {
  'us-east-1': { short: 'use1', zones: 'abcdef' },
  'us-east-2': { short: 'use2', zones: 'abc' },
  'us-west-1': { short: 'usw1', zones: 'ab' },
  'us-west-2': { short: 'usw2', zones: 'abcd' },
  'ca-central-1': { short: 'cac1', zones: 'abd' },
  'eu-central-1': { short: 'euc1', zones: 'abc' },
  'eu-west-1': { short: 'euw1', zones: 'abc' },
  'eu-west-2': { short: 'euw2', zones: 'abc' },
  'eu-north-1': { short: 'eun1', zones: 'abc' },
  'ap-southeast-2': { short: 'apse2', zones: 'abc' },
  'ap-northeast-1': { short: 'apne1', zones: 'acd' },
};

/** The Regions that the sandbox has. */
export const regionNames: readonly string[] = Object.keys(regions);

export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** The zones of a Region; none where the sandbox does not have the Region. */
export function zonesOf(region: string): readonly Zone[] {
  const info = regions[region];
  if (!info) return [];
  return [...info.zones].map((letter, index) => ({ name: `${region}${letter}`, id: `${info.short}-az${index + 1}` }));
}

/** The id of a zone by its name: `us-east-1a` → `use1-az1`. */
export function zoneId(zone: string): string {
  return zonesOf(zone.slice(0, -1)).find((z) => z.name === zone)?.id ?? zone;
}

export interface AwsPrefixList {
  readonly id: string;
  /** `com.amazonaws.REGION.s3`: also the name of the gateway service. */
  readonly name: string;
  readonly cidrs: readonly string[];
}

const gatewayCidrs: { readonly [service: string]: readonly string[] } = {
  s3: ['3.5.0.0/19', '16.182.0.0/16', '18.34.0.0/19', '52.216.0.0/15', '54.231.0.0/16'],
  dynamodb: ['3.218.180.0/22', '52.94.0.0/22', '52.119.224.0/20'],
};

// Real ones of the most used Regions; elsewhere an id of the same form that is fixed for the Region.
const realIds: { readonly [name: string]: string } = {
  'com.amazonaws.us-east-1.s3': 'pl-63a5400a',
  'com.amazonaws.us-east-2.s3': 'pl-7ba54012',
  'com.amazonaws.us-west-1.s3': 'pl-6ba54002',
  'com.amazonaws.us-west-2.s3': 'pl-68a54001',
  'com.amazonaws.eu-west-1.s3': 'pl-6da54004',
  'com.amazonaws.eu-central-1.s3': 'pl-6ea54007',
  'com.amazonaws.us-east-1.dynamodb': 'pl-02cd2c6b',
};

function prefixListId(name: string): string {
  const real = realIds[name];
  if (real) return real;
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return `pl-${hash.toString(16).padStart(8, '0')}`;
}

/** AWS's prefix lists of a Region: those of the gateway services S3 and DynamoDB. */
export function awsPrefixLists(region: string): readonly AwsPrefixList[] {
  if (!regions[region]) return [];
  return Object.entries(gatewayCidrs).map(([service, cidrs]) => {
    const name = `com.amazonaws.${region}.${service}`;
    return { id: prefixListId(name), name, cidrs };
  });
}

/** AWS's prefix list of a gateway service, or undefined. */
export function prefixListOf(serviceName: string): AwsPrefixList | undefined {
  return awsPrefixLists(serviceName.split('.')[2] ?? '').find((list) => list.name === serviceName);
}

export interface AwsService {
  readonly name: string;
  readonly types: readonly ('Gateway' | 'Interface')[];
  /** Names that private DNS answers with the endpoint's addresses. */
  readonly privateDnsNames: readonly string[];
}

const interfaceServices = [
  'ec2',
  'ecr.api',
  'ecr.dkr',
  'ecs',
  'events',
  'kms',
  'lambda',
  'logs',
  'monitoring',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'states',
  'sts',
  'athena',
  'glue',
] as const;

/** The endpoint services that AWS offers in a Region (those that the sandbox knows). */
export function awsServices(region: string): readonly AwsService[] {
  if (!regions[region]) return [];
  const at = (service: string) => `com.amazonaws.${region}.${service}`;
  const host = (service: string) => `${service.split('.').reverse().join('.')}.${region}.amazonaws.com`;
  return [
    {
      name: at('s3'),
      types: ['Gateway', 'Interface'],
      privateDnsNames: ['s3', '*.s3', '*.s3-control', '*.s3-accesspoint'].map((name) => `${name}.${region}.amazonaws.com`),
    },
    { name: at('dynamodb'), types: ['Gateway'], privateDnsNames: [] },
    { name: at('execute-api'), types: ['Interface'], privateDnsNames: [`*.execute-api.${region}.amazonaws.com`] },
    ...interfaceServices.map((service) => ({
      name: at(service),
      types: ['Interface' as const],
      privateDnsNames: [service === 'ecr.dkr' ? `*.${host(service)}` : host(service)],
    })),
  ];
}
