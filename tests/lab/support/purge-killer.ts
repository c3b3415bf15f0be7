const HELPER = '/usr/bin/deb-systemd-helper';
const ORIGINAL = '/root/deb-systemd-helper';

/**
 * Shell that has the next purge of a unit end everything on its machine but process 1, as a power cut would: when
 * deb-systemd-helper has removed so many files.
 */
export function killInPurge(removals: number): string {
  return `mv ${HELPER} ${ORIGINAL}
cat >${HELPER} <<'END'
#!/usr/bin/perl
BEGIN {
  my ($isPurge, $left) = ($ARGV[0] eq 'purge', ${removals});
  *CORE::GLOBAL::unlink = sub {
    my $removed = CORE::unlink(@_ ? @_ : $_);
    if ($isPurge && --$left == 0) { kill KILL => -1; kill KILL => $$ }
    return $removed;
  };
}
do '${ORIGINAL}' or die $@ || $!;
END
chmod 755 ${HELPER}`;
}

export const PURGE_AGAIN = `mv ${ORIGINAL} ${HELPER}`;
