import test from 'ava';
import { parseDropped } from '../../../../probes/network/dropped.ts';

const flow = { family: 4, clientPort: 40_000, brokerPort: 1883 } as const;

const NFT = `table inet mqttlab_a {
	chain in {
		type filter hook input priority -300; policy accept;
		tcp sport 1883 tcp dport 40000 counter packets 3 bytes 164 drop
	}

	chain out {
		type filter hook output priority -300; policy accept;
		tcp sport 40000 tcp dport 1883 counter packets 1 bytes 52 drop
	}
}
`;

const IPTABLES = `Chain mqttlab_a (2 references)
    pkts      bytes target     prot opt in     out     source               destination
       3      164 DROP       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp spt:1883 dpt:40000
       1       52 DROP       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp spt:40000 dpt:1883
`;

for (const [tool, rules] of Object.entries({ nft: NFT, iptables: IPTABLES })) {
  test(`reads what ${tool} has dropped, by direction`, (t) => {
    t.deepEqual(parseDropped(rules, flow), {
      sent: { segments: 1, bytes: 52 },
      received: { segments: 3, bytes: 164 },
    });
    t.is(parseDropped(rules, { ...flow, clientPort: 4_000 }), undefined);
  });
}

test('is undefined without rules', (t) => t.is(parseDropped('', flow), undefined));
