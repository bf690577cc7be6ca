/**
 * The keys of the endpoints step's changes in a VPC. A change's `needs` name all that it stands on, also what an earlier run
 * made: what is not planned counts as there, and rollback takes its order from them.
 */
export const endpointKeys = (vpcId: string) =>
  ({
    dnsSupport: `endpoints/${vpcId}/dns-support`,
    dnsHostnames: `endpoints/${vpcId}/dns-hostnames`,
    group: `endpoints/${vpcId}/security-group`,
    rules: `endpoints/${vpcId}/security-group-rules`,
    api: `endpoints/${vpcId}/execute-api`,
    privateDns: `endpoints/${vpcId}/private-dns`,
    s3: `endpoints/${vpcId}/s3`,
    s3Table: (routeTableId: string) => `endpoints/${vpcId}/s3/${routeTableId}`,
  }) as const;
