/** A host that is reached over SSH. */
export function at(address: string, port?: number) {
  return { kind: 'ssh' as const, user: 'pi', address, port, identity: undefined, hostKey: undefined };
}

/** Two hosts of an address book. */
export const HALL = { name: 'hall', host: at('hall.local') };
export const KITCHEN = { name: 'kitchen', host: at('kitchen.local', 2222) };
