/** In words for a person. Their mosquitto is 2.0.11 or later, for which the lab's configuration and checks are written. */
export const SUPPORTED_SYSTEMS = 'Debian 12 or 13, Raspberry Pi OS of these two, or Ubuntu 22.04 or later';

/**
 * Whether the lab supports a system, by `ID` and `VERSION_ID` of os-release(5). Raspberry Pi OS calls itself debian with 64
 * bits and raspbian with 32.
 */
export function isSupported({ id, version }: { readonly id: string; readonly version: string }): boolean {
  if (id === 'debian' || id === 'raspbian') return version === '12' || version === '13';
  const [, year, month] = /^(\d\d)\.(\d\d)$/.exec(version) ?? [];
  return id === 'ubuntu' && Number(year) * 100 + Number(month) >= 2204;
}
