// The operations that walk the organization's tree.
import type {
  DescribeAccountCommandInput,
  DescribeOrganizationalUnitCommandInput,
  ListAccountsCommandInput,
  ListAccountsForParentCommandInput,
  ListAWSServiceAccessForOrganizationCommandInput,
  ListChildrenCommandInput,
  ListDelegatedAdministratorsCommandInput,
  ListOrganizationalUnitsForParentCommandInput,
  ListParentsCommandInput,
  ListRootsCommandInput,
} from '@aws-sdk/client-organizations';
import { guarded, open } from './access.ts';
import { invalidInput, need, refused } from './errors.ts';
import { page } from './pages.ts';
import type { Organization } from './state.ts';
import { accountShape, nodeOf, organizationShape, parentOf, rootShape, unitShape } from './tree.ts';

const unitsUnder = (organization: Organization, parentId: string) =>
  Object.values(organization.units).filter((unit) => unit.parentId === parentId);
const accountsUnder = (organization: Organization, parentId: string) =>
  Object.values(organization.accounts).filter((account) => account.parentId === parentId);

export const reads = {
  DescribeOrganization: open((organization) => ({ Organization: organizationShape(organization) })),

  ListRoots: guarded('read', (organization, input: ListRootsCommandInput, call) => {
    const { items, ...more } = page([rootShape(organization)], input, call);
    return { Roots: items, ...more };
  }),

  ListParents: guarded('read', (organization, input: ListParentsCommandInput, call) => {
    const child = nodeOf(organization, need(input.ChildId, 'ChildId'));
    if (!child || child.parentId === null)
      throw refused('ChildNotFoundException', "We can't find an organizational unit (OU) or account with the ChildId that you specified.");
    const parent = parentOf(organization, child.parentId);
    const { items, ...more } = page([{ Id: parent.id, Type: parent.type }], input, call);
    return { Parents: items, ...more };
  }),

  ListChildren: guarded('read', (organization, input: ListChildrenCommandInput, call) => {
    const parent = parentOf(organization, need(input.ParentId, 'ParentId'));
    const type = need(input.ChildType, 'ChildType');
    if (type !== 'ACCOUNT' && type !== 'ORGANIZATIONAL_UNIT')
      throw invalidInput('INVALID_ENUM', 'You provided a value for ChildType that is not valid.');
    const children = type === 'ACCOUNT' ? accountsUnder(organization, parent.id) : unitsUnder(organization, parent.id);
    const { items, ...more } = page(children, input, call);
    return { Children: items.map(({ id }) => ({ Id: id, Type: type })), ...more };
  }),

  ListOrganizationalUnitsForParent: guarded('read', (organization, input: ListOrganizationalUnitsForParentCommandInput, call) => {
    const parent = parentOf(organization, need(input.ParentId, 'ParentId'));
    const { items, ...more } = page(unitsUnder(organization, parent.id), input, call);
    return { OrganizationalUnits: items.map((unit) => unitShape(organization, unit)), ...more };
  }),

  ListAccountsForParent: guarded('read', (organization, input: ListAccountsForParentCommandInput, call) => {
    const parent = parentOf(organization, need(input.ParentId, 'ParentId'));
    const { items, ...more } = page(accountsUnder(organization, parent.id), input, call);
    return { Accounts: items.map((account) => accountShape(organization, account)), ...more };
  }),

  ListAccounts: guarded('read', (organization, input: ListAccountsCommandInput, call) => {
    const { items, ...more } = page(Object.values(organization.accounts), input, call);
    return { Accounts: items.map((account) => accountShape(organization, account)), ...more };
  }),

  DescribeAccount: guarded('read', (organization, input: DescribeAccountCommandInput) => {
    const account = organization.accounts[need(input.AccountId, 'AccountId')];
    if (!account) throw refused('AccountNotFoundException', "You specified an account that doesn't exist.");
    return { Account: accountShape(organization, account) };
  }),

  DescribeOrganizationalUnit: guarded('read', (organization, input: DescribeOrganizationalUnitCommandInput) => {
    const unit = organization.units[need(input.OrganizationalUnitId, 'OrganizationalUnitId')];
    if (!unit) throw refused('OrganizationalUnitNotFoundException', "You specified an organizational unit that doesn't exist.");
    return { OrganizationalUnit: unitShape(organization, unit) };
  }),

  DescribeResourcePolicy: guarded('read', (organization) => {
    const policy = organization.resourcePolicy;
    if (!policy) throw refused('ResourcePolicyNotFoundException', "We can't find a resource policy for this organization.");
    const Arn = `arn:aws:organizations::${organization.managementAccountId}:resourcepolicy/${organization.id}/${policy.id}`;
    return { ResourcePolicy: { ResourcePolicySummary: { Id: policy.id, Arn }, Content: policy.content } };
  }),

  ListDelegatedAdministrators: guarded('read', (organization, input: ListDelegatedAdministratorsCommandInput, call) => {
    const wanted = organization.delegatedAdministrators.filter(
      ({ servicePrincipal }) => input.ServicePrincipal === undefined || servicePrincipal === input.ServicePrincipal,
    );
    const firsts = wanted.filter(({ accountId }, index) => wanted.findIndex((other) => other.accountId === accountId) === index);
    const { items, ...more } = page(firsts, input, call);
    const administrators = items.flatMap(({ accountId, enabledAt }) => {
      const account = organization.accounts[accountId];
      return account ? [{ ...accountShape(organization, account), DelegationEnabledDate: new Date(enabledAt) }] : [];
    });
    return { DelegatedAdministrators: administrators, ...more };
  }),

  ListAWSServiceAccessForOrganization: guarded('read', (organization, input: ListAWSServiceAccessForOrganizationCommandInput, call) => {
    const { items, ...more } = page(organization.serviceAccess, input, call);
    return {
      EnabledServicePrincipals: items.map(({ servicePrincipal, enabledAt }) => ({
        ServicePrincipal: servicePrincipal,
        DateEnabled: new Date(enabledAt),
      })),
      ...more,
    };
  }),
};
