/** A process that listens on a TCP port. */
export type PortHolder = {
  /** 0 where the process is hidden, as in a container of its own. */
  readonly pid: number;
  readonly command: string;
  readonly port: number;
};

/** How to free a port, by the program that holds it; undefined for sshd, which must keep its port. */
export function howToFree({ pid, command, port }: PortHolder): string | undefined {
  const program = programOf(command);
  if (program === 'sshd') return undefined;
  if (pid === 0) return `stop the program that listens on port ${port} (sudo ss -ltnp names it)`;
  if (program === 'docker-proxy') {
    return `stop the container that publishes port ${port} (docker ps --filter publish=${port} names it)`;
  }
  return `stop process ${pid} (${program})`;
}

/** `sshd: /usr/sbin/sshd -D` → `sshd`, `/usr/bin/docker-proxy -proto tcp` → `docker-proxy`. */
function programOf(command: string): string {
  return /^\S*?([^\s/]+?):?(\s|$)/.exec(command)?.[1] ?? command;
}

/** Whether a command line is that of a Mosquitto. */
export function isMosquitto(command: string): boolean {
  return /^(\S*\/)?mosquitto(\s|$)/.test(command);
}
