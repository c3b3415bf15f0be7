/** Where things are on a broker host (Debian's mosquitto package, DESIGN). */
export const BINARY = '/usr/sbin/mosquitto';
export const FOLDER = '/etc/mosquitto';
export const MAIN_CONF = `${FOLDER}/mosquitto.conf`;
export const CONF_D = `${FOLDER}/conf.d`;
export const LAB_CONF = `${CONF_D}/lab.conf`;
export const PASSWD = `${FOLDER}/lab.passwd`;
export const ACL = `${FOLDER}/lab.acl`;
/** What the lab knows of the running broker; gone with a reboot, like the broker. Root's alone, since it holds copies of the files. */
export const RUN = '/run/mqtt-lab';
/** Which process has loaded which files. */
export const LOADED = `${RUN}/loaded`;
/** Copies of those files. */
export const LOADED_FILES = `${RUN}/loaded-files`;
/** All that is the lab's alone. */
export const LAB_FILES = [LAB_CONF, PASSWD, ACL, LOADED];
/** Where Debian's main file has the broker log. */
export const LOG = '/var/log/mosquitto/mosquitto.log';
/** What a broker writes while it runs. */
export const DATA = ['/var/lib/mosquitto', '/var/log/mosquitto'];
/**
 * Mark in the folder that a lab keeps on the host, from the backup until the lab's configuration is in place: no broker of the lab's has written data, and
 * what is there then is somebody else's.
 */
export const UNTOUCHED = 'data-untouched';
/** What Debian's package and its tools leave where it was never installed. */
export const LEFT_BEHIND = ['/run/mosquitto', '/run/adduser'];
/** Where Debian's package makes the broker's user and group; each with its earlier version (passwd(5)). */
export const ACCOUNTS = ['passwd', 'group', 'shadow', 'gshadow'].flatMap((name) => [`/etc/${name}`, `/etc/${name}-`]);
