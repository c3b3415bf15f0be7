/** Where things are on a broker host (Debian's mosquitto package, DESIGN). */
export const BINARY = '/usr/sbin/mosquitto';
export const FOLDER = '/etc/mosquitto';
export const MAIN_CONF = `${FOLDER}/mosquitto.conf`;
export const CONF_D = `${FOLDER}/conf.d`;
export const LAB_CONF = `${CONF_D}/lab.conf`;
export const PASSWD = `${FOLDER}/lab.passwd`;
export const ACL = `${FOLDER}/lab.acl`;
/** What the running broker has loaded; gone with a reboot, like the broker. */
export const LOADED = '/run/mqtt-lab/loaded';
/** What was there before `--take-over`. */
export const TAKEN_OVER = '/var/lib/mqtt-lab/taken-over';
/** Where Debian's main file has the broker log. */
export const LOG = '/var/log/mosquitto/mosquitto.log';
