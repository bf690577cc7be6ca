// The organization as data: the tree, the policies with their past, and who may manage them. Past versions and ended
// attachments are kept for a while, since S3's front ends learn of a change late (D21).

export type PolicyTypeStatus = 'ENABLED' | 'PENDING_ENABLE' | 'PENDING_DISABLE';

export interface RootPolicyType {
  type: string;
  status: PolicyTypeStatus;
  /** When the pending change ends, simulated milliseconds; null: it is settled, or never ends (a fault). */
  readyAt: number | null;
  /** When the type came into force; null while it is PENDING_ENABLE. */
  enabledAt: number | null;
}

export interface Unit {
  id: string;
  name: string;
  /** The root's id or another unit's. */
  parentId: string;
  tags: { [key: string]: string };
}

export interface MemberAccount {
  id: string;
  name: string;
  email: string;
  status: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE';
  joinedMethod: 'INVITED' | 'CREATED';
  joinedAt: number;
  parentId: string;
  tags: { [key: string]: string };
}

export interface StoredPolicy {
  id: string;
  name: string;
  description: string;
  type: string;
  awsManaged: boolean;
  /** Exactly as it was sent (D13). */
  content: string;
  tags: { [key: string]: string };
  createdAt: number;
  /** Contents with the time from which each holds, oldest first; the last one is `content`. Oldest ones may be dropped. */
  history: { content: string; from: number }[];
}

export interface Attachment {
  policyId: string;
  targetId: string;
  attachedAt: number;
}

/** An attachment that was ended, with the contents that the policy had, since the policy itself may be gone. */
export interface EndedAttachment extends Attachment {
  detachedAt: number;
  type: string;
  history: { content: string; from: number }[];
}

export interface Organization {
  id: string;
  managementAccountId: string;
  managementEmail: string;
  featureSet: 'ALL' | 'CONSOLIDATED_BILLING';
  root: { id: string; name: string; policyTypes: RootPolicyType[]; tags: { [key: string]: string } };
  units: { [unitId: string]: Unit };
  /** The management account included. */
  accounts: { [accountId: string]: MemberAccount };
  policies: { [policyId: string]: StoredPolicy };
  attachments: Attachment[];
  /** For late front ends only; not part of what Organizations answers. */
  endedAttachments: EndedAttachment[];
  delegatedAdministrators: { accountId: string; servicePrincipal: string; enabledAt: number }[];
  /** The delegation policy of D3. */
  resourcePolicy: { id: string; content: string } | null;
  /** Services with trusted access (ListAWSServiceAccessForOrganization), such as `controltower.amazonaws.com`. */
  serviceAccess: { servicePrincipal: string; enabledAt: number }[];
  /** Centralized root access, as far as it is enabled (ListOrganizationsFeatures); absent: none of it. */
  rootFeatures?: ('RootCredentialsManagement' | 'RootSessions')[];
}

export interface OrganizationsState {
  /** Null: the accounts are in no organization. */
  organization: Organization | null;
}
