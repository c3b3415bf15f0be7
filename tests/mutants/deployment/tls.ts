import { quote } from '../../../base/quote.ts';
import type { Lab, Listener } from '../../../lab-file/lab.ts';
import { hasTls } from '../../../lab-file/listeners.ts';
import { LAB_CONF, TLS_FILES } from '../../../mosquitto/paths.ts';
import { CA, type KeyPair, readPair } from '../../../provisioning/certificates/files.ts';
import { newAuthority, newCertificate, type Purpose } from '../../../provisioning/certificates/sign.ts';
import { RESTORE_BROKER } from '../machine-scripts.ts';
import type { DeploymentMutant } from '../mutant.ts';

const LONG_AGO_MS = 365 * 86_400_000;

type Kind = (listener: Listener) => boolean;

const isSecure: Kind = ({ tls }) => tls !== undefined;
const asksClients: Kind = ({ tls }) => tls?.clients === 'required';
const byName: Kind = ({ tls }) => tls?.identity === 'common-name';

/**
 * Faults of listeners and certificates, for a running lab with TLS: its CA signs the wrong certificates. There is none
 * with TLS 1.0, since no option of Mosquitto 2 allows it (SSL_OP_NO_TLSv1 in net.c).
 */
export async function tlsMutants(lab: Lab): Promise<DeploymentMutant[]> {
  const authority = readPair(lab, CA);
  if (!hasTls(lab) || authority === undefined) return [];
  const ports = (kind: Kind) => lab.broker.listeners.filter((listener) => kind(listener)).map(({ port }) => port);
  const ids = (kind: Kind, id: (port: number) => readonly string[]) => ports(kind).flatMap(id);
  // libwebsockets gets no list of revoked certificates, so the checks expect that they are let in
  const revocable: Kind = (listener) => asksClients(listener) && listener.protocol === 'mqtt';
  const loopback: Kind = ({ bind }) => bind === 'loopback';
  const names = ['127.0.0.1', 'localhost'];
  const server: Purpose = { kind: 'server', names };
  const certificates = ids(isSecure, (port) => [`tls.certificate.${port}`]);
  return [
    onBroker(
      'tls.certificate-expired',
      "the broker's certificate has expired",
      withPair(await newCertificate(authority, server, new Date(Date.now() - LONG_AGO_MS))),
      certificates,
    ),
    onBroker(
      'tls.certificate-of-other-ca',
      "another CA has signed the broker's certificate",
      withPair(await newCertificate(await newAuthority('another CA'), server)),
      certificates,
    ),
    onBroker(
      'tls.certificate-for-other-name',
      "the broker's certificate is for another name",
      withPair(await newCertificate(authority, { kind: 'server', names: ['mqtt-lab.invalid'] })),
      certificates,
    ),
    onBroker(
      'tls.version-1.1',
      'the broker speaks TLS 1.1',
      edit('s/^tls_version .*/tls_version tlsv1.1\\nciphers DEFAULT:@SECLEVEL=0/'),
      ids(
        (listener) => isSecure(listener) && listener.protocol === 'mqtt',
        (port) => [`tls.version.${port}.tls11`],
      ),
    ),
    onBroker(
      'tls.clients-optional',
      'clients need no certificate',
      edit('s/^require_certificate .*/require_certificate false/'),
      ids(asksClients, (port) => [
        `tls.client.${port}.none`,
        `tls.client.${port}.self-signed`,
        `tls.client.${port}.expired`,
      ]),
    ),
    onBroker(
      'tls.identity-lost',
      'the certificate of a client does not name its user',
      edit('/^use_identity_as_username/d'),
      ids(byName, (port) => [`tls.client.${port}.own`, `tls.identity.${port}`]),
    ),
    onBroker(
      'tls.revocations-lost',
      'the broker loads no list of revoked certificates',
      edit('/^crlfile/d'),
      ids(revocable, (port) => [`tls.client.${port}.revoked`]),
    ),
    onBroker(
      'tls.loopback-lost',
      'a listener for programs on the host is open to everybody',
      edit('s/^\\(listener [0-9]*\\) 127.0.0.1/\\1/'),
      ids(loopback, (port) => [`tls.bind.${port}`, 'install.listeners']),
    ),
    onBroker(
      'tls.key-readable',
      "everybody on the host may read the broker's key",
      `chmod 644 ${TLS_FILES.key}\nrestart`,
      ['install.tls-files'],
    ),
    onBroker(
      'tls.encryption-lost',
      'the listeners with TLS are plain',
      edit('/^\\(certfile\\|keyfile\\|cafile\\|crlfile\\|require_certificate\\|use_identity_as_username\\)/d'),
      certificates,
    ),
  ];
}

function onBroker(name: string, what: string, mutate: string, caughtBy: readonly string[]): DeploymentMutant {
  return { kind: 'deployment', machine: 'broker', name, what, mutate, restore: RESTORE_BROKER, caughtBy };
}

/** Fails where nothing changes, since such a fault would test nothing. */
function edit(expression: string): string {
  return `sed -i.before ${quote(expression)} ${LAB_CONF}
if cmp -s ${LAB_CONF}.before ${LAB_CONF}; then exit 1; fi
rm ${LAB_CONF}.before
restart`;
}

function withPair({ chain, key }: KeyPair): string {
  return `printf %s ${quote(chain)} >${TLS_FILES.certificate}
printf %s ${quote(key.reveal())} >${TLS_FILES.key}
restart`;
}
