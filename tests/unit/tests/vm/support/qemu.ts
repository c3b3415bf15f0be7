import test from 'ava';
import { type Hardware, qemuProgram, qemuWords } from '../../../../vm/support/qemu.ts';

const PI: Hardware = {
  ...{ name: 'pi', architecture: 'amd64', accelerator: 'tcg', image: '/image', disk: '/run/pi.disk', tap: 'tap1' },
  ...{ address: '198.18.7.3', number: 1, monitor: '/run/pi.monitor', console: '/run/pi.console' },
};

test('a machine gets its name and address from the command line of its kernel', (t) => {
  t.regex(qemuWords(PI).join(' '), /-append root=.* systemd\.hostname=pi .*ip=198\.18\.7\.3:::255\.255\.255\.0:::off /);
});

test('with KVM the processor is the real one, without it an emulated one', (t) => {
  t.regex(qemuWords({ ...PI, accelerator: 'kvm' }).join(' '), / -accel kvm -cpu host /);
  t.regex(qemuWords(PI).join(' '), / -accel tcg,thread=multi -cpu max /);
});

test('an arm64 machine has the board, console and processor of its architecture', (t) => {
  const words = qemuWords({ ...PI, architecture: 'arm64', accelerator: 'kvm' }).join(' ');
  t.regex(words, / -machine virt .*console=ttyAMA0/);
  t.regex(words, / -accel tcg,thread=multi -cpu max /);
  t.is(qemuProgram({ architecture: 'arm64' }), 'qemu-system-aarch64');
});

test('two machines on one network have different MAC addresses', (t) => {
  const mac = (number: number) => /netdev=lab,mac=[0-9a-f:]{17}$/m.exec(qemuWords({ ...PI, number }).join('\n'))?.[0];
  t.truthy(mac(0));
  t.not(mac(0), mac(1));
});
