// Which services may assume a role, by its trust policy: what tells a service role from forwarded access (F7).
import { listOf, parsePolicy, type Statement } from '../policy/document.ts';
import { glob } from '../policy/match.ts';

/** The services' names; null where the policy cannot be read or lets anybody assume the role. */
export function trustedServices(trustPolicy: string): readonly string[] | null {
  const parsed = parsePolicy(trustPolicy);
  if (!parsed.ok) return null;
  const statements = parsed.document.Statement.filter((statement) => statement.Effect === 'Allow' && allowsAssuming(statement));
  const names = statements.map(servicesOf);
  return names.includes(null) ? null : [...new Set(names.flatMap((each) => each ?? []))];
}

const allowsAssuming = ({ Action, NotAction }: Statement): boolean =>
  NotAction !== undefined || listOf(Action).some((action) => glob(action.toLowerCase())('sts:assumerole'));

function servicesOf({ Principal }: Statement): readonly string[] | null {
  if (Principal === undefined || Principal === '*') return null;
  const services = Object.entries(Principal).flatMap(([kind, names]) => (kind === 'Service' ? listOf(names) : []));
  return services.includes('*') ? null : services;
}
