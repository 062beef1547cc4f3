import { describe, expect, it } from 'vitest';
import { anItem } from '../../testing/builders.ts';
import type { FactKind } from '../head.ts';
import { extractFacts } from './facts.ts';

/** Facts of a kind in a message. */
const factsIn = (content: string, kind: FactKind): string[] =>
  extractFacts([anItem(1, { content })])
    .filter((fact) => fact.kind === kind)
    .map(({ text }) => text);

/** In each text stands one fact of the kind, and it ends in these words. */
const SHAPES: Readonly<Record<FactKind, readonly (readonly [text: string, fact: string])[]>> = {
  number: [
    ['It weighs 12.5 kg in all.', 'weighs 12.5 kg'],
    ['The fuse allows 1,668 W at most', 'fuse allows 1,668 W'],
    ['Die Wohnung hat 85,5 m² im Ganzen', 'Die Wohnung hat 85,5 m²'],
    ['Es waren 12.500,5 km bis dahin', 'Es waren 12.500,5 km'],
    ['la distance de 12\u202f500 km', 'la distance de 12\u202f500 km'],
    ['Latency fell to 42ms today', 'Latency fell to 42ms'],
    ['a limit of 250 req/s there', 'limit of 250 req/s'],
    ['about 3-4 hours', 'about 3-4 hours'],
    ['it fell to -40 °C that night', 'fell to -40 °C'],
    ['45.5% of them', '45.5%'],
    ['температура 36,6 градусов', 'температура 36,6 градусов'],
    ['我身高170厘米', '身高170厘米'],
    ['幅は45センチです', '幅は45センチ'],
    ['무게는 12킬로', '무게는 12킬로'],
    ['the crowd of 48,000 people', 'crowd of 48,000 people'],
  ],
  money: [
    ['It was €1,299.00 in the end', '€1,299.00'],
    ['Es kostet 1.299,00 € mit Versand', 'Es kostet 1.299,00 €'],
    ['$12', '$12'],
    ['a loan of US$14.8 million', 'loan of US$14.8 million'],
    ['CHF 1’200 im Jahr', 'CHF 1’200'],
    ["das kostet CHF 1'200.50", 'das kostet CHF 1\u0027200.50'],
    ['price: 2 500,00 zł', 'price: 2 500,00 zł'],
    ['the fee is ₹1,25,000 now', 'fee is ₹1,25,000'],
    ['£240k a year', '£240k'],
    ['USD 40 each', 'USD 40'],
    ['about 20 bucks', 'about 20 bucks'],
    ['人均预算200元', '人均预算200元'],
    ['予算は5,000円です', '予算は5,000円'],
    ['가격은 15,000원', '가격은 15,000원'],
    ['стоит 1500 рублей', 'стоит 1500 рублей'],
    ['a refund of -$15.20', 'refund of -$15.20'],
  ],
  date: [
    ['due 2026-11-22', 'due 2026-11-22'],
    ['at 2026-03-14T09:26:53.589+02:00', '2026-03-14T09:26:53.589+02:00'],
    ['on 22.11.2026 again', '22.11.2026'],
    ['dated 11/22/2026', 'dated 11/22/2026'],
    ['since 22-11-2026', 'since 22-11-2026'],
    ['until 2026/11/22', 'until 2026/11/22'],
    ['on Sunday, November 22nd, 2026', 'Sunday, November 22nd, 2026'],
    ['the 22 Nov 2026 one', '22 Nov 2026'],
    ['am 22. November 2026', 'am 22. November 2026'],
    ['le 22 novembre 2026', 'le 22 novembre 2026'],
    ['el 22 de noviembre de 2026', 'el 22 de noviembre de 2026'],
    ['em 22 de novembro', 'em 22 de novembro'],
    ['22 ноября 2026 года', '22 ноября 2026'],
    ['22 Kasım 2026', '22 Kasım 2026'],
    ['我们2026年11月22日出发', '2026年11月22日'],
    ['会議は11月22日', '会議は11月22日'],
    ['2026년 11월 22일', '2026년 11월 22일'],
    ['no later than May 2026', 'no later than May 2026'],
  ],
  time: [
    ['Call at 3:30 pm.', 'Call at 3:30 pm'],
    ['Call at 3:30 p.m. sharp', 'Call at 3:30 p.m.'],
    ['opens at 9am', 'opens at 9am'],
    ['it starts 09:05:30', 'starts 09:05:30'],
    ['freeze ends 17:32 UTC', 'freeze ends 17:32 UTC'],
    ['um 7:48 Uhr', 'um 7:48 Uhr'],
    ['um 15 Uhr', 'um 15 Uhr'],
    ['à 15h30', 'à 15h30'],
    ["at five, no, 6 o'clock", "6 o'clock"],
    ['上午9点出发', '上午9点'],
    ['下午3点45分', '下午3点45分'],
    ['午後3時半', '午後3時半'],
    ['오후 3시 30분', '오후 3시 30분'],
  ],
  id: [
    [
      'trace 550e8400-e29b-41d4-a716-446655440000 fails',
      'trace 550e8400-e29b-41d4-a716-446655440000',
    ],
    ['order #1234567 came', 'order #1234567'],
    ['order W4375851 came', 'order W4375851'],
    [
      'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
      'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
    ],
    ['since 9fceb02 it works', 'since 9fceb02'],
    [
      'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ],
    ['see PROJ-1234 for it', 'see PROJ-1234'],
    ['host 10.0.4.17 is down', 'host 10.0.4.17'],
    ['at 10.0.4.17:8080 now', '10.0.4.17:8080'],
    ['block 192.168.0.0/16', 'block 192.168.0.0/16'],
    ['ping 2001:db8::8a2e:370:7334 please', 'ping 2001:db8::8a2e:370:7334'],
    ['from fe80::1%eth0 on', 'fe80::1%eth0'],
    ['card 00:1b:44:11:3a:b7', 'card 00:1b:44:11:3a:b7'],
    ['upgrade to v2.14.0-rc.1', 'upgrade to v2.14.0-rc.1'],
    ['Version 1.0.3 has it', 'Version 1.0.3'],
    ['install lodash@4.17.21 first', 'install lodash@4.17.21'],
    ['seat 14C? no: flight HAT123', 'flight HAT123'],
    ['user mia_li_3668 asked', 'user mia_li_3668'],
    ['IBAN DE89 3704 0044 0532 0130 00', 'IBAN DE89 3704 0044 0532 0130 00'],
    ['call +49 (0)30 1234567', '1234567'],
    ['call +1 415 555 0132', 'call +1 415 555 0132'],
    ['订单号是DH882234', '订单号是DH882234'],
    ['rename `maxTokens` there', 'maxTokens'],
    ['reservation code KPQPRS', 'reservation code KPQPRS'],
  ],
  email: [
    ['to ines.calder+home@example.co.uk!', 'ines.calder+home@example.co.uk'],
    ['<ops@example.com>', 'ops@example.com'],
    ['发到stalls18@example.cn。', 'stalls18@example.cn'],
    ['an büro@müller-gmbh.example.', 'büro@müller-gmbh.example'],
  ],
  url: [
    ['at https://example.com/a?b=1&c=%20#d.', 'https://example.com/a?b=1&c=%20#d'],
    ['(http://10.4.14.24:9090/targets)', 'http://10.4.14.24:9090/targets'],
    ['[it](https://example.com/x)', 'https://example.com/x'],
    ['postgres://db.example:5432/ledger', 'postgres://db.example:5432/ledger'],
    ['see www.example.org/docs', 'www.example.org/docs'],
    ['在https://example.cn/map。', 'https://example.cn/map'],
  ],
  path: [
    ['in /var/log/ledger/writer-98.log now', '/var/log/ledger/writer-98.log'],
    ['in ~/notes/2026/', '~/notes/2026/'],
    ['edit ../src/main.ts', '../src/main.ts'],
    ['open shared/domain/head.ts', 'shared/domain/head.ts'],
    ['send report-final.pdf', 'report-final.pdf'],
    ['start ./run.sh', './run.sh'],
    ['edit App.js', 'App.js'],
    ['under /u01/app/2026/', '/u01/app/2026/'],
    ['is C:\\Deploy\\ledger\\app.4964.config.', 'C:\\Deploy\\ledger\\app.4964.config'],
    ['on \\\\files\\team\\plan.xlsx', '\\\\files\\team\\plan.xlsx'],
    ['海报是posters/final-88.png这个', 'posters/final-88.png'],
    ['Фото в /дом/фото/кот.png', '/дом/фото/кот.png'],
  ],
  command: [
    ['run `npm ci --omit=dev` now', 'npm ci --omit=dev'],
    ['$ git rebase -i HEAD~3', 'git rebase -i HEAD~3'],
    ['so:\n```sh\nkubectl get pods -n prod\n```', 'kubectl get pods -n prod'],
    ['`curl -sSf https://example.com/x -o /tmp/x`', 'curl -sSf https://example.com/x -o /tmp/x'],
  ],
  quote: [
    ['she said "never at the lake" again', '"never at the lake"'],
    ['“Becoming Real” is the title', '“Becoming Real”'],
    ['auf dem Zettel stand „Bitte nach 18 Uhr klingeln“ in Rot', '„Bitte nach 18 Uhr klingeln“'],
    ['il a dit « jamais le lundi » deux fois', '« jamais le lundi »'],
    ['昨天读了《北平往事》', '《北平往事》'],
    ['「明日は9時」と言った', '「明日は9時」'],
    ['牌子上写的是“第3号门禁止停车”。', '“第3号门禁止停车”'],
  ],
  name: [
    ['I moved to San Francisco once', 'San Francisco'],
    ['then the Ministry of Health called', 'Ministry of Health'],
    ['GitHub was down', 'GitHub'],
    ['my iPhone fell', 'iPhone'],
    ['PostgreSQL locks it', 'PostgreSQL'],
    ['we met in Lisbon, finally', 'Lisbon'],
  ],
  decision: [
    ['We decided to take the coast route. Fine?', 'We decided to take the coast route'],
    ["Ok, let's go with the oak floor", "let's go with the oak floor"],
    ['For now we agreed on two nights!', 'we agreed on two nights'],
    ['The decision is to wait', 'The decision is to wait'],
    ['Wir haben uns für Eiche entschieden.', 'Wir haben uns für Eiche entschieden'],
    ['On a décidé de partir lundi.', 'On a décidé de partir lundi'],
    ['Hemos decidido esperar', 'Hemos decidido esperar'],
    ['我们决定用二号场地。', '决定用二号场地'],
    ['会議で5月に行くと決めました。', '会議で5月に行くと決めました'],
  ],
};

describe.each(Object.entries(SHAPES))('of the kind %s', (kind, shapes) => {
  // The keys of the record are the kinds.
  it.each(shapes)('finds in "%s": %s', (text, fact) => {
    expect(factsIn(text, kind as FactKind).filter((one) => one.endsWith(fact))).toEqual([fact]);
  });
});

describe('what has the form of another kind', () => {
  it.each<[string, FactKind]>([
    ['It is 12:30 now', 'id'],
    ['a ratio of 3:2:1', 'id'],
    ['on 22.11.2026', 'id'],
    ['version 3 of 5', 'id'],
    ['1. Open it\n2. Close it', 'number'],
    ['and/or, w/o, n/a, he/she/they, yes/no/maybe, Mr./Mrs.', 'path'],
    ['多吃蒜泥/香菜/豆腐，再补充维生素B/维生素C/锌/铜。', 'path'],
    ['1/2 cup, 24/7, 10/100/1000 Mbit, on 22/11/2026 or 2026/11/22', 'path'],
    ['120 km/h, 5 m/s, 30 USD/month, $5/user/month, 3 times/week', 'path'],
    ['TCP/IP, CI/CD, I/O, A/B test, read/write, client/server', 'path'],
    ['Und/oder, Lisbon/Oslo/Rome, x = a/b/c, 5 /10/ 20, </div>', 'path'],
    ['Node.js, Next.js and Vue.js', 'path'],
    ['we decide', 'decision'],
    ['I have to decide that later', 'decision'],
    ['the "cloud"', 'quote'],
    ['it’s the dog’s', 'quote'],
    ['Die Tür klemmt, und der Schlüssel fehlt', 'name'],
    ['if `a` then `b c`', 'path'],
  ])('"%s" holds no %s', (text, kind) => {
    expect(factsIn(text, kind)).toEqual([]);
  });

  it('takes what stands between two pieces of code for no command', () => {
    expect(factsIn('use `a b` or, if all fails, `c d`', 'command')).toEqual(['a b', 'c d']);
  });
});
