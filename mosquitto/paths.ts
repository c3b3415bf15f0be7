/** Where things are on a broker host: Debian's mosquitto package, and what the lab adds to it. */
export const BINARY = '/usr/sbin/mosquitto';
export const CONFIG_FOLDER = '/etc/mosquitto';
export const MAIN_CONF = `${CONFIG_FOLDER}/mosquitto.conf`;
export const CONF_D = `${CONFIG_FOLDER}/conf.d`;
export const LAB_CONF = `${CONF_D}/lab.conf`;
export const PASSWD = `${CONFIG_FOLDER}/lab.passwd`;
export const ACL = `${CONFIG_FOLDER}/lab.acl`;
/** Of the listeners with TLS. */
export const TLS_FILES = {
  /** The CA of the clients' certificates. */
  clientCa: `${CONFIG_FOLDER}/lab-ca.pem`,
  revocations: `${CONFIG_FOLDER}/lab-crl.pem`,
  certificate: `${CONFIG_FOLDER}/lab-server.pem`,
  key: `${CONFIG_FOLDER}/lab-server.key`,
} as const;
/** What the broker loads of the lab; only a lab with TLS has all of them. */
export const CONFIG_FILES = [LAB_CONF, PASSWD, ACL, ...Object.values(TLS_FILES)];
/** The record of the running broker; a reboot removes it. Only root may read it, since it holds copies of the files. */
export const RUN_FOLDER = '/run/mqtt-lab';
/** Which process has loaded which files. */
export const LOADED = `${RUN_FOLDER}/loaded`;
/** Copies of those files. */
export const LOADED_FILES = `${RUN_FOLDER}/loaded-files`;
/** The files that belong to the lab alone. */
export const LAB_FILES = [...CONFIG_FILES, LOADED];
/** The broker's log, as Debian's main file sets it. */
export const LOG = '/var/log/mosquitto/mosquitto.log';
/** What a broker writes while it runs. */
export const DATA_FOLDERS = ['/var/lib/mosquitto', '/var/log/mosquitto'];
/** Made by Debian's package; it would stay until the next reboot. */
export const PID_FOLDER = '/run/mosquitto';
const UNIT_LINKS = ['mosquitto.service', 'multi-user.target.wants/mosquitto.service'];
const HELPER_STATE = '/var/lib/systemd/deb-systemd-helper';
/** What deb-systemd-helper(1p) makes for the package's unit: links for systemd, and its own notes. */
export const UNIT_FILES = [
  ...UNIT_LINKS.map((link) => `/etc/systemd/system/${link}`),
  `${HELPER_STATE}-enabled/mosquitto.service.dsh-also`,
  `${HELPER_STATE}-enabled/multi-user.target.wants/mosquitto.service`,
  `${HELPER_STATE}-masked/mosquitto.service`,
];
/** Mark in the lab's backup until the lab's configuration is in place: the lab's broker has not written the data. */
export const DATA_UNTOUCHED = 'data-untouched';

/** These paths as values for the scripts of this folder. */
export const PATHS = {
  binary: BINARY,
  config_folder: CONFIG_FOLDER,
  main_conf: MAIN_CONF,
  conf_d: CONF_D,
  lab_conf: LAB_CONF,
  passwd: PASSWD,
  acl: ACL,
  tls_files: Object.values(TLS_FILES),
  config_files: CONFIG_FILES,
  run_folder: RUN_FOLDER,
  loaded: LOADED,
  loaded_files: LOADED_FILES,
  lab_files: LAB_FILES,
  broker_log: LOG,
  data_folders: DATA_FOLDERS,
  pid_folder: PID_FOLDER,
  unit_files: UNIT_FILES,
  untouched: DATA_UNTOUCHED,
};
