/** The keys of the nat step's changes in a VPC. */
export const natKeys = (vpcId: string) =>
  ({
    address: (zone: string) => `nat/${vpcId}/address/${zone}`,
    gateway: (zone: string) => `nat/${vpcId}/gateway/${zone}`,
    route: (routeTableId: string) => `nat/${vpcId}/route/${routeTableId}`,
  }) as const;
